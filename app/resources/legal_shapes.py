"""Hashes of parameters that say who does business: tokens, accounts and persons take them."""

from app.resources.payment_shapes import DateOfBirthParams
from app.wire.params import Boolean, Currency, Enum, Hash, ListOf, Metadata, Params, Percent, Text, Timestamp

BUSINESS_TYPES = ("company", "government_entity", "individual", "non_profit")

_STRUCTURES = (
    "free_zone_establishment", "free_zone_llc", "government_instrumentality", "governmental_unit", "incorporated_non_profit",
    "limited_liability_partnership", "llc", "multi_member_llc", "private_company", "private_corporation",
    "private_partnership", "public_company", "public_corporation", "public_partnership", "single_member_llc",
    "sole_establishment", "sole_proprietorship", "tax_exempt_government_instrumentality", "unincorporated_association",
    "unincorporated_non_profit",
)  # fmt: skip


class FilesParams(Params):
    files = ListOf(Text(max=500))


class BankAccountParams(Params):
    account_holder_name = Text()
    account_holder_type = Enum(("company", "individual"))
    account_number = Text(required=True)
    account_type = Enum(("checking", "futsu", "savings", "toza"))
    country = Text(required=True)
    currency = Currency()
    routing_number = Text()


class ExternalBankAccountParams(BankAccountParams):
    object = Enum(("bank_account",))


class LegalAddressParams(Params):
    city = Text(max=100)
    country = Text()
    line1 = Text(max=200)
    line2 = Text(max=200)
    postal_code = Text()
    state = Text()


class JapaneseAddressParams(Params):
    city = Text()
    country = Text()
    line1 = Text()
    line2 = Text()
    postal_code = Text()
    state = Text()
    town = Text()


class OwnershipDeclarationParams(Params):
    date = Timestamp()
    ip = Text()
    user_agent = Text()


class DocumentSidesParams(Params):
    back = Text(max=500)
    front = Text(max=500)


class CompanyVerificationParams(Params):
    document = Hash(DocumentSidesParams)


class CompanyParams(Params):
    address = Hash(LegalAddressParams)
    address_kana = Hash(JapaneseAddressParams)
    address_kanji = Hash(JapaneseAddressParams)
    directors_provided = Boolean()
    executives_provided = Boolean()
    name = Text(max=100)
    name_kana = Text(max=100)
    name_kanji = Text(max=100)
    owners_provided = Boolean()
    ownership_declaration = Hash(OwnershipDeclarationParams)
    phone = Text()
    registration_number = Text()
    structure = Enum(_STRUCTURES, unsettable=True)
    tax_id = Text()
    tax_id_registrar = Text()
    vat_id = Text()
    verification = Hash(CompanyVerificationParams)


class VerificationParams(CompanyVerificationParams):
    additional_document = Hash(DocumentSidesParams)


class HumanParams(Params):
    """Who somebody is."""

    address = Hash(LegalAddressParams)
    address_kana = Hash(JapaneseAddressParams)
    address_kanji = Hash(JapaneseAddressParams)
    dob = Hash(DateOfBirthParams, unsettable=True)
    email = Text()
    first_name = Text()
    first_name_kana = Text()
    first_name_kanji = Text()
    full_name_aliases = ListOf(Text(), unsettable=True)
    gender = Text()
    id_number = Text()
    id_number_secondary = Text()
    last_name = Text()
    last_name_kana = Text()
    last_name_kanji = Text()
    maiden_name = Text()
    metadata = Metadata()
    phone = Text()
    registered_address = Hash(LegalAddressParams)
    ssn_last_4 = Text()
    verification = Hash(VerificationParams)


class IndividualParams(HumanParams):
    first_name = Text(max=100)
    full_name_aliases = ListOf(Text(max=300), unsettable=True)
    last_name = Text(max=100)
    political_exposure = Enum(("existing", "none"))


class PersonDocumentsParams(Params):
    company_authorization = Hash(FilesParams)
    passport = Hash(FilesParams)
    visa = Hash(FilesParams)


class RelationshipParams(Params):
    director = Boolean()
    executive = Boolean()
    owner = Boolean()
    percent_ownership = Percent(max_places=12, unsettable=True)
    representative = Boolean()
    title = Text()


class PersonParams(HumanParams):
    documents = Hash(PersonDocumentsParams)
    nationality = Text()
    political_exposure = Text()
    relationship = Hash(RelationshipParams)
