"""The routes of test clocks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.db.roots import TestClock
from app.resources.test_clocks import operations
from app.resources.test_clocks.params import TestClockAdvance, TestClockCreate, TestClockDelete, TestClockList
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("test_clocks", __name__)


@blueprint.post("/v1/test_helpers/test_clocks")
@endpoint(TestClockCreate)
def create_test_clock(ctx: Context, params: dict[str, Any]) -> TestClock:
    """POST /v1/test_helpers/test_clocks"""
    return operations.create_clock(ctx, **params)


@blueprint.get("/v1/test_helpers/test_clocks")
@endpoint(TestClockList)
def list_test_clocks(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/test_helpers/test_clocks"""
    return list_page(ctx, TestClock, params, "/v1/test_helpers/test_clocks")


@blueprint.get("/v1/test_helpers/test_clocks/<id>")
@endpoint(RetrieveParams)
def retrieve_test_clock(ctx: Context, params: dict[str, Any], id: str) -> TestClock:
    """GET /v1/test_helpers/test_clocks/:id"""
    return ctx.find(TestClock, id)


@blueprint.post("/v1/test_helpers/test_clocks/<id>/advance")
@endpoint(TestClockAdvance)
def advance_test_clock(ctx: Context, params: dict[str, Any], id: str) -> TestClock:
    """POST /v1/test_helpers/test_clocks/:id/advance: answers at once with the old time; the work goes on behind."""
    return operations.advance_clock(ctx, ctx.find(TestClock, id), params["frozen_time"])


@blueprint.delete("/v1/test_helpers/test_clocks/<id>")
@endpoint(TestClockDelete)
def delete_test_clock(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/test_helpers/test_clocks/:id"""
    return operations.delete_clock(ctx, ctx.find(TestClock, id))
