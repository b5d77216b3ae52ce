"""What the tax rates endpoints take."""

from app.wire.params import Boolean, Enum, ListParams, Metadata, Percent, RangeQuery, RetrieveParams, Text

TAX_TYPES = ("gst", "hst", "jct", "pst", "qst", "rst", "sales_tax", "vat")


class TaxRateCreate(RetrieveParams):
    active = Boolean()
    country = Text()
    description = Text()
    display_name = Text(max=50, required=True)
    inclusive = Boolean(required=True)
    jurisdiction = Text(max=50)
    metadata = Metadata(unsettable=False)
    percentage = Percent(max_places=4, required=True)
    state = Text(max=2)
    tax_type = Enum(TAX_TYPES)


class TaxRateUpdate(RetrieveParams):
    active = Boolean()
    country = Text()
    description = Text()
    display_name = Text(max=50)
    jurisdiction = Text(max=50)
    metadata = Metadata()
    state = Text(max=2)
    tax_type = Enum(TAX_TYPES)


class TaxRateList(ListParams):
    active = Boolean()
    created = RangeQuery()
    inclusive = Boolean()
