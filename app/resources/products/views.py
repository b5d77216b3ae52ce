"""What a product looks like."""

from app.render import view_of
from app.render.fields import Attr, Const, Ref
from app.render.view import View
from app.resources.products.tables import Product
from app.resources.tax_codes.views import expanded_tax_code


@view_of(Product)
class ProductView(View):
    id = Attr()
    object = Const("product")
    active = Attr()
    created = Attr()
    default_price = Ref()
    description = Attr()
    images = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    name = Attr()
    package_dimensions = Attr()
    shippable = Attr()
    statement_descriptor = Attr()
    tax_code = Attr("tax_code_id", expand=expanded_tax_code)
    unit_label = Attr()
    updated = Attr()
    url = Attr()
