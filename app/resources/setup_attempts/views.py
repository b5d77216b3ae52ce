"""What a setup attempt looks like."""

from app.domain.applications import shown_application
from app.render import view_of
from app.render.fields import Attr, Const, Ref
from app.render.view import View
from app.resources.setup_attempts.tables import SetupAttempt


@view_of(SetupAttempt)
class SetupAttemptView(View):
    id = Attr()
    object = Const("setup_attempt")
    application = Attr(expand=shown_application)
    attach_to_self = Attr(omit_null=True)
    created = Attr()
    customer = Ref()
    flow_directions = Attr()
    livemode = Const(False)
    on_behalf_of = Ref()
    payment_method = Ref()
    payment_method_details = Attr()
    setup_error = Attr()
    setup_intent = Ref()
    status = Attr()
    usage = Attr()
