"""The routes of cash balances that are no customer's settings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.cash_balances import operations
from app.resources.cash_balances.params import CashBalanceFund, FundingInstructionsCreate
from app.resources.customers.tables import Customer
from app.resources.customers.views import cash_balance_of
from app.wire.endpoint import endpoint

blueprint = Blueprint("cash_balances", __name__)


@blueprint.post("/v1/customers/<id>/funding_instructions")
@endpoint(FundingInstructionsCreate)
def create_funding_instructions(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """POST /v1/customers/:id/funding_instructions"""
    return operations.instruct(ctx.find(Customer, id), params)


@blueprint.post("/v1/test_helpers/customers/<id>/fund_cash_balance")
@endpoint(CashBalanceFund)
def fund_cash_balance(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """POST /v1/test_helpers/customers/:id/fund_cash_balance. Not simulated: objects of the single transfers."""
    customer = ctx.find(Customer, id)
    operations.receive_cash(ctx, customer, params["amount"], params["currency"], reference=params.get("reference"))
    return cash_balance_of(customer)
