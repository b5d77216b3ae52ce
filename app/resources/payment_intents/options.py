"""`payment_method_options` of payment intents."""

from app.resources.payment_shapes import (
    CARD_NETWORKS,
    AcssMandateOptionsParams,
    CardMandateOptionsParams,
    FinancialConnectionsParams,
    Memberless,
    NetworksParams,
)
from app.wire.params import Boolean, Enum, Hash, Integer, ListOf, Params, Text, Timestamp

_KLARNA_LOCALES = (
    "da-DK", "de-AT", "de-DE", "en-AT", "en-AU", "en-BE", "en-CA", "en-DE", "en-DK", "en-ES", "en-FI", "en-FR", "en-GB",
    "en-IE", "en-IT", "en-NL", "en-NO", "en-NZ", "en-SE", "en-US", "es-ES", "es-US", "fi-FI", "fr-BE", "fr-CA", "fr-FR",
    "it-IT", "nb-NO", "nl-BE", "nl-NL", "sv-FI", "sv-SE",
)  # fmt: skip


def _manual() -> Enum:
    return Enum(("manual",), unsettable=True)


class NeverKeptParams(Params):
    setup_future_usage = Enum(("none",))


class KeptForLaterParams(Params):
    setup_future_usage = Enum(("none", "off_session"), unsettable=True)


class KeptParams(Params):
    setup_future_usage = Enum(("none", "off_session", "on_session"), unsettable=True)


class ReservedParams(NeverKeptParams):
    capture_method = _manual()


class AcssDebitParams(KeptParams):
    mandate_options = Hash(AcssMandateOptionsParams)
    verification_method = Enum(("automatic", "instant", "microdeposits"))


class AfterpayClearpayParams(ReservedParams):
    reference = Text(max=128)


class BancontactParams(KeptForLaterParams):
    preferred_language = Enum(("de", "en", "fr", "nl"))


class BlikParams(Params):
    code = Text()


class BoletoParams(KeptParams):
    expires_after_days = Integer(minimum=0, maximum=60)


class InstallmentPlanParams(Params):
    count = Integer(minimum=1, required=True)
    interval = Enum(("month",), required=True)
    type = Enum(("fixed_count",), required=True)


class InstallmentsParams(Params):
    enabled = Boolean()
    plan = Hash(InstallmentPlanParams, unsettable=True)


class CardParams(KeptParams):
    capture_method = _manual()
    cvc_token = Text()
    installments = Hash(InstallmentsParams)
    mandate_options = Hash(CardMandateOptionsParams)
    network = Enum(CARD_NETWORKS)
    request_three_d_secure = Enum(("any", "automatic"))
    statement_descriptor_suffix_kana = Text(max=22, unsettable=True)
    statement_descriptor_suffix_kanji = Text(max=17, unsettable=True)


class CardPresentParams(Params):
    request_extended_authorization = Boolean()
    request_incremental_authorization_support = Boolean()


class EuBankTransferParams(Params):
    country = Text(required=True)


class BankTransferParams(Params):
    eu_bank_transfer = Hash(EuBankTransferParams)
    requested_address_types = ListOf(Enum(("iban", "sepa", "sort_code", "spei", "zengin")))
    type = Enum(("eu_bank_transfer", "gb_bank_transfer", "jp_bank_transfer", "mx_bank_transfer"), required=True)


class CustomerBalanceParams(NeverKeptParams):
    bank_transfer = Hash(BankTransferParams)
    funding_type = Enum(("bank_transfer",))


class KlarnaParams(ReservedParams):
    preferred_locale = Enum(_KLARNA_LOCALES)


class KonbiniParams(NeverKeptParams):
    confirmation_number = Text(max=11)
    expires_after_days = Integer(minimum=0, maximum=60, unsettable=True)
    expires_at = Timestamp(unsettable=True)
    product_description = Text(max=22)


class LinkParams(KeptForLaterParams):
    capture_method = _manual()
    persistent_token = Text()


class OxxoParams(NeverKeptParams):
    expires_after_days = Integer(minimum=0, maximum=60)


class P24Params(NeverKeptParams):
    tos_shown_and_accepted = Boolean()


class SepaDebitParams(KeptParams):
    mandate_options = Memberless()


class SofortParams(KeptForLaterParams):
    preferred_language = Enum(("de", "en", "es", "fr", "it", "nl", "pl"), unsettable=True)


class UsBankAccountParams(KeptParams):
    financial_connections = Hash(FinancialConnectionsParams)
    networks = Hash(NetworksParams)
    verification_method = Enum(("automatic", "instant", "microdeposits"))


class WechatPayParams(NeverKeptParams):
    app_id = Text()
    client = Enum(("android", "ios", "web"), required=True)


class PaymentMethodOptionsParams(Params):
    acss_debit = Hash(AcssDebitParams, unsettable=True)
    affirm = Hash(ReservedParams, unsettable=True)
    afterpay_clearpay = Hash(AfterpayClearpayParams, unsettable=True)
    alipay = Hash(KeptForLaterParams, unsettable=True)
    au_becs_debit = Hash(KeptParams, unsettable=True)
    bacs_debit = Hash(KeptParams, unsettable=True)
    bancontact = Hash(BancontactParams, unsettable=True)
    blik = Hash(BlikParams, unsettable=True)
    boleto = Hash(BoletoParams, unsettable=True)
    card = Hash(CardParams, unsettable=True)
    card_present = Hash(CardPresentParams, unsettable=True)
    customer_balance = Hash(CustomerBalanceParams, unsettable=True)
    eps = Hash(NeverKeptParams, unsettable=True)
    fpx = Hash(NeverKeptParams, unsettable=True)
    giropay = Hash(NeverKeptParams, unsettable=True)
    grabpay = Hash(NeverKeptParams, unsettable=True)
    ideal = Hash(KeptForLaterParams, unsettable=True)
    interac_present = Memberless(unsettable=True)
    klarna = Hash(KlarnaParams, unsettable=True)
    konbini = Hash(KonbiniParams, unsettable=True)
    link = Hash(LinkParams, unsettable=True)
    oxxo = Hash(OxxoParams, unsettable=True)
    p24 = Hash(P24Params, unsettable=True)
    paynow = Hash(NeverKeptParams, unsettable=True)
    promptpay = Hash(NeverKeptParams, unsettable=True)
    sepa_debit = Hash(SepaDebitParams, unsettable=True)
    sofort = Hash(SofortParams, unsettable=True)
    us_bank_account = Hash(UsBankAccountParams, unsettable=True)
    wechat_pay = Hash(WechatPayParams, unsettable=True)
