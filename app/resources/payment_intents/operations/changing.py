"""Intents made and changed, before anything is attempted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.domain.shipping import shipping_document
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.cash_balances.operations import release_cash
from app.resources.charges.operations import check_chargeable, check_texts, sharing_columns
from app.resources.customers.tables import Customer
from app.resources.intents import merged_options, waits_for_transfer
from app.resources.payment_intents.operations.by_transfer import ask_for_rest
from app.resources.payment_intents.operations.outcomes import OPEN, note_method
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import named_method
from app.resources.payment_methods.tables import PaymentMethod

_ALWAYS = ("description", "receipt_email", "shipping", "transfer_group")
_WHILE_OPEN = ("capture_method", "currency", "payment_method_types", "setup_future_usage", "statement_descriptor",
               "statement_descriptor_suffix")
_SENT = ("customer_balance",)
_NOT_OF_INVOICES = ("amount", "application_fee_amount", "capture_method", "currency", "customer", "payment_method_types",
                    "transfer_data")


def create_intent(ctx: Context, values: Mapping[str, Any]) -> PaymentIntent:
    """The intent that the parameters of POST /v1/payment_intents ask for, not yet confirmed.

    Emits payment_intent.created. Raises InvalidRequest where it cannot be, and CardError for a card that cannot be.
    """
    check_chargeable(values["amount"], values["currency"])
    check_texts(values)
    shared = sharing_columns(ctx, values, amount=values["amount"], currency=values["currency"])
    automatic = values.get("automatic_payment_methods")
    if automatic is not None and automatic["enabled"] and "payment_method_types" in values:
        # Our choice: the words.
        raise InvalidRequest("You may only specify one of these parameters: automatic_payment_methods, payment_method_types.")
    customer = ctx.find(Customer, values["customer"], param="customer") if "customer" in values else None
    intent = PaymentIntent(
        amount=values["amount"], amount_capturable=0, amount_received=0, automatic_payment_methods=automatic,
        capture_method=values.get("capture_method", "automatic"), client_secret="",
        confirmation_method=values.get("confirmation_method", "automatic"), currency=values["currency"],
        customer_id=None if customer is None else customer.id, metadata_=merged({}, values.get("metadata", {})),
        payment_method_options=merged_options({}, values.get("payment_method_options")),
        payment_method_types=values.get("payment_method_types") or ["card"], radar_options=values.get("radar_options"),
        return_url=values.get("return_url"), status="requires_payment_method", **shared)
    _set_plain(intent, values)
    method = named_method(ctx, values, customer_id=intent.customer_id, types=intent.payment_method_types)
    if method is not None:
        take_method(intent, method)
    _begin(ctx, intent)
    return intent


def create_for_invoice(ctx: Context, *, customer: Customer, invoice_id: str, amount: int, currency: str,
                       description: str | None, payment_method_id: str | None = None,
                       metadata: Mapping[str, str] | None = None, statement_descriptor: str | None = None,
                       id: str | None = None, settings: Mapping[str, Any] | None = None,
                       **shared: Any) -> PaymentIntent:
    """The intent to collect what is due of an invoice, `amount` in minor units. Nothing is attempted yet.

    `id` is given where the invoice has named its intent already; `settings` are its `payment_settings`,
    `shared` the columns that say who has a part in it.
    """
    types = (settings or {}).get("payment_method_types") or ["card"]
    options = (settings or {}).get("payment_method_options") or {}
    intent = PaymentIntent(
        id=id, amount=amount, amount_capturable=0, amount_received=0, capture_method="automatic", client_secret="",
        confirmation_method="automatic", currency=currency, customer_id=customer.id, description=description,
        invoice_id=invoice_id, metadata_=dict(metadata or {}), payment_method_id=payment_method_id,
        # Our choice: of the options only what says how money is to be sent concerns the payment itself.
        payment_method_options={name: options[name] for name in _SENT if options.get(name)},
        payment_method_types=list(types), statement_descriptor=statement_descriptor,
        status="requires_payment_method" if payment_method_id is None else "requires_confirmation", **shared)
    _begin(ctx, intent)
    return intent


def update_intent(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Change what is named. Stripe has no event for it. Raises InvalidRequest for what can no longer be changed."""
    check_texts(values)
    _check_changeable(intent, values)
    amount, currency = values.get("amount", intent.amount), values.get("currency", intent.currency)
    shared = sharing_columns(ctx, values, amount=amount, currency=currency, present=intent)
    if "amount" in values or "currency" in values:
        check_chargeable(amount, currency)
        if waits_for_transfer(intent) and (amount, currency) != (intent.amount, intent.currency):
            # It is confirmed again, and then takes what there is.
            intent.status, intent.next_action = "requires_confirmation", None
            release_cash(ctx, intent)
        intent.amount = amount
    if "customer" in values:
        intent.customer_id = ctx.find(Customer, values["customer"], param="customer").id
    _set_plain(intent, values)
    for name, value in shared.items():
        setattr(intent, name, value)
    if "metadata" in values:
        intent.metadata_ = merged(intent.metadata_, values["metadata"])
    if "payment_method_options" in values:
        intent.payment_method_options = merged_options(intent.payment_method_options, values["payment_method_options"])
    method = named_method(ctx, values, customer_id=intent.customer_id, types=intent.payment_method_types)
    if method is not None:
        take_method(intent, method)
        intent.status, intent.next_action, intent.authenticated_method_id = "requires_confirmation", None, None
        release_cash(ctx, intent)


def change_amount(intent: PaymentIntent, amount: int) -> None:
    """Collect another amount, in minor units, because what is due has changed. There is no event for it."""
    if intent.status in OPEN:
        intent.amount = amount
        ask_for_rest(intent)


def check_of_invoice(intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Raises InvalidRequest for what an invoice has settled about its intent: that all of it is taken at once, for one."""
    if intent.invoice_id is None:
        return
    named = [name for name in _NOT_OF_INVOICES if name in values]
    if ((values.get("payment_method_options") or {}).get("card") or {}).get("capture_method") is not None:
        named.append("payment_method_options[card][capture_method]")
    if named:
        # Our choice: the words.
        raise InvalidRequest(f"You cannot update the {named[0]} of this PaymentIntent because it was created by an invoice.",
                             code="payment_intent_unexpected_state", param=named[0])


def take_method(intent: PaymentIntent, method: PaymentMethod) -> None:
    """What the intent is to be paid with."""
    note_method(intent, method.id)
    if intent.status == "requires_payment_method":
        intent.status = "requires_confirmation"


def _begin(ctx: Context, intent: PaymentIntent) -> None:
    ctx.add(intent)
    intent.client_secret = f"{intent.id}_secret_{ctx.ids.text(25)}"
    if intent.transfer_destination_id is not None and intent.transfer_group is None:
        intent.transfer_group = f"group_{intent.id}"
    intent.__dict__["charges"] = []
    emit(ctx, "payment_intent.created", intent)


def _set_plain(intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    for name in (*_ALWAYS, *_WHILE_OPEN):
        if name in values:
            setattr(intent, name, shipping_document(values[name]) if name == "shipping" else values[name])


def _check_changeable(intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    fixed = values.keys() - {*_ALWAYS, "metadata"}
    if fixed and intent.status not in OPEN:
        name = sorted(fixed)[0]
        raise InvalidRequest(
            f"This PaymentIntent's {name} could not be updated because it has a status of {intent.status}. You may only update "
            f"the {name} of a PaymentIntent with one of the following statuses: requires_payment_method, "
            "requires_confirmation, requires_action.", code="payment_intent_unexpected_state", param=name)
    check_of_invoice(intent, values)
    if "customer" in values and intent.customer_id not in (None, values["customer"]):
        # Our choice: the words.
        raise InvalidRequest("You cannot change the customer of a PaymentIntent once it is set.", param="customer")
