from __future__ import annotations

import pytest

from app.domain.lifecycle import MOVES, may_move

ENDS = {
    "subscription": {"canceled", "incomplete_expired"},
    "invoice": {"paid", "void"},
    "subscription_schedule": {"completed", "released", "canceled"},
    "quote": {"accepted", "canceled"},
    "test_clock": {"internal_failure"},
    "payment_intent": {"succeeded", "canceled"},
    "setup_intent": {"succeeded", "canceled"},
}


@pytest.mark.parametrize(
    ("kind", "old", "new", "allowed"),
    [
        ("subscription", "trialing", "active", True),
        ("subscription", "incomplete", "incomplete_expired", True),
        ("subscription", "active", "incomplete", False),
        ("subscription", "canceled", "active", False),
        ("invoice", "draft", "open", True),
        ("invoice", "draft", "paid", True),
        ("invoice", "draft", "void", False),
        ("invoice", "uncollectible", "paid", True),
        ("invoice", "open", "draft", False),
        ("subscription_schedule", "not_started", "active", True),
        ("subscription_schedule", "not_started", "completed", False),
        ("subscription_schedule", "released", "active", False),
        ("quote", "draft", "canceled", True),
        ("quote", "draft", "accepted", False),
        ("quote", "accepted", "canceled", False),
        ("test_clock", "advancing", "ready", True),
        ("test_clock", "ready", "ready", False),
        ("payment_intent", "processing", "requires_payment_method", True),
        ("payment_intent", "succeeded", "canceled", False),
    ],
)
def test_moves(kind: str, old: str, new: str, allowed: bool) -> None:
    assert may_move(kind, old, new) is allowed


@pytest.mark.parametrize("kind", MOVES)
def test_the_tables_name_known_statuses_and_end(kind: str) -> None:
    moves = MOVES[kind]
    assert {new for news in moves.values() for new in news} <= set(moves)
    assert {status for status, news in moves.items() if not news} == ENDS[kind]
    assert all(status not in news for status, news in moves.items())
