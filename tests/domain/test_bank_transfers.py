"""Which of the payments that wait for a customer's money get how much of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bank_transfers import Waiting, shares_of

INVOICE = Waiting(2500, is_of_invoice=True, number="A-0001")


@pytest.mark.parametrize(("cash", "waiting", "shares"), [
    (0, [Waiting(100)], []),
    (500, [], []),
    (500, [Waiting(300), Waiting(100)], [(0, 300), (1, 100)]),
    # Oldest first, the last in part.
    (500, [Waiting(300), Waiting(400), Waiting(150)], [(0, 300), (1, 200)]),
    # What waits for exactly that much comes before all others, as few as can be.
    (500, [Waiting(300), Waiting(200), Waiting(500)], [(2, 500)]),
    (500, [Waiting(900), Waiting(200), Waiting(300)], [(1, 200), (2, 300)]),
    # Rather an invoice than something older.
    (500, [Waiting(500), Waiting(500, is_of_invoice=True)], [(1, 500)]),
    # Invoices are paid first, and whole or not at all.
    (3000, [Waiting(1000), INVOICE], [(1, 2500), (0, 500)]),
    (2000, [INVOICE, Waiting(2500)], [(1, 2000)]),
])
def test_cash_is_shared(cash: int, waiting: list[Waiting], shares: list[tuple[int, int]]) -> None:
    assert shares_of(cash, waiting) == shares


def test_a_reference_names_an_invoice() -> None:
    waiting = [Waiting(3000), INVOICE, Waiting(500, is_of_invoice=True, number="A-0002")]
    assert shares_of(3000, waiting, "A-0001") == [(1, 2500), (2, 500)]
    assert shares_of(3000, waiting, "A-0003") == [(0, 3000)]
    # It is not paid in part, whatever it is called.
    assert shares_of(2000, waiting, "A-0001") == [(2, 500), (0, 1500)]


@given(cash=st.integers(0, 60), waiting=st.lists(st.builds(Waiting, st.integers(1, 20), st.booleans()), max_size=9))
def test_nothing_is_given_twice_or_too_much(cash: int, waiting: list[Waiting]) -> None:
    shares = shares_of(cash, waiting)
    places = [place for place, _ in shares]
    assert len(set(places)) == len(places)
    assert sum(amount for _, amount in shares) <= cash
    assert all(0 < amount <= waiting[place].amount for place, amount in shares)
    assert all(amount == waiting[place].amount for place, amount in shares if waiting[place].is_of_invoice)
    parts = [place for place, amount in shares if amount < waiting[place].amount]
    assert len(parts) <= 1
