"""What a payout looks like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Derived, Ref, RefAmong
from app.render.view import View
from app.resources.external_accounts.tables import BankAccount, Card
from app.resources.payouts.tables import Payout


@view_of(Payout)
class PayoutView(View):
    id = Attr()
    object = Const("payout")
    amount = Attr()
    arrival_date = Attr()
    automatic = Attr()
    balance_transaction = Ref()
    created = Attr()
    currency = Attr()
    description = Attr()
    destination = RefAmong(BankAccount, Card)
    failure_balance_transaction = Ref()
    failure_code = Attr()
    failure_message = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    method = Attr()
    original_payout = Ref()
    reversed_by = Ref()
    source_type = Attr()
    statement_descriptor = Attr()
    status = Attr()
    type = Derived(lambda row: "card" if row.destination_id.startswith(Card.id_prefix) else "bank_account")
