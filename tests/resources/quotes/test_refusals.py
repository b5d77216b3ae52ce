"""What cannot be quoted, and how it is said. Nothing is written and no event is emitted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.rows import row_counts

DAY = 86_400


@pytest.fixture
def world(api: Api) -> dict[str, str]:
    """Ids by name: prices, customers, quotes in three statuses, a clock."""
    gold = {"product_data": {"name": "Gold"}}
    names: dict[str, dict[str, Any]] = {
        "month": {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}},
        "year": {"currency": "usd", "unit_amount": 9000, "recurring": {"interval": "year"}},
        "once": {"currency": "usd", "unit_amount": 500},
        "euro": {"currency": "eur", "unit_amount": 500},
        "chosen": {"currency": "usd", "custom_unit_amount": {"enabled": True}},
        "archived": {"currency": "usd", "unit_amount": 500, "active": False},
        "usage": {"currency": "usd", "unit_amount": 5, "recurring": {"interval": "month", "usage_type": "metered"}},
    }
    ids = {name: api.post("/v1/prices", **gold, **values)["id"] for name, values in names.items()}
    ids["product"] = api.get(f"/v1/prices/{ids['month']}")["product"]
    ids["clock"] = api.post("/v1/test_helpers/test_clocks", frozen_time=1_659_312_000)["id"]
    ids["payer"] = api.post("/v1/customers", email="jenny@example.com")["id"]
    ids["other"] = api.post("/v1/customers")["id"]
    ids["away"] = api.post("/v1/customers", test_clock=ids["clock"])["id"]
    ids["expired"] = api.post("/v1/coupons", percent_off=10, max_redemptions=1)["id"]
    api.post("/v1/subscriptions", customer=ids["payer"], items=[{"price": ids["month"]}], coupon=ids["expired"],
             collection_method="send_invoice", days_until_due=30)
    ids["euros"] = api.post("/v1/coupons", amount_off=10, currency="eur")["id"]
    ids["draft"], ids["open"], ids["accepted"] = (
        api.post("/v1/quotes", customer=ids["payer"], line_items=[{"price": ids["month"]}],
                 collection_method="send_invoice", invoice_settings={"days_until_due": 7})["id"] for _ in range(3))
    for name in ("open", "accepted"):
        api.post(f"/v1/quotes/{ids[name]}/finalize")
    api.post(f"/v1/quotes/{ids['accepted']}/accept")
    ids["nobody"] = api.post("/v1/quotes", line_items=[{"price": ids["month"]}])["id"]
    ids["empty"] = api.post("/v1/quotes", customer=ids["payer"])["id"]
    ids["unsendable"] = api.post("/v1/quotes", customer=ids["other"], line_items=[{"price": ids["month"]}],
                                 collection_method="send_invoice", invoice_settings={"days_until_due": 7})["id"]
    return ids


def refused(api: Api, path: str, values: Any) -> tuple[int, str | None, str | None, str]:
    before = row_counts(api.server)
    answer = api.refused("POST", path, **values)
    assert row_counts(api.server) == before
    error = answer.error
    return answer.status, error.get("code"), error.get("param"), error["message"]


def filled(value: Any, ids: dict[str, str]) -> Any:
    """`"$month"` is the id of that name."""
    if isinstance(value, dict):
        return {name: filled(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    return ids[value[1:]] if isinstance(value, str) and value.startswith("$") else value


MISSING, MISMATCH = "resource_missing", (
    "Currency and interval fields must match across all plans on this subscription. Found mismatch in interval field.")
EXPIRED = "coupon_expired"


REFUSED: list[tuple[dict[str, Any], str | None, str | None, str]] = [
    ({"customer": "cus_x"}, MISSING, "customer", "No such customer: 'cus_x'"),
    ({"test_clock": "clock_x"}, MISSING, "test_clock", "No such testclock: 'clock_x'"),
    ({"test_clock": "$clock", "customer": "$payer"}, None, "customer",
     "The customer $payer must live on the same test clock as the quote."),
    ({"line_items": [{"quantity": 2}]}, "parameter_missing", "line_items[0][price]",
     "Missing required param: line_items[0][price]."),
    ({"line_items": [{"price": "$month"}, {"price": "price_x"}]}, MISSING, "line_items[1][price]", "No such price: 'price_x'"),
    ({"line_items": [{"price": "$archived"}]}, None, "line_items[0][price]",
     "The price specified is inactive. This field only accepts active prices."),
    ({"line_items": [{"price": "$chosen"}]}, None, "line_items[0][price]",
     "The price specified has a `custom_unit_amount`, which can only be chosen in a checkout."),
    ({"line_items": [{"price": "$once", "price_data": {"currency": "usd", "product": "$product"}}]}, None, None,
     "You may only specify one of these parameters: line_items[0][price], line_items[0][price_data]."),
    ({"line_items": [{"price_data": {"currency": "usd", "product": "prod_x", "unit_amount": 5}}]}, MISSING,
     "line_items[0][price_data][product]", "No such product: 'prod_x'"),
    ({"line_items": [{"price": "$usage", "quantity": 2}]}, None, "line_items[0][quantity]",
     "Quantity should not be specified where usage_type is `metered`. Remove quantity from `line_items[0]`."),
    ({"line_items": [{"price": "$once", "quantity": -1}]}, "parameter_invalid_integer", "line_items[0][quantity]",
     "This value must be greater than or equal to 0."),
    ({"line_items": [{"price": "$once"}, {"price": "$month"}, {"price": "$month"}]}, None, "line_items[2][price]",
     "Cannot add multiple subscription items with the same plan: $month"),
    ({"line_items": [{"price": "$month"}, {"price": "$year"}]}, None, "line_items", MISMATCH),
    ({"line_items": [{"price": "$once"}, {"price": "$euro"}]}, None, "line_items[1][price]",
     "The price specified only supports `eur`. This doesn't match the expected currency: `usd`."),
    ({"line_items": [{"price": "$euro"}], "customer": "$payer"}, None, None,
     "You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item with "
     "currency usd"),
    ({"line_items": [{"price": "$month", "tax_rates": ["txr_x"]}]}, MISSING, "line_items[0][tax_rates][0]",
     "No such tax rate: 'txr_x'"),
    ({"default_tax_rates": ["txr_x"]}, MISSING, "default_tax_rates[0]", "No such tax rate: 'txr_x'"),
    ({"discounts": [{"coupon": "x"}]}, MISSING, "discounts[0][coupon]", "No such coupon: 'x'"),
    ({"discounts": [{"coupon": "$expired"}]}, EXPIRED, "discounts[0][coupon]", "Coupon expired: $expired"),
    ({"discounts": [{"discount": "di_x"}]}, MISSING, "discounts[0][discount]", "No such discount: 'di_x'"),
    ({"discounts": [{"coupon": "$euros"}, {"coupon": "$euros"}]}, None, "discounts",
     "Array discounts exceeded maximum 1 allowed elements."),
    ({"discounts": [{"coupon": "$euros"}], "line_items": [{"price": "$once"}]}, None, "discounts[0][coupon]",
     "You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item with "
     "currency usd"),
    ({"expires_at": 1_000_000_000}, None, "expires_at",
     "Invalid timestamp: must be an integer Unix timestamp in the future"),
    ({"collection_method": "send_invoice"}, "parameter_missing", "invoice_settings[days_until_due]",
     "Missing required param: invoice_settings[days_until_due]."),
    ({"invoice_settings": {"days_until_due": 3}}, None, "invoice_settings[days_until_due]",
     "You can only set `days_until_due` if `collection_method` is `send_invoice`."),
    ({"application_fee_amount": 5, "line_items": [{"price": "$month"}]}, None, "application_fee_amount",
     "`application_fee_amount` can only be set if no line item has a recurring price."),
    ({"application_fee_amount": 5, "line_items": [{"price": "$once"}]}, None, "application_fee_amount",
     "Can only apply an application_fee_amount when the Invoice is attempting a direct payment (using an OAuth key or "
     "Stripe-Account header) or destination payment (using `transfer_data[destination]`)."),
    ({"application_fee_percent": 5, "line_items": [{"price": "$once"}]}, None, "application_fee_percent",
     "`application_fee_percent` can only be set if a line item has a recurring price."),
    ({"on_behalf_of": "acct_x"}, MISSING, "on_behalf_of", "No such account: 'acct_x'"),
    ({"transfer_data": {"destination": "acct_x", "amount_percent": 5}}, MISSING, "transfer_data[destination]",
     "No such destination: 'acct_x'"),
    ({"subscription_data": {"effective_date": "current_period_end"}}, None, "subscription_data[effective_date]",
     "`current_period_end` can only be used for a quote that updates a subscription."),
    ({"subscription_data": {"effective_date": 100_000_000_000}}, None, "subscription_data[effective_date]",
     "Invalid timestamp: can be no more than five years in the future"),
    ({"subscription_data": {"effective_date": "soon"}}, None, "subscription_data[effective_date]",
     "Invalid timestamp: must be an integer"),
    ({"subscription_data": {"trial_period_days": 731}}, "parameter_invalid_integer", "subscription_data[trial_period_days]",
     "This value must be less than or equal to 730."),
    ({"header": "x" * 51}, None, "header", "Invalid string: xxxx...xxxx; must be at most 50 characters"),
    ({"status": "open", "line_items": [{"id": "li_x"}]}, "parameter_unknown", "status",
     "Received unknown parameters: status, line_items[0][id]"),
    ({"from_quote": {"quote": "qt_x"}}, MISSING, "from_quote[quote]", "No such quote: 'qt_x'"),
    ({"from_quote": {"quote": "$open"}, "header": "New"}, None, "header", "You cannot set `header` if `from_quote` is set."),
    ({"from_quote": {"quote": "$draft", "is_revision": True}}, None, "from_quote[is_revision]",
     "You cannot revise a quote that is currently in the `draft` status. It must have been finalized, and not accepted."),
    ({"from_quote": {"quote": "$accepted", "is_revision": True}}, None, "from_quote[is_revision]",
     "You cannot revise a quote that is currently in the `accepted` status. It must have been finalized, and not accepted."),
]
"""What is sent, and the code, param and message of the refusal."""


def test_what_cannot_be_quoted(api: Api, world: dict[str, str]) -> None:
    for values, code, param, message in REFUSED:
        for name, id in world.items():
            message = message.replace(f"${name}", id)
        assert refused(api, "/v1/quotes", filled(values, world)) == (400, code, param, message), values


def test_what_cannot_be_done_with_a_quote(api: Api, world: dict[str, str]) -> None:
    def check(name: str, verb: str, message: str, *, status: int = 400, param: str | None = None, **values: Any) -> None:
        path = f"/v1/quotes/{world.get(name, name)}" + (f"/{verb}" if verb else "")
        found = refused(api, path, filled(values, world))
        assert (found[0], found[2], found[3]) == (status, param, message), found

    def wrong(verb: str, participle: str, now: str, must: str) -> str:
        return (f"You cannot {verb} a quote that is currently in the `{now}` status. It must be in `{must}` status to be "
                f"{participle}.")

    check("draft", "accept", wrong("accept", "accepted", "draft", "open"))
    check("open", "finalize", wrong("finalize", "finalized", "open", "draft"))
    check("accepted", "accept", wrong("accept", "accepted", "accepted", "open"))
    check("accepted", "cancel", wrong("cancel", "canceled", "accepted", "draft, open"))
    check("open", "", wrong("update", "updated", "open", "draft"), header="New")
    check("nobody", "finalize", "A quote must have a customer before it can be finalized.", param="customer")
    check("empty", "finalize", "A quote must have at least one line item before it can be finalized.", param="line_items")
    check("unsendable", "finalize", "Missing email. In order to create invoices that are sent to the customer, the customer "
                                    "must have a valid email.")
    check("draft", "finalize", "Invalid timestamp: must be an integer Unix timestamp in the future", param="expires_at",
          expires_at=1_000_000_000)
    check("draft", "", "The customer of a quote cannot be changed once it is set.", param="customer", customer="$other")
    check("nobody", "", f"The customer {world['away']} must live on the same test clock as the quote.", param="customer",
          customer="$away")
    check("draft", "", "No such item: 'li_x'", param="line_items[0][id]", line_items=[{"id": "li_x"}])
    check("draft", "", "Received unknown parameter: test_clock", param="test_clock", test_clock="$clock")
    for verb in ("", "finalize", "accept", "cancel"):
        check("qt_x", verb, "No such quote: 'qt_x'", status=404, param="quote")
    for end in ("", "/line_items", "/computed_upfront_line_items"):
        answer = api.refused("GET", f"/v1/quotes/qt_x{end}")
        assert (answer.status, answer.error["param"]) == (404, "quote")
