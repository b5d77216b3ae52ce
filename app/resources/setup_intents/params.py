"""What the setup intents endpoints take."""

from app.domain.method_details import METHOD_TYPES
from app.resources.payment_shapes import (
    AcssMandateOptionsParams,
    CardMandateOptionsParams,
    ConfirmMandateDataParams,
    FinancialConnectionsParams,
    MandateDataParams,
    Memberless,
    NetworksParams,
    PaymentMethodDataParams,
)
from app.wire.params import (
    Boolean,
    Currency,
    Enum,
    Hash,
    Integer,
    ListOf,
    ListParams,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
)

_VERIFICATION_METHODS = ("automatic", "instant", "microdeposits")


class AcssSetupMandateParams(AcssMandateOptionsParams):
    default_for = ListOf(Enum(("invoice", "subscription")))


class AcssDebitParams(Params):
    currency = Enum(("cad", "usd"))
    mandate_options = Hash(AcssSetupMandateParams)
    verification_method = Enum(_VERIFICATION_METHODS)


class BlikParams(Params):
    code = Text()


class CardSetupMandateParams(CardMandateOptionsParams):
    currency = Currency(required=True)


class CardParams(Params):
    mandate_options = Hash(CardSetupMandateParams)
    request_three_d_secure = Enum(("any", "automatic"))


class LinkParams(Params):
    persistent_token = Text()


class SepaDebitParams(Params):
    mandate_options = Memberless()


class UsBankAccountParams(Params):
    financial_connections = Hash(FinancialConnectionsParams)
    networks = Hash(NetworksParams)
    verification_method = Enum(_VERIFICATION_METHODS)


class PaymentMethodOptionsParams(Params):
    acss_debit = Hash(AcssDebitParams)
    blik = Hash(BlikParams)
    card = Hash(CardParams)
    link = Hash(LinkParams)
    sepa_debit = Hash(SepaDebitParams)
    us_bank_account = Hash(UsBankAccountParams)


class SingleUseParams(Params):
    amount = Integer(minimum=1, required=True)
    currency = Currency(required=True)


class SetupIntentRetrieve(RetrieveParams):
    client_secret = Text()


class SetupIntentList(ListParams):
    attach_to_self = Boolean()
    created = RangeQuery()
    customer = Text()
    payment_method = Text()


class SetupIntentUpdate(RetrieveParams):
    attach_to_self = Boolean()
    customer = Text()
    description = Text(max=1000)
    flow_directions = ListOf(Enum(("inbound", "outbound")))
    metadata = Metadata()
    payment_method = Text()
    payment_method_data = Hash(PaymentMethodDataParams)
    payment_method_options = Hash(PaymentMethodOptionsParams)
    payment_method_types = ListOf(Enum(METHOD_TYPES))


class SetupIntentCreate(SetupIntentUpdate):
    confirm = Boolean()
    mandate_data = Hash(MandateDataParams)
    on_behalf_of = Text()
    return_url = Text()
    single_use = Hash(SingleUseParams)
    usage = Enum(("off_session", "on_session"))


class SetupIntentConfirm(RetrieveParams):
    client_secret = Text()
    mandate_data = Hash(ConfirmMandateDataParams)
    payment_method = Text()
    payment_method_data = Hash(PaymentMethodDataParams)
    payment_method_options = Hash(PaymentMethodOptionsParams)
    return_url = Text()


class SetupIntentCancel(RetrieveParams):
    cancellation_reason = Enum(("abandoned", "duplicate", "requested_by_customer"))


class SetupIntentVerify(RetrieveParams):
    amounts = ListOf(Integer(minimum=0), max=2)
    client_secret = Text()
    descriptor_code = Text()
