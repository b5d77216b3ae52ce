"""What the accounts endpoints take."""

from typing import Any

from app.domain.capabilities import CAPABILITIES
from app.domain.payouts import WEEKDAYS
from app.resources.legal_shapes import (
    BUSINESS_TYPES,
    CompanyParams,
    ExternalBankAccountParams,
    FilesParams,
    IndividualParams,
    LegalAddressParams,
    OwnershipDeclarationParams,
)
from app.resources.payment_shapes import AccountOrCardParams
from app.wire.params import (
    Boolean,
    Currency,
    Enum,
    Hash,
    HashOrText,
    Integer,
    IntegerOr,
    ListOf,
    ListParams,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
    Timestamp,
)


class BusinessProfileParams(Params):
    mcc = Text(max=4)
    name = Text()
    product_description = Text(max=40000)
    support_address = Hash(LegalAddressParams)
    support_email = Text()
    support_phone = Text()
    support_url = Text(unsettable=True)
    url = Text()


class CapabilityRequestParams(Params):
    requested = Boolean()


_CAPABILITIES: dict[str, Any] = {name: Hash(CapabilityRequestParams) for name in CAPABILITIES}
CapabilitiesParams: type[Params] = type("CapabilitiesParams", (Params,), _CAPABILITIES)


class DocumentsParams(Params):
    bank_account_ownership_verification = Hash(FilesParams)
    company_license = Hash(FilesParams)
    company_memorandum_of_association = Hash(FilesParams)
    company_ministerial_decree = Hash(FilesParams)
    company_registration_verification = Hash(FilesParams)
    company_tax_id_verification = Hash(FilesParams)
    proof_of_registration = Hash(FilesParams)


class BrandingParams(Params):
    icon = Text()
    logo = Text()
    primary_color = Text()
    secondary_color = Text()


class TermsParams(Params):
    # The acceptance of terms has the members of a declaration: when, from where, and by which browser.
    tos_acceptance = Hash(OwnershipDeclarationParams)


class DeclineOnParams(Params):
    avs_failure = Boolean()
    cvc_failure = Boolean()


class CardPaymentsParams(Params):
    decline_on = Hash(DeclineOnParams)
    statement_descriptor_prefix = Text(max=10)
    statement_descriptor_prefix_kana = Text(max=10, unsettable=True)
    statement_descriptor_prefix_kanji = Text(max=10, unsettable=True)


class PaymentsParams(Params):
    statement_descriptor = Text(max=22)
    statement_descriptor_kana = Text(max=22)
    statement_descriptor_kanji = Text(max=22)


class ScheduleParams(Params):
    delay_days = IntegerOr("minimum")
    interval = Enum(("daily", "manual", "monthly", "weekly"))
    monthly_anchor = Integer(minimum=1, maximum=31)
    weekly_anchor = Enum(WEEKDAYS)


class PayoutsParams(Params):
    debit_negative_balances = Boolean()
    schedule = Hash(ScheduleParams)
    statement_descriptor = Text(max=22)


class SettingsParams(Params):
    branding = Hash(BrandingParams)
    card_issuing = Hash(TermsParams)
    card_payments = Hash(CardPaymentsParams)
    payments = Hash(PaymentsParams)
    payouts = Hash(PayoutsParams)
    treasury = Hash(TermsParams)


class TosAcceptanceParams(Params):
    date = Timestamp()
    ip = Text()
    service_agreement = Text()
    user_agent = Text()


class AccountUpdate(RetrieveParams):
    account_token = Text()
    bank_account = HashOrText(ExternalBankAccountParams)
    business_profile = Hash(BusinessProfileParams)
    business_type = Enum(BUSINESS_TYPES)
    capabilities = Hash(CapabilitiesParams)
    company = Hash(CompanyParams)
    default_currency = Currency()
    documents = Hash(DocumentsParams)
    email = Text()
    external_account = HashOrText(AccountOrCardParams)
    individual = Hash(IndividualParams)
    metadata = Metadata()
    requested_capabilities = ListOf(Enum(CAPABILITIES))
    settings = Hash(SettingsParams)
    tos_acceptance = Hash(TosAcceptanceParams)


class AccountCreate(AccountUpdate):
    country = Text()
    type = Enum(("standard", "express", "custom"), required=True)


class AccountReject(RetrieveParams):
    reason = Enum(("fraud", "terms_of_service", "other"), required=True)


class AccountList(ListParams):
    created = RangeQuery()
