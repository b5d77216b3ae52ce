"""What a webhook endpoint looks like."""

from __future__ import annotations

from app.events.tables import WebhookEndpoint
from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived
from app.render.view import View


def _secret(endpoint: WebhookEndpoint) -> object:
    return endpoint.secret if endpoint.is_new else OMIT


@view_of(WebhookEndpoint)
class WebhookEndpointView(View):
    id = Attr()
    object = Const("webhook_endpoint")
    api_version = Attr()
    application = Const(None)
    created = Attr()
    description = Attr()
    enabled_events = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    secret = Derived(_secret)
    status = Attr()
    url = Attr()
