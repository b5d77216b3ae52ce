"""Phases as a caller sends them: what they name is looked up, checked, and laid out on the timeline.

Nothing is written here but prices from `price_data`; the rows that come out are added by whoever asked for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from app.context import Context
from app.domain.money import decimal_string
from app.domain.phases import PhaseLength, PhaseRefused, PhaseWindow, lay_out
from app.errors import InvalidRequest, missing_parameter
from app.resources.coupons.operations import find_coupon
from app.resources.customers.operations import check_email
from app.resources.customers.tables import Customer
from app.resources.payment_methods.operations import use_payment_method
from app.resources.prices.operations import (
    check_amount,
    check_offered,
    find_price,
    interval_of,
    price_from_data,
)
from app.resources.prices.tables import Price
from app.resources.subscription_schedules.tables import (
    SchedulePhase,
    SchedulePhaseInvoiceItem,
    SchedulePhaseItem,
    SubscriptionSchedule,
)
from app.resources.subscriptions.operations import (
    ItemSpec,
    check_fee_percent,
    check_items,
    check_thresholds,
    item_currency,
    transfer_data,
)
from app.resources.tax_rates.operations import find_tax_rates

PHASES_MAX = 10
"""Of the current and the future phases together."""
_LATEST = 253402300799  # 9999-12-31T23:59:59Z, the end of the calendar

_NO_TIMELINE = {
    "end_not_after_start": ("end_date", "The end date of a phase must be after its start date."),
    "gap": ("start_date", "The start date of a phase must be the end date of the phase before it: there is a gap."),
    "overlap": ("start_date", "The start date of a phase must be the end date of the phase before it: they overlap."),
}
"""The parameter and the words for each reason why phases make no timeline. Our choice: the words."""

BLANK_SETTINGS: Mapping[str, Any] = {
    "application_fee_percent": None,
    "automatic_tax": {"enabled": False},
    "billing_cycle_anchor": "automatic",
    "billing_thresholds": None,
    "collection_method": "charge_automatically",
    "invoice_settings": None,
    "transfer_data": None,
}
"""The default settings of a schedule that sets none."""


def set_default_settings(ctx: Context, schedule: SubscriptionSchedule, values: Mapping[str, Any]) -> None:
    """Change the settings that are named; the others stay as they are."""
    settings = dict(schedule.default_settings)
    for name in ("automatic_tax", "billing_cycle_anchor", "collection_method"):
        if name in values:
            settings[name] = values[name]
    if "application_fee_percent" in values:
        settings["application_fee_percent"] = decimal_string(values["application_fee_percent"])
    if "billing_thresholds" in values:
        settings["billing_thresholds"] = _thresholds(values["billing_thresholds"])
    if "invoice_settings" in values:
        settings["invoice_settings"] = {"days_until_due": values["invoice_settings"].get("days_until_due")}
    if "transfer_data" in values:
        settings["transfer_data"] = transfer_data(ctx, values["transfer_data"], "default_settings[transfer_data]")
    if "default_payment_method" in values:
        schedule.default_payment_method_id = use_payment_method(
            ctx, values["default_payment_method"], customer=schedule.customer,
            param="default_settings[default_payment_method]").id
    schedule.default_settings = settings


def read_phases(ctx: Context, schedule: SubscriptionSchedule, customer: Customer, sent: Sequence[Mapping[str, Any]], *,
                start: int, position: int = 0, known: Sequence[SchedulePhase] = (),
                agreed: Collection[str] = ()) -> list[SchedulePhase]:
    """The phases that the parameters describe, one after the other from `start`; not yet added.

    `position` is the index of the first of them in the parameter. What `known` phases name already may be named again
    although it is archived since, and so may the `agreed` prices. Raises InvalidRequest for whatever is wrong with them.
    """
    if len(sent) > PHASES_MAX and ctx.choices.limits != "off":
        raise InvalidRequest(f"Array phases exceeded maximum {PHASES_MAX} allowed elements.", param="phases")
    paths = [f"phases[{position + index}]" for index in range(len(sent))]
    for values, path in zip(sent, paths, strict=True):
        _only_one(values, path, "end_date", "iterations")
        if values.get("trial"):
            _only_one(values, path, "trial", "trial_end")
    prices = {*agreed, *(item.price_id for phase in known for item in phase.items)}
    prices |= {extra.price_id for phase in known for extra in phase.add_invoice_items}
    coupons = {phase.coupon_id for phase in known}
    phases: list[SchedulePhase] = []
    for values, path in zip(sent, paths, strict=True):
        settled = customer.currency or (phases[0].currency if phases else None)
        phases.append(_read_phase(ctx, customer, settled, values, path, prices, coupons))
    for phase in phases:
        if phase.currency != phases[0].currency:
            raise InvalidRequest("Currency and interval fields must match across all plans on this subscription. "
                                 "Found mismatch in currency field.", param="phases")
    for phase, window in zip(phases, _windows(ctx, sent, phases, start, position), strict=True):
        phase.start_date, phase.end_date = window.start, window.end
    for phase, values, path in zip(phases, sent, paths, strict=True):
        phase.trial_end = _trial_end(phase, values, path)
    check_collection(ctx, schedule, customer, phases, position)
    return phases


def add_phase(ctx: Context, schedule: SubscriptionSchedule, phase: SchedulePhase) -> None:
    """Take the phase in, at its place among the schedule's others."""
    phase.schedule_id = schedule.id
    ctx.add(phase)
    for item in (*phase.items, *phase.add_invoice_items):
        item.phase_id = phase.id
        ctx.add(item)
    schedule.phases.append(phase)
    schedule.phases.sort(key=lambda one: one.start_date)


def remove_phase(ctx: Context, schedule: SubscriptionSchedule, phase: SchedulePhase) -> None:
    """Forget the phase with all that it holds."""
    schedule.phases.remove(phase)
    for row in (*phase.items, *phase.add_invoice_items, phase):
        ctx.session.delete(row)


def load_phases(ctx: Context, schedule: SubscriptionSchedule) -> list[SchedulePhase]:
    """The schedule's phases in order, with their items and prices."""
    ctx.session.load([schedule], "phases.items.price")
    ctx.session.load([schedule], "phases.add_invoice_items.price")
    return schedule.phases


def current_phase(schedule: SubscriptionSchedule) -> SchedulePhase:
    """The phase that an active schedule is in; its phases are loaded."""
    return next(phase for phase in schedule.phases if phase.start_date == schedule.current_phase_start)


def item_specs(phase: SchedulePhase) -> list[ItemSpec]:
    """What the phase's items are on a subscription."""
    return [ItemSpec(item.price, item.quantity, item.tax_rates, item.billing_thresholds) for item in phase.items]


def check_collection(ctx: Context, schedule: SubscriptionSchedule, customer: Customer, phases: Sequence[SchedulePhase],
                     position: int) -> None:
    """Raises where a phase takes a fee of nobody, or sends its invoices without saying when they are due or to which address."""
    defaults = schedule.default_settings
    for index, phase in enumerate(phases, position):
        whose = "default_settings" if phase.application_fee_percent is None else f"phases[{index}]"
        check_fee_percent(ctx, phase.application_fee_percent or defaults["application_fee_percent"],
                          phase.transfer_data or defaults["transfer_data"], param=f"{whose}[application_fee_percent]")
        method = phase.collection_method or defaults["collection_method"]
        own = (phase.invoice_settings or {}).get("days_until_due")
        param = f"phases[{index}][invoice_settings][days_until_due]"
        if method == "charge_automatically":
            if own is not None:
                # Our choice: refused as on a subscription; default settings may hold it for the phases that send.
                raise InvalidRequest("`days_until_due` can only be set if the `collection_method` is `send_invoice`.",
                                     param=param)
            continue
        if own is None and (defaults["invoice_settings"] or {}).get("days_until_due") is None:
            raise InvalidRequest("If `collection_method` is `send_invoice`, you must specify "
                                 "`invoice_settings[days_until_due]` on the phase or in `default_settings`.",
                                 param=param)
        check_email(customer, param="customer")


def _read_phase(ctx: Context, customer: Customer, settled: str | None, values: Mapping[str, Any], path: str,
                known_prices: set[str], known_coupons: set[str | None]) -> SchedulePhase:
    """One phase, in the currency that it asks for, else the `settled` one where its prices have that."""
    items = [_read_item(ctx, item, f"{path}[items][{index}]", known_prices)
             for index, item in enumerate(values["items"])]
    specs = [ItemSpec(item.price, item.quantity, billing_thresholds=item.billing_thresholds) for item in items]
    currency = item_currency(specs, asked=values.get("currency"), settled=settled, param=f"{path}[items]",
                             currency_param=f"{path}[currency]", agreed=known_prices)
    check_items(specs, currency, param=f"{path}[items]")
    for item, spec in zip(items, specs, strict=True):
        item.quantity = spec.quantity
    check_thresholds(values.get("billing_thresholds"), specs, currency, path=path)
    extras = [_read_invoice_item(ctx, item, currency, f"{path}[add_invoice_items][{index}]", known_prices)
              for index, item in enumerate(values.get("add_invoice_items", ()))]
    coupon = values.get("coupon")
    if coupon is not None and coupon not in known_coupons:
        _check_coupon(ctx, coupon, currency, f"{path}[coupon]")
    phase = SchedulePhase(
        application_fee_percent=decimal_string(values["application_fee_percent"])
        if "application_fee_percent" in values else None,
        automatic_tax_enabled=values["automatic_tax"]["enabled"] if "automatic_tax" in values else None,
        billing_cycle_anchor=values.get("billing_cycle_anchor"),
        billing_thresholds=_thresholds(values.get("billing_thresholds")),
        collection_method=values.get("collection_method"), coupon_id=coupon, currency=currency,
        default_tax_rates=_tax_rates(ctx, values.get("default_tax_rates"), f"{path}[default_tax_rates]"),
        invoice_settings={"days_until_due": values["invoice_settings"].get("days_until_due")}
        if "invoice_settings" in values else None,
        metadata_={key: value or "" for key, value in values.get("metadata", {}).items()},
        proration_behavior=values.get("proration_behavior", "create_prorations"),
        transfer_data=transfer_data(ctx, values.get("transfer_data"), f"{path}[transfer_data]"))
    if "default_payment_method" in values:
        phase.default_payment_method_id = use_payment_method(
            ctx, values["default_payment_method"], customer=customer, param=f"{path}[default_payment_method]").id
    phase.__dict__.update({"items": items, "add_invoice_items": extras})
    return phase


def _read_item(ctx: Context, values: Mapping[str, Any], path: str, known: set[str]) -> SchedulePhaseItem:
    price = _read_price(ctx, values, path, known, recurring=True)
    thresholds = values.get("billing_thresholds")
    item = SchedulePhaseItem(price_id=price.id, quantity=values.get("quantity"), billing_thresholds=thresholds,
                             tax_rates=_tax_rates(ctx, values.get("tax_rates"), f"{path}[tax_rates]"))
    item.__dict__["price"] = price
    return item


def _read_invoice_item(ctx: Context, values: Mapping[str, Any], currency: str, path: str,
                       known: set[str]) -> SchedulePhaseInvoiceItem:
    price = _read_price(ctx, values, path, known, recurring=False)
    check_offered(price, currency, param=f"{path}[price]", agreed=known)
    check_amount(price, values.get("quantity", 1), currency, param=f"{path}[quantity]")
    item = SchedulePhaseInvoiceItem(price_id=price.id, quantity=values.get("quantity", 1),
                                    tax_rates=_tax_rates(ctx, values.get("tax_rates"), f"{path}[tax_rates]"))
    item.__dict__["price"] = price
    return item


def _read_price(ctx: Context, values: Mapping[str, Any], path: str, known: set[str], *, recurring: bool) -> Price:
    _only_one(values, path, "price", "price_data")
    if "price_data" in values:
        return price_from_data(ctx, values["price_data"], recurring_required=recurring, param=f"{path}[price_data]")
    if "price" not in values:
        raise missing_parameter(f"{path}[price]")
    type: Literal["recurring", "one_time"] = "recurring" if recurring else "one_time"
    price = ctx.get(Price, values["price"]) if values["price"] in known else None
    if price is not None and price.type == type:
        return price
    return find_price(ctx, values["price"], param=f"{path}[price]", type=type)


def _check_coupon(ctx: Context, id: str, currency: str, param: str) -> None:
    amounts = find_coupon(ctx, id, param=param).currency_options
    if amounts is not None and currency not in amounts:
        # Our choice: refused here with these words, because the phase could not begin later.
        raise InvalidRequest(f"The coupon specified has no amount in the currency of the phase: `{currency}`.",
                             param=param)


def _windows(ctx: Context, sent: Sequence[Mapping[str, Any]], phases: Sequence[SchedulePhase], start: int,
             position: int) -> list[PhaseWindow]:
    starts = [_moment(ctx, values.get("start_date")) for values in sent]
    lengths = []
    for index, (values, phase) in enumerate(zip(sent, phases, strict=True)):
        end = _moment(ctx, values.get("end_date"))
        if end is None and "iterations" not in values and index + 1 < len(sent):
            # Our choice: a phase without a length of its own lasts until the start that the next one claims.
            end = starts[index + 1]
        lengths.append(PhaseLength(interval_of(phase.items[0].price), values.get("iterations"), end,
                                   starts[index] if index else None))
    try:
        windows = lay_out(start, lengths)
    except PhaseRefused as refused:
        name, words = _NO_TIMELINE[refused.reason]
        raise InvalidRequest(words, param=f"phases[{position + refused.index}][{name}]") from None
    except (ValueError, OverflowError):
        windows = []
    if not windows or windows[-1].end > _LATEST:
        raise InvalidRequest("The phases of a schedule must end before the year 10000.", param="phases")
    return windows


def _moment(ctx: Context, value: int | str | None) -> int | None:
    return ctx.now if value == "now" else value  # type: ignore[return-value]


def _trial_end(phase: SchedulePhase, values: Mapping[str, Any], path: str) -> int | None:
    if values.get("trial"):
        return phase.end_date
    trial_end: int | str | None = values.get("trial_end")
    if trial_end is None or isinstance(trial_end, str):
        return None
    if not phase.start_date < trial_end <= phase.end_date:
        # Our choice: the words.
        raise InvalidRequest("The trial end of a phase must lie within the phase.", param=f"{path}[trial_end]")
    return trial_end


def _tax_rates(ctx: Context, ids: list[str] | None, param: str) -> list[str]:
    if ids:
        find_tax_rates(ctx, ids, param=param)
    return ids or []


def _thresholds(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    names = ("amount_gte", "reset_billing_cycle_anchor")
    return None if values is None else {name: values.get(name) for name in names}


def _only_one(values: Mapping[str, Any], path: str, *names: str) -> None:
    if all(values.get(name) is not None for name in names):
        raise InvalidRequest(f"You may only specify one of these parameters: {', '.join(names)}.",
                             param=f"{path}[{names[0]}]")
