"""What a price looks like, as itself and as a plan."""

from __future__ import annotations

from typing import Any

from app.render import view_of
from app.render.fields import Attr, Const, Hash, Includable, Ref
from app.render.view import VIEWS, View
from app.resources.prices.tables import Plan, Price


@view_of(Price)
class PriceView(View):
    id = Attr()
    object = Const("price")
    active = Attr()
    billing_scheme = Attr()
    created = Attr()
    currency = Attr()
    currency_options = Includable()
    custom_unit_amount = Attr()
    livemode = Const(False)
    lookup_key = Attr()
    metadata = Attr("metadata_")
    nickname = Attr()
    product = Ref()
    recurring = Hash(
        unless=lambda row: row.type == "one_time",
        aggregate_usage=Attr("recurring_aggregate_usage"),
        interval=Attr("recurring_interval"),
        interval_count=Attr("recurring_interval_count"),
        usage_type=Attr("recurring_usage_type"),
    )
    tax_behavior = Attr()
    tiers = Includable()
    tiers_mode = Attr()
    transform_quantity = Attr()
    type = Attr()
    unit_amount = Attr()
    unit_amount_decimal = Attr()


@view_of(Plan)
class PlanView(View):
    id = Attr()
    object = Const("plan")
    active = Attr()
    aggregate_usage = Attr("recurring_aggregate_usage")
    amount = Attr("unit_amount")
    amount_decimal = Attr("unit_amount_decimal")
    billing_scheme = Attr()
    created = Attr()
    currency = Attr()
    interval = Attr("recurring_interval")
    interval_count = Attr("recurring_interval_count")
    livemode = Const(False)
    metadata = Attr("metadata_")
    nickname = Attr()
    product = Ref()
    tiers = Includable()
    tiers_mode = Attr()
    transform_usage = Attr("transform_quantity")
    trial_period_days = Attr("recurring_trial_period_days")
    usage_type = Attr("recurring_usage_type")


PLAN = VIEWS[Plan]


def plan_of(price: Price) -> dict[str, Any] | None:
    """The plan that older clients read beside a recurring price; null for a one-time price."""
    return PLAN.render(price) if price.type == "recurring" else None
