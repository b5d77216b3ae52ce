"""Webhook deliveries as a source of work."""

from __future__ import annotations

import logging
import math
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.clock.now import stopwatch, wall_seconds
from app.db.database import Database
from app.domain.choices import Choices
from app.events import outbox
from app.events.outbox import Claim, Result

if TYPE_CHECKING:
    from app.events.delivery import Sender

log = logging.getLogger("billyard.work")

SENDERS = 32
"""How many attempts a worker with a thread of its own has under way at most."""
BATCH = 16
"""How many are taken at a time where they are made one after the other."""


class Deliveries:
    """Takes due deliveries from the outbox, sends them outside of any transaction, and records what came back.

    With `senders` that many threads make the attempts, and `on_result` is called when one is over. Without, the caller
    of `run` makes them itself.
    """

    def __init__(self, default_choices: Choices, *, hosts: str = "any", senders: int = 0,
                 on_result: Callable[[], None] = lambda: None) -> None:
        self._default_choices = default_choices
        self._hosts = hosts
        self._sender: Sender | None = None
        self._senders, self._on_result = senders, on_result
        self._capacity = senders or BATCH
        # It takes several endpoints that hang to hold up the others.
        self._per_endpoint = math.ceil(senders / outbox.BUSY_ENDPOINTS_MAX) or BATCH
        self._under_way: dict[tuple[str, int], str] = {}
        """The endpoint of each attempt that was begun and is not recorded, by delivery and number."""
        self._results: deque[Result] = deque()
        self._claims: queue.SimpleQueue[Claim | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def next_due(self, database: Database) -> int | None:
        """When a delivery is next due; at once where a result waits to be recorded; None while all senders are busy."""
        if self._results:
            return 0
        if len(self._under_way) >= self._capacity:
            return None
        busy = outbox.busy_endpoints(Counter(self._under_way.values()), self._per_endpoint)
        with database.reading() as session:
            return outbox.next_due(session, busy)

    def run(self, database: Database) -> bool:
        """Record the results that came in, take what is due, and have it sent."""
        results = [self._results.popleft() for _ in range(len(self._results))]
        try:
            claims = self._turn_over(database, results)
        except BaseException:
            self._results.extendleft(results)
            raise
        for claim in claims:
            self._begin(claim)
        return bool(results or claims)

    def stop(self, database: Database) -> None:
        """Wait for the attempts under way, and record them."""
        for _ in self._threads:
            self._claims.put(None)
        for thread in self._threads:
            thread.join()
        self._capacity = 0
        if self._results:
            self.run(database)
        if self._sender is not None:
            self._sender.close()

    def _turn_over(self, database: Database, results: list[Result]) -> list[Claim]:
        """One transaction for what ends and what begins."""
        with database.writing() as session:
            now = wall_seconds()
            outbox.record(session, results, now)
            ended = {_name(result.claim) for result in results}
            under_way = [endpoint_id for name, endpoint_id in self._under_way.items() if name not in ended]
            claims = outbox.claim(session, now, self._default_choices, limit=max(self._capacity - len(under_way), 0),
                                  per_endpoint=self._per_endpoint, under_way=under_way)
        for name in ended:
            del self._under_way[name]
        self._under_way |= {_name(claim): claim.endpoint_id for claim in claims}
        return claims

    def _begin(self, claim: Claim) -> None:
        if self._sender is None:
            # Most servers send nothing, and the HTTP client is large.
            from app.events.delivery import Sender

            self._sender = Sender(self._hosts, connections=max(self._senders, 1))
        if not self._senders:
            self._attempt(self._sender, claim)
            return
        self._claims.put(claim)
        if len(self._threads) < min(self._senders, len(self._under_way)):
            thread = threading.Thread(target=self._send_claims, args=(self._sender,), name="webhook-sender", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _send_claims(self, sender: Sender) -> None:
        while (claim := self._claims.get()) is not None:
            self._attempt(sender, claim)
            self._on_result()

    def _attempt(self, sender: Sender, claim: Claim) -> None:
        at, started = wall_seconds(), stopwatch()
        try:
            status, error = sender.send(claim, at)
        except Exception as problem:
            log.exception("the attempt at %s failed for a reason of its own", claim.delivery_id)
            status, error = None, f"{type(problem).__name__}: {problem}"
        self._results.append(Result(claim, at, int((stopwatch() - started) * 1_000), status, error))


def _name(claim: Claim) -> tuple[str, int]:
    return claim.delivery_id, claim.number
