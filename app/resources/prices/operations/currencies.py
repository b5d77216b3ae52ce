"""In which of its currencies a price is billed.

A price has an option for each currency that it can be billed in, its own included. Whatever bills has one currency for all
of its prices: the one that is asked for, else the customer's, else the price's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.errors import InvalidRequest
from app.resources.prices.tables import Price

_READ = ("_terms", "_words")
"""What is kept on a row of what its options say."""


def offers(price: Price, currency: str, *, agreed: Collection[str] = ()) -> bool:
    """Whether the price can be billed in the currency. An option without an amount cannot.

    `agreed` are the ids of prices that are billed already: those may also be in a currency that they had once.
    """
    if currency == price.currency or (price.id in agreed and currency in (price.former_options or {})):
        return True
    option = (price.currency_options or {}).get(currency)
    return option is not None and _has_amount(option)


def billed_currency(prices: Sequence[Price], *, asked: str | None, settled: str | None,
                    agreed: Collection[str] = ()) -> str:
    """The currency that is `asked` for; else the `settled` one, where each price has it; else the first price's own."""
    if asked is not None:
        return asked
    if settled is not None and all(offers(price, settled, agreed=agreed) for price in prices):
        return settled
    return prices[0].currency


def check_offered(price: Price, currency: str, *, param: str, agreed: Collection[str] = ()) -> None:
    """Raises for a price that cannot be billed in the currency."""
    if offers(price, currency, agreed=agreed):
        return
    # Our choice: how several currencies are listed; the words for a price of one are Stripe's.
    others = [name for name in price.currency_options or {} if name != price.currency and offers(price, name)]
    has = ", ".join(f"`{name}`" for name in (price.currency, *others))
    raise InvalidRequest(f"The price specified only supports {has}. This doesn't match the expected currency: "
                         f"`{currency}`.", param=param)


def replace_options(price: Price, options: dict[str, Any]) -> None:
    """Let the price have these options from now on.

    Our choice: what is billed in a currency that is taken away stays as it was for those who have it, because a
    subscription cannot change its currency; a changed amount is billed from the next period on.
    """
    gone = {name: option for name, option in (price.currency_options or {}).items()
            if name not in options and _has_amount(option)}
    kept = {name: option for name, option in (price.former_options or {}).items() if name not in options}
    price.former_options = kept | gone or None
    price.currency_options = options
    for name in _READ:
        price.__dict__.pop(name, None)


def _has_amount(option: Mapping[str, Any]) -> bool:
    return option["unit_amount_decimal"] is not None or bool(option.get("tiers"))
