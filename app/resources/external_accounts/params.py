"""What the endpoints of external accounts take."""

from app.resources.legal_shapes import ExternalBankAccountParams
from app.resources.payment_shapes import AccountOrCardParams, OlderCardUpdateParams
from app.wire.params import Boolean, Enum, HashOrText, ListParams, Metadata, RetrieveParams, Text


class ExternalAccountCreate(RetrieveParams):
    bank_account = HashOrText(ExternalBankAccountParams)
    default_for_currency = Boolean()
    external_account = HashOrText(AccountOrCardParams)
    metadata = Metadata(unsettable=False)


class ExternalAccountUpdate(OlderCardUpdateParams, RetrieveParams):
    account_holder_name = Text()
    account_holder_type = Enum(("company", "individual"), unsettable=True)
    account_type = Enum(("checking", "futsu", "savings", "toza"))
    default_for_currency = Boolean()
    metadata = Metadata()


class ExternalAccountDelete(RetrieveParams):
    pass


class ExternalAccountList(ListParams):
    object = Enum(("bank_account", "card"))
