"""What happens to webhook endpoints. It emits no events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, func, select

from app.context import Context
from app.db.session import Prepared
from app.domain.metadata import merged
from app.errors import InvalidRequest
from app.events import outbox
from app.events.tables import WebhookEndpoint

ENDPOINTS_MAX = 16

_COUNT = Prepared(select(func.count()).where(WebhookEndpoint.account_id == bindparam("account_id")))


def create_webhook_endpoint(ctx: Context, values: Mapping[str, Any]) -> WebhookEndpoint:
    """A new endpoint, enabled, with a secret of its own. Raises for the seventeenth, and for a URL that is none."""
    _check_url(values["url"])
    if ctx.choices.limits != "off" and ctx.session.scalar(_COUNT, account_id=ctx.account_id) >= ENDPOINTS_MAX:
        raise InvalidRequest(f"You have reached the maximum of {ENDPOINTS_MAX} test webhook endpoints.")
    endpoint = ctx.add(WebhookEndpoint(
        url=values["url"], enabled_events=values["enabled_events"], api_version=values.get("api_version"),
        connect=values.get("connect", False), description=values.get("description"),
        metadata_=merged({}, values.get("metadata", {})), secret=ctx.ids.new("whsec_", 32), status="enabled"))
    endpoint.is_new = True
    ctx.account.has_webhooks = True
    return endpoint


def update_webhook_endpoint(ctx: Context, endpoint: WebhookEndpoint, values: Mapping[str, Any]) -> WebhookEndpoint:
    """Change what is named in `values`. Disabling gives up what is still owed; enabling again does not take it up."""
    for name in ("description", "enabled_events", "url"):
        if name in values:
            setattr(endpoint, name, values[name])
    _check_url(endpoint.url)
    if "metadata" in values:
        endpoint.metadata_ = merged(endpoint.metadata_, values["metadata"])
    if "disabled" in values:
        endpoint.status = "disabled" if values["disabled"] else "enabled"
        if values["disabled"]:
            outbox.cancel_pending(ctx.session, endpoint)
    return endpoint


def delete_webhook_endpoint(ctx: Context, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Remove the endpoint with all that is owed to it; the answer to that."""
    outbox.forget(ctx.session, endpoint)
    ctx.session.delete(endpoint)
    return {"id": endpoint.id, "object": endpoint.object_name, "deleted": True}


def _check_url(url: str) -> None:
    # Our choice: http, and hosts that only this network knows, are taken; Stripe wants https and a public host in live
    # mode. The texts are Stripe's, which of the two is told when is a guess.
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise InvalidRequest("Not a valid URL", code="url_invalid", param="url") from None
    if parts.scheme not in ("http", "https"):
        raise InvalidRequest("Invalid URL: An explicit scheme (such as https) must be provided.", code="url_invalid",
                             param="url")
    if not valid or any(character.isspace() or not character.isprintable() for character in url):
        raise InvalidRequest("Not a valid URL", code="url_invalid", param="url")
