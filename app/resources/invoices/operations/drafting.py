"""Drafts: lines to rows, and rows to totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.context import Context
from app.domain.discounts import Discount, DiscountAmount
from app.domain.invoicing import ComputedLine, DraftLine, compute, settle
from app.domain.money import decimal_string, per_unit
from app.domain.taxes import TaxAmount
from app.domain.tiers import amount_of
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.coupons.operations import domain_discount
from app.resources.coupons.tables import Coupon
from app.resources.coupons.tables import Discount as DiscountRow
from app.resources.customers.tables import Customer
from app.resources.invoices.operations.discounts import end_own, redeem
from app.resources.invoices.operations.items import ITEMS_MAX, put_on, take_off
from app.resources.invoices.operations.lines import LineDraft, Reached, item_lines
from app.resources.invoices.operations.sharing import share
from app.resources.invoices.tables import Invoice, InvoiceItem, InvoiceLine
from app.resources.prices.operations import terms_of
from app.resources.tax_rates.operations import domain_rates

_CUSTOMERS_OWN = ("custom_fields", "footer", "rendering_options")
"""What a customer's `invoice_settings` give to all invoices that are not made with values of their own."""


def draft_invoice(ctx: Context, customer: Customer, lines: Sequence[LineDraft], *, reason: str, currency: str,
                  period: tuple[int, int], subscription_id: str | None = None, auto_advance: bool = True,
                  collection_method: str = "charge_automatically", days_until_due: int | None = None,
                  due_date: int | None = None, values: dict[str, Any] | None = None,
                  coupons: Sequence[Coupon | DiscountRow] = (), reached: Reached | None = None,
                  preview: bool = False) -> Invoice:
    """A draft with these lines; with `auto_advance` it finalises itself after the sandbox's delay. Emits invoice.created.

    `period` is what `period_start` and `period_end` show. `values` are further columns. `coupons` are redeemed for this
    invoice, and `reached` are the thresholds that it is made for. A `preview` is neither stored nor announced, and has no
    id: `as_preview` makes it presentable.
    """
    charge = collection_method == "charge_automatically"
    finalizes_at = ctx.now + ctx.choices.finalize_after_s if auto_advance else None
    if due_date is None and days_until_due is not None and not charge:
        due_date = ctx.now + days_until_due * 86_400
    invoice = Invoice(
        amount_due=0, amount_paid=0, attempt_count=0, attempted=False, auto_advance=auto_advance,
        automatic_tax_enabled=False, billing_reason=reason, collection_method=collection_method, currency=currency,
        customer_id=customer.id, default_tax_rates=[], discounts=[], due_date=due_date, finalizes_at=finalizes_at,
        next_payment_attempt=finalizes_at if charge else None, paid_out_of_band=False, period_end=period[1],
        period_start=period[0], post_payment_credit_notes_amount=0, pre_payment_credit_notes_amount=0,
        starting_balance=customer.balance, status="draft", subscription_id=subscription_id, subtotal=0,
        subtotal_excluding_tax=0, total=0, total_discount_amounts=[], total_excluding_tax=0, total_tax_amounts=[],
        webhooks_delivered_at=ctx.now)
    settings = customer.invoice_settings
    invoice.assign(**{name: settings.get(name) for name in _CUSTOMERS_OWN} | dict(values or {}))
    if preview:
        invoice.__dict__.update({"account_id": ctx.account_id, "created": ctx.now, "metadata_": invoice.metadata_ or {},
                             "test_clock_id": ctx.test_clock_id, "seq": 0})
    else:
        ctx.add(invoice)
    invoice.__dict__.update({"account": ctx.account, "customer": customer, "lines": []})
    if not preview:
        put_on(ctx, [line.item for line in lines if line.item is not None and line.item.invoice_id is None], invoice.id)
    if coupons:
        invoice.discounts = redeem(ctx, coupons, customer_id=customer.id, currency=currency, invoice_id=invoice.id)
    _add_lines(ctx, invoice, lines, preview=preview)
    if reached is not None:
        invoice.threshold_reason = {"amount_gte": reached.amount_gte, "item_reasons": [
            {"line_item_ids": [line.id for line in invoice.lines if line.subscription_item_id == item_id],
             "usage_gte": usage_gte} for item_id, usage_gte in reached.usage_gte.items()]}
    retotal(ctx, invoice, customer)
    if preview:
        return invoice
    emit(ctx, "invoice.created", invoice)
    return invoice


def _add_lines(ctx: Context, invoice: Invoice, drafts: Sequence[LineDraft], *, preview: bool = False) -> None:
    for draft in drafts:
        item = draft.item
        line = InvoiceLine(
            amount=draft.amount, amount_excluding_tax=draft.amount, currency=invoice.currency,
            description=draft.description, discount_amounts=[], discountable=draft.discountable,
            discounts=draft.discounts, invoice_id=invoice.id, invoice_item_id=None if item is None else item.id,
            metadata_=draft.metadata, period_end=draft.end, period_start=draft.start, position=len(invoice.lines),
            price_id=None if draft.price is None else draft.price.id, proration=draft.proration,
            proration_details=draft.proration_details or {"credited_items": None}, quantity=draft.quantity,
            subscription_id=draft.subscription_id, subscription_item_id=draft.subscription_item_id, tax_amounts=[],
            tax_rates=draft.tax_rates, type="subscription" if item is None else "invoiceitem")
        line.__dict__["price"] = draft.price
        if preview:
            line.__dict__.update({"account_id": ctx.account_id, "created": ctx.now, "seq": 0})
        else:
            ctx.add(line)
        invoice.lines.append(line)


def require_draft(invoice: Invoice) -> None:
    """Raises for an invoice whose items can be changed no more."""
    if invoice.status != "draft":
        raise InvalidRequest("This invoice is no longer editable", code="invoice_not_editable")


def add_to_draft(ctx: Context, invoice: Invoice, item: InvoiceItem) -> None:
    """Show an item that was made for this draft on it, before all others but prorations. Emits invoice.updated."""
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines.price")
    if sum(line.invoice_item_id is not None for line in invoice.lines) >= ITEMS_MAX:
        # Our choice: the words; that no more are taken is published.
        raise InvalidRequest(f"An invoice can have at most {ITEMS_MAX} items.", param="invoice")
    with tracked(ctx, invoice, "invoice.updated"):
        _add_lines(ctx, invoice, item_lines([item]))
        line = invoice.lines.pop()
        prorations = sum(other.proration for other in invoice.lines)
        invoice.lines.insert(prorations, line)
        _number_lines(invoice)
        retotal(ctx, invoice, invoice.customer)


def show_item(ctx: Context, invoice: Invoice, item: InvoiceItem, *, gone: bool = False) -> None:
    """Bring the line of a draft in agreement with its item, which has changed or is `gone`. Emits invoice.updated."""
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines.price")
    line = next(line for line in invoice.lines if line.invoice_item_id == item.id)
    with tracked(ctx, invoice, "invoice.updated"):
        if gone:
            invoice.lines.remove(line)
            ctx.session.delete(line)
            _number_lines(invoice)
        else:
            line.amount, line.description, line.metadata_ = item.amount, item.description, item.metadata_
            line.period_start, line.period_end = item.period_start, item.period_end
            line.price_id, line.quantity, line.discountable = item.price_id, item.quantity, item.discountable
            line.discounts, line.tax_rates = item.discounts, item.tax_rates
            line.__dict__["price"] = item.price
        retotal(ctx, invoice, invoice.customer)


def _number_lines(invoice: Invoice) -> None:
    for position, line in enumerate(invoice.lines):
        if line.position != position:
            line.position = position


def update_usage_line(ctx: Context, invoice: Invoice, item: Any, quantity: int, amount: int) -> None:
    """Late usage: the metered item's line on a draft bills `quantity` now, for `amount`. Emits invoice.updated."""
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines.price")
    with tracked(ctx, invoice, "invoice.updated"):
        for line in invoice.lines:
            if line.subscription_item_id == item.id and line.type == "subscription":
                line.quantity, line.amount = quantity, amount
        retotal(ctx, invoice, invoice.customer)


def retotal(ctx: Context, invoice: Invoice, customer: Customer) -> None:
    """Derive discounts, taxes and totals of a draft from its lines; the one place where an invoice's amounts are set."""
    lines = invoice.lines
    basis = _plain_basis(invoice, customer)
    if basis is not None and basis == invoice.__dict__.get("_totalled"):
        # Nothing has changed between the draft and its finalisation, which is nearly always so.
        share(ctx, invoice)
        return
    invoice.__dict__["_totalled"] = basis
    discounts = _discounts(ctx, invoice, invoice.discounts)
    default_rates = domain_rates(ctx, invoice.default_tax_rates) if invoice.default_tax_rates else ()
    computed = compute(
        [DraftLine(_full_amount(ctx, line), line.discountable, None if line.price is None else line.price.product_id,
                   domain_rates(ctx, line.tax_rates) if line.tax_rates else default_rates,
                   tuple(_discounts(ctx, invoice, line.discounts)))
         for line in lines],
        discounts, exempt=customer.tax_exempt != "none")
    for line, result in zip(lines, computed.lines, strict=True):
        _apply_computed(line, result)
    invoice.assign(
        subtotal=computed.subtotal, total=computed.total, tax=computed.tax, total_excluding_tax=computed.total_excluding_tax,
        subtotal_excluding_tax=computed.subtotal_excluding_tax,
        total_discount_amounts=_discount_entries(computed.total_discount_amounts),
        total_tax_amounts=tax_entries(computed.total_tax_amounts), starting_balance=customer.balance,
        amount_due=settle(computed.total, customer.balance, invoice.currency).amount_due)
    share(ctx, invoice)


def _plain_basis(invoice: Invoice, customer: Customer) -> tuple[Any, ...] | None:
    """All that the totals rest on where there are neither discounts nor taxes; None where there are."""
    if invoice.discounts or invoice.default_tax_rates or any(
            line.discounts or line.tax_rates for line in invoice.lines):
        return None
    return customer.balance, [(line.id, line.amount, line.quantity, line.price_id) for line in invoice.lines]


def _discounts(ctx: Context, invoice: Invoice, ids: Sequence[str]) -> list[Discount]:
    """The discounts that were in force when the invoice was made: one that ends before it is finalised still applies."""
    if not ids:
        return []
    found = (ctx.get(DiscountRow, id) for id in ids)
    return [domain_discount(ctx, row, invoice.currency) for row in found
            if row is not None and (row.end is None or row.end > invoice.created)]


def _full_amount(ctx: Context, line: InvoiceLine) -> int:
    """What the line costs before its own discounts, which `amount` has lost already; only an item's line has any."""
    if not line.discounts:
        return line.amount
    item = ctx.get(InvoiceItem, line.invoice_item_id)
    assert item is not None, "a line with discounts of its own shows an item"
    return item.amount


def _apply_computed(line: InvoiceLine, result: ComputedLine) -> None:
    line.assign(
        amount=result.amount, discount_amounts=_discount_entries(result.discount_amounts),
        tax_amounts=tax_entries(result.tax_amounts), amount_excluding_tax=result.amount_excluding_tax,
        unit_amount_excluding_tax=_unit_amount(line, result.amount_excluding_tax))


def _unit_amount(line: InvoiceLine, amount_excluding_tax: int) -> str | None:
    price = line.price
    if price is not None:
        terms = terms_of(price, line.currency)
        if terms.unit_amount is None or terms.divide_by is not None:
            # Our choice: a tiered line sums several unit amounts, so it names none.
            return None
        if amount_excluding_tax == amount_of(terms, line.quantity or 0):
            return decimal_string(terms.unit_amount)
    return decimal_string(per_unit(amount_excluding_tax, line.quantity)) if line.quantity else None


def _discount_entries(amounts: Sequence[DiscountAmount]) -> list[dict[str, Any]]:
    return [{"amount": amount, "discount": id} for id, amount in amounts]


def tax_entries(amounts: Sequence[TaxAmount]) -> list[dict[str, Any]]:
    """Taxes as the API lists them in `tax_amounts`."""
    return [{"amount": amount, "inclusive": inclusive, "tax_rate": rate} for rate, amount, inclusive in amounts]


def delete_draft(ctx: Context, invoice: Invoice) -> None:
    """Remove a one-off draft; its items wait again, and its discounts end. Emits invoice.deleted, customer.discount.deleted."""
    if invoice.status != "draft":
        raise InvalidRequest("You can only delete draft invoices.")
    if invoice.subscription_id is not None:
        # Stripe: drafts of a subscription are finalized and voided instead (behaviour reference, 4.1).
        raise InvalidRequest("You can't delete invoices created by subscriptions. Finalize and void the invoice instead.")
    ctx.session.load([invoice], "lines")
    emit(ctx, "invoice.deleted", invoice)
    end_own(ctx, invoice.discounts, invoice_id=invoice.id)
    items = [ctx.get(InvoiceItem, line.invoice_item_id) for line in invoice.lines]
    take_off(ctx, [item for item in items if item is not None])
    for line in invoice.lines:
        ctx.session.delete(line)
    ctx.session.flush()
    ctx.session.delete(invoice)
