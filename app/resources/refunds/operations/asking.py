"""Refunds to bank accounts that only the customer knows: they are asked for them by email, and have some weeks to answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.context import Context
from app.domain.ledger import cash_posting
from app.domain.metadata import merged
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import tracked
from app.resources.balance.operations import post
from app.resources.cash_balances.operations import return_cash, send_cash
from app.resources.customers.tables import Customer
from app.resources.refunds.tables import Refund

ANSWER_S: Final = 45 * 86_400
"""How long the customer has to say where their bank account is."""
_OF_CHARGES = ("charge", "payment_intent", "refund_application_fee", "reverse_transfer")


def refund_cash(ctx: Context, values: Mapping[str, Any]) -> Refund:
    """What a customer has sent and not paid with goes back to their bank, as POST /v1/refunds with an `origin` asks.

    It leaves their cash at once, and waits until they have named an account. Raises InvalidRequest where they have sent
    less, or there is no email to ask them by. Stripe has no event for it.
    """
    # Our choice: the words of these refusals.
    for name in ("amount", "currency", "customer"):
        if name not in values:
            raise missing_parameter(name)
    for name in _OF_CHARGES:
        if name in values:
            raise InvalidRequest(f"You cannot specify `{name}` if `origin` is `customer_balance`.", param=name)
    customer = ctx.find(Customer, values["customer"], param="customer")
    email = values.get("instructions_email") or customer.email
    if email is None:
        raise InvalidRequest("The customer has no email by which they could be asked for their bank account. Provide "
                             "`instructions_email`, or update the customer.", code="parameter_missing",
                             param="instructions_email")
    refund = ctx.add(Refund(
        # It goes by bank, as what goes back of payments does that were made otherwise than by card.
        id=ctx.ids.new(Refund.other_prefix or "", Refund.id_length, Refund.id_lead), amount=values["amount"],
        currency=values["currency"], customer_id=customer.id, metadata_=merged({}, values.get("metadata", {})),
        reason=values.get("reason"), status="requires_action"))
    send_cash(ctx, customer, refund.amount, refund.currency, refund_id=refund.id)
    ask_for_account(ctx, refund, email)
    return refund


def ask_for_account(ctx: Context, refund: Refund, email: str) -> None:
    """Send the customer a message that nobody sends here, and wait for the answer."""
    refund.status, refund.settles_at, refund.instructions_email = "requires_action", ctx.now + ANSWER_S, email
    refund.next_action = {"display_details": {
        "email_sent": {"email_sent_at": ctx.now, "email_sent_to": email}, "expires_at": refund.settles_at},
        "type": "display_details"}


def name_account(ctx: Context, refund: Refund) -> None:
    """The customer has said where their account is: the money is on its way. Emits charge.refund.updated."""
    with tracked(ctx, refund, "charge.refund.updated"):
        refund.status, refund.next_action = "pending", None
        refund.settles_at = ctx.now + ctx.choices.refund_settles_after_s


def bring_cash_back(ctx: Context, refund: Refund) -> None:
    """What was to go to the bank is the customer's cash again. Emits what cash does that comes."""
    customer = ctx.find(Customer, refund.customer_id or "", deleted_too=True)
    post(ctx, cash_posting(refund.amount, refund.currency))
    return_cash(ctx, customer, refund.amount, refund.currency, refund_id=refund.id)
