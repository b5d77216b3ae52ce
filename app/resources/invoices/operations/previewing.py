"""Drafts that are only looked at."""

from __future__ import annotations

from hashlib import sha256
from typing import TypeVar

from app.context import Context
from app.db.base import Base
from app.domain.invoicing import settle
from app.resources.invoices.tables import Invoice, InvoiceLine

R = TypeVar("R", bound=Base)


def as_preview(ctx: Context, draft: Invoice) -> Invoice:
    """The draft as an upcoming invoice: a copy without an id, settled against the customer's balance of now."""
    charge = draft.collection_method == "charge_automatically"
    settlement = settle(draft.total, draft.customer.balance, draft.currency)
    preview = _copy(draft)
    preview.__dict__.update({
        "id": None, "billing_reason": "upcoming", "amount_due": settlement.amount_due,
        "ending_balance": settlement.ending_balance, "starting_balance": draft.customer.balance,
        "next_payment_attempt": draft.created + ctx.choices.finalize_after_s if charge else None,
        "webhooks_delivered_at": None, "lines": [_line(line) for line in draft.lines]})
    return preview


def _line(line: InvoiceLine) -> InvoiceLine:
    shown = _copy(line)
    told = f"{line.position} {line.amount} {line.description} {line.period_start} {line.period_end} {line.price_id}"
    # The same preview has the same ids each time, so that its lines can be read page by page.
    shown.id = f"il_tmp_1{sha256(told.encode()).hexdigest()[:23]}"
    return shown


def _copy(row: R) -> R:
    """A row of the same values, relationships included, that belongs to no session."""
    copy = type(row).__new__(type(row))
    copy.__dict__.update(row.__dict__)
    for name in ("_changed", "_derived"):
        copy.__dict__.pop(name, None)
    return copy
