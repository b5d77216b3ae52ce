"""What a setup intent looks like."""

from __future__ import annotations

from typing import Any

from app.domain.applications import shown_application
from app.render import view_of
from app.render.fields import Attr, Const, Derived, Ref
from app.render.view import View
from app.resources.payment_views import shown_options
from app.resources.setup_intents.tables import SetupIntent

_CARD_OPTIONS = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}


def _payment_method_options(row: SetupIntent) -> dict[str, Any]:
    return shown_options(row.payment_method_options, row.payment_method_types, _CARD_OPTIONS)


@view_of(SetupIntent)
class SetupIntentView(View):
    id = Attr()
    object = Const("setup_intent")
    application = Attr(expand=shown_application)
    attach_to_self = Attr(omit_null=True)
    cancellation_reason = Attr()
    client_secret = Attr()
    created = Attr()
    customer = Ref()
    description = Attr()
    flow_directions = Attr()
    last_setup_error = Attr()
    latest_attempt = Ref()
    livemode = Const(False)
    mandate = Ref()
    metadata = Attr("metadata_")
    next_action = Attr()
    on_behalf_of = Ref()
    payment_method = Ref()
    payment_method_options = Derived(_payment_method_options)
    payment_method_types = Attr()
    single_use_mandate = Ref()
    status = Attr()
    usage = Attr()
