"""What is due of an account, what it may do by what is known of it, and who hears when that changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from app.context import Context
from app.db.roots import Account
from app.domain.cards import demand_of
from app.domain.requirements import Assessment, Check, Standing, assess, demand_more, next_step, preview
from app.events.emit import Snapshot, emit, previous_attributes
from app.render import present
from app.resources.accounts.operations.gathering import facts_of
from app.resources.accounts.tables import VERIFICATION_ID, AccountVerification
from app.resources.capabilities.tables import Capability
from app.resources.charges.tables import Charge
from app.resources.payment_methods.operations import behavior_of
from app.resources.persons.operations import settle
from app.resources.persons.tables import Person

_RELATIONS = ("bank_accounts", "capabilities", "cards", "persons")

PersonEvent = Literal["person.created", "person.deleted", "person.updated"]


@dataclass(frozen=True, slots=True)
class Telling:
    """Who hears of a change first: events of persons that the change is about, before those of the account."""

    first: list[tuple[PersonEvent, Person]] = field(default_factory=list)


def review(ctx: Context, account: Account) -> None:
    """Derive anew what is due of the account and what it may do, after something that counts for it has changed.

    Emits account.updated, capability.updated and person.updated, of the connected account, where they look different
    afterwards.
    """
    with reviewing(ctx, account):
        pass


def reviewed(ctx: Context, _row: object) -> None:
    """Something that hangs on the account in view has changed, as an event tells. Platforms are not reviewed."""
    account = ctx.account
    if account.platform_id is not None and ("reviewing", account.id) not in ctx.session.memo:
        review(ctx, account)


@contextmanager
def reviewing(ctx: Context, account: Account) -> Iterator[Telling]:
    """Change the account inside, and derive then what `review` does: one account.updated tells of both."""
    # Whoever else changes something of the account waits until this is told.
    ctx.session.lock(account)
    there = ctx.acting_as(account)
    before, telling = _shown(there, account), Telling()
    with _changing(there, account):
        yield telling
    running = _derive(there, account)
    _tell(there, account, before, telling)
    _go_on(there, account, running=running)


@contextmanager
def deriving(ctx: Context, account: Account) -> Iterator[None]:
    """Change an account that is only being made inside; what then follows is told from its verification on.

    Neither it nor the persons who come with it are told of before, as the behaviour reference has it.
    """
    there = ctx.acting_as(account)
    with _changing(there, account):
        yield
    _go_on(there, account, running=_derive(there, account))


def take_step(ctx: Context, verification: AccountVerification) -> None:
    """The checks that run come a step further, as time passes."""
    ctx.session.lock(verification)
    verification.steps_at = None
    _step(ctx, ctx.account)


def pass_deadline(ctx: Context, verification: AccountVerification) -> None:
    """What is due may be past due by now."""
    ctx.session.lock(verification)
    review(ctx, ctx.account)


def charge_succeeded(ctx: Context, charge: Charge) -> None:
    """The card of a charge on a connected account, or on its behalf, may be one after which more is asked of the account."""
    demand = demand_of(behavior_of(ctx, charge.payment_method_id))
    account = ctx.session.get(Account, charge.on_behalf_of_id or ctx.account_id)
    if demand is None or account is None or account.platform_id is None:
        return
    with reviewing(ctx, account):
        verification = _verification(ctx.acting_as(account))
        standing = Standing.of_document(verification.standing)
        verification.standing = demand_more(
            facts_of(account, verification), standing, ctx.now, None if demand == "next" else demand).as_document()


def previewed(ctx: Context, account: Account, capability: Capability) -> Capability:
    """The capability with what it would need, where it is not requested."""
    if capability.status == "unrequested":
        there = ctx.acting_as(account)
        _load(there, account)
        capability.__dict__["requirements"] = _preview(there, account, capability.id)
    return capability


def _preview(ctx: Context, account: Account, name: str) -> dict[str, Any]:
    verification = _verification(ctx)
    return preview(facts_of(account, verification), Standing.of_document(verification.standing), ctx.now, name)


@contextmanager
def _changing(ctx: Context, account: Account) -> Iterator[None]:
    under_way = "reviewing", account.id
    ctx.session.memo[under_way] = True
    yield
    del ctx.session.memo[under_way]


def _verification(ctx: Context) -> AccountVerification:
    verification = ctx.get(AccountVerification, VERIFICATION_ID)
    if verification is None:
        verification = AccountVerification(id=VERIFICATION_ID, checked_banks=[])
        if ctx.session.writing:
            ctx.add(verification)
    return verification


def _load(ctx: Context, account: Account) -> None:
    """Read the rows of the account; they may have changed since they were read before."""
    for relation in _RELATIONS:
        account.__dict__.pop(relation, None)
        ctx.session.load([account], relation)


def _derive(ctx: Context, account: Account) -> bool:
    """Set what follows from what is known of the account: on its row, its capabilities and its persons.

    Nobody is told. True where checks are running.
    """
    _load(ctx, account)
    verification = _verification(ctx)
    found = assess(facts_of(account, verification), Standing.of_document(verification.standing), ctx.now)
    verification.standing = found.standing.as_document()
    verification.deadline_at = found.requirements["current_deadline"]
    account.requirements = found.requirements
    account.charges_enabled, account.payouts_enabled = found.charges_enabled, found.payouts_enabled
    account.details_submitted = found.details_submitted
    for person in account.__dict__["persons"]:
        settle(person, found.persons[person.id])
    _settle_capabilities(ctx, account, found)
    return found.is_running


def _settle_capabilities(ctx: Context, account: Account, found: Assessment) -> None:
    for capability in account.__dict__["capabilities"]:
        if capability.id in found.capabilities:
            capability.status, capability.requirements = found.capabilities[capability.id]
        else:
            capability.status = "unrequested"
            capability.requirements = _preview(ctx, account, capability.id)


def _go_on(ctx: Context, account: Account, *, running: bool) -> None:
    """Bring the checks that run to their end at once where the sandbox has no delay, else note when they go on."""
    verification, delay = _verification(ctx), ctx.choices.verification_delay_s
    if not running:
        verification.steps_at = None
    elif delay == 0:
        _step(ctx, account)
    elif verification.steps_at is None:
        # Our choice: addresses are through after half of the delay, everything else after the other half.
        verification.steps_at = ctx.now + max(delay // 2, 1)


def _step(ctx: Context, account: Account) -> None:
    """Take the checks that run a step further, and tell what comes of it."""
    before = _shown(ctx, account)
    verification = _verification(ctx)
    standing = Standing.of_document(verification.standing)
    verification.standing = replace(standing, check=next_step(standing.check)).as_document()
    for person in account.__dict__["persons"]:
        person.check = next_step(Check.of_document(person.check)).as_document()
    verification.checked_banks = sorted(row.id for row in account.external_accounts)
    running = _derive(ctx, account)
    _tell(ctx, account, before, Telling())
    _go_on(ctx, account, running=running)


def _shown(ctx: Context, account: Account) -> dict[Any, dict[str, Any]]:
    """What the account, its capabilities and its persons look like now, by row."""
    _load(ctx, account)
    rows = [account, *account.__dict__["capabilities"], *account.__dict__["persons"]]
    return {row: present(ctx.session, row) for row in rows}


def _tell(ctx: Context, account: Account, before: dict[Any, dict[str, Any]], telling: Telling) -> None:
    """Emit what is different now: of the persons that the change is about, of the account, of capabilities, of other persons."""
    persons: list[Person] = account.__dict__["persons"]
    told = [person for _, person in telling.first]
    made: list[tuple[PersonEvent, Person]] = [
        ("person.created", person) for person in persons if person not in before and person not in told]
    for type, person in (*made, *telling.first):
        if type == "person.updated":
            _tell_of(ctx, type, person, before[person])
        else:
            emit(ctx, type, person, snapshot=Snapshot(before[person]) if type == "person.deleted" else None)
    _tell_of(ctx, "account.updated", account, before[account])
    for capability in account.__dict__["capabilities"]:
        # A capability is told of when it is first asked for, too.
        _tell_of(ctx, "capability.updated", capability, before.get(capability) or present(ctx.session, capability) | {
            "requested": False, "requested_at": None, "status": "unrequested"})
    for person in persons:
        if person in before and person not in told:
            _tell_of(ctx, "person.updated", person, before[person])


def _tell_of(ctx: Context, type: Literal["account.updated", "capability.updated", "person.updated"], row: Any,
             old: dict[str, Any]) -> None:
    shown = present(ctx.session, row)
    if old != shown:
        emit(ctx, type, row, previous=previous_attributes(old, shown))
