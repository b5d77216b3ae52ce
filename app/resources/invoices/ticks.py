"""What time does to invoices."""

from app.clock.ticker import Ticker
from app.db.session import Session
from app.resources.charges.tables import Charge
from app.resources.invoices import operations
from app.resources.invoices.tables import Invoice

FINALIZE_DUE = Ticker(
    "invoices.finalize_due", Invoice,
    due=lambda row: row.finalizes_at if row.status == "draft" and row.auto_advance else None,
    fire=operations.finalize_due)

RETRY = Ticker(
    "invoices.retry", Invoice,
    due=lambda row: row.next_payment_attempt if row.status == "open" and row.auto_advance else None,
    fire=operations.retry_collection)

DEBIT_ANSWER = Ticker(
    "charges.debit_answer", Charge, due=lambda row: row.settles_at if row.status == "pending" else None,
    fire=operations.settle_debit)
"""Here, because what the bank says decides about an invoice."""


def preload(session: Session, rows: list[Invoice]) -> None:
    """Read what finalising and paying many invoices needs, each kind in one statement."""
    for path in ("customer", "subscription", "payment_intent", "lines.price"):
        session.load(rows, path)
