"""What a product looks like."""

from app.render import view_of
from app.render.fields import Attr, Const, Ref
from app.render.view import View
from app.resources.products.tables import Product


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
    tax_code = Attr("tax_code_id")
    unit_label = Attr()
    updated = Attr()
    url = Attr()
