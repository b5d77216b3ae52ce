"""What the transfers endpoints take."""

from app.domain.money import AMOUNT_MAX
from app.wire.params import Boolean, Currency, Enum, Integer, ListParams, Metadata, RangeQuery, RetrieveParams, Text


class TransferUpdate(RetrieveParams):
    description = Text()
    metadata = Metadata()


class TransferCreate(RetrieveParams):
    amount = Integer(minimum=1, maximum=AMOUNT_MAX)
    currency = Currency(required=True)
    description = Text()
    destination = Text(required=True)
    metadata = Metadata()
    source_transaction = Text()
    source_type = Enum(("bank_account", "card", "fpx"))
    # Our choice: the limit, where the reference names none; lists look groups up by an index.
    transfer_group = Text(max=255)


class TransferList(ListParams):
    created = RangeQuery()
    destination = Text()
    transfer_group = Text(max=255)


class TransferReversalUpdate(RetrieveParams):
    description = Text()
    metadata = Metadata()


class TransferReversalCreate(RetrieveParams):
    amount = Integer(minimum=1, maximum=AMOUNT_MAX)
    description = Text()
    metadata = Metadata()
    refund_application_fee = Boolean()
