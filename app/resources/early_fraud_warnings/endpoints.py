"""The routes of early fraud warnings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.early_fraud_warnings.params import EarlyFraudWarningList
from app.resources.early_fraud_warnings.tables import EarlyFraudWarning
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("early_fraud_warnings", __name__)


@blueprint.get("/v1/radar/early_fraud_warnings")
@endpoint(EarlyFraudWarningList)
def list_early_fraud_warnings(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/radar/early_fraud_warnings: those of test clocks are listed only by charge or payment intent."""
    narrowed = "charge" in params or "payment_intent" in params
    filters = {
        "charge": (EarlyFraudWarning.charge_id, params.get("charge")),
        "payment_intent": (EarlyFraudWarning.payment_intent_id, params.get("payment_intent")),
        "test_clock": (EarlyFraudWarning.test_clock_id, None if narrowed else IS_NULL),
    }
    return list_page(ctx, EarlyFraudWarning, params, "/v1/radar/early_fraud_warnings", filters=filters)


@blueprint.get("/v1/radar/early_fraud_warnings/<id>")
@endpoint(RetrieveParams)
def retrieve_early_fraud_warning(ctx: Context, params: dict[str, Any], id: str) -> EarlyFraudWarning:
    """GET /v1/radar/early_fraud_warnings/:early_fraud_warning"""
    return ctx.find(EarlyFraudWarning, id)
