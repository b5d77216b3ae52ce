"""What happens to top-ups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.banks import FAILURES, account_of_token, failure_of, shown_account
from app.domain.business_days import business_day_after
from app.domain.ledger import topup_posting
from app.domain.metadata import merged
from app.errors import InvalidRequest, no_such
from app.events.emit import emit
from app.resources.balance.operations import post
from app.resources.external_accounts.operations import bank_account_for
from app.resources.topups.tables import Topup

_CLEARING_DAYS = 5
"""Business days that a bank takes."""
_SECRET_LENGTH = 24

_BY_SOURCE = Prepared(entity(Topup).where(
    Topup.account_id == bindparam("account_id"), Topup.source_id == bindparam("source_id")).limit(1))


def create_topup(ctx: Context, values: Mapping[str, Any]) -> Topup:
    """A top-up from the bank account that `source` names, or from the account's own for the currency.

    Emits topup.created, and what follows from it where the sandbox's delay is 0. Raises InvalidRequest.
    """
    descriptor = values.get("statement_descriptor")
    if descriptor is not None and not any(character.isalpha() for character in descriptor):
        # Our choice: the words.
        raise InvalidRequest("The statement descriptor must contain at least one letter.", param="statement_descriptor")
    source, behavior = _source(ctx, values.get("source"), values["currency"])
    topup = ctx.add(Topup(
        amount=values["amount"], behavior=behavior, currency=values["currency"], description=values.get("description"),
        expected_availability_date=business_day_after(ctx.now, _CLEARING_DAYS),
        metadata_=merged({}, values.get("metadata") or {}), settles_at=ctx.now + ctx.choices.topup_settles_after_s,
        source=source, source_id=source["id"], statement_descriptor=descriptor, status="pending",
        transfer_group=values.get("transfer_group")))
    emit(ctx, "topup.created", topup)
    if topup.settles_at == ctx.now:
        settle_topup(ctx, topup)
    return topup


def update_topup(topup: Topup, values: Mapping[str, Any]) -> Topup:
    """Change description or metadata. Stripe has no event for it."""
    if "description" in values:
        topup.description = values["description"]
    if "metadata" in values:
        topup.metadata_ = merged(topup.metadata_, values["metadata"])
    return topup


def cancel_topup(ctx: Context, topup: Topup) -> Topup:
    """Call a pending top-up off. Emits topup.canceled. Raises InvalidRequest for others."""
    if topup.status != "pending":
        raise InvalidRequest("You cannot cancel a top-up that is not pending.")
    topup.status = "canceled"
    emit(ctx, "topup.canceled", topup)
    return topup


def settle_topup(ctx: Context, topup: Topup) -> None:
    """The bank has answered: emits topup.succeeded, or topup.failed where its account is one that fails.

    One that was called off meanwhile stays as it is.
    """
    ctx.session.lock(topup)
    if topup.status != "pending":
        return
    reason = failure_of(topup.behavior)
    if reason is not None:
        fail_topup(ctx, topup, reason)
        return
    [come] = post(ctx, topup_posting(
        ctx.account_id, topup.amount, topup.currency, topup=topup.id, description=topup.description))
    topup.balance_transaction_id, topup.status = come.id, "succeeded"
    emit(ctx, "topup.succeeded", topup)


def fail_topup(ctx: Context, topup: Topup, reason: str) -> None:
    """The bank refuses for `reason`, a key of `domain.banks.FAILURES`, or takes back what had come already.

    Emits topup.failed or topup.reversed. Raises InvalidRequest where there is nothing to refuse or to take back.
    """
    if topup.status not in ("pending", "succeeded"):
        # Our choice: the words; only an operator can ask for it.
        raise InvalidRequest(f"A top-up that is {topup.status} cannot fail.")
    topup.failure_code, topup.failure_message = reason, FAILURES[reason]
    if topup.status == "pending":
        topup.status = "failed"
        emit(ctx, "topup.failed", topup)
        return
    post(ctx, topup_posting(
        ctx.account_id, topup.amount, topup.currency, topup=topup.id, description=topup.description, back=True))
    topup.status = "reversed"
    emit(ctx, "topup.reversed", topup)


def _source(ctx: Context, named: str | None, currency: str) -> tuple[dict[str, Any], str | None]:
    """The `source` object, and what the bank account behind it will do.

    `named` is a test token, or the source of an earlier top-up.
    """
    if named is None:
        own = bank_account_for(ctx, currency)
        bank = {name: getattr(own, name) for name in ("bank_name", "country", "last4", "fingerprint", "routing_number")}
        return _new_source(ctx, bank, currency, holder=own.account_holder_name, kind=own.account_holder_type), own.behavior
    earlier = ctx.session.first(Topup, _BY_SOURCE, account_id=ctx.account_id, source_id=named)
    if earlier is not None:
        source, behavior = earlier.source, earlier.behavior
    else:
        account = account_of_token(named)
        if account is None:
            raise no_such("source", named, param="source", status=400)
        source, behavior = _new_source(ctx, shown_account(account), account.currency), account.behavior
    if source["currency"] != currency:
        # Our choice: banks debit in their own currency only; and the words.
        raise InvalidRequest(f"The currency of the top-up ({currency}) must be that of its source ({source['currency']}).",
                             param="currency")
    return source, behavior


def _new_source(ctx: Context, bank: Mapping[str, Any], currency: str, *, holder: str | None = None,
                kind: str | None = None) -> dict[str, Any]:
    return {
        "id": ctx.ids.new("src_", 24, "1"),
        "object": "source",
        "ach_debit": {"bank_name": bank["bank_name"], "country": bank["country"], "fingerprint": bank["fingerprint"],
                      "last4": bank["last4"], "routing_number": bank["routing_number"], "type": kind or "individual"},
        "amount": None,
        "client_secret": f"src_client_secret_{ctx.ids.text(_SECRET_LENGTH)}",
        "created": ctx.now,
        "currency": currency,
        "flow": "code_verification",
        "livemode": False,
        "metadata": {},
        "owner": {"address": None, "email": ctx.account.email, "name": holder or "Jenny Rosen", "phone": None,
                  "verified_address": None, "verified_email": None, "verified_name": None, "verified_phone": None},
        "redaction": None,
        "statement_descriptor": None,
        # As the API's own example has it, for each status of the top-up.
        "status": "pending",
        "type": "ach_debit",
        "usage": "reusable",
    }
