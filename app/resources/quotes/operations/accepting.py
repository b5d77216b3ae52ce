"""Acceptance: the moment at which a quote becomes something that is billed."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.coupons.operations import check_redeemable
from app.resources.customers.tables import Customer
from app.resources.quotes.operations.fulfilling import coupon_of, fulfil, split_lines, starts_later, terms
from app.resources.quotes.operations.moving import require_status
from app.resources.quotes.tables import Quote
from app.resources.subscriptions.operations import check_collection, check_count


def accept_quote(ctx: Context, quote: Quote) -> Quote:
    """Open to accepted: what the quote offers is made.

    Emits the events of the subscription, the schedule or the invoice, then quote.accepted. Raises InvalidRequest in any
    other status, after the quote's expiry, and where what it offers can be had no more.
    """
    require_status(quote, "open", "accept", "accepted")
    if quote.expires_at <= ctx.now:
        # Our choice: the words, for the moment between its expiry and the tick that cancels it.
        raise InvalidRequest("This quote has expired and can no longer be accepted.")
    customer = ctx.get(Customer, quote.customer_id)
    assert customer is not None, "an open quote has a customer"
    coupon = coupon_of(ctx, quote)
    if coupon is not None:
        # Our choice: a coupon is redeemed by acceptance and not before, so that one which ran out meanwhile stands in
        # the way instead of billing more than was quoted.
        check_redeemable(ctx, coupon, param=None)
    check_collection(customer, terms(ctx, quote))
    recurring, _ = split_lines(ctx, quote)
    if recurring and not starts_later(ctx, quote):
        check_count(ctx, customer)
    fulfil(ctx, quote, customer)
    quote.status, quote.accepted_at = "accepted", ctx.now
    emit(ctx, "quote.accepted", quote)
    return quote
