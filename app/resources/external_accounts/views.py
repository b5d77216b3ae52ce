"""What a bank account looks like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Derived
from app.render.view import View
from app.resources.external_accounts.tables import BankAccount


def _payout_methods(row: BankAccount) -> list[str]:
    return ["standard", "instant"] if row.takes_instant_payouts else ["standard"]


@view_of(BankAccount)
class BankAccountView(View):
    id = Attr()
    object = Const("bank_account")
    account = Attr("account_id")
    account_holder_name = Attr()
    account_holder_type = Attr()
    account_type = Attr()
    available_payout_methods = Derived(_payout_methods)
    bank_name = Attr()
    country = Attr()
    currency = Attr()
    default_for_currency = Attr()
    fingerprint = Attr()
    last4 = Attr()
    metadata = Attr("metadata_")
    routing_number = Attr()
    status = Attr()
