"""The golden vectors: what stands in `vectors/*.json` was worked out without this project's code, which must agree.

`vectors/README.md` says what the files hold. Here is one runner for each kind: from the input to what is expected of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from app.domain.discounts import Discount, apply, discounted
from app.domain.invoicing import DraftLine, compute, settle
from app.domain.periods import Interval, Period, boundary, next_boundary, period_containing
from app.domain.phases import PhaseLength, PhaseRefused, lay_out
from app.domain.proration import ItemState, amount_between, prorate
from app.domain.taxes import TaxAmount, TaxRate, taxes_on
from app.domain.tiers import PriceTerms, Tier, amount_of
from app.domain.usage import aggregate, merge

FOLDER = Path(__file__).parent / "vectors"
FILES = sorted(path for path in FOLDER.glob("*.json") if path.name != "schema.json")

Json = dict[str, Any]


# From the API's objects to what the arithmetic takes


def interval_of(recurring: Json) -> Interval:
    return Interval(recurring["interval"], recurring["interval_count"])


def terms_of(price: Json) -> PriceTerms:
    unit = price.get("unit_amount_decimal")
    packages = price["transform_quantity"] or {}
    tiers = tuple(Tier(tier["up_to"], Decimal(tier["unit_amount_decimal"] or 0), Decimal(tier["flat_amount_decimal"] or 0))
                  for tier in price.get("tiers", ()))
    return PriceTerms(price["billing_scheme"], None if unit is None else Decimal(unit), tiers, price.get("tiers_mode"),
                      packages.get("divide_by"), packages.get("round"))


def discount_of(id: str, coupon: Json) -> Discount:
    products = coupon.get("applies_to", {}).get("products")
    percent = coupon.get("percent_off")
    return Discount(id, None if percent is None else Decimal(percent), coupon.get("amount_off"),
                    None if products is None else frozenset(products))


def discounts_of(shown: list[Json]) -> tuple[Discount, ...]:
    return tuple(discount_of(each["id"], each["coupon"]) for each in shown)


def rates_of(shown: list[Json]) -> tuple[TaxRate, ...]:
    return tuple(TaxRate(rate["id"], Decimal(rate["percentage"]), rate["inclusive"]) for rate in shown)


# And back


def period_shown(period: Period) -> Json:
    return {"start": period.start, "end": period.end}


def discounts_shown(amounts: Any) -> list[Json]:
    return [{"amount": amount, "discount": id} for id, amount in amounts]


def taxes_shown(amounts: Any) -> list[Json]:
    taxes: list[TaxAmount] = list(amounts)
    return [{"amount": amount, "inclusive": inclusive, "tax_rate": rate} for rate, amount, inclusive in taxes]


# The kinds


def run_periods(asked: Json, prices: Json) -> Json:
    anchor, interval = asked["anchor"], interval_of(asked)
    if "at" in asked:
        return {"period": period_shown(period_containing(anchor, interval, asked["at"]))}
    return {"boundaries": [boundary(anchor, interval, k) for k in asked["boundaries"]]}


def run_amounts(asked: Json, prices: Json) -> Json:
    return {"amount": amount_of(terms_of(prices[asked["price"]]), asked["quantity"])}


def run_usage(asked: Json, prices: Json) -> Json:
    price = prices[asked["price"]]
    records = [(record["timestamp"], record["action"], record["quantity"]) for record in asked["records"]]
    quantity = aggregate(price["recurring"]["aggregate_usage"], merge(records), asked["carried"])
    return {"quantity": quantity, "amount": amount_of(terms_of(price), quantity)}


def run_prorations(asked: Json, prices: Json) -> Json:
    coupon = asked["coupon"]
    discounts = () if coupon is None else (discount_of("di_1", coupon),)

    def state(item: Json) -> ItemState:
        price = prices[item["price"]]
        full = amount_of(terms_of(price), item["quantity"] or 0)
        metered = price["recurring"]["usage_type"] == "metered"
        return ItemState(item["id"], item["price"], item["quantity"], discounted(full, price["product"], discounts), metered)

    lines = prorate([state(item) for item in asked["before"]], [state(item) for item in asked["after"]],
                    Period(**asked["period"]), asked["proration_date"], keep_unchanged=not asked.get("reset", False))
    return {"lines": [{"item": line.item, "price": line.price, "quantity": line.quantity, "amount": line.amount,
                       "period": period_shown(line.period)} for line in lines]}


def run_spans(asked: Json, prices: Json) -> Json:
    price = prices[asked["price"]]
    full = amount_of(terms_of(price), asked["quantity"])
    return {"amount": amount_between(full, asked["billing_cycle_anchor"], interval_of(price["recurring"]), asked["start"],
                                     asked["end"])}


def run_discounts(asked: Json, prices: Json) -> Json:
    lines = [(line["amount"], line["discountable"], line["product"]) for line in asked["lines"]]
    taken = apply(lines, discounts_of(asked["discounts"]))
    totals = {each["id"]: 0 for each in asked["discounts"]}
    for id, amount in (each for line in taken for each in line):
        totals[id] += amount
    return {"lines": [{"discount_amounts": discounts_shown(line)} for line in taken],
            "total_discount_amounts": discounts_shown(totals.items())}


def run_taxes(asked: Json, prices: Json) -> Json:
    exempt = asked["tax_exempt"] != "none"
    return {"tax_amounts": taxes_shown(taxes_on(asked["amount"], rates_of(asked["tax_rates"]), exempt))}


def run_balances(asked: Json, prices: Json) -> Json:
    settled = settle(asked["total"], asked["balance"], asked["currency"])
    return {"amount_due": settled.amount_due, "ending_balance": settled.ending_balance, "invoice_too_small": settled.too_small}


def run_phases(asked: Json, prices: Json) -> Json:
    intervals = [interval_of(prices[phase["items"][0]["price"]]["recurring"]) for phase in asked["phases"]]
    lengths = [PhaseLength(interval, phase.get("iterations"), phase.get("end_date"), phase.get("start_date"))
               for interval, phase in zip(intervals, asked["phases"], strict=True)]
    try:
        windows = lay_out(asked["start_date"], lengths)
    except PhaseRefused as refusal:
        return {"refused": {"phase": refusal.index, "reason": refusal.reason}}
    shown: list[Json] = [{"start_date": window.start, "end_date": window.end} for window in windows]
    if "billing_cycle_anchor" in asked:
        for phase, interval in zip(shown, intervals, strict=True):
            phase["renewals"] = list(renewals(asked["billing_cycle_anchor"], interval, phase["start_date"], phase["end_date"]))
    return {"phases": shown}


def renewals(anchor: int, interval: Interval, start: int, end: int) -> Iterator[int]:
    """The boundaries of the anchor's periods from the start up to the end of a phase."""
    at = next_boundary(anchor, interval, start - 1)
    while at < end:
        yield at
        at = next_boundary(anchor, interval, at)


def run_invoices(asked: Json, prices: Json) -> Json:
    rates = {rate["id"]: rate for rate in asked["tax_rates"]}

    def draft(line: Json) -> DraftLine:
        price = prices.get(line["price"])
        amount = line["amount"] if "amount" in line else amount_of(terms_of(price), line["quantity"])
        line_rates = rates_of([rates[id] for id in line["tax_rates"] or asked["default_tax_rates"]])
        return DraftLine(amount, line["discountable"], None if price is None else price["product"], line_rates,
                         discounts_of(line["discounts"]))

    customer = asked["customer"]
    totals = compute([draft(line) for line in asked["lines"]], discounts_of(asked["discounts"]),
                     exempt=customer["tax_exempt"] != "none")
    settled = settle(totals.total, customer["balance"], asked["currency"])
    return {
        "lines": [{"amount": line.amount, "amount_excluding_tax": line.amount_excluding_tax,
                   "discount_amounts": discounts_shown(line.discount_amounts),
                   "tax_amounts": taxes_shown(line.tax_amounts)} for line in totals.lines],
        "subtotal": totals.subtotal, "subtotal_excluding_tax": totals.subtotal_excluding_tax, "tax": totals.tax,
        "total": totals.total, "total_excluding_tax": totals.total_excluding_tax,
        "total_discount_amounts": discounts_shown(totals.total_discount_amounts),
        "total_tax_amounts": taxes_shown(totals.total_tax_amounts),
        "amount_due": settled.amount_due, "ending_balance": settled.ending_balance}


RUNNERS: dict[str, Callable[[Json, Json], Json]] = {
    "amounts": run_amounts, "balances": run_balances, "discounts": run_discounts, "invoices": run_invoices,
    "periods": run_periods, "phases": run_phases, "prorations": run_prorations, "spans": run_spans, "taxes": run_taxes,
    "usage": run_usage,
}


def cases() -> Iterator[Any]:
    for path in FILES:
        # A percentage such as 8.875 is a decimal number; read as a binary one it would be another.
        vectors = json.loads(path.read_text(), parse_float=Decimal)
        for case in vectors["cases"]:
            yield pytest.param(vectors["kind"], vectors.get("prices", {}), case, id=f"{vectors['kind']}-{case['id']}")


@pytest.mark.parametrize(("kind", "prices", "case"), list(cases()))
def test_the_arithmetic_agrees(kind: str, prices: Json, case: Json) -> None:
    assert RUNNERS[kind](case["input"], prices) == case["expected"], case["derivation"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_as_its_schema_says(path: Path) -> None:
    validate = fastjsonschema.compile(json.loads((FOLDER / "schema.json").read_text()))
    vectors = validate(json.loads(path.read_text()))
    assert vectors["kind"] == path.stem
    ids = [case["id"] for case in vectors["cases"]]
    assert len(set(ids)) == len(ids)
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(vectors | {"cases": [{**vectors["cases"][0], "expected": {}}]})


def test_every_kind_is_there_and_described() -> None:
    assert [path.stem for path in FILES] == sorted(RUNNERS)
    described = (FOLDER / "README.md").read_text()
    assert [kind for kind in RUNNERS if f"`{kind}.json`" not in described] == []
