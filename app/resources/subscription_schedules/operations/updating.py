"""A caller changes a schedule: its settings, and all phases that are not over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.errors import InvalidRequest
from app.events.emit import tracked
from app.resources.invoices.operations import check_currency
from app.resources.subscription_schedules.operations.boundaries import cross_due_boundaries
from app.resources.subscription_schedules.operations.creating import chosen_end_behavior
from app.resources.subscription_schedules.operations.ending import require_unfinished
from app.resources.subscription_schedules.operations.entering import (
    announce_expiring,
    bill_extras,
    managing,
    matched_items,
    phase_terms,
    plan_expiring,
    settle_cancel_date,
    subscription_of,
)
from app.resources.subscription_schedules.operations.phases import (
    add_phase,
    check_collection,
    current_phase,
    load_phases,
    read_phases,
    remove_phase,
    set_default_settings,
)
from app.resources.subscription_schedules.tables import SchedulePhase, SchedulePhaseInvoiceItem, SubscriptionSchedule
from app.resources.subscriptions.operations import Change, apply_change, terms_in_force

_START_FIXED = "You can not modify the start date of the current phase."


def update_schedule(ctx: Context, schedule: SubscriptionSchedule, values: Mapping[str, Any]) -> SubscriptionSchedule:
    """Change what is named in `values`; what that means for the current phase happens to the subscription at once.

    `proration_behavior` says how. Emits subscription_schedule.updated, then the subscription's events.
    """
    require_unfinished(schedule, "update", "updated")
    ctx.session.load([schedule], "customer")
    load_phases(ctx, schedule)
    before = current_phase(schedule) if schedule.status == "active" else None
    with tracked(ctx, schedule, "subscription_schedule.updated"):
        if "metadata" in values:
            schedule.metadata_ = merged(schedule.metadata_, values["metadata"])
        if "end_behavior" in values:
            schedule.end_behavior = chosen_end_behavior(ctx, values["end_behavior"])
        if "default_settings" in values:
            set_default_settings(ctx, schedule, values["default_settings"])
        if "phases" in values:
            _replace_phases(ctx, schedule, values["phases"])
        elif "default_settings" in values:
            _check_settings(ctx, schedule)
        if before is not None:
            plan_expiring(ctx, schedule)
    if before is not None:
        _follow_up(ctx, schedule, before, values.get("proration_behavior", "create_prorations"))
    announce_expiring(ctx, schedule)
    cross_due_boundaries(ctx, schedule)
    return schedule


def _replace_phases(ctx: Context, schedule: SubscriptionSchedule, sent: Sequence[Mapping[str, Any]]) -> None:
    """Put the sent phases in the place of the current and the future ones."""
    position = _past_phases(schedule, sent)
    rest = sent[position:]
    if not rest:
        raise InvalidRequest(_START_FIXED, param="phases")
    if not position and not any("start_date" in values for values in rest):
        raise InvalidRequest("The subscription schedule update is missing at least one phase with a `start_date` to "
                             "anchor end dates to.", param="phases")
    start = _start(ctx, schedule, rest[0].get("start_date"), position)
    phases = read_phases(ctx, schedule, schedule.customer, rest, start=start, position=position, known=schedule.phases)
    check_currency(schedule.customer, phases[0].currency)
    if schedule.status == "not_started":
        schedule.starts_at = start
        replaced = list(schedule.phases)
    else:
        if phases[0].end_date < ctx.now:
            raise InvalidRequest("You can only adjust the end date to a future date for the current phase.",
                                 param=f"phases[{position}][end_date]")
        schedule.current_phase_end = phases[0].end_date
        replaced = [phase for phase in schedule.phases if phase.start_date >= start]
    for phase in replaced:
        remove_phase(ctx, schedule, phase)
    for phase in phases:
        add_phase(ctx, schedule, phase)


def _past_phases(schedule: SubscriptionSchedule, sent: Sequence[Mapping[str, Any]]) -> int:
    """How many of the sent phases repeat ones that are over: they may be left out, and are not looked at."""
    if schedule.status == "not_started":
        return 0
    past = [phase.start_date for phase in schedule.phases if phase.start_date < (schedule.current_phase_start or 0)]
    first = sent[0].get("start_date")
    return len(past) - past.index(first) if first in past else 0


def _start(ctx: Context, schedule: SubscriptionSchedule, sent: int | str | None, position: int) -> int:
    """Where the first of the sent phases starts. Raises unless that is where the current one does, or lies ahead."""
    present = schedule.starts_at if schedule.status == "not_started" else schedule.current_phase_start
    assert present is not None
    start = present if sent is None else ctx.now if isinstance(sent, str) else sent
    param = f"phases[{position}][start_date]"
    if schedule.status == "active" and start != present:
        raise InvalidRequest(_START_FIXED, param=param)
    if schedule.status == "not_started" and start < ctx.now:
        raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param=param)
    return start


def _check_settings(ctx: Context, schedule: SubscriptionSchedule) -> None:
    """Raises where the phases that are not over cannot be collected under the new default settings."""
    since = schedule.current_phase_start or schedule.starts_at
    over = [phase for phase in schedule.phases if phase.start_date < since]
    check_collection(ctx, schedule, schedule.customer, schedule.phases[len(over):], len(over))


def _follow_up(ctx: Context, schedule: SubscriptionSchedule, before: SchedulePhase, proration_behavior: str) -> None:
    """Let the subscription follow what has changed in the current phase, which was `before`."""
    if schedule.current_phase_end == ctx.now:
        # The phase ends with this very change, so that only the next one counts.
        return
    phase, subscription = current_phase(schedule), subscription_of(ctx, schedule)
    terms = phase_terms(ctx, schedule, phase, subscription)
    if phase.coupon_id == before.coupon_id:
        # A coupon that was used up or taken away by hand is not given again because the phase still names it.
        terms.coupon_id = terms_in_force(ctx, subscription).coupon_id
    change = Change(
        items=matched_items(subscription, phase), terms=terms, proration_behavior=proration_behavior,
        trial_end="keep" if phase.trial_end == before.trial_end else phase.trial_end, bill_removed_usage=True)
    with managing(ctx, schedule), tracked(ctx, subscription, "customer.subscription.updated"):
        bill_extras(ctx, subscription, phase, _new_extras(before, phase))
        apply_change(ctx, subscription, change, announce=False)
        settle_cancel_date(ctx, schedule, subscription, proration_behavior)


def _new_extras(before: SchedulePhase, phase: SchedulePhase) -> list[SchedulePhaseInvoiceItem]:
    """The one-time items that the current phase did not have; those that it had are billed already."""
    billed = [(extra.price_id, extra.quantity) for extra in before.add_invoice_items]
    new = []
    for extra in phase.add_invoice_items:
        if (extra.price_id, extra.quantity) in billed:
            billed.remove((extra.price_id, extra.quantity))
        else:
            new.append(extra)
    return new
