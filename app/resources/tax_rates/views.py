"""What a tax rate looks like."""

from app.render import view_of
from app.render.fields import Attr, Const, Derived
from app.render.view import View
from app.resources.tax_rates.tables import TaxRate


@view_of(TaxRate)
class TaxRateView(View):
    id = Attr()
    object = Const("tax_rate")
    active = Attr()
    country = Attr()
    created = Attr()
    description = Attr()
    display_name = Attr()
    inclusive = Attr()
    jurisdiction = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    percentage = Derived(lambda row: float(row.percentage))
    state = Attr()
    tax_type = Attr()
