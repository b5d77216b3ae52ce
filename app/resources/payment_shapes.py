"""Hashes of parameters about ways to pay, which payment intents and setup intents take alike.

Cards are the only means of payment that works here; what concerns the others is taken, kept and shown.
"""

from typing import Any

from app.domain.method_details import METHOD_TYPES
from app.resources.shapes import AddressParams
from app.wire.params import (
    Boolean,
    Currency,
    Enum,
    Hash,
    Integer,
    ListOf,
    MapOf,
    Metadata,
    Params,
    Text,
    Timestamp,
)

MADE_TYPES = tuple(type for type in METHOD_TYPES if not type.endswith("_present"))
"""What can be made without a card reader."""
CARD_NETWORKS = ("amex", "cartes_bancaires", "diners", "discover", "interac", "jcb", "mastercard", "unionpay", "unknown",
                 "visa")
_EPS_BANKS = (
    "arzte_und_apotheker_bank", "austrian_anadi_bank_ag", "bank_austria", "bankhaus_carl_spangler",
    "bankhaus_schelhammer_und_schattera_ag", "bawag_psk_ag", "bks_bank_ag", "brull_kallmus_bank_ag", "btv_vier_lander_bank",
    "capital_bank_grawe_gruppe_ag", "dolomitenbank", "easybank_ag", "erste_bank_und_sparkassen",
    "hypo_alpeadriabank_international_ag", "hypo_bank_burgenland_aktiengesellschaft", "hypo_noe_lb_fur_niederosterreich_u_wien",
    "hypo_oberosterreich_salzburg_steiermark", "hypo_tirol_bank_ag", "hypo_vorarlberg_bank_ag", "marchfelder_bank",
    "oberbank_ag", "raiffeisen_bankengruppe_osterreich", "schoellerbank_ag", "sparda_bank_wien", "volksbank_gruppe",
    "volkskreditbank_ag", "vr_bank_braunau",
)  # fmt: skip
_FPX_BANKS = (
    "affin_bank", "agrobank", "alliance_bank", "ambank", "bank_islam", "bank_muamalat", "bank_rakyat", "bsn", "cimb",
    "deutsche_bank", "hong_leong_bank", "hsbc", "kfh", "maybank2e", "maybank2u", "ocbc", "pb_enterprise", "public_bank",
    "rhb", "standard_chartered", "uob",
)  # fmt: skip
_IDEAL_BANKS = ("abn_amro", "asn_bank", "bunq", "handelsbanken", "ing", "knab", "moneyou", "rabobank", "regiobank", "revolut",
                "sns_bank", "triodos_bank", "van_lanschot")
_P24_BANKS = (
    "alior_bank", "bank_millennium", "bank_nowy_bfg_sa", "bank_pekao_sa", "banki_spbdzielcze", "blik", "bnp_paribas", "boz",
    "citi_handlowy", "credit_agricole", "envelobank", "etransfer_pocztowy24", "getin_bank", "ideabank", "ing", "inteligo",
    "mbank_mtransfer", "nest_przelew", "noble_pay", "pbac_z_ipko", "plus_bank", "santander_przelew24",
    "tmobile_usbugi_bankowe", "toyota_bank", "volkswagen_bank",
)  # fmt: skip


class Memberless(MapOf):
    """A hash whose presence alone says something, as an empty dict.

    Our choice: the reference gives it no members of its own, so any are taken, and ignored.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(), **options)

    def convert(self, value: Any) -> dict[str, Any]:
        super().convert(value)
        return {}


class ShippingParams(Params):
    """Where a payment's goods go."""

    address = Hash(AddressParams, required=True)
    carrier = Text()
    name = Text(required=True)
    phone = Text()
    tracking_number = Text()


class RadarOptionsParams(Params):
    session = Text()


# What a new payment method is made of


class MethodBillingDetailsParams(Params):
    address = Hash(AddressParams, unsettable=True)
    email = Text(unsettable=True)
    name = Text()
    phone = Text()


class CardDataParams(Params):
    """The published parameters of intents leave cards out; clients send them."""

    cvc = Text()
    exp_month = Integer()
    exp_year = Integer()
    number = Text()
    token = Text()


class AcssDebitDataParams(Params):
    account_number = Text(required=True)
    institution_number = Text(required=True)
    transit_number = Text(required=True)


class AuBecsDebitDataParams(Params):
    account_number = Text(required=True)
    bsb_number = Text(required=True)


class BacsDebitDataParams(Params):
    account_number = Text()
    sort_code = Text()


class BoletoDataParams(Params):
    tax_id = Text(required=True)


class EpsDataParams(Params):
    bank = Enum(_EPS_BANKS)


class FpxDataParams(Params):
    bank = Enum(_FPX_BANKS, required=True)


class IdealDataParams(Params):
    bank = Enum(_IDEAL_BANKS)


class P24DataParams(Params):
    bank = Enum(_P24_BANKS)


class DateOfBirthParams(Params):
    day = Integer(required=True)
    month = Integer(required=True)
    year = Integer(required=True)


class KlarnaDataParams(Params):
    dob = Hash(DateOfBirthParams)


class SepaDebitDataParams(Params):
    iban = Text(required=True)


class SofortDataParams(Params):
    country = Enum(("AT", "BE", "DE", "ES", "IT", "NL"), required=True)


class UsBankAccountDataParams(Params):
    account_holder_type = Enum(("company", "individual"))
    account_number = Text()
    account_type = Enum(("checking", "savings"))
    financial_connections_account = Text()
    routing_number = Text()


class PaymentMethodDataParams(Params):
    acss_debit = Hash(AcssDebitDataParams)
    affirm = Memberless()
    afterpay_clearpay = Memberless()
    alipay = Memberless()
    au_becs_debit = Hash(AuBecsDebitDataParams)
    bacs_debit = Hash(BacsDebitDataParams)
    bancontact = Memberless()
    billing_details = Hash(MethodBillingDetailsParams)
    blik = Memberless()
    boleto = Hash(BoletoDataParams)
    card = Hash(CardDataParams)
    customer_balance = Memberless()
    eps = Hash(EpsDataParams)
    fpx = Hash(FpxDataParams)
    giropay = Memberless()
    grabpay = Memberless()
    ideal = Hash(IdealDataParams)
    interac_present = Memberless()
    klarna = Hash(KlarnaDataParams)
    konbini = Memberless()
    link = Memberless()
    metadata = Metadata()
    oxxo = Memberless()
    p24 = Hash(P24DataParams)
    paynow = Memberless()
    promptpay = Memberless()
    radar_options = Hash(RadarOptionsParams)
    sepa_debit = Hash(SepaDebitDataParams)
    sofort = Hash(SofortDataParams)
    type = Enum(MADE_TYPES, required=True)
    us_bank_account = Hash(UsBankAccountDataParams)
    wechat_pay = Memberless()


# A card as older parameters have it


class OlderAddressParams(Params):
    """Who holds a card, and where they live."""

    address_city = Text()
    address_country = Text()
    address_line1 = Text()
    address_line2 = Text()
    address_state = Text()
    address_zip = Text()
    name = Text()


class OlderCardParams(OlderAddressParams):
    cvc = Text()
    exp_month = Integer(required=True)
    exp_year = Integer(required=True)
    number = Text(required=True)


class SourceCardParams(OlderCardParams):
    metadata = Metadata()
    object = Enum(("card",))


# A bank account as older parameters have it


class SourceBankAccountParams(Params):
    account_holder_name = Text()
    account_holder_type = Enum(("company", "individual"))
    account_number = Text(required=True)
    country = Text(required=True)
    currency = Currency()
    object = Enum(("bank_account",))
    routing_number = Text()


class OlderCardUpdateParams(OlderAddressParams):
    exp_month = Integer()
    exp_year = Integer()


class AccountOrCardParams(OlderCardUpdateParams):
    """A bank account or a card, whichever `object` says, with the parameters of the one or the other."""

    account_holder_name = Text()
    account_holder_type = Enum(("company", "individual"))
    account_number = Text()
    account_type = Enum(("checking", "futsu", "savings", "toza"))
    country = Text()
    currency = Currency()
    cvc = Text()
    default_for_currency = Boolean()
    metadata = Metadata()
    number = Text()
    object = Enum(("bank_account", "card"))
    routing_number = Text()


# What a customer has agreed to


class OnlineAcceptanceParams(Params):
    ip_address = Text(required=True)
    user_agent = Text(required=True)


class CustomerAcceptanceParams(Params):
    accepted_at = Timestamp()
    offline = Memberless()
    online = Hash(OnlineAcceptanceParams)
    type = Enum(("offline", "online"), required=True)


class MandateDataParams(Params):
    customer_acceptance = Hash(CustomerAcceptanceParams, required=True)


class ConfirmOnlineParams(Params):
    """Where the customer's own browser confirms, it knows both by itself."""

    ip_address = Text()
    user_agent = Text()


class ConfirmAcceptanceParams(Params):
    accepted_at = Timestamp()
    offline = Memberless()
    online = Hash(ConfirmOnlineParams)
    type = Enum(("offline", "online"), required=True)


class ConfirmMandateDataParams(Params):
    customer_acceptance = Hash(ConfirmAcceptanceParams, required=True)


# Options that are the same for payments and set-ups


class FinancialConnectionsParams(Params):
    permissions = ListOf(Enum(("balances", "ownership", "payment_method", "transactions")))
    return_url = Text()


class NetworksParams(Params):
    requested = ListOf(Enum(("ach", "us_domestic_wire")))


class CardMandateOptionsParams(Params):
    amount = Integer(minimum=1, required=True)
    amount_type = Enum(("fixed", "maximum"), required=True)
    description = Text(max=200)
    end_date = Timestamp()
    interval = Enum(("day", "month", "sporadic", "week", "year"), required=True)
    interval_count = Integer(minimum=1)
    reference = Text(max=80, required=True)
    start_date = Timestamp(required=True)
    supported_types = ListOf(Enum(("india",)))


class AcssMandateOptionsParams(Params):
    custom_mandate_url = Text(unsettable=True)
    interval_description = Text(max=500)
    payment_schedule = Enum(("combined", "interval", "sporadic"))
    transaction_type = Enum(("business", "personal"))
