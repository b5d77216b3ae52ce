"""The routes of invoice items."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.invoiceitems import operations
from app.resources.invoiceitems.params import (
    InvoiceItemCreate,
    InvoiceItemDelete,
    InvoiceItemList,
    InvoiceItemUpdate,
)
from app.resources.invoices.tables import InvoiceItem
from app.resources.subscriptions.operations import bill_thresholds_of
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("invoiceitems", __name__)


@blueprint.post("/v1/invoiceitems")
@endpoint(InvoiceItemCreate)
def create_invoiceitem(ctx: Context, params: dict[str, Any]) -> InvoiceItem:
    """POST /v1/invoiceitems"""
    item = operations.create_item(ctx, params)
    bill_thresholds_of(ctx, item.customer_id)
    return item


@blueprint.get("/v1/invoiceitems")
@endpoint(InvoiceItemList)
def list_invoiceitems(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/invoiceitems: those on test clocks are listed only by customer or invoice."""
    narrowed = "customer" in params or "invoice" in params
    filters = {
        "created": (InvoiceItem.created, params.get("created")),
        "customer": (InvoiceItem.customer_id, params.get("customer")),
        "invoice": (InvoiceItem.invoice_id, params.get("invoice")),
        "pending": (InvoiceItem.invoice_id, IS_NULL if params.get("pending") else None),
        "test_clock": (InvoiceItem.test_clock_id, None if narrowed else IS_NULL),
    }
    billed = ("billed", InvoiceItem.invoice_id.is_not(None)) if params.get("pending") is False else None
    return list_page(ctx, InvoiceItem, params, "/v1/invoiceitems", filters=filters, where=billed)


@blueprint.get("/v1/invoiceitems/<id>")
@endpoint(RetrieveParams)
def retrieve_invoiceitem(ctx: Context, params: dict[str, Any], id: str) -> InvoiceItem:
    """GET /v1/invoiceitems/:id"""
    return ctx.find(InvoiceItem, id)


@blueprint.post("/v1/invoiceitems/<id>")
@endpoint(InvoiceItemUpdate)
def update_invoiceitem(ctx: Context, params: dict[str, Any], id: str) -> InvoiceItem:
    """POST /v1/invoiceitems/:id"""
    item = operations.update_item(ctx, ctx.find(InvoiceItem, id), params)
    bill_thresholds_of(ctx, item.customer_id)
    return item


@blueprint.delete("/v1/invoiceitems/<id>")
@endpoint(InvoiceItemDelete)
def delete_invoiceitem(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/invoiceitems/:id"""
    item = ctx.find(InvoiceItem, id)
    deleted = operations.delete_item(ctx, item)
    bill_thresholds_of(ctx, item.customer_id)
    return deleted
