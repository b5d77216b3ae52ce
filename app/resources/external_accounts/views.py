"""What bank accounts and cards look like, of accounts and of customers."""

from __future__ import annotations

from typing import Any

from app.domain.older_cards import PARTS
from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Ref
from app.render.view import View
from app.resources.external_accounts.tables import BankAccount, Card
from app.resources.payment_methods.tables import CustomerCard


def _payout_methods(row: BankAccount | Card) -> list[str]:
    return ["standard", "instant"] if row.takes_instant_payouts else ["standard"]


def _of_accounts(show: Any) -> Derived:
    """What a customer's source does not show."""
    return Derived(lambda row: show(row) if row.customer_id is None else OMIT)


def _part(name: str) -> Derived:
    part = PARTS[name]
    return Derived(lambda row: part(row.card, row.billing_details))


@view_of(BankAccount)
class BankAccountView(View):
    id = Attr()
    object = Const("bank_account")
    account = Ref(column="account_id", only=lambda row: row.customer_id is None)
    account_holder_name = Attr()
    account_holder_type = Attr()
    account_type = Attr()
    available_payout_methods = _of_accounts(_payout_methods)
    bank_name = Attr()
    country = Attr()
    currency = Attr()
    customer = Ref(omit_null=True)
    default_for_currency = _of_accounts(lambda row: row.default_for_currency)
    fingerprint = Attr()
    last4 = Attr()
    metadata = Attr("metadata_")
    routing_number = Attr()
    status = Attr()


class _CardView(View):
    """What all cards of the older shape show."""

    id = Attr()
    object = Const("card")
    address_city = _part("address_city")
    address_country = _part("address_country")
    address_line1 = _part("address_line1")
    address_line1_check = _part("address_line1_check")
    address_line2 = _part("address_line2")
    address_state = _part("address_state")
    address_zip = _part("address_zip")
    address_zip_check = _part("address_zip_check")
    brand = _part("brand")
    country = _part("country")
    cvc_check = _part("cvc_check")
    dynamic_last4 = _part("dynamic_last4")
    exp_month = _part("exp_month")
    exp_year = _part("exp_year")
    fingerprint = _part("fingerprint")
    funding = _part("funding")
    last4 = _part("last4")
    metadata = Attr("metadata_")
    name = _part("name")
    tokenization_method = _part("tokenization_method")


@view_of(CustomerCard)
class CustomerCardView(_CardView):
    customer = Ref()


@view_of(Card)
class CardView(_CardView):
    account = Ref(column="account_id")
    available_payout_methods = Derived(_payout_methods)
    currency = Attr()
    default_for_currency = Attr()
    status = Attr()
