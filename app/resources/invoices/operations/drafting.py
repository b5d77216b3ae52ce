"""Drafts: lines to rows, and rows to totals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.discounts import Discount
from app.domain.invoicing import ComputedLine, DraftLine, compute, settle
from app.domain.money import decimal_string
from app.domain.tiers import amount_of
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.coupons.operations import domain_discount
from app.resources.coupons.tables import Discount as DiscountRow
from app.resources.customers.tables import Customer
from app.resources.invoices.operations.items import put_on
from app.resources.invoices.operations.lines import LineDraft
from app.resources.invoices.tables import Invoice, InvoiceItem, InvoiceLine
from app.resources.prices.operations import terms_of
from app.resources.tax_rates.operations import domain_rates

LINES_MAX = 250


def draft_invoice(ctx: Context, customer: Customer, lines: Sequence[LineDraft], *, reason: str, currency: str,
                  period: tuple[int, int], subscription_id: str | None = None, auto_advance: bool = True,
                  collection_method: str = "charge_automatically", days_until_due: int | None = None,
                  due_date: int | None = None, values: dict[str, Any] | None = None, preview: bool = False) -> Invoice:
    """A draft with these lines; with `auto_advance` it finalises itself after the sandbox's delay. Emits invoice.created.

    `period` is what `period_start` and `period_end` show. `values` are further columns. A `preview` is neither stored
    nor announced, and has no id.
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
    for name, value in (values or {}).items():
        setattr(invoice, name, value)
    if preview:
        invoice.__dict__ |= {"account_id": ctx.account_id, "created": ctx.now, "metadata_": invoice.metadata_ or {},
                             "test_clock_id": ctx.test_clock_id, "seq": 0}
    else:
        ctx.add(invoice)
    invoice.__dict__["customer"] = customer
    invoice.__dict__["lines"] = []
    if not preview:
        put_on(ctx, [line.item for line in lines if line.item is not None and line.item.invoice_id is None], invoice.id)
    _add_lines(ctx, invoice, lines, preview=preview)
    retotal(ctx, invoice, customer)
    if not preview:
        _fix_currency(ctx, customer, currency)
        emit(ctx, "invoice.created", invoice)
    return invoice


def _add_lines(ctx: Context, invoice: Invoice, drafts: Sequence[LineDraft], *, preview: bool = False) -> None:
    if len(invoice.lines) + len(drafts) > LINES_MAX:
        raise InvalidRequest(f"An invoice can have at most {LINES_MAX} items.")
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
            line.__dict__ |= {"id": ctx.ids.new("il_tmp_", 31, "1"), "account_id": ctx.account_id, "created": ctx.now, "seq": 0}
        else:
            ctx.add(line)
        invoice.lines.append(line)


def redraw(ctx: Context, invoice: Invoice, lines: Sequence[LineDraft]) -> None:
    """Add lines to a draft and total it again. Emits invoice.updated; raises for an invoice that is no draft."""
    if invoice.status != "draft":
        raise InvalidRequest("This invoice is no longer editable", code="invoice_not_editable")
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines.price")
    with tracked(ctx, invoice, "invoice.updated"):
        _add_lines(ctx, invoice, lines)
        retotal(ctx, invoice, invoice.customer)


def update_usage_line(ctx: Context, invoice: Invoice, item: Any, quantity: int) -> None:
    """Late usage: the metered item's line on a draft bills `quantity` now. Emits invoice.updated."""
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines.price")
    with tracked(ctx, invoice, "invoice.updated"):
        for line in invoice.lines:
            if line.subscription_item_id == item.id and line.type == "subscription" and line.price is not None:
                line.quantity = quantity
                line.amount = amount_of(terms_of(line.price), quantity)
        retotal(ctx, invoice, invoice.customer)


def retotal(ctx: Context, invoice: Invoice, customer: Customer) -> None:
    """Derive discounts, taxes and totals of a draft from its lines; the one place where an invoice's amounts are set."""
    lines = invoice.lines
    discounts = _discounts(ctx, invoice, invoice.discounts)
    default_rates = domain_rates(ctx, invoice.default_tax_rates) if invoice.default_tax_rates else ()
    computed = compute(
        [DraftLine(line.amount, line.discountable, None if line.price is None else line.price.product_id,
                   domain_rates(ctx, line.tax_rates) if line.tax_rates else default_rates,
                   tuple(_discounts(ctx, invoice, line.discounts)))
         for line in lines],
        discounts, exempt=customer.tax_exempt != "none")
    for line, result in zip(lines, computed.lines, strict=True):
        _apply_computed(line, result)
    invoice.subtotal, invoice.total, invoice.tax = computed.subtotal, computed.total, computed.tax
    invoice.total_excluding_tax = computed.total_excluding_tax
    invoice.subtotal_excluding_tax = computed.subtotal_excluding_tax
    invoice.total_discount_amounts = [{"amount": amount, "discount": id} for id, amount in computed.total_discount_amounts]
    invoice.total_tax_amounts = _tax_amounts(computed.total_tax_amounts)
    invoice.starting_balance = customer.balance
    invoice.amount_due = settle(computed.total, customer.balance, invoice.currency, minimum=_minimum(invoice)).amount_due


def _discounts(ctx: Context, invoice: Invoice, ids: Sequence[str]) -> list[Discount]:
    """The discounts that were in force when the invoice was made: one that ends before it is finalised still applies."""
    if not ids:
        return []
    found = (ctx.get(DiscountRow, id) for id in ids)
    return [domain_discount(ctx, row, invoice.currency) for row in found
            if row is not None and (row.end is None or row.end > invoice.created)]


def _minimum(invoice: Invoice) -> int | None:
    # Nothing is charged by card for send_invoice, so the card networks' minimum does not hold.
    return None if invoice.collection_method == "charge_automatically" else 0


def _apply_computed(line: InvoiceLine, result: ComputedLine) -> None:
    line.amount = result.amount
    line.discount_amounts = [{"amount": amount, "discount": id} for id, amount in result.discount_amounts]
    line.tax_amounts = _tax_amounts(result.tax_amounts)
    line.amount_excluding_tax = result.amount_excluding_tax
    price = line.price
    if price is None or price.unit_amount_decimal is None or price.transform_quantity is not None:
        # Our choice: a tiered line sums several unit amounts, so it names none.
        line.unit_amount_excluding_tax = None if line.quantity != 1 or price is not None else str(result.amount_excluding_tax)
    elif result.tax_amounts and line.quantity:
        line.unit_amount_excluding_tax = decimal_string(Decimal(result.amount_excluding_tax) / line.quantity)
    else:
        line.unit_amount_excluding_tax = price.unit_amount_decimal


def _tax_amounts(amounts: Sequence[tuple[str, int, bool]]) -> list[dict[str, Any]]:
    return [{"amount": amount, "inclusive": inclusive, "tax_rate": rate} for rate, amount, inclusive in amounts]


def _fix_currency(ctx: Context, customer: Customer, currency: str) -> None:
    """A customer's currency is fixed by the first thing that bills them."""
    if customer.currency is None:
        with tracked(ctx, customer, "customer.updated"):
            customer.currency = currency


def delete_draft(ctx: Context, invoice: Invoice) -> None:
    """Remove a one-off draft; its items wait again. Emits invoice.deleted."""
    if invoice.status != "draft":
        raise InvalidRequest("You can only delete draft invoices.")
    if invoice.subscription_id is not None:
        # Stripe: drafts of a subscription are finalized and voided instead (behaviour reference, 4.1).
        raise InvalidRequest("You can't delete invoices created by subscriptions. Finalize and void the invoice instead.")
    ctx.session.load([invoice], "lines")
    emit(ctx, "invoice.deleted", invoice)
    for line in invoice.lines:
        if line.invoice_item_id is not None:
            item = ctx.get(InvoiceItem, line.invoice_item_id)
            if item is not None:
                with tracked(ctx, item, "invoiceitem.updated"):
                    item.invoice_id = None
        ctx.session.delete(line)
    ctx.session.flush()
    ctx.session.delete(invoice)
