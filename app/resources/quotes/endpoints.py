"""The routes of quotes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.paper.pdf import MEDIA_TYPE, to_pdf
from app.resources.quotes import operations
from app.resources.quotes.paper import quote_document
from app.resources.quotes.params import QuoteCreate, QuoteFinalize, QuoteList, QuoteUpdate
from app.resources.quotes.tables import Quote, QuoteLineItem
from app.wire.endpoint import Download, endpoint
from app.wire.pagination import IS_NULL, Page, list_page, page_of
from app.wire.params import ListParams, RetrieveParams

blueprint = Blueprint("quotes", __name__)


@blueprint.post("/v1/quotes")
@endpoint(QuoteCreate)
def create_quote(ctx: Context, params: dict[str, Any]) -> Quote:
    """POST /v1/quotes. Not simulated: quotes that change a subscription."""
    return operations.create_quote(ctx, params)


@blueprint.get("/v1/quotes")
@endpoint(QuoteList)
def list_quotes(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/quotes: quotes on a test clock are listed only by `test_clock` or `customer`."""
    on_clock: Any = params.get("test_clock")
    if on_clock is None and "customer" not in params:
        on_clock = IS_NULL
    filters = {
        "customer": (Quote.customer_id, params.get("customer")),
        "test_clock": (Quote.test_clock_id, on_clock),
        "status": (Quote.status, params.get("status")),
    }
    return list_page(ctx, Quote, params, "/v1/quotes", filters=filters)


@blueprint.get("/v1/quotes/<quote>")
@endpoint(RetrieveParams)
def retrieve_quote(ctx: Context, params: dict[str, Any], quote: str) -> Quote:
    """GET /v1/quotes/:id"""
    return ctx.find(Quote, quote)


@blueprint.post("/v1/quotes/<quote>")
@endpoint(QuoteUpdate)
def update_quote(ctx: Context, params: dict[str, Any], quote: str) -> Quote:
    """POST /v1/quotes/:id"""
    return operations.update_quote(ctx, ctx.find(Quote, quote), params)


@blueprint.post("/v1/quotes/<quote>/finalize")
@endpoint(QuoteFinalize)
def finalize_quote(ctx: Context, params: dict[str, Any], quote: str) -> Quote:
    """POST /v1/quotes/:id/finalize"""
    return operations.finalize_quote(ctx, ctx.find(Quote, quote), **params)


@blueprint.post("/v1/quotes/<quote>/accept")
@endpoint(RetrieveParams)
def accept_quote(ctx: Context, params: dict[str, Any], quote: str) -> Quote:
    """POST /v1/quotes/:id/accept"""
    return operations.accept_quote(ctx, ctx.find(Quote, quote))


@blueprint.post("/v1/quotes/<quote>/cancel")
@endpoint(RetrieveParams)
def cancel_quote(ctx: Context, params: dict[str, Any], quote: str) -> Quote:
    """POST /v1/quotes/:id/cancel"""
    return operations.cancel_quote(ctx, ctx.find(Quote, quote))


@blueprint.get("/v1/quotes/<quote>/pdf")
@endpoint(RetrieveParams)
def download_quote(ctx: Context, params: dict[str, Any], quote: str) -> Download:
    """GET /v1/quotes/:id/pdf"""
    return Download(to_pdf(quote_document(ctx, ctx.find(Quote, quote))), MEDIA_TYPE)


@blueprint.get("/v1/quotes/<quote>/line_items")
@endpoint(ListParams)
def list_quote_line_items(ctx: Context, params: dict[str, Any], quote: str) -> Page:
    """GET /v1/quotes/:id/line_items: in the order of the quote."""
    found = ctx.find(Quote, quote)
    ctx.session.load([found], "line_items")
    return page_of(ctx, QuoteLineItem, found.line_items, params, f"/v1/quotes/{quote}/line_items")


@blueprint.get("/v1/quotes/<quote>/computed_upfront_line_items")
@endpoint(ListParams)
def list_quote_computed_upfront_line_items(ctx: Context, params: dict[str, Any], quote: str) -> Page:
    """GET /v1/quotes/:id/computed_upfront_line_items: in the order of the first invoice."""
    found = ctx.find(Quote, quote)
    ctx.session.load([found], "upfront_line_items")
    return page_of(ctx, QuoteLineItem, found.upfront_line_items, params,
                   f"/v1/quotes/{quote}/computed_upfront_line_items")
