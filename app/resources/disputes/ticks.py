"""What time does to disputes: the bank decides, or nobody has answered."""

from app.clock.ticker import Ticker
from app.resources.disputes import operations
from app.resources.disputes.tables import Dispute

DECISION = Ticker("disputes.decision", Dispute, due=lambda row: row.decides_at, fire=operations.decide)
EXPIRY = Ticker("disputes.expiry", Dispute, due=lambda row: row.expires_at, fire=operations.expire)
