"""What time does to payouts: they come a step further, and the automatic ones are made."""

from app.clock.ticker import Ticker
from app.resources.payouts import operations
from app.resources.payouts.tables import Payout, PayoutSchedule

MOVE = Ticker("payouts.move", Payout, fire=operations.move_payout,
              due=lambda row: row.moves_at if row.status in ("pending", "in_transit") else None)

RUN = Ticker("payouts.run", PayoutSchedule, fire=operations.run_schedule, due=lambda row: row.runs_at)
