"""What a payment method looks like."""

from app.render import view_of
from app.render.fields import Attr, Const, Ref
from app.render.view import View
from app.resources.payment_methods.tables import PaymentMethod


@view_of(PaymentMethod)
class PaymentMethodView(View):
    id = Attr()
    object = Const("payment_method")
    billing_details = Attr()
    card = Attr(omit_null=True)
    created = Attr()
    customer = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    type = Attr()
