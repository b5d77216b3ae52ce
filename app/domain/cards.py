"""Card numbers: how they are checked, and the test cards with what each of them causes.

No number leaves this module: a card is known by its brand, its last four digits and a fingerprint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card that exists for tests. `behavior` is what its use causes, None for plain success.

    - `decline:R`: attaching and charging fail for the reason R, a key of DECLINES; `decline_on_charge:R`: only charging
    - `block`: not even sent to the network, for its risk; `risk:elevated`: succeeds, and is looked at
    - `authenticate`: each payment waits for the customer; `authenticate_unless_set_up`, `authenticate_on_session`
    - `authenticate_then:R`: the same, and the payment then fails for the reason R
    - `authenticate_on_request`: only where 3D Secure was asked for; `fail_on_request:R`: fails for the reason R there
    - `check_fails:cvc`, `check_fails:zip`: fails where that value was sent; `check_fails:line1`, `check_fails:avs` and
      `checks_unavailable` only show in the checks
    - `bypass_pending`: the money is available at once
    - `fail:R`: takes payments, and payouts to it fail for the reason R of `domain.banks`; `no_instant`: none is instant
    - `dispute:…`, `early_fraud_warning`, `refund:pending`, `refund:fail`: what follows a payment that succeeded
    - `demand:next`, `demand:charges`, `demand:payouts`: more is asked of the connected account that is paid (`demand_of`)
    """

    __test__ = False  # pytest must not take it for a test case

    number: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    behavior: str | None = None
    three_d_secure: bool = True


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a card was refused, as the API tells it; `param` is the part of the card that is to blame."""

    code: str
    message: str
    decline_code: str | None = None
    param: str | None = None


_DECLINED: Final = "Your card was declined."

DECLINES: Final[Mapping[str, Decline]] = MappingProxyType({
    "authentication_required": Decline(
        "authentication_required", "Your card was declined. This transaction requires authentication.",
        "authentication_required"),
    "card_velocity_exceeded": Decline(
        "card_declined", "Your card was declined for making repeated attempts too frequently or exceeding its amount "
        "limit.", "card_velocity_exceeded"),
    "expired_card": Decline("expired_card", "Your card has expired.", param="exp_month"),
    "fraudulent": Decline("card_declined", _DECLINED, "fraudulent"),
    "generic_decline": Decline("card_declined", _DECLINED, "generic_decline"),
    "incorrect_cvc": Decline("incorrect_cvc", "Your card's security code is incorrect.", param="cvc"),
    "incorrect_zip": Decline(
        "incorrect_zip", "Your card could not be authorized using the postal code provided. Please update the postal "
        "code, or contact your card issuer for further details.", param="address_zip"),
    "insufficient_funds": Decline("card_declined", "Your card has insufficient funds.", "insufficient_funds"),
    "live_card": Decline(
        "card_declined", "Your card was declined. Your request was in test mode, but used a non test (live) card. For "
        "a list of valid test cards, visit: https://stripe.com/docs/testing.", "test_mode_live_card"),
    "lost_card": Decline("card_declined", _DECLINED, "lost_card"),
    "processing_error": Decline(
        "processing_error", "An error occurred while processing your card. Try again in a little bit."),
    "stolen_card": Decline("card_declined", _DECLINED, "stolen_card"),
    "incorrect_number": Decline("incorrect_number", "Your card number is incorrect.", param="number"),
    "invalid_number": Decline(
        "invalid_number", "The card number is not a valid credit card number.", param="number"),
    "invalid_expiry_month": Decline(
        "invalid_expiry_month", "Your card's expiration month is invalid.", param="exp_month"),
    "invalid_expiry_year": Decline(
        "invalid_expiry_year", "Your card's expiration year is invalid.", param="exp_year"),
    "invalid_cvc": Decline("invalid_cvc", "Your card's security code is invalid.", param="cvc"),
})  # fmt: skip
"""Every reason for which a card is refused."""

_BRAND_NAMES: Final = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}

_COUNTRY_NUMBERS: Final = """
us4242424242424242 ca4000001240000000 mx4000004840008001 br4000000760000002 ar4000000320000021 gb4000008260000000
de4000002760000016 fr4000002500000003 es4000007240000007 it4000003800000008 nl4000005280000002 be4000000560000004
at4000000400000008 ie4000003720000005 pt4000006200000007 pl4000006160000005 se4000007520000008 no4000005780000007
dk4000002080000001 fi4000002460000001 ch4000007560000009 au4000000360000006 nz4000005540000008 jp4000003920000003
sg4000007020000003 hk4000003440000004 in4000003560000008 my4000004580000002 th4000007640000003 cn4000001560000002
ae4000007840000001
"""

# No card has a negative number, but some amounts that nobody can pay are.
_NUMBER_IN_TEXT: Final = re.compile(r"(?<!\W-)\b\d(?:[ -]?\d){12,18}\b", re.ASCII)

_VISA: Final = TestCard("4242424242424242")

_NAMED: Final[Mapping[str, TestCard]] = {
    "visa": _VISA,
    "visa_debit": TestCard("4000056655665556", funding="debit"),
    "mastercard": TestCard("5555555555554444", "mastercard"),
    "mastercard_debit": TestCard("5200828282828210", "mastercard", "debit"),
    "mastercard_prepaid": TestCard("5105105105105100", "mastercard", "prepaid"),
    "visa_debit_us_transferSuccess": TestCard("4000056655665556", funding="debit"),
    "visa_debit_us_transferFail": TestCard("4000056655665572", funding="debit", behavior="fail:could_not_process"),
    "visa_debit_us_instantPayoutUnsupported": TestCard("4000056755665555", funding="debit", behavior="no_instant"),
    "mastercard_debit_us_transferSuccess": TestCard("5200828282828210", "mastercard", "debit"),
    "discover_debit_us_transferSuccess": TestCard("6011981111111113", "discover", "debit"),
    "amex": TestCard("378282246310005", "amex"),
    "amex_threeDSecureNotSupported": TestCard("378282246310005", "amex", three_d_secure=False),
    "discover": TestCard("6011111111111117", "discover"),
    "diners": TestCard("3056930009020004", "diners"),
    "jcb": TestCard("3566002020360505", "jcb", country="JP"),
    "unionpay": TestCard("6200000000000005", "unionpay", country="CN"),
    "chargeDeclined": TestCard("4000000000000002", behavior="decline:generic_decline"),
    "chargeDeclinedInsufficientFunds": TestCard("4000000000009995", behavior="decline:insufficient_funds"),
    "chargeDeclinedLostCard": TestCard("4000000000009987", behavior="decline:lost_card"),
    "chargeDeclinedStolenCard": TestCard("4000000000009979", behavior="decline:stolen_card"),
    "chargeDeclinedExpiredCard": TestCard("4000000000000069", behavior="decline:expired_card"),
    "chargeDeclinedIncorrectCvc": TestCard("4000000000000127", behavior="decline:incorrect_cvc"),
    "chargeDeclinedProcessingError": TestCard("4000000000000119", behavior="decline:processing_error"),
    "chargeDeclinedVelocityLimitExceeded": TestCard("4000000000006975", behavior="decline:card_velocity_exceeded"),
    "chargeDeclinedFraudulent": TestCard("4100000000000019", behavior="block"),
    "chargeCustomerFail": TestCard("4000000000000341", behavior="decline_on_charge:generic_decline"),
    "radarBlock": TestCard("4100000000000019", behavior="block"),
    "riskLevelHighest": TestCard("4000000000004954", behavior="block"),
    "riskLevelElevated": TestCard("4000000000009235", behavior="risk:elevated"),
    "cvcCheckFail": TestCard("4000000000000101", behavior="check_fails:cvc"),
    "avsZipFail": TestCard("4000000000000036", behavior="check_fails:zip"),
    "avsLine1Fail": TestCard("4000000000000028", behavior="check_fails:line1"),
    "avsFail": TestCard("4000000000000010", behavior="check_fails:avs"),
    "avsUnchecked": TestCard("4000000000000044", behavior="checks_unavailable"),
    "authenticationRequired": TestCard("4000002760003184", country="DE", behavior="authenticate"),
    "authenticationRequiredOnSetup": TestCard(
        "4000002500003155", country="FR", behavior="authenticate_unless_set_up"),
    "authenticationRequiredSetupForOffSession": TestCard(
        "4000003800000446", country="IT", behavior="authenticate_on_session"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": TestCard(
        "4000008260003178", country="GB", behavior="authenticate_then:insufficient_funds"),
    "threeDSecure2Required": TestCard("4000000000003220", behavior="authenticate"),
    "threeDSecureRequiredChargeDeclined": TestCard("4000008400001629", behavior="authenticate_then:generic_decline"),
    "threeDSecureRequiredProcessingError": TestCard("4000008400001280", behavior="decline_on_charge:generic_decline"),
    "threeDSecureOptional": TestCard("4000000000003055", behavior="authenticate_on_request"),
    "threeDSecureOptionalProcessingError": TestCard("4000000000003097", behavior="fail_on_request:processing_error"),
    "bypassPending": TestCard("4000000000000077", behavior="bypass_pending"),
    "bypassPendingInternational": TestCard("4000003720000278", country="IE", behavior="bypass_pending"),
    "createDispute": TestCard("4000000000000259", behavior="dispute:fraudulent"),
    "createDisputeProductNotReceived": TestCard("4000000000002685", behavior="dispute:product_not_received"),
    "createDisputeInquiry": TestCard("4000000000001976", behavior="dispute:inquiry"),
    "createMultipleDisputes": TestCard("4000000404000079", behavior="dispute:multiple"),
    "createIssuerFraudRecord": TestCard("4000000000005423", behavior="early_fraud_warning"),
    "pendingRefund": TestCard("4000000000007726", behavior="refund:pending"),
    "refundFail": TestCard("4000000000005126", behavior="refund:fail"),
    **dict.fromkeys(("triggerNextRequirements", "triggerVerification"), TestCard("4000000000004202", behavior="demand:next")),
    "triggerChargeBlock": TestCard("4000000000004210", behavior="demand:charges"),
    **dict.fromkeys(("triggerPayoutBlock", "triggerTransferBlock"), TestCard("4000000000004236", behavior="demand:payouts")),
    **{entry[:2]: TestCard(entry[2:], country=entry[:2].upper()) for entry in _COUNTRY_NUMBERS.split()},
}

_UNNAMED: Final = (
    TestCard("4012888888881881"),
    TestCard("2223003122003222", "mastercard"),
    TestCard("371449635398431", "amex"),
    TestCard("6011000990139424", "discover"),
    TestCard("36227206271667", "diners"),
)

# Later entries give way, so that a number means its first card.
_BY_NUMBER: Final = {card.number: card for card in reversed((*_NAMED.values(), *_UNNAMED))}


def named_card(id: str, prefix: str) -> TestCard | None:
    """The card behind `pm_card_visa` (prefix `pm_card_`) or `tok_visa` (prefix `tok_`); None for any other id."""
    if not id.startswith(prefix):
        return None
    name = id.removeprefix(prefix)
    # `visa_chargeDeclined` and `chargeDeclined` are one card.
    return _NAMED.get(name) or _NAMED.get(name.removeprefix("visa_"))


def numbered_card(number: str) -> TestCard | str:
    """The test card with this number, which may have spaces or dashes; else the key of DECLINES that fits."""
    digits = number.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19):
        return "invalid_number"
    if not _passes_luhn(digits):
        return "incorrect_number"
    return _BY_NUMBER.get(digits, "live_card")


def without_numbers(text: str) -> str:
    """The text with all but the last four digits of each card number in it starred, for what repeats what a caller sent."""
    return _NUMBER_IN_TEXT.sub(_starred, text)


def refused_data(exp_month: int, exp_year: int, cvc: str | None, year: int, month: int) -> str | None:
    """The key of DECLINES for an expiry or security code that cannot be, given the year and month of now; else None."""
    if not 1 <= exp_month <= 12:
        return "invalid_expiry_month"
    if not year <= exp_year <= year + 50:
        return "invalid_expiry_year"
    if exp_year == year and exp_month < month:
        return "invalid_expiry_month"
    if cvc is not None and not is_code(cvc):
        return "invalid_cvc"
    return None


def last_month(exp_month: int, exp_year: int) -> int:
    """When the month begins at whose end a card expires, in unix seconds."""
    return int(datetime(exp_year, exp_month, 1, tzinfo=UTC).timestamp())


def is_code(cvc: str) -> bool:
    """Whether this can be a card's security code."""
    return cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4)


def brand_name(brand: str) -> str:
    """`visa` as people write it: `Visa`."""
    return _BRAND_NAMES.get(brand) or brand.capitalize()


def card_document(card: TestCard, exp_month: int, exp_year: int, *, cvc: bool) -> dict[str, Any]:
    """The `card` of a payment method, not yet checked; `cvc` says whether a security code was sent."""
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None,
                   "cvc_check": "unchecked" if cvc else None},
        "country": card.country,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": _fingerprint(card.number),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": card.three_d_secure},
        "wallet": None,
    }


def checked(card: Mapping[str, Any], address: Mapping[str, Any], behavior: str | None) -> dict[str, Any]:
    """The card with the results of its checks: null for what was not sent."""
    fails = (behavior or "").partition(":")[2] if (behavior or "").startswith("check_fails:") else ""

    def result(sent: Any, *failing: str) -> str | None:
        if not sent:
            return None
        if behavior == "checks_unavailable":
            return "unavailable"
        return "fail" if fails in failing else "pass"

    cvc = card["checks"]["cvc_check"] is not None
    return {**card, "checks": {
        "address_line1_check": result(address.get("line1"), "line1", "avs"),
        "address_postal_code_check": result(address.get("postal_code"), "zip", "avs"),
        "cvc_check": ("fail" if fails == "cvc" else "pass") if cvc else None,
    }}


def refusal_of(card: Mapping[str, Any], behavior: str | None, *, charging: bool) -> str | None:
    """The key of DECLINES for which attaching the card, or charging it, fails; None where it succeeds.

    `card` has been checked.
    """
    if behavior is None:
        return None
    kind, _, reason = behavior.partition(":")
    if kind == "decline" or (kind == "decline_on_charge" and charging):
        return reason
    if kind == "block":
        return "fraudulent"
    if behavior == "check_fails:cvc" and card["checks"]["cvc_check"] == "fail":
        return "incorrect_cvc"
    if behavior == "check_fails:zip" and card["checks"]["address_postal_code_check"] == "fail":
        return "incorrect_zip"
    return None


def must_authenticate(behavior: str | None, *, off_session: bool, set_up: bool = False, requested: bool = False) -> bool:
    """Whether a payment with the card has to wait for the customer.

    `set_up`: whether its customer has authenticated it for later payments; `requested`: whether 3D Secure was asked for.
    """
    if behavior is None or not behavior.startswith("authenticate"):
        return False
    if behavior == "authenticate_on_request":
        return requested
    if behavior == "authenticate_unless_set_up":
        return not set_up
    return behavior != "authenticate_on_session" or not off_session


def letters(digest: bytes) -> str:
    """A digest as a fingerprint shows it: a letter or digit for each of its bytes."""
    return "".join(_LETTERS[byte % 62] for byte in digest)


def refusal_after_authentication(behavior: str | None) -> str | None:
    """The key of DECLINES for which a payment fails that the customer has just authenticated; None where it succeeds."""
    kind, _, reason = (behavior or "").partition(":")
    return reason if kind == "authenticate_then" else None


def refusal_of_request(behavior: str | None) -> str | None:
    """The key of DECLINES for which a payment fails because 3D Secure was asked for; None where it does not."""
    kind, _, reason = (behavior or "").partition(":")
    return reason if kind == "fail_on_request" else None


def demand_of(behavior: str | None) -> str | None:
    """What a charge brings about for the connected account that is paid: more is due (`next`), or past due already for
    `charges` or `payouts`; None for any other card.
    """
    kind, _, purpose = (behavior or "").partition(":")
    return purpose if kind == "demand" else None


def _starred(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    # One test card is in the words in which Stripe refuses a transfer that the balance does not cover.
    is_secret = _passes_luhn(digits) and digits != "4000000000000077"
    return "*" * (len(digits) - 4) + digits[-4:] if is_secret else found[0]


def _passes_luhn(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _fingerprint(number: str) -> str:
    """The same 16 letters for the same number; only test numbers come this far, so nothing is to be hidden."""
    return letters(sha256(number.encode()).digest()[:16])
