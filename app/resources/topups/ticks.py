"""What time does to top-ups: their bank answers."""

from app.clock.ticker import Ticker
from app.resources.topups import operations
from app.resources.topups.tables import Topup

SETTLE = Ticker("topups.settle", Topup, fire=operations.settle_topup,
                due=lambda row: row.settles_at if row.status == "pending" else None)
