"""What callers ask of invoice items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.domain.money import AMOUNT_MAX, round_half_away, unit_amounts
from app.domain.tiers import amount_of
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import emit, tracked
from app.resources.customers.tables import Customer
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice, InvoiceItem
from app.resources.prices.operations import billed_currency, check_offered, find_price, price_from_data, terms_of
from app.resources.prices.tables import Price
from app.resources.subscriptions.tables import Subscription
from app.resources.tax_rates.operations import find_tax_rates

_Path = Callable[[str], str]

_BASES = ("amount", "price", "price_data", "unit_amount", "unit_amount_decimal")
"""What the amount of an item can be given by; one of them."""


@dataclass(frozen=True, slots=True)
class _Charge:
    """What an item costs: `amount` in minor units of `currency`, for `quantity` units of `price` or at `unit_amount`."""

    amount: int
    currency: str
    quantity: int
    price: Price | None = None
    unit_amount: Decimal | None = None

    @property
    def units(self) -> dict[str, Any]:
        """The columns `unit_amount` and `unit_amount_decimal`."""
        if self.unit_amount is None:
            return invoices.unit_columns(self.amount, self.quantity, self.price, self.currency)
        whole, exact = unit_amounts(self.unit_amount)
        return {"unit_amount": whole, "unit_amount_decimal": exact}


def create_item(ctx: Context, values: Mapping[str, Any], *, param: str = "") -> InvoiceItem:
    """An item for the customer's next invoice, or on the draft that `invoice` names.

    Emits invoiceitem.created, and invoice.updated for a draft. Raises InvalidRequest for an invoice that is no draft of
    the customer, and for amounts that contradict each other. `param` is where the parameters stand, for errors.
    """
    customer = ctx.find(Customer, values["customer"], param="customer")
    invoice = _draft(ctx, customer, values.get("invoice"))
    subscription_id = _subscription(ctx, customer, invoice, values.get("subscription"))
    charge = _charge(ctx, values, _path(param), customer, invoice)
    invoices.check_currency(customer, charge.currency, param=_path(param)("currency"))
    start, end = _period(ctx, values)
    description = values.get("description")
    if description is None and charge.price is not None:
        ctx.session.load([charge.price], "product")
        description = charge.price.product.name
    columns: dict[str, Any] = {"metadata_": merged({}, values.get("metadata") or {})}
    if "discountable" in values:
        columns["discountable"] = values["discountable"]
    if "tax_rates" in values:
        columns["tax_rates"] = _tax_rates(ctx, values["tax_rates"])
    item = invoices.add_pending_item(
        ctx, customer.id, amount=charge.amount, currency=charge.currency, description=description, price=charge.price,
        quantity=charge.quantity, start=start, end=end, invoice_id=None if invoice is None else invoice.id,
        subscription_id=subscription_id,
        coupons=invoices.find_discounts(ctx, values.get("discounts", ()), customer_id=customer.id),
        **charge.units, **columns)
    if invoice is not None:
        invoices.add_to_draft(ctx, invoice, item)
    return item


def update_item(ctx: Context, item: InvoiceItem, values: Mapping[str, Any], *, param: str = "") -> InvoiceItem:
    """Change an item that waits, or stands on a draft. Emits invoiceitem.updated, and invoice.updated for a draft."""
    invoice = _changeable(ctx, item)
    ctx.session.load([item], "price")
    path = _path(param)
    with tracked(ctx, item, "invoiceitem.updated"):
        if any(values.get(name) is not None for name in (*_BASES, "quantity")):
            _recharge(ctx, item, values, path)
        if "description" in values:
            item.description = values["description"]
        if "discountable" in values:
            if values["discountable"] and item.proration:
                # Stripe: "Cannot be set to true for prorations." (reference, Update an invoice item)
                raise InvalidRequest("Prorations cannot be discountable.", param=path("discountable"))
            item.discountable = values["discountable"]
        if "discounts" in values:
            item.discounts = invoices.replace_discounts(
                ctx, item.discounts, values["discounts"], customer_id=item.customer_id, currency=item.currency,
                invoice_item_id=item.id)
        if "metadata" in values:
            item.metadata_ = merged(item.metadata_, values["metadata"])
        if values.get("period") is not None:
            item.period_start, item.period_end = _period(ctx, values)
        if "tax_rates" in values:
            item.tax_rates = _tax_rates(ctx, values["tax_rates"])
    if invoice is not None:
        invoices.show_item(ctx, invoice, item)
    return item


def delete_item(ctx: Context, item: InvoiceItem) -> dict[str, Any]:
    """Delete an item that waits, or take it off its draft; its own discounts end.

    Emits invoiceitem.deleted, customer.discount.deleted, and invoice.updated for a draft.
    """
    invoice = _changeable(ctx, item)
    emit(ctx, "invoiceitem.deleted", item)
    invoices.end_own(ctx, item.discounts, invoice_item_id=item.id)
    if invoice is None:
        invoices.pending_items(ctx, item.customer_id).remove(item)
    else:
        invoices.show_item(ctx, invoice, item, gone=True)
    ctx.session.delete(item)
    return {"id": item.id, "object": InvoiceItem.object_name, "deleted": True}


def _changeable(ctx: Context, item: InvoiceItem) -> Invoice | None:
    """The draft that the item stands on, None while it waits. Raises where the invoice is no draft any more."""
    invoice = ctx.get(Invoice, item.invoice_id)
    if invoice is not None:
        invoices.require_draft(invoice)
    return invoice


def _draft(ctx: Context, customer: Customer, id: str | None) -> Invoice | None:
    if id is None:
        return None
    invoice = ctx.find(Invoice, id, param="invoice")
    if invoice.customer_id != customer.id:
        # Our choice: the words.
        raise InvalidRequest(f"The invoice {id} does not belong to the customer {customer.id}.", param="invoice")
    invoices.require_draft(invoice)
    return invoice


def _subscription(ctx: Context, customer: Customer, invoice: Invoice | None, id: str | None) -> str | None:
    if id is None:
        return None if invoice is None else invoice.subscription_id
    subscription = ctx.find(Subscription, id, param="subscription")
    if subscription.customer_id != customer.id or (invoice is not None and invoice.subscription_id not in (None, id)):
        # Our choice: the words, and that an ended subscription takes no items: no invoice would ever take them.
        raise InvalidRequest(f"The subscription {id} does not belong to this customer or invoice.", param="subscription")
    if subscription.status in ("canceled", "incomplete_expired"):
        raise InvalidRequest(f"The subscription {id} has ended, and takes no more invoice items.", param="subscription")
    return id


def _charge(ctx: Context, values: Mapping[str, Any], path: _Path, customer: Customer, invoice: Invoice | None) -> _Charge:
    """What a new item costs: in the currency that is asked for, else that of its invoice, else the customer's."""
    currency = None if invoice is None else invoice.currency
    given = [name for name in _BASES if values.get(name) is not None]
    if not given:
        # Our choice: the words.
        raise InvalidRequest("You must specify either `amount`, `unit_amount`, `unit_amount_decimal`, `price` or "
                             "`price_data` when creating an invoice item.")
    charge = _charge_by(ctx, given, values, path, values.get("quantity"), currency, customer.currency)
    if currency is not None and charge.currency != currency:
        raise InvalidRequest(f"The currency of this invoice is `{currency}`, and the item's is `{charge.currency}`.",
                             param=path("currency"))
    return charge


def _charge_by(ctx: Context, given: list[str], values: Mapping[str, Any], path: _Path, quantity: int | None,
               currency: str | None, settled: str | None = None) -> _Charge:
    """`currency` is that of what the item belongs to; a price may also be billed in the customer's `settled` one."""
    if len(given) > 1:
        raise InvalidRequest(f"You may only specify one of these parameters: {', '.join(map(path, given))}.")
    basis = given[0]
    if basis in ("price", "price_data"):
        price = _price(ctx, values, path)
        billed = billed_currency([price], asked=values.get("currency"), settled=currency or settled)
        check_offered(price, billed, param=path("currency"))
        units = 1 if quantity is None else quantity
        return _kept(_Charge(amount_of(terms_of(price, billed), units), billed, units, price), path)
    currency = values.get("currency") or currency
    if currency is None:
        raise missing_parameter(path("currency"))
    if basis == "amount":
        if values.get("quantity") is not None:
            # Our choice: an amount is the whole of it, so that a quantity would contradict it.
            raise InvalidRequest(f"You may only specify one of these parameters: {path('amount')}, {path('quantity')}.")
        return _kept(_Charge(values["amount"], currency, 1), path)
    unit = Decimal(values[basis])
    units = 1 if quantity is None else quantity
    return _kept(_Charge(round_half_away(unit * units), currency, units, unit_amount=unit), path)


def _kept(charge: _Charge, path: _Path) -> _Charge:
    if abs(charge.amount) > AMOUNT_MAX:
        # Our choice: the limit and the wording.
        raise InvalidRequest("Invalid amount: the item costs too much.", param=path("amount"))
    return charge


def _recharge(ctx: Context, item: InvoiceItem, values: Mapping[str, Any], path: _Path) -> None:
    """Let the item cost something else, in the same currency."""
    if item.proration:
        # Our choice: what was prorated follows from the subscription, and only its words can be changed.
        raise InvalidRequest("The amount of a proration cannot be changed.", param=path("amount"))
    given = [name for name in _BASES if values.get(name) is not None]
    quantity = values.get("quantity", item.quantity)
    if given:
        charge = _charge_by(ctx, given, values, path, quantity, item.currency)
    elif item.price is not None:
        amount = amount_of(terms_of(item.price, item.currency), quantity)
        charge = _kept(_Charge(amount, item.currency, quantity, item.price), path)
    else:
        unit = Decimal(item.unit_amount_decimal or item.amount)
        charge = _kept(_Charge(round_half_away(unit * quantity), item.currency, quantity, unit_amount=unit), path)
    if charge.currency != item.currency:
        if charge.price is not None:
            check_offered(charge.price, item.currency, param=path("price"))
        raise InvalidRequest(f"The price specified only supports `{charge.currency}`. This doesn't match the expected "
                             f"currency: `{item.currency}`.", param=path("price"))
    item.amount, item.quantity = charge.amount, charge.quantity
    item.price_id = None if charge.price is None else charge.price.id
    item.__dict__["price"] = charge.price
    for name, value in charge.units.items():
        setattr(item, name, value)
    if charge.amount < 0:
        item.discountable = False


def _price(ctx: Context, values: Mapping[str, Any], path: _Path) -> Price:
    if values.get("price_data") is not None:
        return price_from_data(ctx, values["price_data"], recurring_required=False, param=path("price_data"))
    return find_price(ctx, values["price"], param=path("price"), type="one_time")


def _period(ctx: Context, values: Mapping[str, Any]) -> tuple[int, int]:
    period = values.get("period")
    if period is None:
        return ctx.now, ctx.now
    if period["end"] < period["start"]:
        # Our choice: the words.
        raise InvalidRequest("The end of the period must not come before its start.", param="period[end]")
    return period["start"], period["end"]


def _tax_rates(ctx: Context, ids: list[str]) -> list[str]:
    return [rate.id for rate in find_tax_rates(ctx, ids, param="tax_rates")]


def _path(param: str) -> _Path:
    """How a parameter is called in an error: `quantity`, or `invoice_items[0][quantity]` below another."""
    return lambda name: f"{param}[{name}]" if param else name
