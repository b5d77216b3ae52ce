"""What quotes, their line items and their discounts look like."""

from __future__ import annotations

from app.domain.applications import shown_application
from app.render import view_of
from app.render.fields import (
    Attr,
    Const,
    Derived,
    Hash,
    IncludableHash,
    IncludableRows,
    Nested,
    Ref,
    RefList,
    Sublist,
)
from app.render.view import View
from app.resources.coupons.tables import Discount
from app.resources.invoices.tables import Invoice
from app.resources.quotes.tables import Quote, QuoteDiscount, QuoteLineItem
from app.resources.tax_rates.tables import TaxRate

_EMBEDDED = 10
"""How many line items stand inside a quote at the most; the others are had from their list."""


def _percent(text: str | None) -> float | None:
    return None if text is None else float(text)


def _total_details(name: str) -> Hash:
    """What discounts and taxes have in the totals of the columns with this name."""
    return Hash(
        amount_discount=Attr(f"{name}_discount"),
        amount_shipping=Const(0),
        amount_tax=Attr(f"{name}_tax"),
        breakdown=IncludableHash(
            # A customer's own discount counts where the quote has none.
            discounts=IncludableRows("discount", QuoteDiscount, Discount, column=f"{name}_discounts"),
            taxes=IncludableRows("rate", TaxRate, column=f"{name}_taxes"),
        ),
    )


@view_of(QuoteDiscount)
class QuoteDiscountView(View):
    id = Attr()
    object = Const("discount")
    checkout_session = Const(None)
    coupon = Nested()
    customer = Derived(lambda row: row.quote.customer_id, needs="quote")
    end = Const(None)
    invoice = Const(None)
    invoice_item = Const(None)
    promotion_code = Attr("promotion_code_id")
    start = Attr("created")
    subscription = Const(None)


@view_of(QuoteLineItem)
class QuoteLineItemView(View):
    id = Attr()
    object = Const("item")
    amount_discount = Attr()
    amount_subtotal = Attr()
    amount_tax = Attr()
    amount_total = Attr()
    currency = Attr()
    description = Attr()
    discounts = IncludableRows("discount", QuoteDiscount, Discount)
    price = Nested()
    quantity = Attr()
    taxes = IncludableRows("rate", TaxRate)


@view_of(Quote)
class QuoteView(View):
    id = Attr()
    object = Const("quote")
    amount_subtotal = Attr()
    amount_total = Attr()
    application = Attr(expand=shown_application)
    application_fee_amount = Attr()
    application_fee_percent = Derived(lambda row: _percent(row.application_fee_percent))
    automatic_tax = Derived(lambda row: {"enabled": row.automatic_tax_enabled,
                                         "status": "complete" if row.automatic_tax_enabled else None})
    collection_method = Attr()
    computed = Hash(
        recurring=Hash(
            unless=lambda row: row.recurring_total is None,
            amount_subtotal=Attr("recurring_subtotal"),
            amount_total=Attr("recurring_total"),
            interval=Attr("recurring_interval"),
            interval_count=Attr("recurring_interval_count"),
            total_details=_total_details("recurring"),
        ),
        upfront=Hash(
            amount_subtotal=Attr("upfront_subtotal"),
            amount_total=Attr("upfront_total"),
            line_items=Sublist("/v1/quotes/{id}/computed_upfront_line_items", "upfront_line_items", limit=_EMBEDDED,
                               includable=True),
            total_details=_total_details("upfront"),
        ),
    )
    created = Attr()
    currency = Attr()
    customer = Ref()
    default_tax_rates = RefList(table=TaxRate)
    description = Attr()
    discounts = RefList(table=QuoteDiscount)
    expires_at = Attr()
    footer = Attr()
    from_quote = Hash(
        unless=lambda row: row.from_quote_id is None,
        is_revision=Attr(),
        quote=Ref("from_quote", "from_quote_id"),
    )
    header = Attr()
    invoice = Ref(deletable=Invoice)
    invoice_settings = Hash(days_until_due=Attr())
    line_items = Sublist("/v1/quotes/{id}/line_items", limit=_EMBEDDED, includable=True)
    livemode = Const(False)
    metadata = Attr("metadata_")
    number = Attr()
    on_behalf_of = Ref()
    status = Attr()
    status_transitions = Hash(accepted_at=Attr(), canceled_at=Attr(), finalized_at=Attr())
    subscription = Ref()
    subscription_data = Hash(effective_date=Attr(), trial_period_days=Attr())
    subscription_schedule = Ref()
    test_clock = Ref()
    total_details = _total_details("amount")
    transfer_data = Attr()
