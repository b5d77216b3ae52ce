"""What an early fraud warning looks like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Ref
from app.render.view import View
from app.resources.early_fraud_warnings.tables import EarlyFraudWarning


@view_of(EarlyFraudWarning)
class EarlyFraudWarningView(View):
    id = Attr()
    object = Const("radar.early_fraud_warning")
    actionable = Attr()
    charge = Ref()
    created = Attr()
    fraud_type = Attr()
    livemode = Const(False)
    payment_intent = Ref(omit_null=True)
