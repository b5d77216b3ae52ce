"""What invoices, their lines and invoice items look like."""

from __future__ import annotations

from typing import Any

from app.domain.applications import shown_application
from app.domain.invoicing import settle
from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Hash, HashRefs, Nested, Ref, RefAmong, RefList, Sublist
from app.render.view import View
from app.resources.coupons.tables import Discount
from app.resources.invoices.tables import Invoice, InvoiceItem, InvoiceLine
from app.resources.payment_methods.tables import SOURCES
from app.resources.prices.views import plan_of
from app.resources.tax_rates.tables import TaxRate

_NO_PAYMENT_SETTINGS = {"default_mandate": None, "payment_method_options": None, "payment_method_types": None}


def _of_customer(name: str, *, default: Any = None) -> Derived:
    """A `customer_*` field: the customer's own on a draft, as it was at finalisation afterwards; `default` for null."""

    def value(row: Any) -> Any:
        snapshot = row.customer_snapshot
        known = getattr(row.customer, name) if snapshot is None else snapshot.get(name)
        return default if known is None else known

    return Derived(value, needs="customer")


def _amount_due(row: Any) -> int:
    """A stored draft meets the customer's balance as it is now; a preview is as it was made."""
    if row.status != "draft" or row.id is None:
        due: int = row.amount_due
        return due
    return settle(row.total, row.customer.balance, row.currency).amount_due


def _starting_balance(row: Any) -> Any:
    return row.starting_balance if row.status != "draft" or row.id is None else row.customer.balance


def _pdf_url(row: Any) -> str | None:
    """The same invoice as a file: a path of its own for the same secret."""
    url = row.hosted_invoice_url
    return None if url is None else "/invoice/".join(url.rsplit("/i/", 1)) + "/pdf"


def _lines_url(row: Any) -> str:
    if row.id is not None:
        return f"/v1/invoices/{row.id}/lines"
    whose = {"customer": row.customer_id, "subscription": row.subscription_id}
    return "/v1/invoices/upcoming/lines?" + "&".join(f"{name}={id}" for name, id in whose.items() if id is not None)


@view_of(InvoiceLine)
class InvoiceLineView(View):
    id = Attr()
    object = Const("line_item")
    amount = Attr()
    amount_excluding_tax = Attr()
    currency = Attr()
    description = Attr()
    discount_amounts = HashRefs("discount", table=Discount)
    discountable = Attr()
    discounts = RefList(table=Discount)
    invoice_item = Derived(lambda row: OMIT if row.invoice_item_id is None else row.invoice_item_id)
    livemode = Const(False)
    metadata = Attr("metadata_")
    period = Hash(end=Attr("period_end"), start=Attr("period_start"))
    plan = Derived(lambda row: None if row.price is None else plan_of(row.price), needs="price")
    price = Nested()
    proration = Attr()
    proration_details = Attr()
    quantity = Attr()
    subscription = Attr("subscription_id")
    subscription_item = Derived(lambda row: OMIT if row.subscription_item_id is None else row.subscription_item_id)
    tax_amounts = HashRefs("tax_rate", table=TaxRate)
    tax_rates = RefList(table=TaxRate, whole=True)
    type = Attr()
    unit_amount_excluding_tax = Attr()


@view_of(Invoice)
class InvoiceView(View):
    id = Attr(omit_null=True)
    object = Const("invoice")
    account_country = Derived(lambda row: row.account.country, needs="account")
    account_name = Derived(lambda row: row.account.display_name, needs="account")
    account_tax_ids = Attr()
    amount_due = Derived(_amount_due, needs="customer")
    amount_paid = Attr()
    amount_remaining = Derived(lambda row: _amount_due(row) - row.amount_paid)
    application = Attr(expand=shown_application)
    application_fee_amount = Attr()
    attempt_count = Attr()
    attempted = Attr()
    auto_advance = Attr()
    automatic_tax = Derived(lambda row: {"enabled": row.automatic_tax_enabled,
                                         "status": "complete" if row.automatic_tax_enabled else None})
    billing_reason = Attr()
    charge = Ref()
    collection_method = Attr()
    created = Attr()
    currency = Attr()
    custom_fields = Attr()
    customer = Ref()
    customer_address = _of_customer("address")
    customer_email = _of_customer("email")
    customer_name = _of_customer("name")
    customer_phone = _of_customer("phone")
    customer_shipping = _of_customer("shipping")
    customer_tax_exempt = _of_customer("tax_exempt")
    customer_tax_ids = _of_customer("tax_id_values", default=[])
    default_payment_method = Ref()
    default_source = RefAmong(*SOURCES)
    default_tax_rates = RefList(table=TaxRate, whole=True)
    description = Attr()
    discount = RefList("discounts", table=Discount, single=True)
    discounts = RefList(table=Discount)
    due_date = Attr()
    ending_balance = Attr()
    footer = Attr()
    hosted_invoice_url = Attr()
    invoice_pdf = Derived(_pdf_url)
    last_finalization_error = Attr()
    lines = Sublist(_lines_url, limit=10)
    livemode = Const(False)
    metadata = Attr("metadata_")
    next_payment_attempt = Attr()
    number = Attr()
    on_behalf_of = Ref()
    paid = Derived(lambda row: row.status == "paid")
    paid_out_of_band = Attr()
    payment_intent = Ref()
    payment_settings = Derived(lambda row: _NO_PAYMENT_SETTINGS | (row.payment_settings or {}))
    period_end = Attr()
    period_start = Attr()
    post_payment_credit_notes_amount = Attr()
    pre_payment_credit_notes_amount = Attr()
    quote = Ref()
    receipt_number = Const(None)
    rendering_options = Attr()
    starting_balance = Derived(_starting_balance)
    statement_descriptor = Attr()
    status = Attr()
    status_transitions = Hash(
        finalized_at=Attr(), marked_uncollectible_at=Attr(), paid_at=Attr(), voided_at=Attr())
    subscription = Ref()
    subscription_proration_date = Attr(omit_null=True)
    subtotal = Attr()
    subtotal_excluding_tax = Attr()
    tax = Attr()
    test_clock = Ref()
    threshold_reason = Attr(omit_null=True)
    total = Attr()
    total_discount_amounts = HashRefs("discount", table=Discount)
    total_excluding_tax = Attr()
    total_tax_amounts = HashRefs("tax_rate", table=TaxRate)
    transfer_data = Hash(
        amount=Attr("transfer_amount"), destination=Ref("transfer_destination", column="transfer_destination_id"),
        unless=lambda row: row.transfer_destination_id is None)
    webhooks_delivered_at = Attr()


@view_of(InvoiceItem)
class InvoiceItemView(View):
    id = Attr()
    object = Const("invoiceitem")
    amount = Attr()
    currency = Attr()
    customer = Ref()
    date = Attr()
    description = Attr()
    discountable = Attr()
    discounts = RefList(table=Discount)
    invoice = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    period = Hash(end=Attr("period_end"), start=Attr("period_start"))
    plan = Derived(lambda row: None if row.price is None else plan_of(row.price), needs="price")
    price = Nested()
    proration = Attr()
    quantity = Attr()
    subscription = Ref()
    subscription_item = Derived(lambda row: OMIT if row.subscription_item_id is None else row.subscription_item_id)
    tax_rates = RefList(table=TaxRate, whole=True)
    test_clock = Ref()
    unit_amount = Attr()
    unit_amount_decimal = Attr()
