"""The routes of subscription schedules."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import InvalidRequest
from app.resources.subscription_schedules import operations
from app.resources.subscription_schedules.params import (
    SubscriptionScheduleCancel,
    SubscriptionScheduleCreate,
    SubscriptionScheduleList,
    SubscriptionScheduleRelease,
    SubscriptionScheduleUpdate,
)
from app.resources.subscription_schedules.tables import SubscriptionSchedule
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("subscription_schedules", __name__)


@blueprint.post("/v1/subscription_schedules")
@endpoint(SubscriptionScheduleCreate)
def create_subscription_schedule(ctx: Context, params: dict[str, Any]) -> SubscriptionSchedule:
    """POST /v1/subscription_schedules"""
    return operations.create_schedule(ctx, params)


@blueprint.get("/v1/subscription_schedules")
@endpoint(SubscriptionScheduleList)
def list_subscription_schedules(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/subscription_schedules: schedules on a test clock are listed only by `customer`."""
    for name in ("completed_at", "released_at", "canceled_at"):
        if "scheduled" in params and name in params:
            raise InvalidRequest(f"You may only specify one of these parameters: {name}, scheduled.", param=name)
    filters = {name: (getattr(SubscriptionSchedule, name), params.get(name))
               for name in ("canceled_at", "completed_at", "created", "released_at")}
    filters |= {
        "customer": (SubscriptionSchedule.customer_id, params.get("customer")),
        "status": (SubscriptionSchedule.status, "not_started" if params.get("scheduled") else None),
        "test_clock": (SubscriptionSchedule.test_clock_id, None if "customer" in params else IS_NULL),
    }
    return list_page(ctx, SubscriptionSchedule, params, "/v1/subscription_schedules", filters=filters)


@blueprint.get("/v1/subscription_schedules/<schedule>")
@endpoint(RetrieveParams)
def retrieve_subscription_schedule(ctx: Context, params: dict[str, Any], schedule: str) -> SubscriptionSchedule:
    """GET /v1/subscription_schedules/:id"""
    return ctx.find(SubscriptionSchedule, schedule)


@blueprint.post("/v1/subscription_schedules/<schedule>")
@endpoint(SubscriptionScheduleUpdate)
def update_subscription_schedule(ctx: Context, params: dict[str, Any], schedule: str) -> SubscriptionSchedule:
    """POST /v1/subscription_schedules/:id"""
    return operations.update_schedule(ctx, ctx.find(SubscriptionSchedule, schedule), params)


@blueprint.post("/v1/subscription_schedules/<schedule>/cancel")
@endpoint(SubscriptionScheduleCancel)
def cancel_subscription_schedule(ctx: Context, params: dict[str, Any], schedule: str) -> SubscriptionSchedule:
    """POST /v1/subscription_schedules/:id/cancel"""
    return operations.cancel_schedule(ctx, ctx.find(SubscriptionSchedule, schedule), **params)


@blueprint.post("/v1/subscription_schedules/<schedule>/release")
@endpoint(SubscriptionScheduleRelease)
def release_subscription_schedule(ctx: Context, params: dict[str, Any], schedule: str) -> SubscriptionSchedule:
    """POST /v1/subscription_schedules/:id/release"""
    return operations.release_schedule(ctx, ctx.find(SubscriptionSchedule, schedule), **params)
