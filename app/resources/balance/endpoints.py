"""The routes of the balance and its transactions, which older clients reach under /v1/balance/history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.balance.operations import note_availability, show_balance
from app.resources.balance.params import BalanceTransactionList
from app.resources.balance.tables import BalanceTransaction
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("balance", __name__)


@blueprint.get("/v1/balance")
@endpoint(RetrieveParams)
def retrieve_balance(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    """GET /v1/balance: with what was earned on test clocks, each of which says itself what is available by now."""
    return show_balance(ctx)


@blueprint.get("/v1/balance/history")
@blueprint.get("/v1/balance_transactions")
@endpoint(BalanceTransactionList)
def list_balance_transactions(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/balance_transactions: those of test clocks are listed only by `source`."""
    filters = {
        "created": (BalanceTransaction.created, params.get("created")),
        "currency": (BalanceTransaction.currency, params.get("currency")),
        "payout": (BalanceTransaction.payout_id, params.get("payout")),
        "source": (BalanceTransaction.source_id, params.get("source")),
        "test_clock": (BalanceTransaction.test_clock_id, None if "source" in params else IS_NULL),
        "type": (BalanceTransaction.type, params.get("type")),
    }
    page = list_page(ctx, BalanceTransaction, params, "/v1/balance_transactions", filters=filters)
    note_availability(ctx, page.rows)
    return page


@blueprint.get("/v1/balance/history/<id>")
@blueprint.get("/v1/balance_transactions/<id>")
@endpoint(RetrieveParams)
def retrieve_balance_transaction(ctx: Context, params: dict[str, Any], id: str) -> BalanceTransaction:
    """GET /v1/balance_transactions/:id"""
    transaction = ctx.find(BalanceTransaction, id)
    note_availability(ctx, [transaction])
    return transaction
