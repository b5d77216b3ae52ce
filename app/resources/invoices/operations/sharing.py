"""What other accounts have to do with an invoice: on whose behalf it is, and who gets a part of what is paid."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.money import percent_of
from app.errors import InvalidRequest
from app.resources.accounts.operations import connected_account
from app.resources.invoices.tables import Invoice


def sharing_columns(ctx: Context, invoice: Invoice | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the parameters of an invoice set or change. Raises for an account that is not connected to this one,
    and for a fee that nobody is there to pay.
    """
    columns: dict[str, Any] = {}
    if "on_behalf_of" in values:
        named = values["on_behalf_of"]
        columns["on_behalf_of_id"] = None if named is None else connected_account(ctx, named, param="on_behalf_of").id
    if "transfer_data" in values:
        transfer = values["transfer_data"]
        columns |= {"transfer_amount": None, "transfer_destination_id": None, "transfer_percent": None}
        if transfer is not None:
            columns["transfer_amount"] = transfer.get("amount")
            columns["transfer_destination_id"] = connected_account(
                ctx, transfer["destination"], param="transfer_data[destination]", called="destination").id
    if "application_fee_amount" in values:
        columns |= {"application_fee_amount": values["application_fee_amount"], "application_fee_percent": None}
    _check(ctx, {name: columns.get(name, getattr(invoice, name, None)) for name in (
        "application_fee_amount", "application_fee_percent", "transfer_amount", "transfer_destination_id")})
    return columns


def share(ctx: Context, invoice: Invoice) -> None:
    """Derive the fee and the transfer of an invoice whose subscription gives a percentage of them.

    Neither is more than what is due. Our choice: that one which a caller gave is cut down too, when the invoice is finalised.
    """
    if invoice.application_fee_percent is not None:
        base = invoice.subtotal if ctx.choices.application_fee_base == "subtotal" else invoice.total
        invoice.application_fee_amount = _part(base, invoice.application_fee_percent, invoice.amount_due)
    if invoice.transfer_percent is not None:
        invoice.transfer_amount = _part(invoice.total, invoice.transfer_percent, invoice.amount_due)


def cut_to_what_is_due(invoice: Invoice) -> None:
    """No more than what is due is taken as a fee or transferred."""
    for name in ("application_fee_amount", "transfer_amount"):
        amount = getattr(invoice, name)
        if amount is not None and amount > invoice.amount_due:
            setattr(invoice, name, invoice.amount_due)


def _part(base: int, percent: str, most: int) -> int:
    return min(percent_of(max(0, base), Decimal(percent)), most)


def _check(ctx: Context, columns: Mapping[str, Any]) -> None:
    fee = columns["application_fee_amount"]
    if fee is None:
        return
    if columns["transfer_amount"] is not None and columns["application_fee_percent"] is None:
        raise InvalidRequest("You may only specify one of these parameters: application_fee_amount, transfer_data[amount].")
    if ctx.account.platform_id is None and columns["transfer_destination_id"] is None:
        # Our choice: what Stripe says of payment intents, of invoices.
        raise InvalidRequest(
            "Can only apply an application_fee_amount when the Invoice is attempting a direct payment (using an OAuth key or "
            "Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
            param="application_fee_amount")
