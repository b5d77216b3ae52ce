"""Whatever is quoted: the first invoice and those after it are what the quote said."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, Clock

JAN_31 = 1_643_630_400
"""2022-01-31 12:00, on which months of all lengths hang."""

_LINES = st.lists(st.tuples(st.sampled_from(["cheap", "dear", "tiered", "usage", "setup", "training"]), st.integers(0, 30),
                            st.sampled_from([None, "exclusive", "inclusive"])), min_size=1, max_size=5,
                  unique_by=lambda line: line[0])
_QUOTES = st.fixed_dictionaries({
    "lines": _LINES,
    "coupon": st.sampled_from([None, "half", "once", "amount", "two_months"]),
    "rate": st.sampled_from([None, "exclusive", "inclusive"]),
    "trial": st.sampled_from([None, None, 1, 40]),
    "starts": st.sampled_from([None, None, 0, 45]),
    "exempt": st.booleans(),
    "currency": st.sampled_from(["usd", "eur"]),
})


def make(time: Clock, quoted: dict[str, Any]) -> dict[str, Any]:
    api = time.api
    rates = {name: api.post("/v1/tax_rates", display_name=name, percentage="19.5", inclusive=name == "inclusive")["id"]
             for name in ("exclusive", "inclusive")}
    tiers = [{"up_to": 5, "unit_amount": 700, "flat_amount": 100}, {"up_to": "inf", "unit_amount": 650}]
    in_euros = [{"up_to": 9, "unit_amount": 600}, {"up_to": "inf", "unit_amount": 555, "flat_amount": 50}]

    def price(unit_amount: int | None, euros: Any, *args: Any, name: str = "unit_amount", **values: Any) -> str:
        return time.price(unit_amount, *args, currency_options={"eur": {name: euros}}, **values)

    prices = {
        "cheap": price(999, 899), "dear": price(3333, 2999, product="Dear"),
        "setup": price(12345, 11111, None, product="Setup"),
        "training": price(None, "29.95", None, name="unit_amount_decimal", product="Training", unit_amount_decimal="33.35"),
        "usage": price(7, 6, product="Usage", recurring={"usage_type": "metered"}),
        "tiered": price(None, in_euros, name="tiers", product="Tiered", billing_scheme="tiered", tiers_mode="graduated",
                        tiers=tiers)}
    terms: dict[str, dict[str, Any]] = {
        "half": {"percent_off": 50, "duration": "forever"}, "once": {"percent_off": "33.33", "duration": "once"},
        "amount": {"amount_off": 777, "currency": "usd", "duration": "forever",
                   "currency_options": {"eur": {"amount_off": 666}}},
        "two_months": {"percent_off": 25, "duration": "repeating", "duration_in_months": 2}}
    values: dict[str, Any] = {"subscription_data": {"trial_period_days": quoted["trial"]}}
    if quoted["starts"] is not None:
        values["subscription_data"]["effective_date"] = time.now + quoted["starts"] * DAY
    if quoted["coupon"] is not None:
        values["discounts"] = [{"coupon": api.post("/v1/coupons", **terms[quoted["coupon"]])["id"]}]
    if quoted["rate"] is not None:
        values["default_tax_rates"] = [rates[quoted["rate"]]]
    lines = []
    for name, quantity, rate in quoted["lines"]:
        line: dict[str, Any] = {"price": prices[name]} | ({} if name == "usage" else {"quantity": quantity})
        lines.append(line | ({} if rate is None else {"tax_rates": [rates[rate]]}))
    return api.post("/v1/quotes", customer=time.customer, line_items=lines, **values)


def totals(part: dict[str, Any]) -> tuple[int, int, int, int]:
    details = part["total_details"]
    return part["amount_subtotal"], details["amount_discount"], details["amount_tax"], part["amount_total"]


def billed(invoice: dict[str, Any]) -> tuple[int, int, int, int]:
    discount = sum(each["amount"] for each in invoice["total_discount_amounts"])
    return invoice["subtotal"], discount, invoice["tax"] or 0, invoice["total"]


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quoted=_QUOTES)
def test_what_is_quoted_is_billed(server: Server, quoted: dict[str, Any]) -> None:
    api = Api(server)
    time = Clock(api, JAN_31, tax_exempt="exempt" if quoted["exempt"] else "none")
    # Whoever was billed in a currency once is quoted in it.
    item = api.post("/v1/invoiceitems", customer=time.customer, amount=1, currency=quoted["currency"])
    api.call("DELETE", f"/v1/invoiceitems/{item['id']}")
    quote = make(time, quoted)
    api.post(f"/v1/quotes/{quote['id']}/finalize")
    accepted = api.post(f"/v1/quotes/{quote['id']}/accept")
    assert accepted["computed"] == quote["computed"]
    # The trial, the wait for the start, and two periods after them.
    time.advance(days=40 + 45 + 2 * 31 + 1)
    invoices = time.invoices()
    assert {invoice["currency"] for invoice in invoices} == {quote["currency"]} == {quoted["currency"]}
    assert billed(invoices[0]) == totals(quote["computed"]["upfront"])
    recurring = quote["computed"]["recurring"]
    if recurring is not None:
        later = invoices[1:] if quoted["coupon"] != "two_months" else [
            invoice for invoice in invoices[1:] if not invoice["total_discount_amounts"]]
        assert later or quoted["coupon"] == "two_months"
        assert {billed(invoice) for invoice in later} <= {totals(recurring)}
    else:
        assert len(invoices) == 1
    assert examine(server.database, account=api.key) == []
