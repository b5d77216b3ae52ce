"""What an operator has others do to an object at a terminal, without a server: its bank, its issuer, its reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from app.config import Config
from app.context import Context
from app.control import Refused, banking, issuing
from app.control.keys import account_named
from app.control.opening import context_for
from app.control.params import BankAccountCreate, BankAccountUpdate, Failure
from app.db.base import StripeObject
from app.db.database import Database
from app.db.session import Session, entity
from app.domain.choices import Choices
from app.errors import ApiError
from app.render import load_for_rendering, render
from app.resources.charges.tables import Charge
from app.resources.external_accounts.tables import BankAccount
from app.resources.payouts.tables import Payout
from app.resources.refunds.tables import Refund
from app.resources.topups.tables import Topup
from app.wire.forms import decode
from app.wire.params import Params, RetrieveParams, load_params

Deed = Callable[[Context, Any, Mapping[str, Any]], StripeObject]

DEEDS: Mapping[str, tuple[type[StripeObject], Mapping[str, tuple[Deed, Params]]]] = {
    "bank_account": (BankAccount, {"update": (banking.update_bank_account, BankAccountUpdate())}),
    "charge": (Charge, issuing.DEEDS),
    "payout": (Payout, {"fail": (banking.fail_payout, Failure()), "settle": (banking.settle_payout, RetrieveParams())}),
    "refund": (Refund, {"settle": (banking.settle_refund, RetrieveParams())}),
    "topup": (Topup, {"fail": (banking.fail_topup, Failure()), "settle": (banking.settle_topup, RetrieveParams())}),
}
"""What can be done to an object of a kind, by the last word of its `/_sim` route, with what that takes."""


def do(database: Database, config: Config, kind: str, deed: str, id: str, values: Mapping[str, str], *,
       account: str | None = None) -> dict[str, Any]:
    """Do a deed to the object with this id; what came of it, as the API shows it. Raises Refused."""
    table, deeds = DEEDS[kind]
    function, params = deeds[deed]
    with database.writing() as session:
        ctx = _context(database, config, session, _owner(session, table, id, account))
        return _shown(ctx, lambda: function(ctx, ctx.find(table, id), load_params(params, dict(values))))


def add_bank_account(database: Database, config: Config, values: Mapping[str, str], *, account: str) -> dict[str, Any]:
    """What POST /_sim/bank_accounts does, with the parameters that it takes in their form. Raises Refused."""
    nested = decode(urlencode(values).encode())
    with database.writing() as session:
        ctx = _context(database, config, session, account_named(session, account))
        return _shown(ctx, lambda: banking.add_bank_account(ctx, load_params(BankAccountCreate(), nested)))


def _context(database: Database, config: Config, session: Session, account_id: str) -> Context:
    return context_for(database, session, account_id, Choices(limits=config.limits), base_url=config.base_url)


def _shown(ctx: Context, make: Callable[[], StripeObject]) -> dict[str, Any]:
    try:
        made = make()
    except ApiError as refusal:
        raise Refused(refusal.message) from None
    load_for_rendering(ctx.session, [made])
    return render(made)


def _owner(session: Session, table: type[StripeObject], id: str, account: str | None) -> str:
    """The account that has the object."""
    statement = entity(table).where(table.id == id)
    if account is not None:
        statement = statement.where(table.account_id == account_named(session, account))
    rows = session.rows(table, statement)
    if len(rows) != 1:
        raise Refused(f"There is no {table.object_name} {id}." if not rows else
                      f"Several accounts have a {table.object_name} {id}; say which.")
    return rows[0].account_id
