"""What the tokens endpoints take."""

from app.resources.legal_shapes import (
    BUSINESS_TYPES,
    BankAccountParams,
    CompanyParams,
    IndividualParams,
    PersonParams,
)
from app.resources.payment_shapes import OlderCardParams
from app.wire.params import (
    Boolean,
    Currency,
    Enum,
    Hash,
    HashOrText,
    Params,
    RetrieveParams,
    Text,
)


class TokenCardParams(OlderCardParams):
    currency = Currency()


class CvcUpdateParams(Params):
    cvc = Text(required=True)


class PiiParams(Params):
    id_number = Text()


class TokenCompanyParams(CompanyParams):
    ownership_declaration_shown_and_signed = Boolean()


class TokenAccountParams(Params):
    business_type = Enum(BUSINESS_TYPES)
    company = Hash(TokenCompanyParams)
    individual = Hash(IndividualParams)
    tos_shown_and_accepted = Boolean()


class TokenCreate(RetrieveParams):
    account = Hash(TokenAccountParams)
    bank_account = Hash(BankAccountParams)
    card = HashOrText(TokenCardParams)
    customer = Text()
    cvc_update = Hash(CvcUpdateParams)
    person = Hash(PersonParams)
    pii = Hash(PiiParams)
