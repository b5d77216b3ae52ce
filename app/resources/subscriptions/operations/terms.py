"""What a subscription is to be billed by, and the amounts that follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.currencies import minimum_charge
from app.domain.descriptions import off_text, subscription_line_text, trial_text
from app.domain.discounts import Discount as DomainDiscount
from app.domain.discounts import discounted
from app.domain.periods import Interval, period_containing
from app.domain.proration import ItemState
from app.domain.tiers import amount_of
from app.errors import InvalidRequest
from app.resources.coupons.operations import Redemption, discount_in_force, domain_discount
from app.resources.invoices.operations import LineDraft
from app.resources.prices.operations import (
    billed_currency,
    check_amount,
    check_offered,
    interval_of,
    offers,
    terms_of,
)
from app.resources.prices.tables import Price
from app.resources.subscriptions.tables import Subscription, SubscriptionItem

ITEMS_MAX = 20

PRORATING = ("active", "past_due", "unpaid")
"""In a trial nothing was paid, so that nothing prorates (behaviour reference, 3.6)."""


@dataclass(slots=True)
class ItemSpec:
    """What an item is to be. `id` names the existing item that becomes this; `quantity` is None for a metered price."""

    price: Price
    quantity: int | None = None
    tax_rates: list[str] = field(default_factory=list)
    billing_thresholds: dict[str, Any] | None = None
    metadata: dict[str, str] | None = None
    id: str | None = None
    new_id: str | None = None
    """The id of an item to be, where it has been told already."""


@dataclass(slots=True)
class Terms:
    """Everything that a subscription is billed by, other than its items."""

    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    default_payment_method_id: str | None = None
    default_tax_rates: list[str] = field(default_factory=list)
    application_fee_percent: str | None = None
    billing_thresholds: dict[str, Any] | None = None
    transfer_data: dict[str, Any] | None = None
    description: str | None = None
    automatic_tax_enabled: bool = False
    coupon_id: str | None = None
    promotion_code_id: str | None = None
    """How the coupon was redeemed, where by a code."""

    @property
    def redemption(self) -> Redemption | None:
        """What gives the subscription its discount; None for none."""
        return None if self.coupon_id is None else Redemption(self.coupon_id, self.promotion_code_id)


def is_metered(price: Price) -> bool:
    """Whether the price bills reported usage."""
    return price.recurring_usage_type == "metered"


def item_currency(specs: Sequence[ItemSpec], *, asked: str | None, settled: str | None, param: str = "items",
                  currency_param: str = "currency", agreed: Collection[str] = ()) -> str:
    """The currency in which all items are billed: see `billed_currency`. `asked` for by `currency_param`.

    `agreed` are ids of prices that may be billed as they could be once. Raises for no items, and for a price that does not
    have the currency.
    """
    _expect_items(specs, param)
    currency = billed_currency([spec.price for spec in specs], asked=asked, settled=settled, agreed=agreed)
    for spec in specs:
        if asked is not None:
            check_offered(spec.price, asked, param=currency_param, agreed=agreed)
        elif not offers(spec.price, currency, agreed=agreed):
            raise _mismatch("currency", param)
    return currency


def check_items(specs: Sequence[ItemSpec], currency: str, *, param: str = "items") -> Interval:
    """The interval that all items share, whose prices have the currency.

    Raises for no items, more than twenty, a price used twice, and prices that do not match.
    """
    _expect_items(specs, param)
    if len(specs) > ITEMS_MAX:
        raise InvalidRequest(f"You cannot create a subscription with more than {ITEMS_MAX} items: this customer already has "
                             f"the maximum {ITEMS_MAX} items per subscription.", param=param)
    seen: set[str] = set()
    first = specs[0].price
    for index, spec in enumerate(specs):
        price = spec.price
        if price.id in seen:
            raise InvalidRequest(f"Cannot add multiple subscription items with the same plan: {price.id}",
                                 param=f"{param}[{index}][price]")
        seen.add(price.id)
        if interval_of(price) != interval_of(first):
            raise _mismatch("interval", param)
        if is_metered(price):
            if spec.quantity is not None:
                raise InvalidRequest("Quantity should not be specified where usage_type is `metered`. Remove quantity from "
                                     f"`{param}[{index}]`.", param=f"{param}[{index}][quantity]")
        else:
            spec.quantity = 1 if spec.quantity is None else spec.quantity
            check_amount(price, spec.quantity, currency, param=f"{param}[{index}][quantity]")
    return interval_of(first)


def _expect_items(specs: Sequence[ItemSpec], param: str) -> None:
    if not specs:
        raise InvalidRequest(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _mismatch(name: str, param: str) -> InvalidRequest:
    return InvalidRequest("Currency and interval fields must match across all plans on this subscription. "
                          f"Found mismatch in {name} field.", param=param)


def check_thresholds(thresholds: Mapping[str, Any] | None, specs: Sequence[ItemSpec], currency: str, *,
                     path: str = "") -> None:
    """Raises for an amount below what can be charged, and for a threshold of usage where none is measured.

    `path` is the parameter that holds both `billing_thresholds` and `items`, empty at the top.
    """
    own, items = (f"{path}[billing_thresholds]", f"{path}[items]") if path else ("billing_thresholds", "items")
    amount = (thresholds or {}).get("amount_gte")
    minimum = minimum_charge(currency)
    if amount is not None and amount < minimum:
        # Our choice: the words of a value out of range.
        raise InvalidRequest(f"This value must be greater than or equal to {minimum}.", code="parameter_invalid_integer",
                             param=f"{own}[amount_gte]")
    for index, spec in enumerate(specs):
        if spec.billing_thresholds is not None and not is_metered(spec.price):
            # Our choice: the words.
            raise InvalidRequest("`billing_thresholds[usage_gte]` can only be set where usage_type is `metered`.",
                                 param=f"{items}[{index}][billing_thresholds]")


def subscription_discounts(ctx: Context, subscription: Subscription) -> list[DomainDiscount]:
    """The discount in force on the subscription, its own or its customer's, as arithmetic wants it."""
    ctx.session.load([subscription], "customer")
    discount = discount_in_force(ctx, subscription.customer, subscription.discount_id)
    return [] if discount is None else [domain_discount(ctx, discount, subscription.currency)]


def off_words(discounts: list[DomainDiscount], currency: str) -> str | None:
    """What the discount takes off, in words for a proration."""
    if not discounts:
        return None
    percent: Decimal | None = discounts[0].percent_off
    return off_text(percent, discounts[0].amount_off, currency)


def state_of(item: SubscriptionItem, currency: str, discounts: list[DomainDiscount]) -> ItemState:
    """An item as proration sees it, its full-period amount after the discount in force."""
    price = item.price
    metered = is_metered(price)
    amount = 0 if metered else amount_of(terms_of(price, currency), item.quantity or 0)
    if discounts and amount:
        amount = discounted(amount, price.product_id, discounts)
    return ItemState(item.id, price.id, item.quantity, amount, metered)


def whole_period(subscription: Subscription) -> int:
    """How long a full period lasts, in seconds: the current one may be cut by the anchor or a cancel date.

    Our choice: what is prorated in a cut period is prorated at the rate at which that period was billed.
    """
    start, end = subscription.current_period_start, subscription.current_period_end
    natural = period_containing(subscription.billing_cycle_anchor, interval_of(subscription.items[0].price), start)
    return max(natural.end - natural.start, end - start)


def period_line(subscription: Subscription, item: SubscriptionItem, start: int, end: int, *,
                quantity: int | None = None, amount: int | None = None) -> LineDraft:
    """The line of an item for a period: licensed items at their quantity, metered ones at the usage `quantity`."""
    price = item.price
    units = (item.quantity or 0) if quantity is None else quantity
    return LineDraft(
        amount=amount_of(terms_of(price, subscription.currency), units) if amount is None else amount,
        description=_words(price, units, subscription.currency), start=start, end=end, price=price, quantity=units,
        subscription_id=subscription.id, subscription_item_id=item.id, tax_rates=item.tax_rates,
        metadata=subscription.metadata_)


def trial_line(subscription: Subscription, item: SubscriptionItem, start: int, end: int) -> LineDraft:
    """The line of nothing for a trial."""
    line = period_line(subscription, item, start, end, amount=0)
    line.description = trial_text(item.price.product.name)
    return line


def _words(price: Price, units: int, currency: str) -> str:
    cached: dict[tuple[int, str], str] = price.__dict__.setdefault("_words", {})
    words = cached.get((units, currency))
    if words is None:
        words = cached[units, currency] = subscription_line_text(
            price.product.name, units, terms_of(price, currency).unit_amount, currency, interval_of(price))
    return words
