"""What other accounts have to do with a payment: whose it is, who is sent what it brings, and what the platform earns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.db.roots import Account
from app.domain.currencies import format_amount
from app.errors import InvalidRequest, no_such
from app.resources.accounts.operations import connected_account
from app.resources.capabilities.operations import is_active
from app.resources.transfers.operations import cannot_receive, is_in_reach

_SHARED = ("application_fee_amount", "on_behalf_of_id", "transfer_amount", "transfer_destination_id")
_FEE_OF_INTENT = ("Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
                  "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).")
_FEE_OF_CHARGE = ("Can only apply an application_fee when the request is made on behalf of another account (using an OAuth "
                  "key, the Stripe-Account header, or the destination parameter).")
# Our choice: the only country whose accounts pay no application fees, where the reference says "and others".
_WITHOUT_FEES = "BR"


def sharing_columns(ctx: Context, values: Mapping[str, Any], *, amount: int, currency: str, present: Any = None,
                    of_intent: bool = True) -> dict[str, Any]:
    """The columns of an intent or a charge that the parameters set or change, for a payment of `amount`.

    `present` is the row that has them already; what it has of a fee and a transfer is only measured against the amount where
    that is among the parameters. `of_intent` tells what intents are told from what charges are. Raises InvalidRequest for
    accounts that are not connected or may not take part, and for a fee or a transfer that cannot be.
    """
    transfer, transfer_param = _transfer(values)
    fee_param = _one_of(values, "application_fee_amount", "application_fee")
    columns: dict[str, Any] = {}
    if values.get("on_behalf_of") is not None:
        columns["on_behalf_of_id"] = _on_behalf_of(ctx, values["on_behalf_of"])
    if transfer.get("destination") is not None:
        columns["transfer_destination_id"] = _destination(
            ctx, transfer["destination"], param=transfer_param, settled_there="on_behalf_of_id" in columns,
            status=403 if of_intent else 400)
    if "amount" in transfer:
        columns["transfer_amount"] = transfer["amount"]
    if fee_param is not None:
        columns["application_fee_amount"] = values[fee_param]
    shared = {name: columns.get(name, getattr(present, name, None)) for name in _SHARED}
    measured = {name for name in ("application_fee_amount", "transfer_amount") if name in columns or "amount" in values}
    _check_destination(shared)
    _check_fee(ctx, shared, amount if "application_fee_amount" in measured else None, currency,
               param=fee_param or "application_fee_amount", refusal=_FEE_OF_INTENT if of_intent else _FEE_OF_CHARGE)
    part = shared["transfer_amount"]
    if "transfer_amount" in measured and part is not None and part > amount:
        # Our choice: the words, after those of the fee.
        raise InvalidRequest(f"Transfer amount ({format_amount(part, currency)}) cannot be greater than the charge amount "
                             f"({format_amount(amount, currency)})", param="transfer_data[amount]")
    return columns


def shared_by(row: Any) -> dict[str, Any]:
    """The columns of an intent, an invoice or a charge that say who has to do with its payment."""
    return {name: row.__dict__[name] for name in _SHARED}


def refusal_of_sharing(ctx: Context, row: Any) -> InvalidRequest | None:
    """Why the payment that an intent or a charge asks for cannot be made now by the accounts that have to do with it."""
    if not is_active(ctx, ctx.account_id, "card_payments"):
        return InvalidRequest("You cannot create a charge on a connected account without the card_payments capability enabled.")
    if row.on_behalf_of_id is not None and not is_active(ctx, row.on_behalf_of_id, "card_payments"):
        return _no_card_payments()
    if row.transfer_destination_id is None:
        return None
    account = ctx.session.get(Account, row.transfer_destination_id)
    if account is None or account.deleted:
        return no_such("destination", row.transfer_destination_id, param="transfer_data[destination]", status=400)
    if not is_active(ctx, account.id, "transfers"):
        return cannot_receive(param="transfer_data[destination]")
    return None


def _transfer(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """`transfer_data`, in whichever way it is sent, and what its destination is called there."""
    sent = _one_of(values, "transfer_data", "destination")
    if sent is None:
        return {}, ""
    if sent == "transfer_data":
        return values["transfer_data"], "transfer_data[destination]"
    if isinstance(values["destination"], str):
        return {"destination": values["destination"]}, "destination"
    named = dict(values["destination"])
    return {"destination": named.pop("account"), **named}, "destination"


def _one_of(values: Mapping[str, Any], name: str, older: str) -> str | None:
    """Which of two names for one thing was sent."""
    if values.get(name) is not None and values.get(older) is not None:
        raise InvalidRequest(f"You may only specify one of these parameters: {older}, {name}.")
    return older if values.get(older) is not None else name if name in values else None


def _on_behalf_of(ctx: Context, id: str) -> str:
    account = connected_account(ctx, id, param="on_behalf_of", called="destination")
    if not is_active(ctx, account.id, "card_payments"):
        raise _no_card_payments()
    return account.id


def _no_card_payments() -> InvalidRequest:
    # Our choice: the words, after those for a charge on the account itself.
    return InvalidRequest("You cannot create a charge on behalf of a connected account without the card_payments capability "
                          "enabled.", param="on_behalf_of")


def _destination(ctx: Context, id: str, *, param: str, settled_there: bool, status: int) -> str:
    account = connected_account(ctx, id, param=param, called="destination")
    if not is_active(ctx, account.id, "transfers"):
        raise cannot_receive(param=param, status=status)
    if not settled_there and not is_in_reach(ctx, account):
        raise InvalidRequest(
            f"Cannot create a destination charge for connected accounts in {account.country} because funds would be settled on "
            "the platform and the connected account is outside the platform's region. You may use the `on_behalf_of` parameter "
            "to have the charge settle in the connected account's country.", param=param)
    return account.id


def _check_destination(shared: Mapping[str, Any]) -> None:
    if shared["transfer_amount"] is None:
        return
    if shared["transfer_destination_id"] is None:
        # Our choice: the words.
        raise InvalidRequest("You can only specify `transfer_data[amount]` for a payment with a destination.",
                             param="transfer_data[amount]")
    if shared["application_fee_amount"] is not None:
        raise InvalidRequest("You may only specify one of these parameters: application_fee_amount, transfer_data[amount].",
                             code="parameters_exclusive")


def _check_fee(ctx: Context, shared: Mapping[str, Any], amount: int | None, currency: str, *, param: str,
               refusal: str) -> None:
    """`amount` is what the fee is measured against, where it is."""
    fee = shared["application_fee_amount"]
    if fee is None:
        return
    payer = ctx.account if ctx.account.platform_id is not None else ctx.session.get(Account, shared["transfer_destination_id"])
    if payer is None:
        raise InvalidRequest(refusal, param=param)
    if payer.country == _WITHOUT_FEES:
        # Our choice: the words.
        raise InvalidRequest(f"Application fees cannot be taken of accounts in {payer.country}.",
                             code="application_fees_not_allowed", param=param)
    if amount is not None and fee > amount:
        raise InvalidRequest(f"Application fee ({format_amount(fee, currency)}) cannot be greater than the charge amount "
                             f"({format_amount(amount, currency)})", param=param)
