"""From draft to open, and to the end without acceptance."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from app.context import Context
from app.db.session import Prepared, entity
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.customers.tables import Customer
from app.resources.quotes.operations.computing import compute_amounts
from app.resources.quotes.operations.fulfilling import terms
from app.resources.quotes.tables import Quote
from app.resources.subscriptions.operations import check_collection

LIVE = ("draft", "open")

_LAST_SEQUENCE = Prepared(select(func.max(Quote.sequence)).where(
    Quote.account_id == bindparam("account_id"), Quote.customer_id == bindparam("customer_id")))
_LAST_REVISION = Prepared(select(func.max(Quote.revision)).where(
    Quote.account_id == bindparam("account_id"), Quote.customer_id == bindparam("customer_id"),
    Quote.sequence == bindparam("sequence")))
_OF_CUSTOMER = Prepared(entity(Quote).where(
    Quote.account_id == bindparam("account_id"), Quote.customer_id == bindparam("customer_id")).order_by(Quote.seq))


def finalize_quote(ctx: Context, quote: Quote, *, expires_at: int | None = None) -> Quote:
    """Draft to open: the quote gets its number, and its terms are fixed.

    A revision takes the place of the quote that it revises. Emits quote.canceled for that one where it was open, then
    quote.finalized. Raises InvalidRequest without a customer, without line items, and in any other status.
    """
    require_status(quote, "draft", "finalize", "finalized")
    customer = ctx.get(Customer, quote.customer_id)
    if customer is None:
        # Our choice: these words and those below; that a customer is needed is published.
        raise InvalidRequest("A quote must have a customer before it can be finalized.", param="customer")
    ctx.session.load([quote], "line_items")
    if not quote.line_items:
        raise InvalidRequest("A quote must have at least one line item before it can be finalized.", param="line_items")
    if expires_at is not None:
        check_expiry(ctx, expires_at)
        quote.expires_at = expires_at
    check_collection(customer, terms(ctx, quote))
    compute_amounts(ctx, quote)
    _give_number(ctx, quote, customer)
    quote.status, quote.finalized_at = "open", ctx.now
    emit(ctx, "quote.finalized", quote)
    return quote


def cancel_quote(ctx: Context, quote: Quote) -> Quote:
    """Draft or open to canceled. Emits quote.canceled."""
    if quote.status not in LIVE:
        raise _wrong_status(quote, "cancel", "canceled", *LIVE)
    quote.status, quote.canceled_at = "canceled", ctx.now
    emit(ctx, "quote.canceled", quote)
    return quote


def expire_quote(ctx: Context, quote: Quote) -> None:
    """Nobody accepted the quote in time."""
    # A quote without a customer is on no timeline that its callers wait for: one of them may be at it.
    if ctx.session.lock(quote) and quote.status in LIVE and quote.expires_at <= ctx.now:
        cancel_quote(ctx, quote)


def customer_deleted(ctx: Context, customer: Customer) -> None:
    """Reaction to customer.deleted. Our choice: what nobody can accept any more is canceled."""
    for quote in ctx.session.rows(Quote, _OF_CUSTOMER, account_id=ctx.account_id, customer_id=customer.id):
        if quote.status in LIVE:
            cancel_quote(ctx, quote)


def require_status(quote: Quote, status: str, verb: str, participle: str) -> None:
    """Raises in any other status."""
    if quote.status != status:
        raise _wrong_status(quote, verb, participle, status)


def check_expiry(ctx: Context, expires_at: int) -> None:
    """Raises for a moment that has passed."""
    if expires_at <= ctx.now:
        raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param="expires_at")


def _give_number(ctx: Context, quote: Quote, customer: Customer) -> None:
    """`QT-` with the customer's prefix, which of their quotes it is, and which revision of that one."""
    revised = ctx.find(Quote, quote.from_quote_id) if quote.is_revision and quote.from_quote_id is not None else None
    of_customer = {"account_id": ctx.account_id, "customer_id": customer.id}
    if revised is None:
        quote.sequence, quote.revision = (ctx.session.scalar(_LAST_SEQUENCE, **of_customer) or 0) + 1, 1
        quote.number = f"QT-{customer.invoice_prefix}-{quote.sequence:04d}-1"
        return
    assert revised.number is not None, "only a quote with a number is revised"
    quote.sequence = revised.sequence
    quote.revision = ctx.session.scalar(_LAST_REVISION, sequence=revised.sequence, **of_customer) + 1
    quote.number = f"{revised.number.rpartition('-')[0]}-{quote.revision}"
    if revised.status == "open":
        # Our choice: when the revision is out, what it revises can be accepted no more.
        cancel_quote(ctx, revised)


def _wrong_status(quote: Quote, verb: str, participle: str, *allowed: str) -> InvalidRequest:
    """Our choice: the words, which are those for schedules."""
    return InvalidRequest(f"You cannot {verb} a quote that is currently in the `{quote.status}` status. It must be in "
                          f"`{', '.join(allowed)}` status to be {participle}.")
