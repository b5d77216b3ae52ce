"""The routes of reviews."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.reviews import operations
from app.resources.reviews.params import ReviewList
from app.resources.reviews.tables import Review
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/v1/reviews")
@endpoint(ReviewList)
def list_reviews(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/reviews: those that are open.

    Our choice: also those of test clocks, because no filter could find them otherwise.
    """
    filters = {"created": (Review.created, params.get("created")), "open": (Review.open, True)}
    return list_page(ctx, Review, params, "/v1/reviews", filters=filters)


@blueprint.get("/v1/reviews/<id>")
@endpoint(RetrieveParams)
def retrieve_review(ctx: Context, params: dict[str, Any], id: str) -> Review:
    """GET /v1/reviews/:review"""
    return ctx.find(Review, id)


@blueprint.post("/v1/reviews/<id>/approve")
@endpoint(RetrieveParams)
def approve_review(ctx: Context, params: dict[str, Any], id: str) -> Review:
    """POST /v1/reviews/:review/approve"""
    return operations.approve_review(ctx, ctx.find(Review, id))
