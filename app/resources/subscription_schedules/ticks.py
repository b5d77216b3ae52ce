"""What time does to subscription schedules."""

from app.clock.ticker import Ticker
from app.db.session import Session
from app.resources.subscription_schedules import operations
from app.resources.subscription_schedules.tables import SubscriptionSchedule
from app.resources.subscriptions.tables import Subscription
from app.resources.subscriptions.ticks import RUNNING

EXPIRING = Ticker("subscription_schedules.expiring", SubscriptionSchedule, fire=operations.announce_expiring,
                  due=lambda row: row.expiring_notice_at)
UPCOMING = Ticker("subscriptions.upcoming", Subscription, fire=operations.announce_upcoming,
                  due=lambda row: row.upcoming_notice_at if row.status in RUNNING else None)
PHASE_BOUNDARY = Ticker("subscription_schedules.phase_boundary", SubscriptionSchedule, fire=operations.cross_boundary,
                        due=operations.boundary_at)


def preload(session: Session, schedules: list[SubscriptionSchedule]) -> None:
    """Read what the boundaries of many schedules need, each kind in one statement."""
    for path in ("customer", "phases.items.price.product", "phases.add_invoice_items.price.product"):
        session.load(schedules, path)
