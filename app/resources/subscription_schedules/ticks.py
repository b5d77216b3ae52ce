"""What time does to subscription schedules."""

from app.clock.ticker import Ticker
from app.resources.subscription_schedules import operations
from app.resources.subscription_schedules.tables import SubscriptionSchedule

EXPIRING = Ticker("subscription_schedules.expiring", SubscriptionSchedule, fire=operations.announce_expiring,
                  due=lambda row: row.expiring_notice_at)
PHASE_BOUNDARY = Ticker("subscription_schedules.phase_boundary", SubscriptionSchedule, fire=operations.cross_boundary,
                        due=operations.boundary_at)
