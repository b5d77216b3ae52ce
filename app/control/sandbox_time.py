"""The wall clock of a sandbox: what it shows, setting it forward, and seeing to it that it arrives."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import func, literal, select, union

from app.clock.now import stopwatch, wall_seconds
from app.clock.sandbox import SET_FORWARD, refuse_while_set_forward
from app.context import Context
from app.control import Refused
from app.control.clocks import Target
from app.control.keys import account_named
from app.control.opening import context_for
from app.db.base import Base, TimeDriven
from app.db.database import Database
from app.db.roots import Account
from app.db.session import Session
from app.domain.choices import Choices
from app.errors import ApiError, InvalidRequest
from app.render import to_json
from app.wire.auth import Caller
from app.wire.endpoint import Ageing, Server

OFFSET_MAX_S = 10 * 366 * 86_400
"""Our choice: as far ahead of the world as a setting may put off a moment."""
PAUSE_S = 0.01
"""Between two looks at a sandbox of which other workers have all that is due."""


def time_of(ctx: Context) -> dict[str, Any]:
    """What the wall clock of the sandbox shows: unix seconds, and by how many of them it is ahead of the world's."""
    return _shown(ctx.platform)


def set_forward(ctx: Context, *, advance: int | None = None, now: int | None = None) -> dict[str, Any]:
    """Send the sandbox's wall clock forward by seconds or to a moment; the engine does the rest.

    Raises for both or none of them, for a moment that is not ahead, for one that is more than ten years ahead of the
    world, and while the clock is on its way.
    """
    by = now - ctx.now if advance is None and now is not None else advance
    if by is None or None not in (advance, now):
        raise InvalidRequest("You must provide exactly one of these parameters: advance, now.")
    platform = ctx.platform
    ctx.session.lock(platform)
    refuse_while_set_forward(platform)
    if by <= 0:
        raise InvalidRequest(f"now must be greater than the present time of the sandbox, {ctx.now}: its clock is never set back.",
                             param="now")
    offset = platform.time_offset or 0
    if offset + by > OFFSET_MAX_S:
        raise InvalidRequest(
            f"The clock of a sandbox can be at most ten years ahead of the world's: {OFFSET_MAX_S - offset} seconds more.",
            param="advance" if now is None else "now")
    platform.time_offset, platform.time_target = offset, offset + by
    return _shown(platform)


def see_it_arrive(server: Server, caller: Caller, params: dict[str, Any], body: bytes) -> bytes:
    """Do what is due in the sandbox until its clock has arrived, `wait` seconds at most; the answer of the request then.

    The request's own transaction is over. Other workers may be at it too, and will finish what is left.
    """
    moved = orjson.loads(body)
    target, deadline = moved["target_offset"], stopwatch() + params["wait"]
    engine = server.build_engine()
    while not _has_arrived(server.database, caller.platform_id, target):
        if stopwatch() >= deadline:
            return body
        _age(server.database, caller.platform_id, engine)
    # Whoever reads in this process next is told the new time.
    server.authenticator.forget()
    # A repetition with the same idempotency key is answered by the same text.
    return to_json(moved | {"now": moved["now"] + target - moved["offset"], "offset": target, "status": "ready",
                            "target_offset": None})


def list_times(database: Database, *, account: str | None = None) -> list[dict[str, Any]]:
    """What the wall clocks show of the sandboxes that are ahead of the world, or of the one that is named by id or key."""
    with database.reading() as session:
        ids = [row[0] for row in session.values(SET_FORWARD)] if account is None else [_platform_named(session, account)]
        platforms = [session.get(Account, id) for id in sorted(ids)]
        return [_listed(platform) for platform in platforms if platform is not None]


def begin(database: Database, target: Target, default_choices: Choices, *, account: str) -> None:
    """What POST /_sim/time does, up to its answer; `target` is told what the sandbox's clock shows. Raises Refused."""
    with database.writing() as session:
        ctx = context_for(database, session, account_named(session, account), default_choices)
        try:
            set_forward(ctx, now=target(ctx.now))
        except ApiError as refusal:
            raise Refused(refusal.message) from None


def finish(database: Database, *, engine: Ageing | None, report: Callable[[int, int], None], account: str) -> dict[str, Any]:
    """Do what is due with the engine, or without one wait until a server's worker has; what the clock shows then.

    `report` is told, after each batch, how many of all timelines with anything due have arrived.
    """
    everyone = 0
    while True:
        with database.reading() as session:
            platform = session.get(Account, _platform_named(session, account))
            assert platform is not None
            if platform.time_target is None:
                return _listed(platform)
            waiting = _timelines_due(session, platform.id, wall_seconds() + platform.time_target)
        everyone = max(everyone, waiting)
        report(everyone - waiting, everyone)
        _age(database, platform.id, engine)


def _age(database: Database, platform_id: str, engine: Ageing | None) -> None:
    if engine is None or not engine.age_sandbox(database, platform_id):
        time.sleep(PAUSE_S)


def _has_arrived(database: Database, platform_id: str, offset: int) -> bool:
    with database.reading() as session:
        platform = session.get(Account, platform_id)
    return platform is not None and (platform.time_offset or 0) >= offset


def _platform_named(session: Session, account: str) -> str:
    found = session.get(Account, account_named(session, account))
    assert found is not None
    return found.platform_id or found.id


def _timelines_due(session: Session, platform_id: str, until: int) -> int:
    accounts = select(Account.id).where((Account.id == platform_id) | (Account.platform_id == platform_id))
    tables: set[Any] = {mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, TimeDriven)}
    due = [select(table.account_id, func.coalesce(getattr(table, "customer_id", literal("")), "")).where(
        table.account_id.in_(accounts), table.test_clock_id.is_(None), table.due_at <= until) for table in tables]
    return int(session.scalar(select(func.count()).select_from(union(*due).subquery())))


def _shown(platform: Account) -> dict[str, Any]:
    offset, target = platform.time_offset or 0, platform.time_target
    return {"object": "time", "now": wall_seconds() + offset, "offset": offset,
            "status": "ready" if target is None else "advancing", "target_offset": target}


def _listed(platform: Account) -> dict[str, Any]:
    return {"account": platform.id} | _shown(platform)
