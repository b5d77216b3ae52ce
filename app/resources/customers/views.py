"""What a customer and the changes of their balance look like."""

from app.render import view_of
from app.render.fields import Attr, Const, Derived, Hash, Nested, Ref
from app.render.view import View
from app.resources.customers.tables import Customer, CustomerBalanceTransaction


@view_of(Customer)
class CustomerView(View):
    id = Attr()
    object = Const("customer")
    address = Attr()
    balance = Attr()
    created = Attr()
    currency = Attr()
    default_source = Const(None)
    delinquent = Attr()
    description = Attr()
    discount = Nested(unless=lambda discount: discount.ended)
    email = Attr()
    invoice_prefix = Attr()
    invoice_settings = Hash(
        custom_fields=Derived(lambda row: row.invoice_settings.get("custom_fields")),
        default_payment_method=Ref("default_payment_method"),
        footer=Derived(lambda row: row.invoice_settings.get("footer")),
        rendering_options=Derived(lambda row: row.invoice_settings.get("rendering_options")),
    )
    livemode = Const(False)
    metadata = Attr("metadata_")
    name = Attr()
    next_invoice_sequence = Attr()
    phone = Attr()
    preferred_locales = Attr()
    shipping = Attr()
    tax_exempt = Attr()
    test_clock = Ref()


@view_of(CustomerBalanceTransaction)
class CustomerBalanceTransactionView(View):
    id = Attr()
    object = Const("customer_balance_transaction")
    amount = Attr()
    created = Attr()
    credit_note = Ref()
    currency = Attr()
    customer = Ref()
    description = Attr()
    ending_balance = Attr()
    invoice = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    type = Attr()
