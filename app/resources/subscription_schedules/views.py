"""What subscription schedules and their phases look like."""

from __future__ import annotations

from typing import Any

from app.domain.applications import shown_application
from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Hash, Inline, Ref, RefList
from app.render.view import View
from app.resources.subscription_schedules.tables import (
    SchedulePhase,
    SchedulePhaseInvoiceItem,
    SchedulePhaseItem,
    SubscriptionSchedule,
)
from app.resources.tax_rates.tables import TaxRate


def _default(name: str) -> Derived:
    """A member of the default settings."""
    return Derived(lambda row: row.default_settings[name])


def _percent(text: str | None) -> float | None:
    return None if text is None else float(text)



def _automatic_tax(row: Any) -> Any:
    return OMIT if row.automatic_tax_enabled is None else {"enabled": row.automatic_tax_enabled}


@view_of(SchedulePhaseItem)
class SchedulePhaseItemView(View):
    billing_thresholds = Attr()
    plan = Attr("price_id")
    price = Ref()
    quantity = Attr(omit_null=True)
    tax_rates = RefList(table=TaxRate, whole=True)


@view_of(SchedulePhaseInvoiceItem)
class SchedulePhaseInvoiceItemView(View):
    price = Ref()
    quantity = Attr()
    tax_rates = RefList(table=TaxRate, whole=True)


@view_of(SchedulePhase)
class SchedulePhaseView(View):
    add_invoice_items = Inline()
    application_fee_percent = Derived(lambda row: _percent(row.application_fee_percent))
    automatic_tax = Derived(_automatic_tax)
    billing_cycle_anchor = Attr()
    billing_thresholds = Attr()
    collection_method = Attr()
    coupon = Ref()
    currency = Attr()
    default_payment_method = Ref()
    default_tax_rates = RefList(table=TaxRate, whole=True)
    end_date = Attr()
    invoice_settings = Attr()
    items = Inline()
    metadata = Attr("metadata_")
    proration_behavior = Attr()
    start_date = Attr()
    transfer_data = Attr()
    trial_end = Attr()


@view_of(SubscriptionSchedule)
class SubscriptionScheduleView(View):
    id = Attr()
    object = Const("subscription_schedule")
    application = Attr(expand=shown_application)
    canceled_at = Attr()
    completed_at = Attr()
    created = Attr()
    current_phase = Hash(
        unless=lambda row: row.current_phase_start is None,
        end_date=Attr("current_phase_end"),
        start_date=Attr("current_phase_start"),
    )
    customer = Ref()
    default_settings = Hash(
        application_fee_percent=Derived(lambda row: _percent(row.default_settings["application_fee_percent"])),
        automatic_tax=_default("automatic_tax"),
        billing_cycle_anchor=_default("billing_cycle_anchor"),
        billing_thresholds=_default("billing_thresholds"),
        collection_method=_default("collection_method"),
        default_payment_method=Ref(),
        invoice_settings=_default("invoice_settings"),
        transfer_data=_default("transfer_data"),
    )
    end_behavior = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    phases = Inline()
    released_at = Attr()
    released_subscription = Attr("released_subscription_id")
    status = Attr()
    subscription = Ref()
    test_clock = Ref()
