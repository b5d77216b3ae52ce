"""Ids with Stripe's prefixes and lengths, and the strictly rising `seq` that orders rows of one second.

The one place, with `clock.now`, that may ask for randomness or the time.
"""

from __future__ import annotations

import os
import random
import threading
import time

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TIME_LETTERS = 6
"""How many letters of a long id tell the second in which it was made."""
# A byte is mapped to a letter by its remainder; that the first eight letters are a little likelier does no harm.
_LETTER_OF_BYTE = bytes(ord(ALPHABET[byte % 62]) for byte in range(256))
_UPPER_OF_BYTE = bytes(ord("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[byte % 36]) for byte in range(256))


class IdSource:
    """Makes ids. With a `seed` it makes the same ones in the same order in every process."""

    def __init__(self, seed: int | None = None) -> None:
        self._bytes = random.Random(seed).randbytes if seed is not None else os.urandom
        self._lock = threading.Lock()
        self._last_seq = 0
        self._counting = seed is not None
        self._made = 0
        self._second, self._second_text = -1, ""

    def text(self, length: int) -> str:
        """`length` random characters of base 62."""
        return self._bytes(length).translate(_LETTER_OF_BYTE).decode()

    def upper(self, length: int) -> str:
        """`length` random upper-case letters and digits, as in an invoice prefix."""
        return self._bytes(length).translate(_UPPER_OF_BYTE).decode()

    def new(self, prefix: str, length: int, lead: str = "") -> str:
        """An id: `new("cus_", 14)`, `new("sub_", 24, "1")`. Long ones rise with time, as Stripe's do.

        Rows that are made together then stand together in the indexes of their ids, which keeps writing cheap however
        many there are.
        """
        if length < 14:
            return prefix + lead + self.text(length - len(lead))
        return prefix + lead + self._time_text() + self.text(length - len(lead) - TIME_LETTERS)

    def _time_text(self) -> str:
        if self._counting:
            self._made += 1
            second = self._made // 1_000
        else:
            second = int(time.time())
        if second != self._second:
            self._second, digits, rest = second, [], second
            for _ in range(TIME_LETTERS):
                rest, digit = divmod(rest, 62)
                digits.append(ALPHABET[digit])
            self._second_text = "".join(reversed(digits))
        return self._second_text

    def seq(self) -> int:
        """A number above all that this process gave out before, and above those of earlier processes."""
        with self._lock:
            moment = self._last_seq if self._counting else time.time_ns()
            self._last_seq = moment if moment > self._last_seq else self._last_seq + 1
            return self._last_seq
