"""The routes of invoices."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import Text, cast, null

from app.context import Context
from app.resources.external_accounts.tables import BankAccount
from app.resources.invoices import operations
from app.resources.invoices.params import (
    InvoiceCreate,
    InvoiceDelete,
    InvoiceFinalize,
    InvoiceList,
    InvoicePay,
    InvoiceUpdate,
    UpcomingInvoice,
    UpcomingInvoiceLines,
)
from app.resources.invoices.tables import Invoice, InvoiceLine
from app.resources.payment_methods.operations import source_for, use_payment_method
from app.resources.payment_methods.tables import Payer
from app.resources.subscription_schedules.operations import preview_upcoming
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page, page_of, take_paging
from app.wire.params import ListParams, RetrieveParams, only_one
from app.wire.search import Numeric, Searchable, SearchPage, SearchParams, String, Token, search_page

blueprint = Blueprint("invoices", __name__)

_SEARCHABLE = Searchable(Invoice, "invoices", {
    "currency": Token(Invoice.currency, case="lower"),
    "customer": Token(Invoice.customer_id, case="exact"),
    "number": String(Invoice.number),
    "receipt_number": String(cast(null(), Text)),
    "status": String(Invoice.status, case="lower"),
    "subscription": String(Invoice.subscription_id, case="exact"),
    "total": Numeric(Invoice.total),
}, narrowing=("customer", "subscription"))


@blueprint.post("/v1/invoices")
@endpoint(InvoiceCreate)
def create_invoice(ctx: Context, params: dict[str, Any]) -> Invoice:
    """POST /v1/invoices: application fees and transfers are noted, and no money moves for them yet."""
    return operations.create_invoice(ctx, params)


@blueprint.get("/v1/invoices")
@endpoint(InvoiceList)
def list_invoices(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/invoices: those on test clocks are listed only by customer or subscription."""
    narrowed = "customer" in params or "subscription" in params
    names = ("collection_method", "created", "due_date", "status")
    filters = {name: (getattr(Invoice, name), params.get(name)) for name in names} | {
        "customer": (Invoice.customer_id, params.get("customer")),
        "subscription": (Invoice.subscription_id, params.get("subscription")),
        "test_clock": (Invoice.test_clock_id, None if narrowed else IS_NULL),
    }
    return list_page(ctx, Invoice, params, "/v1/invoices", filters=filters)


@blueprint.get(_SEARCHABLE.url)
@endpoint(SearchParams)
def search_invoices(ctx: Context, params: dict[str, Any]) -> SearchPage:
    """GET /v1/invoices/search"""
    return search_page(ctx, _SEARCHABLE, params)


@blueprint.get("/v1/invoices/upcoming")
@endpoint(UpcomingInvoice, tries=True)
def upcoming_invoice(ctx: Context, params: dict[str, Any]) -> Invoice:
    """GET /v1/invoices/upcoming: where the customer is makes no difference, because no tax is computed from it."""
    return preview_upcoming(ctx, params)


@blueprint.get("/v1/invoices/upcoming/lines")
@endpoint(UpcomingInvoiceLines, tries=True)
def upcoming_invoice_lines(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/invoices/upcoming/lines"""
    paging = take_paging(params)
    return page_of(ctx, InvoiceLine, preview_upcoming(ctx, params).lines, paging, "/v1/invoices/upcoming/lines")


@blueprint.get("/v1/invoices/<id>")
@endpoint(RetrieveParams)
def retrieve_invoice(ctx: Context, params: dict[str, Any], id: str) -> Invoice:
    """GET /v1/invoices/:id"""
    return ctx.find(Invoice, id)


@blueprint.post("/v1/invoices/<id>")
@endpoint(InvoiceUpdate)
def update_invoice(ctx: Context, params: dict[str, Any], id: str) -> Invoice:
    """POST /v1/invoices/:id"""
    return operations.update_invoice(ctx, ctx.find(Invoice, id), params)


@blueprint.delete("/v1/invoices/<id>")
@endpoint(InvoiceDelete)
def delete_invoice(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/invoices/:id: one-off drafts only."""
    invoice = ctx.find(Invoice, id)
    operations.delete_draft(ctx, invoice)
    return {"id": id, "object": Invoice.object_name, "deleted": True}


@blueprint.get("/v1/invoices/<id>/lines")
@endpoint(ListParams)
def list_invoice_lines(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/invoices/:id/lines: in the order of the invoice."""
    invoice = ctx.find(Invoice, id)
    ctx.session.load([invoice], "lines")
    return page_of(ctx, InvoiceLine, invoice.lines, params, f"/v1/invoices/{id}/lines")


@blueprint.post("/v1/invoices/<id>/finalize")
@endpoint(InvoiceFinalize)
def finalize_invoice(ctx: Context, params: dict[str, Any], id: str) -> Invoice:
    """POST /v1/invoices/:id/finalize"""
    invoice = ctx.find(Invoice, id)
    operations.finalize_invoice(ctx, invoice, auto_advance=params.get("auto_advance"))
    return invoice


@blueprint.post("/v1/invoices/<id>/pay")
@endpoint(InvoicePay)
def pay_invoice(ctx: Context, params: dict[str, Any], id: str) -> Invoice:
    """POST /v1/invoices/:id/pay: `forgive` changes nothing, because a card is charged in full or not at all."""
    invoice = ctx.find(Invoice, id)
    ctx.session.load([invoice], "customer")
    only_one(params, "payment_method", "source")
    if "mandate" in params:
        raise operations.no_mandate(params["mandate"], param="mandate")
    method: Payer | None = None
    for name in params.keys() & {"payment_method", "source"}:
        if name == "source" and params[name].startswith(BankAccount.id_prefix):
            method = source_for(ctx, params[name], customer_id=invoice.customer_id)
        else:
            method = use_payment_method(ctx, params[name], customer=invoice.customer, param=name)
    operations.pay_invoice(ctx, invoice, payment_method=method, off_session=params.get("off_session", True),
                           out_of_band=params.get("paid_out_of_band", False))
    return invoice


@blueprint.post("/v1/invoices/<id>/send")
@endpoint(RetrieveParams)
def send_invoice(ctx: Context, params: dict[str, Any], id: str) -> Invoice:
    """POST /v1/invoices/:id/send: no mail goes out."""
    invoice = ctx.find(Invoice, id)
    operations.send_invoice(ctx, invoice)
    return invoice


@blueprint.post("/v1/invoices/<id>/void")
@endpoint(RetrieveParams)
def void_invoice(ctx: Context, params: dict[str, Any], id: str) -> Invoice:
    """POST /v1/invoices/:id/void"""
    invoice = ctx.find(Invoice, id)
    operations.void_invoice(ctx, invoice)
    return invoice


@blueprint.post("/v1/invoices/<id>/mark_uncollectible")
@endpoint(RetrieveParams)
def mark_invoice_uncollectible(ctx: Context, params: dict[str, Any], id: str) -> Invoice:
    """POST /v1/invoices/:id/mark_uncollectible"""
    invoice = ctx.find(Invoice, id)
    operations.mark_uncollectible(ctx, invoice)
    return invoice
