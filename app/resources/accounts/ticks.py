"""What time does to connected accounts: checks come to their end, and what is due becomes past due."""

from app.clock.ticker import Ticker
from app.resources.accounts import operations
from app.resources.accounts.tables import AccountVerification

CHECK = Ticker("accounts.check", AccountVerification, fire=operations.take_step, due=lambda row: row.steps_at)

DEADLINE = Ticker("accounts.deadline", AccountVerification, fire=operations.pass_deadline, due=lambda row: row.deadline_at)
