"""Ids with Stripe's prefixes and lengths, and the strictly rising `seq` that orders rows of one second.

The one place, with `clock.now`, that may ask for randomness or the time.
"""

from __future__ import annotations

import io
import os
import random
import threading
import time

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TIME_LETTERS = 8
"""How many letters of a long id tell when it was made: six the second, and two more the part of it."""
PARTS = 62**2
"""Into how many parts a second is divided. The rows of a second are thousands, and would be all over their index."""
RUN_SECONDS, IDS_PER_SECOND = 1_000_000, 1_000
"""A seeded source invents its seconds: how many each run has before the next one's begin, and the ids of a kind in one."""
# A byte is mapped to a letter by its remainder; that the first eight letters are a little likelier does no harm.
_LETTER_OF_BYTE = bytes(ord(ALPHABET[byte % 62]) for byte in range(256))
_UPPER_OF_BYTE = bytes(ord("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[byte % 36]) for byte in range(256))
_POOL_LETTERS = 8_192
"""How many are made at once: the system takes as long to answer for one id as for hundreds."""


class IdSource:
    """Makes ids. With a `seed`, the nth id of a kind is the same in each process that begins on an empty database.

    Kinds do not disturb each other: how often a caller asks, each time under another request id, changes no object's id.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self._run = 0
        self._streams: dict[str, random.Random] = {}
        self._made: dict[str, int] = {}
        self._lock = threading.Lock()
        self._last_seq = 0
        self._part, self._part_text = -1, ""

    def begin_run(self, run: int) -> None:
        """Make the ids of the `run`th process, counted from 0, that works on this database with this seed."""
        self._run = run
        self._streams, self._made = {}, {}

    def text(self, length: int) -> str:
        """`length` random characters of base 62."""
        return self._letters("", length)

    def upper(self, length: int) -> str:
        """`length` random upper-case letters and digits, as in an invoice prefix."""
        taken = os.urandom(length) if self.seed is None else self._stream("upper").randbytes(length)
        return taken.translate(_UPPER_OF_BYTE).decode()

    def new(self, prefix: str, length: int, lead: str = "") -> str:
        """An id: `new("cus_", 14)`, `new("sub_", 24, "1")`. Long ones rise with time, as Stripe's do.

        Rows that are made together then stand together in the indexes of their ids, which keeps writing cheap however
        many there are.
        """
        time_text = self._time_text(prefix) if length >= 14 else ""
        return f"{prefix}{lead}{time_text}{self._letters(prefix, length - len(lead) - len(time_text))}"

    def seq(self) -> int:
        """A number above all that this process gave out before, and above those of earlier and other processes."""
        with self._lock:
            moment = time.time_ns()
            self._last_seq = moment if moment > self._last_seq else self._last_seq + 1
            return self._last_seq

    def _letters(self, kind: str, length: int) -> str:
        if self.seed is None:
            return _random_letters(length)
        return self._stream(kind).randbytes(length).translate(_LETTER_OF_BYTE).decode()

    def _stream(self, kind: str) -> random.Random:
        stream = self._streams.get(kind)
        if stream is None:
            stream = self._streams[kind] = random.Random(f"{self.seed} {self._run} {kind}")
        return stream

    def _time_text(self, kind: str) -> str:
        if self.seed is None:
            part = time.time_ns() * PARTS // 1_000_000_000
            if part != self._part:
                self._part_text = _in_letters(part)
                self._part = part
            return self._part_text
        made = self._made[kind] = self._made.get(kind, 0) + 1
        return _in_letters(self._run * RUN_SECONDS * PARTS + made * PARTS // IDS_PER_SECOND)


_pool = io.StringIO()


def _random_letters(length: int) -> str:
    """Letters that nobody else has had. Reading them off the pool is one step, which threads cannot share."""
    global _pool
    while len(taken := _pool.read(length)) < length:
        _pool = io.StringIO(os.urandom(max(length, _POOL_LETTERS)).translate(_LETTER_OF_BYTE).decode())
    return taken


def _forget_pool() -> None:
    global _pool
    _pool = io.StringIO()


# A process and its copy must not make the same ids.
os.register_at_fork(after_in_child=_forget_pool)


def _in_letters(part: int) -> str:
    digits = []
    for _ in range(TIME_LETTERS):
        part, digit = divmod(part, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
