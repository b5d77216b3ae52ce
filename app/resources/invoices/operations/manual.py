"""Invoices that a caller makes, and what a caller may change of an invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.errors import InvalidRequest, missing_parameter, no_such
from app.events.emit import tracked
from app.resources.coupons.operations import discount_in_force
from app.resources.coupons.tables import Coupon, Discount
from app.resources.customers.operations import check_currency, check_email
from app.resources.customers.tables import Customer
from app.resources.invoices.operations.discounts import find_discounts, replace_discounts
from app.resources.invoices.operations.drafting import draft_invoice, retotal
from app.resources.invoices.operations.finalizing import advance_by_itself
from app.resources.invoices.operations.items import sweep
from app.resources.invoices.operations.lines import item_lines
from app.resources.invoices.operations.sharing import sharing_columns
from app.resources.invoices.tables import Invoice
from app.resources.payment_methods.operations import default_source_for, use_payment_method
from app.resources.subscriptions.tables import Subscription
from app.resources.tax_rates.operations import find_tax_rates

DAY = 86_400

_PLAIN = ("custom_fields", "description", "footer", "rendering_options", "statement_descriptor")

_FIXED = frozenset({
    "account_tax_ids", "application_fee_amount", "automatic_tax", "collection_method", "custom_fields", "days_until_due",
    "default_tax_rates", "discounts", "due_date", "on_behalf_of", "rendering_options", "statement_descriptor",
    "transfer_data"})
"""What can be changed no more once an invoice is finalised (behaviour reference, 4.1)."""


def create_invoice(ctx: Context, values: Mapping[str, Any]) -> Invoice:
    """A draft as the parameters of POST /v1/invoices say: empty, or with what waits for the customer's next invoice.

    Emits invoiceitem.updated for each item that it takes, customer.discount.created for each coupon, invoice.created.
    """
    customer = ctx.find(Customer, values["customer"], param="customer")
    subscription = _subscription(ctx, customer, values.get("subscription"))
    items = []
    behavior = values.get("pending_invoice_items_behavior", "exclude")
    if behavior != "exclude":
        items = sweep(ctx, customer.id, None if subscription is None else subscription.id)
        if not items and behavior == "include_and_require":
            raise InvalidRequest("Nothing to invoice for customer", code="invoice_no_customer_line_items", param="customer")
    currency = values.get("currency") or customer.currency or ctx.account.default_currency
    check_currency(customer, currency, param="currency")
    method = values.get("collection_method", "charge_automatically")
    _check_collection(ctx, customer, method, values, due_required=True)
    columns = _columns(ctx, customer, None, values)
    coupons: Sequence[Coupon | Discount] = ()
    if "discounts" in values:
        coupons = find_discounts(ctx, values["discounts"], customer_id=customer.id)
    else:
        inherited = discount_in_force(ctx, customer, None if subscription is None else subscription.discount_id)
        coupons = [] if inherited is None else [inherited]
    if subscription is not None and subscription.default_tax_rates and "default_tax_rates" not in columns:
        columns["default_tax_rates"] = subscription.default_tax_rates
    return draft_invoice(
        ctx, customer, item_lines(items), reason="manual", currency=currency, period=(ctx.now, ctx.now),
        subscription_id=None if subscription is None else subscription.id, collection_method=method,
        auto_advance=values.get("auto_advance", ctx.choices.manual_invoice_auto_advance),
        days_until_due=values.get("days_until_due"), due_date=values.get("due_date"), values=columns, coupons=coupons)


def update_invoice(ctx: Context, invoice: Invoice, values: Mapping[str, Any]) -> Invoice:
    """Change a draft, or what a finalised invoice still lets change. Emits invoice.updated."""
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines.price")
    if invoice.status != "draft" and _FIXED & values.keys():
        raise _fixed()
    if invoice.status in ("paid", "uncollectible", "void") and values.get("auto_advance"):
        raise _fixed()
    with tracked(ctx, invoice, "invoice.updated"):
        for name, value in _columns(ctx, invoice.customer, invoice, values).items():
            setattr(invoice, name, value)
        if "discounts" in values:
            invoice.discounts = replace_discounts(
                ctx, invoice.discounts, values["discounts"], customer_id=invoice.customer_id, currency=invoice.currency,
                invoice_id=invoice.id)
        if invoice.status == "draft":
            _change_collection(ctx, invoice, values)
            retotal(ctx, invoice, invoice.customer)
        if "auto_advance" in values:
            advance_by_itself(ctx, invoice, values["auto_advance"])
    return invoice


def _columns(ctx: Context, customer: Customer, invoice: Invoice | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from the parameters alone."""
    columns = {name: values[name] for name in _PLAIN if name in values} | sharing_columns(ctx, invoice, values)
    if "account_tax_ids" in values:
        columns["account_tax_ids"] = _account_tax_ids(values["account_tax_ids"])
    if "custom_fields" in values:
        columns["custom_fields"] = values["custom_fields"] or None
    if "automatic_tax" in values:
        columns["automatic_tax_enabled"] = values["automatic_tax"]["enabled"]
    if "default_payment_method" in values:
        columns["default_payment_method_id"] = use_payment_method(
            ctx, values["default_payment_method"], customer=customer, param="default_payment_method").id
    if "default_source" in values:
        columns["default_source_id"] = default_source_for(
            ctx, values["default_source"], customer=customer, param="default_source")
    if "default_tax_rates" in values:
        columns["default_tax_rates"] = [
            rate.id for rate in find_tax_rates(ctx, values["default_tax_rates"], param="default_tax_rates")]
    if "metadata" in values:
        columns["metadata_"] = merged({} if invoice is None else invoice.metadata_, values["metadata"])
    if "payment_settings" in values:
        if "default_mandate" in values["payment_settings"]:
            raise no_mandate(values["payment_settings"]["default_mandate"], param="payment_settings[default_mandate]")
        present = {} if invoice is None else invoice.payment_settings or {}
        columns["payment_settings"] = present | {name: value or None for name, value in values["payment_settings"].items()}
    return columns


def no_mandate(id: str, *, param: str) -> InvalidRequest:
    """The refusal of a mandate: cards need none, and only they are charged, so that there is none to name."""
    return no_such("mandate", id, param=param, status=400)


def _account_tax_ids(ids: Sequence[str]) -> list[str] | None:
    """Our choice: an account's tax ids are made outside of the API, so that any is taken which may be one."""
    for index, id in enumerate(ids):
        if not id.startswith("txi_"):
            raise no_such("tax_id", id, param=f"account_tax_ids[{index}]", status=400)
    return list(ids) or None


def _subscription(ctx: Context, customer: Customer, id: str | None) -> Subscription | None:
    if id is None:
        return None
    subscription = ctx.find(Subscription, id, param="subscription")
    if subscription.customer_id != customer.id:
        # Our choice: the words.
        raise InvalidRequest(f"The subscription {id} does not belong to the customer {customer.id}.", param="subscription")
    return subscription


def _check_collection(ctx: Context, customer: Customer, method: str, values: Mapping[str, Any], *,
                      due_required: bool) -> None:
    given = [name for name in ("days_until_due", "due_date") if values.get(name) is not None]
    if len(given) > 1:
        raise InvalidRequest("You may only specify one of these parameters: days_until_due, due_date.")
    if method == "charge_automatically":
        if given:
            raise InvalidRequest(f"You can only set `{given[0]}` if `collection_method` is `send_invoice`.", param=given[0])
        return
    if due_required and not given:
        # Stripe: such an invoice needs one of the two (behaviour reference, 4.2). Our choice: which one is asked for.
        raise missing_parameter("days_until_due")
    if values.get("due_date") is not None and values["due_date"] <= ctx.now:
        raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param="due_date")
    check_email(customer)


def _change_collection(ctx: Context, invoice: Invoice, values: Mapping[str, Any]) -> None:
    """How and until when a draft is to be paid."""
    if not {"collection_method", "days_until_due", "due_date"} & values.keys():
        return
    method = values.get("collection_method", invoice.collection_method)
    _check_collection(ctx, invoice.customer, method, values, due_required=invoice.due_date is None)
    invoice.collection_method = method
    if method == "charge_automatically":
        invoice.due_date, invoice.next_payment_attempt = None, invoice.finalizes_at
        return
    invoice.next_payment_attempt = None
    if values.get("due_date") is not None:
        invoice.due_date = values["due_date"]
    elif values.get("days_until_due") is not None:
        invoice.due_date = invoice.created + values["days_until_due"] * DAY


def _fixed() -> InvalidRequest:
    return InvalidRequest("Finalized invoices can't be updated in this way", code="invoice_not_editable")
