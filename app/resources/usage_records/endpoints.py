"""The routes of usage records and their summaries, below the subscription item that they belong to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import no_such
from app.resources.subscriptions.operations import bill_threshold
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.usage_records import operations
from app.resources.usage_records.params import UsageRecordCreate
from app.resources.usage_records.tables import UsageRecord, UsageRecordSummary
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import ListParams

blueprint = Blueprint("usage_records", __name__)


@blueprint.post("/v1/subscription_items/<id>/usage_records")
@endpoint(UsageRecordCreate)
def create_usage_record(ctx: Context, params: dict[str, Any], id: str) -> UsageRecord:
    """POST /v1/subscription_items/:id/usage_records"""
    subscription, item = _find_item(ctx, id)
    timestamp = ctx.now if params["timestamp"] == "now" else params["timestamp"]
    record = operations.record_usage(
        ctx, item, quantity=params["quantity"], timestamp=timestamp, action=params["action"])
    bill_threshold(ctx, subscription)
    return record


@blueprint.get("/v1/subscription_items/<id>/usage_record_summaries")
@endpoint(ListParams)
def list_usage_record_summaries(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/subscription_items/:id/usage_record_summaries: one for each period, the open one first."""
    _, item = _find_item(ctx, id)
    return list_page(ctx, UsageRecordSummary, params, f"/v1/subscription_items/{id}/usage_record_summaries",
                     filters={"subscription_item": (UsageRecordSummary.subscription_item_id, item.id)})


def _find_item(ctx: Context, id: str) -> tuple[Subscription, SubscriptionItem]:
    """The item, on its subscription's clock."""
    item = ctx.get(SubscriptionItem, id)
    if item is None:
        # Stripe words this one without the underscore that other refusals have (behaviour reference, 5.1).
        raise no_such("subscription item", id, param="subscription_item")
    subscription = ctx.find(Subscription, item.subscription_id)
    # The timeline is held only now: until then the item's price could change.
    ctx.session.lock(item)
    return subscription, item
