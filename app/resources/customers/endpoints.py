"""The routes of customers and of what they own."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint

from app.context import Context
from app.db.base import StripeObject
from app.domain.search import fold
from app.errors import no_such
from app.resources.coupons.operations import active_discount, no_discount
from app.resources.coupons.tables import Discount
from app.resources.customers import operations
from app.resources.customers.params import (
    BalanceTransactionCreate,
    BalanceTransactionUpdate,
    CashBalanceUpdate,
    CustomerCreate,
    CustomerDelete,
    CustomerList,
    CustomerUpdate,
    TaxIdCreate,
)
from app.resources.customers.tables import Customer, CustomerBalanceTransaction, TaxId
from app.resources.customers.views import cash_balance_of
from app.resources.payment_methods.operations import (
    attach_payment_method,
    check_can_pay,
    default_source_for,
    not_attached,
    take_payment_method,
    use_payment_method,
)
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.sources.operations import Source, attach_source, delete_source, find_source, new_source
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import ListParams, Params, RetrieveParams, only_one
from app.wire.search import Searchable, SearchPage, SearchParams, String, search_page

blueprint = Blueprint("customers", __name__)

S = TypeVar("S", bound=StripeObject)

_SEARCHABLE = Searchable(Customer, "customers", {
    "email": String(Customer.email_folded, case="lower"),
    "name": String(Customer.name),
    "phone": String(Customer.phone),
}, where=Customer.deleted.is_(False))
_DEFAULT = "invoice_settings[default_payment_method]"


@blueprint.post("/v1/customers")
@endpoint(CustomerCreate)
def create_customer(ctx: Context, params: dict[str, Any]) -> Customer:
    """POST /v1/customers: a `payment_method` is attached, and can be made the default in the same call."""
    methods = _methods_to_attach(ctx, params)
    source = new_source(ctx, params["source"], param="source") if "source" in params else None
    if source is not None:
        params["default_source"] = source.id
    customer = operations.create_customer(ctx, params)
    for method in methods:
        attach_payment_method(ctx, method, customer)
    if source is not None:
        attach_source(ctx, customer, source)
    return customer


@blueprint.get("/v1/customers")
@endpoint(CustomerList)
def list_customers(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/customers: customers on a test clock are listed only by `test_clock`."""
    filters = {
        "created": (Customer.created, params.get("created")),
        "email": (Customer.email, params.get("email")),
        "email_folded": (Customer.email_folded, fold(params["email"]) if "email" in params else None),
        "deleted": (Customer.deleted, False),
        "test_clock": (Customer.test_clock_id, params.get("test_clock", IS_NULL)),
    }
    return list_page(ctx, Customer, params, "/v1/customers", filters=filters)


@blueprint.get(_SEARCHABLE.url)
@endpoint(SearchParams)
def search_customers(ctx: Context, params: dict[str, Any]) -> SearchPage:
    """GET /v1/customers/search"""
    return search_page(ctx, _SEARCHABLE, params)


@blueprint.get("/v1/customers/<id>")
@endpoint(RetrieveParams)
def retrieve_customer(ctx: Context, params: dict[str, Any], id: str) -> Customer:
    """GET /v1/customers/:id: a deleted customer answers with its stub."""
    return ctx.find(Customer, id, deleted_too=True)


@blueprint.post("/v1/customers/<id>")
@endpoint(CustomerUpdate)
def update_customer(ctx: Context, params: dict[str, Any], id: str) -> Customer:
    """POST /v1/customers/:id"""
    customer = ctx.find(Customer, id)
    settings = params.get("invoice_settings", {})
    default = settings.get("default_payment_method")
    if default is not None:
        settings["default_payment_method"] = use_payment_method(ctx, default, customer=customer, param=_DEFAULT).id
    former = _take_sources(ctx, customer, params)
    updated = operations.update_customer(ctx, customer, params)
    if former is not None:
        delete_source(ctx, customer, former)
    return updated


@blueprint.delete("/v1/customers/<id>")
@endpoint(CustomerDelete)
def delete_customer(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/customers/:id: cancels what the customer subscribes to."""
    return operations.delete_customer(ctx, ctx.find(Customer, id))


@blueprint.get("/v1/customers/<id>/discount")
@endpoint(RetrieveParams)
def retrieve_customer_discount(ctx: Context, params: dict[str, Any], id: str) -> Discount:
    """GET /v1/customers/:id/discount"""
    discount = active_discount(ctx, ctx.find(Customer, id).discount_id)
    if discount is None:
        raise no_discount(f"customer: {id}")
    return discount


@blueprint.delete("/v1/customers/<id>/discount")
@endpoint(Params)
def delete_customer_discount(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/customers/:id/discount"""
    return operations.remove_discount(ctx, ctx.find(Customer, id))


@blueprint.post("/v1/customers/<id>/balance_transactions")
@endpoint(BalanceTransactionCreate)
def create_balance_transaction(ctx: Context, params: dict[str, Any], id: str) -> CustomerBalanceTransaction:
    """POST /v1/customers/:id/balance_transactions"""
    return operations.create_balance_transaction(ctx, ctx.find(Customer, id), params)


@blueprint.get("/v1/customers/<id>/balance_transactions")
@endpoint(ListParams)
def list_balance_transactions(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/customers/:id/balance_transactions"""
    filters = {"customer": (CustomerBalanceTransaction.customer_id, ctx.find(Customer, id).id)}
    return list_page(ctx, CustomerBalanceTransaction, params, f"/v1/customers/{id}/balance_transactions", filters=filters)


@blueprint.get("/v1/customers/<id>/balance_transactions/<transaction>")
@endpoint(RetrieveParams)
def retrieve_balance_transaction(ctx: Context, params: dict[str, Any], id: str,
                                 transaction: str) -> CustomerBalanceTransaction:
    """GET /v1/customers/:id/balance_transactions/:transaction"""
    return _owned(ctx, CustomerBalanceTransaction, id, transaction)


@blueprint.post("/v1/customers/<id>/balance_transactions/<transaction>")
@endpoint(BalanceTransactionUpdate)
def update_balance_transaction(ctx: Context, params: dict[str, Any], id: str,
                               transaction: str) -> CustomerBalanceTransaction:
    """POST /v1/customers/:id/balance_transactions/:transaction"""
    return operations.update_balance_transaction(_owned(ctx, CustomerBalanceTransaction, id, transaction), params)


@blueprint.get("/v1/customers/<id>/cash_balance")
@endpoint(RetrieveParams)
def retrieve_cash_balance(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """GET /v1/customers/:id/cash_balance"""
    return cash_balance_of(ctx.find(Customer, id))


@blueprint.post("/v1/customers/<id>/cash_balance")
@endpoint(CashBalanceUpdate)
def update_cash_balance(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """POST /v1/customers/:id/cash_balance"""
    return cash_balance_of(operations.update_customer(ctx, ctx.find(Customer, id), {"cash_balance": params}))


@blueprint.post("/v1/customers/<id>/tax_ids")
@endpoint(TaxIdCreate)
def create_tax_id(ctx: Context, params: dict[str, Any], id: str) -> TaxId:
    """POST /v1/customers/:id/tax_ids"""
    return operations.create_tax_id(ctx, ctx.find(Customer, id), params)


@blueprint.get("/v1/customers/<id>/tax_ids")
@endpoint(ListParams)
def list_tax_ids(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/customers/:id/tax_ids"""
    filters = {"customer": (TaxId.customer_id, ctx.find(Customer, id).id)}
    return list_page(ctx, TaxId, params, f"/v1/customers/{id}/tax_ids", filters=filters)


@blueprint.get("/v1/customers/<id>/tax_ids/<tax_id>")
@endpoint(RetrieveParams)
def retrieve_tax_id(ctx: Context, params: dict[str, Any], id: str, tax_id: str) -> TaxId:
    """GET /v1/customers/:id/tax_ids/:id"""
    return _owned(ctx, TaxId, id, tax_id)


@blueprint.delete("/v1/customers/<id>/tax_ids/<tax_id>")
@endpoint(Params)
def delete_tax_id(ctx: Context, params: dict[str, Any], id: str, tax_id: str) -> dict[str, Any]:
    """DELETE /v1/customers/:id/tax_ids/:id"""
    return operations.delete_tax_id(ctx, _owned(ctx, TaxId, id, tax_id))


def _owned(ctx: Context, table: type[S], customer_id: str, id: str) -> S:
    """What the customer in the path owns; another's is not found."""
    customer = ctx.find(Customer, customer_id)
    row = ctx.find(table, id)
    if row.__dict__["customer_id"] != customer.id:
        raise no_such(table.missing_name or table.object_name, id, param=table.path_param)
    return row


def _take_sources(ctx: Context, customer: Customer, params: dict[str, Any]) -> Source | None:
    """What the older parameters for sources name; the new or chosen one becomes the `default_source` in `params`.

    Stripe: a new one takes the place of the default source, which is then deleted; that one is answered.
    """
    for name in ("default_bank_account", "default_card", "default_source"):
        if name in params:
            params["default_source"] = default_source_for(ctx, params[name], customer=customer, param=name)
    if "default_alipay_account" in params:
        raise no_such("source", params["default_alipay_account"], param="default_alipay_account", status=400)
    only_one(params, "bank_account", "card", "source")
    given = next((name for name in ("bank_account", "card", "source") if name in params), None)
    if given is None:
        return None
    source = attach_source(ctx, customer, new_source(
        ctx, params[given], param=given, kind=None if given == "source" else given))
    params["default_source"] = source.id
    former = customer.default_source_id
    return None if former is None or former.startswith(PaymentMethod.id_prefix) else find_source(ctx, customer, former)


def _methods_to_attach(ctx: Context, params: dict[str, Any]) -> list[PaymentMethod]:
    """The payment methods that a new customer brings along; in `params` the default is replaced by its real id.

    They are looked at before there is a customer, because a card that is refused must leave none behind.
    """
    named = params.get("payment_method")
    methods = {named: take_payment_method(ctx, named, param="payment_method")} if named else {}
    settings = params.get("invoice_settings", {})
    default = settings.get("default_payment_method")
    if default is not None:
        if default not in methods:
            if not default.startswith("pm_card_"):
                raise not_attached(default, param=_DEFAULT)
            methods[default] = take_payment_method(ctx, default, param=_DEFAULT)
        check_can_pay(methods[default], param=_DEFAULT)
        settings["default_payment_method"] = methods[default].id
    return list(methods.values())
