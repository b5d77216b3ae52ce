"""Money that goes to connected accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from app.context import Context
from app.db.roots import Account
from app.db.session import Prepared
from app.domain.ledger import Earning, transfer_posting
from app.domain.metadata import merged
from app.domain.regions import is_same_region
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import emit, tracked
from app.resources.accounts.operations import check_platform, connected_account
from app.resources.acting import check_moves_its_money
from app.resources.application_fees.operations import plan_application_fee, take_application_fee
from app.resources.balance.operations import hold_funds, post
from app.resources.balance.tables import BalanceTransaction
from app.resources.capabilities.operations import is_active
from app.resources.charges.tables import Charge
from app.resources.transfers.tables import Transfer

INSUFFICIENT = ("You have insufficient available funds in your Stripe account. Try adding funds directly to your available "
                "balance by creating Charges using the 4000000000000077 test card. See: "
                "https://stripe.com/docs/testing#available-balance")

_NOBODY = {"address": {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None},
           "email": None, "name": None, "phone": None}

_SENT = Prepared(select(func.coalesce(func.sum(Transfer.amount), 0)).where(
    Transfer.account_id == bindparam("account_id"), Transfer.source_transaction_id == bindparam("charge")))


def create_transfer(ctx: Context, values: Mapping[str, Any]) -> Transfer:
    """The transfer that the parameters of POST /v1/transfers ask for. Emits transfer.created.

    Raises InvalidRequest for an account that takes no transfers, a source that does not have as much, and a balance
    that does not.
    """
    check_moves_its_money(ctx)
    check_platform(ctx)
    if "amount" not in values and "source_transaction" not in values:
        raise missing_parameter("amount")
    account = connected_account(ctx, values["destination"], param="destination", called="destination")
    check_receiving(ctx, account)
    columns: dict[str, Any] = {"description": values.get("description"), "metadata_": merged({}, values.get("metadata") or {}),
                               "transfer_group": values.get("transfer_group")}
    if "source_transaction" in values:
        return _from_charge(ctx, account, values, columns)
    amount, currency, source_type = values["amount"], values["currency"], values.get("source_type", "card")
    available, _ = hold_funds(ctx).get((currency, source_type), (0, 0))
    if amount > available:
        raise InvalidRequest(INSUFFICIENT, code="balance_insufficient")
    transfer, _ = _send(ctx, account, amount, currency, source_type=source_type, **columns)
    emit(ctx, "transfer.created", transfer)
    return transfer


def transfer_charge(ctx: Context, charge: Charge, account: Account, amount: int, *, fee_amount: int = 0) -> Transfer:
    """Send `amount` of a destination charge that has been taken on to its account; `fee_amount` of it comes back.

    `charge` then names transfer, fee and group. No event is emitted: transfer.created and application_fee.created have their
    place in the caller's order.
    """
    group = charge.transfer_group or transfer_group_of(charge)
    earning = plan_application_fee(ctx, account, fee_amount) if fee_amount else None
    taken = ctx.get(BalanceTransaction, charge.balance_transaction_id)
    assert taken is not None, "what is sent on was taken"
    transfer, _ = _send(ctx, account, amount, charge.currency, source_type=taken.source_type, charge=charge, earning=earning,
                        transfer_group=group)
    charge.transfer_id, charge.transfer_group = transfer.id, group
    return transfer


def debit_account(ctx: Context, account: Account, amount: int, currency: str, **columns: Any) -> Charge:
    """The payment by which a connected account is debited: a transfer from there. `columns` are further ones of it.

    Emits transfer.created there. Raises InvalidRequest for a standard account, and for more than is available.
    """
    there = ctx.acting_as(account)
    check_moves_its_money(there)
    if not is_same_region(ctx.account.country, account.country):
        # Our choice: the words.
        raise InvalidRequest(f"Accounts located in {account.country} cannot be debited, because they are outside of your "
                             "platform's region.", param="source")
    available, _ = hold_funds(there).get((currency, "card"), (0, 0))
    if amount > available:
        # Our choice: the words.
        raise InvalidRequest(f"The account {account.id} has insufficient available funds to be debited.",
                             code="balance_insufficient", param="source")
    transfer, payment = _send(there, ctx.account, amount, currency, source_type="card", description=columns.get("description"),
                              transfer_group=columns.get("transfer_group"))
    for name, value in columns.items():
        setattr(payment, name, value)
    emit(there, "transfer.created", transfer)
    return payment


def update_transfer(ctx: Context, transfer: Transfer, values: Mapping[str, Any]) -> Transfer:
    """Change description or metadata. Emits transfer.updated."""
    with tracked(ctx, transfer, "transfer.updated"):
        if "description" in values:
            transfer.description = values["description"]
        if "metadata" in values:
            transfer.metadata_ = merged(transfer.metadata_, values["metadata"])
    return transfer


def check_receiving(ctx: Context, account: Account) -> None:
    """Raises InvalidRequest for a connected account that may not be sent money."""
    if not is_active(ctx, account.id, "transfers"):
        raise cannot_receive()
    if not is_in_reach(ctx, account):
        raise InvalidRequest(
            f"Funds can't be sent to accounts located in {account.country} because it's restricted outside of your platform's "
            "region. Learn more about sending funds to accounts with cross-border payouts here: "
            "https://stripe.com/docs/connect/cross-border-payouts.", param="destination")


def is_in_reach(ctx: Context, account: Account) -> bool:
    """Whether money may cross the border to the account, if there is one."""
    # Our choice: who has agreed to be a recipient alone can be sent money from any region.
    is_recipient = (account.tos_acceptance or {}).get("service_agreement") == "recipient"
    return is_recipient or is_same_region(ctx.account.country, account.country)


def cannot_receive(*, param: str | None = None, status: int = 400) -> InvalidRequest:
    """The refusal to send money to an account that has not the capability for it."""
    return InvalidRequest(
        "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
        "crypto_transfers, legacy_payments", code="insufficient_capabilities_for_transfer", param=param, status=status)


def transfer_group_of(charge: Charge) -> str:
    """The group of a charge that was given none: its payment intent's."""
    return f"group_{charge.payment_intent_id or charge.id}"


def _from_charge(ctx: Context, account: Account, values: Mapping[str, Any], columns: dict[str, Any]) -> Transfer:
    """A transfer of what a charge has brought, available or not."""
    charge = ctx.find(Charge, values["source_transaction"], param="source_transaction")
    taken = ctx.get(BalanceTransaction, charge.balance_transaction_id)
    if taken is None:
        # Our choice: the words, here and below.
        raise InvalidRequest(f"Charge {charge.id} has not been captured or has failed, so that nothing can be transferred from "
                             "it.", param="source_transaction")
    if values["currency"] != taken.currency:
        raise InvalidRequest(f"The currency of the transfer ({values['currency']}) must be that of the source charge's balance "
                             f"transaction ({taken.currency}).", param="currency")
    if values.get("source_type", taken.source_type) != taken.source_type:
        raise InvalidRequest(f"The source charge has brought {taken.source_type} funds.",
                             code="transfer_source_balance_parameters_mismatch", param="source_type")
    left = charge.amount_captured - int(ctx.session.scalar(_SENT, account_id=ctx.account_id, charge=charge.id))
    amount = values.get("amount", left)
    if amount > left or not left:
        raise InvalidRequest("The transfer amount exceeds the amount remaining on the source charge", param="amount")
    group = columns["transfer_group"] or charge.transfer_group or transfer_group_of(charge)
    if charge.transfer_group not in (None, group):
        raise InvalidRequest(f"The transfer group must be that of the source charge ({charge.transfer_group}).",
                             param="transfer_group")
    charge.transfer_group = columns["transfer_group"] = group
    transfer, _ = _send(ctx, account, amount, taken.currency, source_type=taken.source_type, charge=charge, **columns)
    emit(ctx, "transfer.created", transfer)
    return transfer


def _send(ctx: Context, account: Account, amount: int, currency: str, *, source_type: str, charge: Charge | None = None,
          earning: Earning | None = None, **columns: Any) -> tuple[Transfer, Charge]:
    """The transfer, and the payment as which it arrives."""
    there = ctx.acting_as(account)
    id = ctx.ids.new(Transfer.id_prefix, Transfer.id_length, Transfer.id_lead)
    payment_id = ctx.ids.new("py_", Charge.id_length, "1")
    taken = ctx.get(BalanceTransaction, None if charge is None else charge.balance_transaction_id)
    sent, come, *earned = post(ctx, transfer_posting(
        ctx.account_id, account.id, amount, currency, transfer=id, payment=payment_id, description=columns.get("description"),
        source_type=source_type, available_on=None if taken is None else taken.available_on, earning=earning))
    payment = there.add(Charge(
        id=payment_id, amount=amount, amount_captured=amount, amount_refunded=0, balance_transaction_id=come.id,
        billing_details=_NOBODY, captured=True, currency=currency, disputed=False, paid=True,
        payment_method_details={"stripe_account": {}, "type": "stripe_account"}, platform_id=ctx.account_id,
        source_transfer_id=id, status="succeeded"))
    payment.__dict__["refunds"] = []
    transfer = ctx.add(Transfer(
        id=id, amount=amount, amount_reversed=0, balance_transaction_id=sent.id, currency=currency,
        destination_id=account.id, destination_payment_id=payment_id,
        source_transaction_id=None if charge is None else charge.id, source_type=source_type, **columns))
    transfer.__dict__["reversals"] = []
    if earning is not None:
        take_application_fee(ctx, earning, earned[0], payment, originating=charge)
    return transfer, payment
