"""The routes of customers' sources."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.customers.tables import Customer
from app.resources.external_accounts.tables import BankAccount
from app.resources.payment_methods.tables import CustomerCard
from app.resources.sources import operations
from app.resources.sources.params import SourceCreate, SourceDelete, SourceList, SourceUpdate, SourceVerify
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, page_of
from app.wire.params import RetrieveParams, only_one

blueprint = Blueprint("sources", __name__)


@blueprint.post("/v1/customers/<customer>/sources")
@endpoint(SourceCreate)
def create_source(ctx: Context, params: dict[str, Any], customer: str) -> CustomerCard | BankAccount:
    """POST /v1/customers/:customer/sources: cards and bank accounts; Alipay and the objects of /v1/sources are not simulated."""
    only_one(params, "alipay_account", "bank_account", "card", "source")
    return operations.as_source(ctx, operations.add_source(ctx, ctx.find(Customer, customer), params))


@blueprint.get("/v1/customers/<customer>/sources")
@endpoint(SourceList)
def list_sources(ctx: Context, params: dict[str, Any], customer: str) -> Page:
    """GET /v1/customers/:customer/sources"""
    found = operations.list_sources(ctx, ctx.find(Customer, customer), params.get("object"))
    return page_of(ctx, CustomerCard, found, params, f"/v1/customers/{customer}/sources")


@blueprint.get("/v1/customers/<customer>/sources/<id>")
@endpoint(RetrieveParams)
def retrieve_source(ctx: Context, params: dict[str, Any], customer: str, id: str) -> CustomerCard | BankAccount:
    """GET /v1/customers/:customer/sources/:id"""
    return operations.as_source(ctx, operations.find_source(ctx, ctx.find(Customer, customer), id))


@blueprint.post("/v1/customers/<customer>/sources/<id>")
@endpoint(SourceUpdate)
def update_source(ctx: Context, params: dict[str, Any], customer: str, id: str) -> CustomerCard | BankAccount:
    """POST /v1/customers/:customer/sources/:id"""
    source = operations.find_source(ctx, ctx.find(Customer, customer), id)
    return operations.as_source(ctx, operations.update_source(ctx, source, params))


@blueprint.delete("/v1/customers/<customer>/sources/<id>")
@endpoint(SourceDelete)
def delete_source(ctx: Context, params: dict[str, Any], customer: str, id: str) -> dict[str, Any]:
    """DELETE /v1/customers/:customer/sources/:id"""
    owner = ctx.find(Customer, customer)
    return operations.delete_source(ctx, owner, operations.find_source(ctx, owner, id))


@blueprint.post("/v1/customers/<customer>/sources/<id>/verify")
@endpoint(SourceVerify)
def verify_source(ctx: Context, params: dict[str, Any], customer: str, id: str) -> CustomerCard | BankAccount:
    """POST /v1/customers/:customer/sources/:id/verify: the amounts that came are 32 and 45."""
    source = operations.find_source(ctx, ctx.find(Customer, customer), id)
    return operations.as_source(ctx, operations.verify_source(ctx, source, params.get("amounts")))
