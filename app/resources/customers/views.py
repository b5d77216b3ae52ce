"""What a customer, the changes of their balance, and their tax ids look like."""

from __future__ import annotations

from typing import Any

from app.domain.bank_transfers import shown_cash_balance
from app.render import view_of
from app.render.fields import Attr, Const, Derived, Hash, Includable, Nested, Ref, RefAmong, Sublist
from app.render.view import View
from app.resources.customers.tables import Customer, CustomerBalanceTransaction, TaxId
from app.resources.payment_methods.tables import SOURCES


def cash_balance_of(customer: Customer) -> dict[str, Any]:
    """The customer's cash balance."""
    return shown_cash_balance(customer.id, customer.cash, customer.cash_reconciliation_mode)


def _tax_of(row: Any) -> dict[str, Any]:
    """Where the customer would be taxed. Our choice: the account collects nowhere, and no ip address is looked up."""
    shipping = (row.shipping or {}).get("address") or {}
    for address, source in ((shipping, "shipping_destination"), (row.address or {}, "billing_address")):
        if address.get("country"):
            location = {"country": address["country"], "source": source, "state": address.get("state")}
            return {"automatic_tax": "not_collecting", "ip_address": row.tax_ip_address, "location": location}
    return {"automatic_tax": "unrecognized_location", "ip_address": row.tax_ip_address, "location": None}


@view_of(Customer)
class CustomerView(View):
    id = Attr()
    object = Const("customer")
    address = Attr()
    balance = Attr()
    cash_balance = Includable(function=cash_balance_of)
    created = Attr()
    currency = Attr()
    default_source = RefAmong(*SOURCES)
    delinquent = Attr()
    description = Attr()
    discount = Nested(unless=lambda discount: discount.ended)
    email = Attr()
    invoice_credit_balance = Includable(
        # Credit is positive here, where it is negative in `balance`.
        function=lambda row: {row.currency: -row.balance} if row.balance and row.currency else {})
    invoice_prefix = Attr()
    invoice_settings = Hash(
        custom_fields=Derived(lambda row: row.invoice_settings.get("custom_fields")),
        default_payment_method=Ref("default_payment_method"),
        footer=Derived(lambda row: row.invoice_settings.get("footer")),
        rendering_options=Derived(lambda row: row.invoice_settings.get("rendering_options")),
    )
    livemode = Const(False)
    metadata = Attr("metadata_")
    name = Attr()
    next_invoice_sequence = Attr()
    phone = Attr()
    preferred_locales = Attr()
    shipping = Attr()
    sources = Sublist("/v1/customers/{id}/sources", "cards", also="bank_accounts", limit=10, includable=True,
                      only=lambda row: row.is_source)
    subscriptions = Sublist(
        "/v1/customers/{id}/subscriptions", limit=10, includable=True, only=lambda row: row.ended_at is None)
    tax = Includable(function=_tax_of)
    tax_exempt = Attr()
    tax_ids = Sublist("/v1/customers/{id}/tax_ids", limit=10, includable=True)
    test_clock = Ref()


@view_of(CustomerBalanceTransaction)
class CustomerBalanceTransactionView(View):
    id = Attr()
    object = Const("customer_balance_transaction")
    amount = Attr()
    created = Attr()
    credit_note = Ref()
    currency = Attr()
    customer = Ref()
    description = Attr()
    ending_balance = Attr()
    invoice = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    type = Attr()


@view_of(TaxId)
class TaxIdView(View):
    id = Attr()
    object = Const("tax_id")
    country = Attr()
    created = Attr()
    customer = Ref()
    livemode = Const(False)
    type = Attr()
    value = Attr()
    verification = Hash(status=Attr("verification_status"), verified_address=Const(None), verified_name=Const(None))
