"""The routes of credit notes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.credit_notes import operations
from app.resources.credit_notes.params import (
    CreditNoteCreate,
    CreditNoteList,
    CreditNotePreviewLines,
    CreditNoteUpdate,
)
from app.resources.credit_notes.tables import CreditNote, CreditNoteLine
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page, page_of, take_paging
from app.wire.params import ListParams, RetrieveParams

blueprint = Blueprint("credit_notes", __name__)


@blueprint.post("/v1/credit_notes")
@endpoint(CreditNoteCreate)
def create_credit_note(ctx: Context, params: dict[str, Any]) -> CreditNote:
    """POST /v1/credit_notes"""
    return operations.create_credit_note(ctx, params)


@blueprint.get("/v1/credit_notes")
@endpoint(CreditNoteList)
def list_credit_notes(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/credit_notes: those on test clocks are listed only by customer or invoice."""
    narrowed = "customer" in params or "invoice" in params
    filters = {
        "customer": (CreditNote.customer_id, params.get("customer")),
        "invoice": (CreditNote.invoice_id, params.get("invoice")),
        "test_clock": (CreditNote.test_clock_id, None if narrowed else IS_NULL),
    }
    return list_page(ctx, CreditNote, params, "/v1/credit_notes", filters=filters)


@blueprint.get("/v1/credit_notes/preview")
@endpoint(CreditNoteCreate, tries=True)
def preview_credit_note(ctx: Context, params: dict[str, Any]) -> CreditNote:
    """GET /v1/credit_notes/preview"""
    return operations.create_credit_note(ctx, params)


@blueprint.get("/v1/credit_notes/preview/lines")
@endpoint(CreditNotePreviewLines, tries=True)
def preview_credit_note_lines(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/credit_notes/preview/lines"""
    paging = take_paging(params)
    lines = operations.create_credit_note(ctx, params).lines
    return page_of(ctx, CreditNoteLine, lines, paging, "/v1/credit_notes/preview/lines")


@blueprint.get("/v1/credit_notes/<id>")
@endpoint(RetrieveParams)
def retrieve_credit_note(ctx: Context, params: dict[str, Any], id: str) -> CreditNote:
    """GET /v1/credit_notes/:id"""
    return ctx.find(CreditNote, id)


@blueprint.post("/v1/credit_notes/<id>")
@endpoint(CreditNoteUpdate)
def update_credit_note(ctx: Context, params: dict[str, Any], id: str) -> CreditNote:
    """POST /v1/credit_notes/:id"""
    return operations.update_credit_note(ctx, ctx.find(CreditNote, id), params)


@blueprint.get("/v1/credit_notes/<id>/lines")
@endpoint(ListParams)
def list_credit_note_lines(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/credit_notes/:id/lines: in the order of the credit note."""
    note = ctx.find(CreditNote, id)
    ctx.session.load([note], "lines")
    return page_of(ctx, CreditNoteLine, note.lines, params, f"/v1/credit_notes/{id}/lines")


@blueprint.post("/v1/credit_notes/<id>/void")
@endpoint(RetrieveParams)
def void_credit_note(ctx: Context, params: dict[str, Any], id: str) -> CreditNote:
    """POST /v1/credit_notes/:id/void"""
    return operations.void_credit_note(ctx, ctx.find(CreditNote, id))
