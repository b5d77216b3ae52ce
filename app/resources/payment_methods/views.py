"""What a payment method looks like."""

from __future__ import annotations

from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Ref
from app.render.view import View
from app.resources.payment_methods.tables import PaymentMethod


def _hash_of(type: str) -> Derived:
    """The hash that only payment methods of this type have."""
    return Derived(lambda row: row.details if row.type == type else OMIT)


@view_of(PaymentMethod)
class PaymentMethodView(View):
    id = Attr()
    object = Const("payment_method")
    acss_debit = _hash_of("acss_debit")
    affirm = _hash_of("affirm")
    afterpay_clearpay = _hash_of("afterpay_clearpay")
    alipay = _hash_of("alipay")
    au_becs_debit = _hash_of("au_becs_debit")
    bacs_debit = _hash_of("bacs_debit")
    bancontact = _hash_of("bancontact")
    billing_details = Attr()
    blik = _hash_of("blik")
    boleto = _hash_of("boleto")
    card = Attr(omit_null=True)
    created = Attr()
    customer = Ref()
    customer_balance = _hash_of("customer_balance")
    eps = _hash_of("eps")
    fpx = _hash_of("fpx")
    giropay = _hash_of("giropay")
    grabpay = _hash_of("grabpay")
    ideal = _hash_of("ideal")
    klarna = _hash_of("klarna")
    konbini = _hash_of("konbini")
    link = _hash_of("link")
    livemode = Const(False)
    metadata = Attr("metadata_")
    oxxo = _hash_of("oxxo")
    p24 = _hash_of("p24")
    paynow = _hash_of("paynow")
    promptpay = _hash_of("promptpay")
    radar_options = Attr(omit_null=True)
    sepa_debit = _hash_of("sepa_debit")
    sofort = _hash_of("sofort")
    type = Attr()
    us_bank_account = _hash_of("us_bank_account")
    wechat_pay = _hash_of("wechat_pay")
