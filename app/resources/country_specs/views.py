"""What a country spec looks like."""

from __future__ import annotations

from app.domain.country_specs import CountrySpec
from app.render import view_of
from app.render.fields import Attr, Const, Derived
from app.render.view import View


@view_of(CountrySpec)
class CountrySpecView(View):
    id = Attr()
    object = Const("country_spec")
    default_currency = Attr()
    supported_bank_account_currencies = Attr()
    supported_payment_currencies = Attr()
    supported_payment_methods = Attr()
    supported_transfer_countries = Attr()
    verification_fields = Derived(lambda spec: {
        "company": {"additional": spec.company.additional, "minimum": spec.company.minimum},
        "individual": {"additional": spec.individual.additional, "minimum": spec.individual.minimum}})
