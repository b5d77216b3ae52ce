"""What time does to file links: they expire."""

from app.clock.ticker import Ticker
from app.resources.files import operations
from app.resources.files.tables import FileLink

LINK_EXPIRY = Ticker("files.link_expiry", FileLink, fire=operations.expire_link,
                     due=lambda row: None if row.expired else row.expires_at)
