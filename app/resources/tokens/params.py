"""What the tokens endpoints take.

Accounts and persons are declared, and refused as a whole (`operations`).
"""

from app.resources.legal_shapes import (
    BUSINESS_TYPES,
    BankAccountParams,
    CompanyParams,
    FilesParams,
    HumanParams,
    IndividualParams,
)
from app.resources.payment_shapes import OlderCardParams
from app.wire.params import (
    Boolean,
    Currency,
    DecimalNumber,
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


class PersonDocumentsParams(Params):
    company_authorization = Hash(FilesParams)
    passport = Hash(FilesParams)
    visa = Hash(FilesParams)


class RelationshipParams(Params):
    director = Boolean()
    executive = Boolean()
    owner = Boolean()
    percent_ownership = DecimalNumber(unsettable=True)
    representative = Boolean()
    title = Text()


class TokenPersonParams(HumanParams):
    documents = Hash(PersonDocumentsParams)
    nationality = Text()
    political_exposure = Text()
    relationship = Hash(RelationshipParams)


class TokenCreate(RetrieveParams):
    account = Hash(TokenAccountParams)
    bank_account = Hash(BankAccountParams)
    card = HashOrText(TokenCardParams)
    customer = Text()
    cvc_update = Hash(CvcUpdateParams)
    person = Hash(TokenPersonParams)
    pii = Hash(PiiParams)
