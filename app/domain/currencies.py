"""The currencies that amounts may be in, how many decimals they have, and the least and most that can be charged."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.domain.money import decimal_string

_CODES: Final = """
usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp
cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr
isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn
myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sll sos
srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
"""

SUPPORTED: Final[tuple[str, ...]] = tuple(_CODES.split())
"""Presentment currencies in the API's order (US dollars first, then the alphabet), as in the country specs of 2022."""

ZERO_DECIMAL: Final = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
})  # fmt: skip
"""Currencies whose amounts are whole units: 500 in jpy is ¥500."""

THREE_DECIMAL: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
"""Currencies with a thousandth as their minor unit."""

MAXIMUM_CHARGE: Final = 99_999_999
"""The most that one charge may collect, in minor units of any currency."""

# Our choice: twelve digits, as the prices API takes today.
MAXIMUM_UNIT_AMOUNT: Final = 999_999_999_999
"""The most that one unit, package or tier of a price may cost, in minor units of any currency."""

MINIMUM_CHARGE: Final[Mapping[str, int]] = {
    "usd": 50, "eur": 50, "cad": 50, "aud": 50, "nzd": 50, "chf": 50, "sgd": 50, "brl": 50, "inr": 50, "jpy": 50,
    "gbp": 30, "mxn": 1000, "hkd": 400, "sek": 300, "nok": 300, "dkk": 250, "pln": 200, "ron": 200, "czk": 1500,
    "huf": 17500, "bgn": 100, "myr": 200, "aed": 200, "thb": 1000,
}  # fmt: skip
"""The least that one charge may collect, in minor units, where it is published."""

_SYMBOLS: Final[Mapping[str, str]] = {
    "usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "aud": "A$", "brl": "R$", "cad": "CA$", "cny": "CN¥", "hkd": "HK$",
    "ils": "₪", "inr": "₹", "krw": "₩", "mxn": "MX$", "nzd": "NZ$", "php": "₱", "twd": "NT$", "vnd": "₫",
}  # fmt: skip


def exponent(currency: str) -> int:
    """How many decimals an amount has: 2 for most, 0 for yen, 3 for dinars."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def minimum_charge(currency: str) -> int:
    """The least that can be charged, in minor units."""
    # Our choice: the documentation gives other currencies the worth of half a US dollar at the day's rate; 50 is exact.
    return MINIMUM_CHARGE.get(currency, 50)


def format_amount(amount: int | Decimal, currency: str) -> str:
    """An amount for people: `$1,000.00`, `-$5.00`, `¥500`, `10.00 CHF`. A unit price may have a fraction: `$0.0015`."""
    places = exponent(currency)
    whole, _, fraction = decimal_string(abs(Decimal(amount)).scaleb(-places)).partition(".")
    text = f"{int(whole):,}"
    if places or fraction:
        text += "." + fraction.ljust(places, "0")
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{text} {currency.upper()}"
