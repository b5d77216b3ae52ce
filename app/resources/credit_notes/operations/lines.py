"""The lines of a new credit note, from what a caller asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.crediting import amount_of_units, credit_of
from app.domain.currencies import format_amount
from app.domain.invoicing import ComputedLine
from app.domain.money import AMOUNT_MAX, decimal_string, per_unit, round_half_away, unit_amounts
from app.domain.taxes import taxes_on
from app.errors import InvalidRequest, missing_parameter, no_such
from app.resources.credit_notes.tables import CreditNote, CreditNoteLine
from app.resources.invoices.tables import Invoice, InvoiceLine
from app.resources.tax_rates.operations import domain_rates, find_tax_rates

_OF_CUSTOM_LINES = ("description", "tax_rates", "unit_amount", "unit_amount_decimal")
_OF_INVOICE_LINES = ("amount", "invoice_line_item")


@dataclass(slots=True)
class CreditLine:
    """A line to be: its amounts, and its further columns."""

    computed: ComputedLine
    columns: dict[str, Any] = field(default_factory=dict)


def lines_to_credit(ctx: Context, invoice: Invoice, values: Mapping[str, Any],
                    issued: Sequence[CreditNote]) -> list[CreditLine]:
    """The lines that `amount` or `lines` ask for; `issued` are the credit notes of the invoice that are in force.

    The invoice's lines and those of `issued` must be loaded. Raises InvalidRequest for more than is left of a line.
    """
    if "amount" in values:
        # Our choice: an amount without lines is one line of its own, without any part in the invoice's taxes.
        return [_custom(values["amount"], Decimal(values["amount"]), 1, None, [], ())]
    before: dict[str, list[CreditLine]] = {}
    for note in issued:
        for row in note.lines:
            if row.invoice_line_id is not None:
                before.setdefault(row.invoice_line_id, []).append(
                    CreditLine(_as_computed(row, row.discount_amounts), {"quantity": row.quantity}))
    lines = []
    for index, element in enumerate(values["lines"]):
        path = f"lines[{index}]"
        if element["type"] == "custom_line_item":
            lines.append(_by_caller(ctx, invoice, element, path))
        else:
            credited = _of_invoice(invoice, element, path, before)
            before.setdefault(credited.columns["invoice_line_id"], []).append(credited)
            lines.append(credited)
    return lines


def _by_caller(ctx: Context, invoice: Invoice, element: Mapping[str, Any], path: str) -> CreditLine:
    _refuse(element, _OF_INVOICE_LINES, path, "invoice_line_item")
    given = [name for name in ("unit_amount", "unit_amount_decimal") if name in element]
    if not given:
        raise missing_parameter(f"{path}[unit_amount]")
    if len(given) > 1:
        raise _exclusive(path, *given)
    quantity: int = element.get("quantity", 1)
    unit = Decimal(element[given[0]])
    amount = round_half_away(unit * quantity)
    if abs(amount) > AMOUNT_MAX:
        # Our choice: the limit and the wording.
        raise InvalidRequest("Invalid amount: the line costs too much.", param=f"{path}[{given[0]}]")
    ids = [rate.id for rate in find_tax_rates(ctx, element.get("tax_rates", []), param=f"{path}[tax_rates]")]
    exempt = (invoice.customer_snapshot or {}).get("tax_exempt", "none") != "none"
    taxes = taxes_on(amount, domain_rates(ctx, ids), exempt)
    return _custom(amount, unit, quantity, element.get("description"), ids, taxes)


def _custom(amount: int, unit: Decimal, quantity: int, description: str | None, rates: list[str],
            taxes: Sequence[tuple[str, int, bool]]) -> CreditLine:
    included = sum(tax for _, tax, inclusive in taxes if inclusive)
    computed = ComputedLine(amount, (), tuple(taxes), amount - included)
    whole, exact = unit_amounts(unit)
    return CreditLine(computed, {
        "description": description, "quantity": quantity, "tax_rates": rates, "type": "custom_line_item",
        "unit_amount": whole, "unit_amount_decimal": exact,
        "unit_amount_excluding_tax": decimal_string(per_unit(computed.amount_excluding_tax, quantity))})


def _of_invoice(invoice: Invoice, element: Mapping[str, Any], path: str,
                before: Mapping[str, list[CreditLine]]) -> CreditLine:
    _refuse(element, _OF_CUSTOM_LINES, path, "custom_line_item")
    if "invoice_line_item" not in element:
        raise missing_parameter(f"{path}[invoice_line_item]")
    if "amount" in element and "quantity" in element:
        raise _exclusive(path, "amount", "quantity")
    id = element["invoice_line_item"]
    line = next((each for each in invoice.lines if each.id == id), None)
    if line is None:
        raise no_such("invoice line item", id, param=f"{path}[invoice_line_item]", status=400)
    credited = before.get(line.id, [])
    left = line.amount - sum(each.computed.amount for each in credited)
    quantity, amount = element.get("quantity"), element.get("amount")
    if quantity is not None:
        amount = _amount_of(line, quantity, sum(each.columns["quantity"] or 0 for each in credited), path)
    elif amount is None:
        # Our choice: without amount and quantity all that is left of the line.
        amount, quantity = left, None if credited else line.quantity
    if abs(amount) > abs(left) or amount * left < 0 or (not amount and line.amount):
        # Our choice: the words.
        raise InvalidRequest(
            f"The amount to credit ({format_amount(amount, invoice.currency)}) is greater than what is left of the invoice "
            f"line item {line.id} ({format_amount(left, invoice.currency)}).", param=path)
    shown = _as_computed(line, _of_invoice_itself(invoice, line))
    computed = credit_of(shown, amount, [each.computed for each in credited]) if amount else shown
    return CreditLine(computed, {
        "description": line.description, "invoice_line_id": line.id, "quantity": quantity,
        "tax_rates": [rate for rate, _, _ in computed.tax_amounts], "type": "invoice_line_item",
        **_unit_columns(line, computed, quantity)})


def _amount_of(line: InvoiceLine, quantity: int, before: int, path: str) -> int:
    if before + quantity > (line.quantity or 0):
        # Our choice: the words.
        raise InvalidRequest(f"The invoice line item {line.id} has {(line.quantity or 0) - before} units left to credit, "
                             f"and not {quantity}.", param=f"{path}[quantity]")
    assert line.quantity is not None, "no less than what is credited"
    units = amount_of_units(abs(line.amount), quantity, line.quantity, before)
    return units if line.amount >= 0 else -units


def _unit_columns(line: InvoiceLine, computed: ComputedLine, quantity: int | None) -> dict[str, Any]:
    """What each unit costs; nothing where a part of the line was credited by its amount."""
    if not quantity or not line.quantity:
        return {}
    whole, exact = unit_amounts(per_unit(line.amount, line.quantity))
    return {"unit_amount": whole, "unit_amount_decimal": exact,
            "unit_amount_excluding_tax": decimal_string(per_unit(computed.amount_excluding_tax, quantity))}


def _as_computed(row: InvoiceLine | CreditNoteLine, discounts: Sequence[Mapping[str, Any]]) -> ComputedLine:
    return ComputedLine(
        row.amount, tuple((entry["discount"], entry["amount"]) for entry in discounts),
        tuple((entry["tax_rate"], entry["amount"], entry["inclusive"]) for entry in row.tax_amounts),
        row.amount_excluding_tax)


def _of_invoice_itself(invoice: Invoice, line: InvoiceLine) -> Sequence[Mapping[str, Any]]:
    """What the invoice's own discounts take off the line: they come after those of the line, which it has lost."""
    shown = {entry["discount"] for entry in line.discount_amounts}
    shared = sum(id in shown for id in dict.fromkeys(invoice.discounts))
    return line.discount_amounts[len(line.discount_amounts) - shared:]


def _refuse(element: Mapping[str, Any], names: Sequence[str], path: str, type: str) -> None:
    for name in names:
        if name in element:
            # Our choice: the words; that it goes with the other type only is published.
            raise InvalidRequest(f"You can only specify `{path}[{name}]` if `{path}[type]` is `{type}`.",
                                 param=f"{path}[{name}]")


def _exclusive(path: str, *names: str) -> InvalidRequest:
    return InvalidRequest(
        f"You may only specify one of these parameters: {', '.join(f'{path}[{name}]' for name in names)}.", param=path)
