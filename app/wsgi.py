"""The WSGI application that the server's workers import: `app.wsgi:application`."""

from app.config import Config
from app.factory import create_app

application = create_app(Config.from_environment())
