"""What happens to subscription schedules: they are made, start, go from phase to phase, are changed and end."""

from app.resources.subscription_schedules.operations.boundaries import boundary_at, cross_boundary
from app.resources.subscription_schedules.operations.creating import create_schedule
from app.resources.subscription_schedules.operations.ending import (
    cancel_schedule,
    customer_deleted,
    release_schedule,
    subscription_ended,
)
from app.resources.subscription_schedules.operations.entering import announce_expiring
from app.resources.subscription_schedules.operations.following import subscription_changed
from app.resources.subscription_schedules.operations.upcoming import announce_upcoming, preview_upcoming
from app.resources.subscription_schedules.operations.updating import update_schedule

__all__ = [
    "announce_expiring",
    "announce_upcoming",
    "boundary_at",
    "cancel_schedule",
    "create_schedule",
    "cross_boundary",
    "customer_deleted",
    "preview_upcoming",
    "release_schedule",
    "subscription_changed",
    "subscription_ended",
    "update_schedule",
]
