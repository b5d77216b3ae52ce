"""The routes of payment methods."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import InvalidRequest, missing_parameter, no_such
from app.resources.customers.tables import Customer
from app.resources.payment_methods import operations
from app.resources.payment_methods.params import (
    CustomerPaymentMethodList,
    PaymentMethodAttach,
    PaymentMethodCreate,
    PaymentMethodList,
    PaymentMethodUpdate,
)
from app.resources.payment_methods.tables import PaymentMethod
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("payment_methods", __name__)


@blueprint.post("/v1/payment_methods")
@endpoint(PaymentMethodCreate, publishable=True)
def create_payment_method(ctx: Context, params: dict[str, Any]) -> PaymentMethod:
    """POST /v1/payment_methods: also a copy of one of the platform's, for a connected account.

    By a publishable key too, so that numbers go from a browser to the API alone; it copies nothing.
    """
    if ctx.publishable and ("payment_method" in params or "customer" in params):
        # Our choice: the words.
        raise InvalidRequest("A publishable key cannot copy a payment method.", param="payment_method",
                             code="secret_key_required", status=403)
    if "payment_method" in params or "customer" in params:
        return operations.copy_payment_method(ctx, params)
    if "type" not in params:
        raise missing_parameter("type")
    return operations.create_payment_method(ctx, params)


@blueprint.get("/v1/payment_methods")
@endpoint(PaymentMethodList)
def list_payment_methods(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/payment_methods: those of a customer; without one the list is empty."""
    if "customer" not in params:
        return Page(PaymentMethod, [], "/v1/payment_methods", False)
    customer = ctx.find(Customer, params["customer"], param="customer")
    return _page(ctx, params, customer, "/v1/payment_methods")


@blueprint.get("/v1/customers/<customer>/payment_methods")
@endpoint(CustomerPaymentMethodList)
def list_customer_payment_methods(ctx: Context, params: dict[str, Any], customer: str) -> Page:
    """GET /v1/customers/:customer/payment_methods"""
    return _page(ctx, params, ctx.find(Customer, customer), f"/v1/customers/{customer}/payment_methods")


@blueprint.get("/v1/customers/<customer>/payment_methods/<id>")
@endpoint(RetrieveParams)
def retrieve_customer_payment_method(ctx: Context, params: dict[str, Any], customer: str, id: str) -> PaymentMethod:
    """GET /v1/customers/:customer/payment_methods/:payment_method"""
    owner = ctx.find(Customer, customer)
    method = ctx.find(PaymentMethod, id)
    if method.customer_id != owner.id:
        raise no_such("PaymentMethod", id, param=PaymentMethod.path_param)
    return method


@blueprint.get("/v1/payment_methods/<id>")
@endpoint(RetrieveParams)
def retrieve_payment_method(ctx: Context, params: dict[str, Any], id: str) -> PaymentMethod:
    """GET /v1/payment_methods/:payment_method"""
    return operations.find_payment_method(ctx, id)


@blueprint.post("/v1/payment_methods/<id>")
@endpoint(PaymentMethodUpdate)
def update_payment_method(ctx: Context, params: dict[str, Any], id: str) -> PaymentMethod:
    """POST /v1/payment_methods/:payment_method"""
    return operations.update_payment_method(ctx, ctx.find(PaymentMethod, id), params)


@blueprint.post("/v1/payment_methods/<id>/attach")
@endpoint(PaymentMethodAttach)
def attach_payment_method(ctx: Context, params: dict[str, Any], id: str) -> PaymentMethod:
    """POST /v1/payment_methods/:payment_method/attach: a magic name attaches a new payment method."""
    method = operations.take_payment_method(ctx, id)
    return operations.attach_payment_method(ctx, method, ctx.find(Customer, params["customer"], param="customer"))


@blueprint.post("/v1/payment_methods/<id>/detach")
@endpoint(RetrieveParams)
def detach_payment_method(ctx: Context, params: dict[str, Any], id: str) -> PaymentMethod:
    """POST /v1/payment_methods/:payment_method/detach"""
    return operations.detach_payment_method(ctx, ctx.find(PaymentMethod, id))


def _page(ctx: Context, params: dict[str, Any], customer: Customer, url: str) -> Page:
    filters = {
        "customer": (PaymentMethod.customer_id, customer.id),
        "type": (PaymentMethod.type, params.get("type")),
    }
    return list_page(ctx, PaymentMethod, params, url, filters=filters)
