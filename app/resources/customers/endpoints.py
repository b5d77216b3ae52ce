"""The routes of customers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.customers import operations
from app.resources.customers.params import CustomerCreate, CustomerList, CustomerUpdate
from app.resources.customers.tables import Customer
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("customers", __name__)


@blueprint.post("/v1/customers")
@endpoint(CustomerCreate)
def create_customer(ctx: Context, params: dict[str, Any]) -> Customer:
    """POST /v1/customers"""
    return operations.create_customer(ctx, params)


@blueprint.get("/v1/customers")
@endpoint(CustomerList)
def list_customers(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/customers: customers on a test clock are listed only by `test_clock`."""
    filters = {
        "created": (Customer.created, params.get("created")),
        "email": (Customer.email, params.get("email")),
        "deleted": (Customer.deleted, False),
        "test_clock": (Customer.test_clock_id, params.get("test_clock", IS_NULL)),
    }
    return list_page(ctx, Customer, params, "/v1/customers", filters=filters)


@blueprint.get("/v1/customers/<id>")
@endpoint(RetrieveParams)
def retrieve_customer(ctx: Context, params: dict[str, Any], id: str) -> Customer:
    """GET /v1/customers/:id: a deleted customer answers with its stub."""
    return ctx.find(Customer, id, deleted_too=True)


@blueprint.post("/v1/customers/<id>")
@endpoint(CustomerUpdate)
def update_customer(ctx: Context, params: dict[str, Any], id: str) -> Customer:
    """POST /v1/customers/:id"""
    return operations.update_customer(ctx, ctx.find(Customer, id), params)
