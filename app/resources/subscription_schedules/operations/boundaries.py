"""What time does to a schedule: it starts, goes from phase to phase, and comes to its end."""

from __future__ import annotations

from app.context import Context
from app.events.emit import tracked
from app.resources.subscription_schedules.operations.ending import complete_schedule
from app.resources.subscription_schedules.operations.entering import announce_expiring, begin, enter_phase
from app.resources.subscription_schedules.operations.phases import load_phases
from app.resources.subscription_schedules.tables import SubscriptionSchedule


def boundary_at(schedule: SubscriptionSchedule) -> int | None:
    """When the schedule starts or its current phase ends; not before it was created. None when it is over."""
    match schedule.status:
        case "not_started":
            return schedule.starts_at
        case "active":
            assert schedule.current_phase_end is not None
            return max(schedule.current_phase_end, schedule.created)
    return None


def cross_boundary(ctx: Context, schedule: SubscriptionSchedule, *, keep_draft: bool = False) -> None:
    """Start the schedule, enter the phase that begins now, or complete it after the last one.

    With `keep_draft` the invoice that this makes is only to be looked at, and stays a draft.
    """
    ctx.session.load([schedule], "customer")
    phases = load_phases(ctx, schedule)
    if schedule.status == "not_started":
        with tracked(ctx, schedule, "subscription_schedule.updated"):
            begin(ctx, schedule)
        announce_expiring(ctx, schedule)
        return
    following = next((phase for phase in phases if phase.start_date == schedule.current_phase_end), None)
    if following is None:
        complete_schedule(ctx, schedule, keep_draft=keep_draft)
    else:
        enter_phase(ctx, schedule, following)


def cross_due_boundaries(ctx: Context, schedule: SubscriptionSchedule) -> None:
    """What is due at once happens inside the request that made it so."""
    while (at := boundary_at(schedule)) is not None and at <= ctx.now:
        cross_boundary(ctx, schedule)
