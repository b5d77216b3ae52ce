"""Processes that move the money of one account at the same time, each over a connection of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson
import urllib3

_CHARGED, _FEE, _REFUNDED, _PAID_OUT = 1_000, 59, 500, 700
_BUSY = 429
_PATIENCE = 20
"""How often a call is made that is answered by 429, as an SDK makes it again."""


@dataclass(slots=True)
class Rush:
    """What the calls of one process, or of all, have come to."""

    statuses: Counter[int] = field(default_factory=Counter)
    """How many answers there were of each status."""
    done: Counter[str] = field(default_factory=Counter)
    """How many charges, refunds and payouts were made."""
    refusals: Counter[str] = field(default_factory=Counter)
    """By their code, what was refused."""
    balance: int = 0
    """By how much the account's balance must have changed, in minor units."""
    seconds: float = 0.0

    def take_in(self, other: Rush) -> None:
        """Add what another process has come to, which worked at the same time."""
        self.statuses += other.statuses
        self.done += other.done
        self.refusals += other.refusals
        self.balance += other.balance
        self.seconds = max(self.seconds, other.seconds)


def rush(base_url: str, key: str, *, processes: int, rounds: int) -> Rush:
    """So many processes charge, refund a part and pay out, each so many times."""
    # Of a fresh interpreter: a process that is copied while threads of it run may stand still.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        tasks = [pool.submit(_work, base_url, key, rounds) for _ in range(processes)]
        total = Rush()
        for task in tasks:
            total.take_in(task.result())
    return total


def _work(base_url: str, key: str, rounds: int) -> Rush:
    caller = _Caller(base_url, key)
    started = time.perf_counter()
    for _ in range(rounds):
        intent = caller.post("charge", "/v1/payment_intents", amount=_CHARGED, currency="usd", confirm="true",
                             payment_method="pm_card_bypassPending", brings=_CHARGED - _FEE)
        if intent is not None:
            caller.post("refund", "/v1/refunds", payment_intent=intent["id"], amount=_REFUNDED, brings=-_REFUNDED)
        caller.post("payout", "/v1/payouts", amount=_PAID_OUT, currency="usd", brings=-_PAID_OUT)
    caller.tally.seconds = time.perf_counter() - started
    return caller.tally


class _Caller:
    def __init__(self, base_url: str, key: str) -> None:
        self.tally = Rush()
        self._pool, self._base_url = urllib3.PoolManager(maxsize=1), base_url
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-www-form-urlencoded"}

    def post(self, what: str, path: str, *, brings: int, **fields: Any) -> dict[str, Any] | None:
        for _ in range(_PATIENCE):
            reply = self._pool.request("POST", self._base_url + path, headers=self._headers, retries=False,
                                       body=urlencode(fields))
            self.tally.statuses[reply.status] += 1
            if reply.status != _BUSY:
                break
        body: dict[str, Any] = orjson.loads(reply.data)
        if "error" in body:
            self.tally.refusals[body["error"].get("code") or body["error"]["message"]] += 1
            return None
        self.tally.done[what] += 1
        self.tally.balance += brings
        return body
