"""What the issuer of a card does, or a reviewer, when an operator says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.clock.now import wall_seconds
from app.config import Config
from app.context import Context
from app.control import Refused
from app.control.keys import account_named
from app.control.params import FraudWarning
from app.db.base import StripeObject
from app.db.database import Database
from app.db.session import Session, entity
from app.domain.choices import Choices
from app.errors import ApiError
from app.render import load_for_rendering, render
from app.resources.charges.tables import Charge
from app.resources.early_fraud_warnings.operations import warn
from app.resources.reviews.operations import open_review
from app.wire.params import Params, RetrieveParams, load_params

Deed = Callable[[Context, Charge, Mapping[str, Any]], StripeObject]


def warn_of_fraud(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> StripeObject:
    """The issuer warns of fraud. Raises InvalidRequest for a charge that took nothing."""
    return warn(ctx, charge, values["fraud_type"])


def review(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> StripeObject:
    """Somebody wants to look at the charge. Raises InvalidRequest where there is nothing to decide."""
    return open_review(ctx, charge)


DEEDS: dict[str, tuple[Deed, Params]] = {
    "early_fraud_warning": (warn_of_fraud, FraudWarning()),
    "review": (review, RetrieveParams()),
}
"""What can be done to a charge, by the last word of its `/_sim` route, with what that takes."""


def do_to_charge(database: Database, config: Config, deed: str, charge_id: str, values: Mapping[str, str], *,
                 account: str | None = None) -> dict[str, Any]:
    """Do a key of DEEDS to the charge, without a server; what came of it, as the API shows it. Raises Refused."""
    function, params = DEEDS[deed]
    with database.writing() as session:
        charge = _find(session, charge_id, account)
        ctx = Context(session=session, ids=database.ids, account_id=charge.account_id, now=wall_seconds(),
                      default_choices=Choices(limits=config.limits), base_url=config.base_url)
        try:
            made = function(ctx, ctx.find(Charge, charge.id), load_params(params, dict(values)))
        except ApiError as refusal:
            raise Refused(refusal.message) from None
        load_for_rendering(session, [made])
        return render(made)


def _find(session: Session, charge_id: str, account: str | None) -> Charge:
    statement = entity(Charge).where(Charge.id == charge_id)
    if account is not None:
        statement = statement.where(Charge.account_id == account_named(session, account))
    charges = session.rows(Charge, statement)
    if len(charges) != 1:
        raise Refused(f"There is no charge {charge_id}." if not charges else
                      f"Several accounts have a charge {charge_id}; say which.")
    return charges[0]
