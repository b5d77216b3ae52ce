"""What happens to capabilities: they are requested, and come and go with what is known of the account."""

from __future__ import annotations

from sqlalchemy import bindparam

from app.context import Context
from app.db.roots import Account
from app.db.session import Prepared, entity
from app.domain.capabilities import CAPABILITIES, is_offered, nothing_due
from app.errors import InvalidRequest, no_such
from app.resources.capabilities.tables import Capability

_NEWEST = Prepared(entity(Capability).where(Capability.account_id == bindparam("account_id")).order_by(
    Capability.created.desc(), Capability.seq.desc()))


def request_capability(ctx: Context, account: Account, name: str, *, requested: bool, param: str) -> None:
    """Ask for a capability of the account, or ask for it no more; what comes of it is for the next review to say.

    Raises InvalidRequest, about `param`, for one that accounts of the country cannot have, and for one that is permanent.
    """
    there = ctx.acting_as(account)
    capability = there.get(Capability, name)
    if requested and not is_offered(name, account.country):
        raise InvalidRequest(f"The `{name}` capability is not available in country {account.country}", param=param)
    if not requested and account.type != "custom" and capability is not None and capability.requested:
        raise InvalidRequest(f"The {name} capability cannot be unrequested.", param=param)
    if capability is None:
        if not requested:
            return
        capability = there.add(_never_requested(name))
    if capability.requested != requested:
        capability.requested = requested
        if requested:
            capability.requested_at = ctx.now


def check_together(ctx: Context, account: Account, *, param: str) -> None:
    """Raises InvalidRequest where the account has requested `card_payments` without `transfers`.

    Our choice: it is looked at where several can be asked for at once, so that one can be asked for, or given up, by itself.
    """
    if "card_payments" in _requested(ctx, account) and "transfers" not in _requested(ctx, account):
        # Our choice: the words.
        raise InvalidRequest("Accounts that have requested the `card_payments` capability need the `transfers` capability as "
                             "well.", param=param)


def check_agreement(ctx: Context, account: Account, *, param: str) -> None:
    """Raises InvalidRequest where the account has requested `card_payments` and accepted the terms of recipients alone."""
    is_recipient = (account.tos_acceptance or {}).get("service_agreement") == "recipient"
    if is_recipient and "card_payments" in _requested(ctx, account):
        # Our choice: the words.
        raise InvalidRequest("Accounts under the recipient service agreement cannot request the `card_payments` capability.",
                             param=param)


def find_capability(ctx: Context, account: Account, name: str) -> Capability:
    """The capability of the account, also one that was never requested. Raises 404 for a name that none has."""
    check_name(name)
    there = ctx.acting_as(account)
    capability = there.get(Capability, name)
    if capability is None:
        capability = _never_requested(name)
        capability.account_id = account.id
    return capability


def all_capabilities(ctx: Context, account: Account) -> list[Capability]:
    """Those of the account that have been requested once, newest first."""
    return ctx.session.rows(Capability, _NEWEST, account_id=account.id)


def is_active(ctx: Context, account_id: str, name: str) -> bool:
    """Whether the account has the capability by now. Platforms have all of them, and who was deleted has none."""
    account = ctx.session.get(Account, account_id)
    if account is None or account.deleted:
        return False
    if account.platform_id is None:
        return True
    capability = ctx.session.get(Capability, account_id, name)
    return capability is not None and capability.status == "active"


def check_name(name: str) -> None:
    """Raises 404 `resource_missing` for a name that no capability has."""
    if name not in CAPABILITIES:
        raise no_such("capability", name, param="capability")


def _requested(ctx: Context, account: Account) -> set[str]:
    return {row.id for row in all_capabilities(ctx, account) if row.requested}


def _never_requested(name: str) -> Capability:
    return Capability(id=name, requested=False, requirements=nothing_due(), status="unrequested")
