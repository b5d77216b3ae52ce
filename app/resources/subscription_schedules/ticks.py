"""What time does to subscription schedules."""

from app.clock.ticker import Ticker
from app.db.session import Session
from app.resources.subscription_schedules import operations
from app.resources.subscription_schedules.tables import SubscriptionSchedule

EXPIRING = Ticker("subscription_schedules.expiring", SubscriptionSchedule, fire=operations.announce_expiring,
                  due=lambda row: row.expiring_notice_at)
PHASE_BOUNDARY = Ticker("subscription_schedules.phase_boundary", SubscriptionSchedule, fire=operations.cross_boundary,
                        due=operations.boundary_at)


def preload(session: Session, schedules: list[SubscriptionSchedule]) -> None:
    """Read what the boundaries of many schedules need, each kind in one statement."""
    for path in ("customer", "phases.items.price.product", "phases.add_invoice_items.price.product"):
        session.load(schedules, path)
