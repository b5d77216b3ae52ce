"""The routes of setup attempts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.setup_attempts.params import SetupAttemptList
from app.resources.setup_attempts.tables import SetupAttempt
from app.resources.setup_intents.tables import SetupIntent
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page

blueprint = Blueprint("setup_attempts", __name__)


@blueprint.get("/v1/setup_attempts")
@endpoint(SetupAttemptList)
def list_setup_attempts(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/setup_attempts: those of one setup intent."""
    intent = ctx.find(SetupIntent, params["setup_intent"], param="setup_intent")
    filters = {
        "created": (SetupAttempt.created, params.get("created")),
        "setup_intent": (SetupAttempt.setup_intent_id, intent.id),
    }
    return list_page(ctx, SetupAttempt, params, "/v1/setup_attempts", filters=filters)
