"""What time does to secrets: they expire."""

from app.clock.ticker import Ticker
from app.resources.apps_secrets import operations
from app.resources.apps_secrets.tables import AppsSecret

SECRET_EXPIRY = Ticker("apps_secrets.expiry", AppsSecret, fire=operations.expire_secret, due=lambda row: row.expires_at)
