"""What the endpoints of customers' sources take."""

from app.resources.payment_shapes import (
    AccountOrCardParams,
    OlderCardUpdateParams,
    SourceBankAccountParams,
    SourceCardParams,
)
from app.resources.shapes import AddressParams
from app.wire.params import Enum, Hash, HashOrText, Integer, ListOf, ListParams, Metadata, Params, RetrieveParams, Text


class SourceCreate(RetrieveParams):
    alipay_account = Text()
    bank_account = HashOrText(SourceBankAccountParams)
    card = HashOrText(SourceCardParams)
    metadata = Metadata(unsettable=False)
    source = HashOrText(AccountOrCardParams)


class OwnerParams(Params):
    address = Hash(AddressParams)
    email = Text()
    name = Text()
    phone = Text()


class SourceUpdate(OlderCardUpdateParams, RetrieveParams):
    account_holder_name = Text()
    account_holder_type = Enum(("company", "individual"))
    metadata = Metadata()
    owner = Hash(OwnerParams)


class SourceDelete(RetrieveParams):
    pass


class SourceVerify(RetrieveParams):
    amounts = ListOf(Integer(), max=2)


class SourceList(ListParams):
    object = Enum(("alipay_account", "bank_account", "card", "source"))
