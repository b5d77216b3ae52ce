"""Previews: what they show is what then happens."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import COLLECTED, HOUR, Clock, amounts, at, billed
from tests.support.reference import conforms

StartClock = Callable[..., Clock]

LATER = ("id", "auto_advance", "billing_reason", "created", "ending_balance", "lines", "next_payment_attempt",
         "subscription_proration_date", "webhooks_delivered_at")
"""What a preview shows otherwise than the draft that it foretells."""


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01")


def item_of(subscription: dict[str, Any], index: int = 0) -> str:
    return str(subscription["items"]["data"][index]["id"])


def same(preview: dict[str, Any], draft: dict[str, Any]) -> None:
    """The preview was right."""
    assert {key: value for key, value in preview.items() if key not in LATER} == {
        key: value for key, value in draft.items() if key not in LATER}
    of_preview, of_draft = ([{key: value for key, value in line.items() if key not in ("id", "invoice_item")}
                             for line in invoice["lines"]["data"]] for invoice in (preview, draft))
    assert of_preview == of_draft
    assert preview["created"] == draft["created"]


def test_the_next_renewal(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    preview = time.upcoming(subscription=subscription["id"])
    assert "id" not in preview
    assert (preview["status"], preview["billing_reason"], preview["number"], preview["total"]) == (
        "draft", "upcoming", None, 1000)
    assert (preview["created"], preview["period_start"], preview["period_end"]) == (
        at("2022-10-01"), at("2022-09-01"), at("2022-10-01"))
    assert (preview["next_payment_attempt"], preview["ending_balance"]) == (at("2022-10-01") + HOUR, 0)
    assert billed(preview) == [(1000, at("2022-10-01"), at("2022-11-01"))]
    assert preview["lines"]["data"][0]["id"].startswith("il_tmp_")
    assert preview["lines"]["url"] == (
        f"/v1/invoices/upcoming/lines?customer={time.customer}&subscription={subscription['id']}")
    time.advance("2022-10-01")
    same(preview, time.latest_invoice(subscription))


def test_the_next_renewal_with_everything_on_it(clock: StartClock) -> None:
    time = clock("2022-09-01")
    coupon = time.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    subscription = time.subscribe(time.price(), time.price(5, recurring={"usage_type": "metered"}), coupon=coupon,
                                  default_tax_rates=[rate])
    time.advance("2022-09-16")
    time.update(subscription, items=[{"id": item_of(subscription), "quantity": 3}])
    time.api.post(f"/v1/subscription_items/{item_of(subscription, 1)}/usage_records", quantity=40)
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=700, currency="usd")
    time.api.post(f"/v1/customers/{time.customer}", balance=-500)
    preview = time.upcoming(customer=time.customer)
    # 1000 at 10 % off: -450 + 1350, 700, 3 x 1000, 40 x 5; 390 off the last three, then 20 % on 4410.
    assert amounts(preview) == [-450, 1350, 700, 3000, 200]
    assert (preview["subtotal"], preview["total"], preview["amount_due"]) == (4800, 5292, 4792)
    assert (preview["starting_balance"], preview["ending_balance"]) == (-500, 0)
    time.advance("2022-10-01")
    same(preview, time.latest_invoice(subscription))


def test_without_anybody(time: Clock) -> None:
    refused = time.refused("GET", "/v1/invoices/upcoming")
    assert (refused.status, refused.error["message"]) == (
        400, "Missing required param: customer if subscription is not provided")


@pytest.mark.parametrize("ending", [{"cancel_at_period_end": True}, {"cancel_at": 1664582400}, None])
def test_nothing_to_bill(time: Clock, ending: dict[str, Any] | None) -> None:
    subscription = time.subscribe(time.price())
    if ending is None:
        time.api.delete(f"/v1/subscriptions/{subscription['id']}")
    else:
        time.update(subscription, **ending)
    for whose in ({"customer": time.customer}, {"subscription": subscription["id"]}):
        refused = time.refused("GET", "/v1/invoices/upcoming", **whose)
        assert (refused.status, refused.error["code"], refused.error["message"]) == (
            404, "invoice_upcoming_none", f"No upcoming invoices for customer: {time.customer}")


def test_a_customer_without_subscriptions(time: Clock) -> None:
    assert time.refused("GET", "/v1/invoices/upcoming", customer=time.customer).status == 404
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=700, currency="usd")
    preview = time.upcoming(customer=time.customer)
    assert (amounts(preview), preview["subscription"], preview["created"]) == ([700], None, time.now)


def test_a_customers_next_invoice_is_the_earliest(time: Clock) -> None:
    time.subscribe(time.price(10000, "year"))
    monthly = time.subscribe(time.price())
    assert time.upcoming(customer=time.customer)["subscription"] == monthly["id"]
    time.update(monthly, cancel_at_period_end=True)
    assert time.upcoming(customer=time.customer)["total"] == 10000


def test_the_last_invoice_of_a_subscription_that_ends(time: Clock) -> None:
    subscription = time.subscribe(time.price(5, recurring={"usage_type": "metered"}), cancel_at_period_end=True)
    time.api.post(f"/v1/subscription_items/{item_of(subscription)}/usage_records", quantity=40)
    preview = time.upcoming(subscription=subscription["id"])
    assert billed(preview) == [(200, at("2022-09-01"), at("2022-10-01"))]
    time.advance("2022-10-01")
    assert billed(time.latest_invoice(subscription)) == billed(preview)


def test_the_first_invoice_after_a_trial(time: Clock) -> None:
    subscription = time.subscribe(time.price(), time.price(5, recurring={"usage_type": "metered"}), trial_period_days=10)
    preview = time.upcoming(subscription=subscription["id"])
    assert billed(preview) == [(1000, at("2022-09-11"), at("2022-10-11"))]
    time.advance("2022-09-11")
    same(preview, time.latest_invoice(subscription))


def test_a_period_that_a_date_will_shorten(time: Clock) -> None:
    subscription = time.subscribe(time.price(3100), cancel_at=at("2022-10-11"))
    preview = time.upcoming(subscription=subscription["id"])
    assert billed(preview) == [(1000, at("2022-10-01"), at("2022-10-11"))]


# With a change

def test_a_change_that_waits_for_the_renewal(time: Clock) -> None:
    subscription = time.subscribe(time.price(1000))
    dearer = time.price(2000)
    time.advance("2022-09-16")
    items = [{"id": item_of(subscription), "price": dearer}]
    preview = time.upcoming(subscription=subscription["id"], subscription_items=items)
    assert amounts(preview) == [-500, 1000, 2000]
    assert (preview["subscription_proration_date"], preview["created"]) == (time.now, at("2022-10-01"))
    assert time.retrieve(subscription)["items"] == subscription["items"]
    assert time.pending() == []
    time.update(subscription, items=items)
    time.advance("2022-10-01")
    same(preview, time.latest_invoice(subscription))


def test_a_change_that_is_invoiced_at_once(time: Clock) -> None:
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-09-16")
    change = {"items": [{"id": item_of(subscription), "quantity": 2}], "proration_behavior": "always_invoice",
              "proration_date": at("2022-09-11")}
    preview = time.upcoming(subscription=subscription["id"], **{f"subscription_{key}": value for key, value in change.items()})
    assert (amounts(preview), preview["created"]) == ([-2000, 4000], time.now)
    assert preview["subscription_proration_date"] == at("2022-09-11")
    assert (preview["amount_due"], preview["paid"], preview["payment_intent"]) == (2000, False, None)
    changed = time.update(subscription, **change)
    invoice = time.latest_invoice(changed)
    assert (billed(invoice), invoice["total"], invoice["created"]) == (billed(preview), 2000, preview["created"])


@pytest.mark.parametrize(("values", "lines"), [
    ({"subscription_billing_cycle_anchor": "now"}, [-1500, 3000]),
    ({"subscription_trial_end": 1665360000}, [-1500, 0]),
    ({"subscription_trial_end": 1665360000, "subscription_proration_behavior": "none"}, [0]),
    ({"subscription_cancel_now": True}, [-1500]),
    ({"subscription_cancel_at": 1663804800}, [-900]),
    ({"subscription_cancel_at": 1665360000}, [871]),
    ({"invoice_items": [{"amount": 250, "currency": "usd"}, {"amount": -100}]}, [-100, 250, 3000]),
    ({"subscription_items": [{"deleted": False}]}, None),
])
def test_other_changes(time: Clock, values: dict[str, Any], lines: list[int] | None) -> None:
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-09-16")
    if lines is None:
        refused = time.refused("GET", "/v1/invoices/upcoming", subscription=subscription["id"], **values)
        assert refused.error["param"] == "subscription_items[0][price]"
        return
    assert amounts(time.upcoming(subscription=subscription["id"], **values)) == lines
    assert time.retrieve(subscription) == subscription


@pytest.mark.parametrize("values", [
    {"subscription_cancel_at_period_end": True},
    {"subscription_cancel_now": True, "subscription_proration_behavior": "none"}])
def test_changes_after_which_there_is_nothing_to_bill(time: Clock, values: dict[str, Any]) -> None:
    subscription = time.subscribe(time.price())
    refused = time.refused("GET", "/v1/invoices/upcoming", subscription=subscription["id"], **values)
    assert (refused.status, refused.error["code"]) == (404, "invoice_upcoming_none")


def test_other_taxes_and_coupons(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=50, duration="forever", max_redemptions=1)["id"]
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    subscription = time.subscribe(time.price())
    preview = time.upcoming(subscription=subscription["id"], coupon=coupon, subscription_default_tax_rates=[rate])
    assert (preview["total"], preview["tax"], preview["discount"]["coupon"]["id"]) == (600, 100, coupon)
    assert time.upcoming(customer=time.customer, coupon=coupon)["total"] == 500
    assert time.upcoming(customer=time.customer, discounts=[{"coupon": coupon}])["total"] == 500
    assert time.api.get(f"/v1/coupons/{coupon}")["times_redeemed"] == 0
    time.update(subscription, coupon=coupon)
    assert time.upcoming(subscription=subscription["id"])["total"] == 500
    assert time.upcoming(subscription=subscription["id"], discounts="")["total"] == 1000


def test_an_item_that_waits_can_be_shown_otherwise(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    item = time.api.post("/v1/invoiceitems", customer=time.customer, amount=700, currency="usd")
    preview = time.upcoming(subscription=subscription["id"], invoice_items=[{"invoiceitem": item["id"], "amount": 900}])
    assert amounts(preview) == [900, 1000]
    assert time.pending()[0]["amount"] == 700
    refused = time.refused("GET", "/v1/invoices/upcoming", customer=time.customer,
                           invoice_items=[{"invoiceitem": "ii_none"}])
    assert refused.error["param"] == "invoice_items[0][invoiceitem]"


def test_a_subscription_that_might_be_made(time: Clock) -> None:
    items = [{"price": time.price(), "quantity": 2}]
    preview = time.upcoming(customer=time.customer, subscription_items=items)
    assert (billed(preview), preview["created"]) == ([(2000, time.now, at("2022-10-01"))], time.now)
    trial = time.upcoming(customer=time.customer, subscription_items=items, subscription_trial_end=at("2022-09-11"))
    assert billed(trial) == [(0, time.now, at("2022-09-11"))]
    anchored = time.upcoming(customer=time.customer, subscription_items=items,
                             subscription_billing_cycle_anchor=at("2022-09-16"))
    assert billed(anchored) == [(968, time.now, at("2022-09-16"))]
    assert time.api.get("/v1/subscriptions", customer=time.customer)["data"] == []
    created = time.api.post("/v1/subscriptions", customer=time.customer, items=items)
    assert billed(time.latest_invoice(created)) == billed(preview)


def test_what_has_no_payment_method_can_be_previewed(clock: StartClock) -> None:
    time = clock("2022-09-01", card=None)
    assert time.upcoming(customer=time.customer, subscription_items=[{"price": time.price()}])["amount_due"] == 1000


def test_a_proration_date_needs_a_subscription(time: Clock) -> None:
    refused = time.refused("GET", "/v1/invoices/upcoming", customer=time.customer, subscription_proration_date=time.now)
    assert (refused.status, refused.error["message"]) == (
        400, "Cannot specify proration date without specifying a subscription")


def test_the_lines_of_a_preview_are_read_page_by_page(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    for amount in range(1, 13):
        time.api.post("/v1/invoiceitems", customer=time.customer, amount=amount, currency="usd")
    path = "/v1/invoices/upcoming/lines"
    page = time.api.get(path, subscription=subscription["id"], limit=5)
    conforms(page)
    assert ([line["amount"] for line in page["data"]], page["has_more"], page["url"]) == ([12, 11, 10, 9, 8], True, path)
    rest = time.api.get(path, subscription=subscription["id"], starting_after=page["data"][-1]["id"])
    assert [line["amount"] for line in rest["data"]] == [7, 6, 5, 4, 3, 2, 1, 1000]


def test_a_preview_can_be_asked_for_while_the_clock_advances(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    time.api.post(f"/v1/test_helpers/test_clocks/{time.id}/advance", frozen_time=at("2022-09-02"))
    changed = time.upcoming(subscription=subscription["id"], subscription_items=[{"id": item_of(subscription), "quantity": 2}])
    assert amounts(changed) == [-1000, 2000, 2000]
    time.api.server.worker.run_due()


def test_what_a_preview_names_can_be_shown_inline(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    preview = time.api.get("/v1/invoices/upcoming", subscription=subscription["id"],
                           expand=["subscription", "customer", "lines.data.price.product"])
    assert (preview["subscription"]["id"], preview["customer"]["id"]) == (subscription["id"], time.customer)
    assert preview["lines"]["data"][0]["price"]["product"]["name"] == "Gold"


# With a schedule

def schedule_of(time: Clock, *quantities: int, **values: Any) -> dict[str, Any]:
    price = time.price()
    return time.api.post(
        "/v1/subscription_schedules", customer=time.customer,
        phases=[{"items": [{"price": price, "quantity": quantity}], "iterations": 1} for quantity in quantities],
        **{"start_date": "now"} | values)


def test_the_next_phase_is_on_the_next_invoice(time: Clock) -> None:
    schedule = schedule_of(time, 1, 3)
    preview = time.upcoming(subscription=schedule["subscription"])
    assert billed(preview) == [(3000, at("2022-10-01"), at("2022-11-01"))]
    assert time.upcoming(schedule=schedule["id"]) == preview
    time.advance("2022-10-01")
    same(preview, time.invoices()[-1])


def test_the_notice_ahead_of_a_phase_shows_what_the_phase_bills(time: Clock) -> None:
    schedule = schedule_of(time, 1, 3)
    time.advance("2022-09-24", expect=[*COLLECTED, "invoice.upcoming"])
    notice = time.api.events(type="invoice.upcoming")[0]["data"]["object"]
    assert notice == time.upcoming(subscription=schedule["subscription"])
    assert (billed(notice), notice["total"]) == ([(3000, at("2022-10-01"), at("2022-11-01"))], 3000)
    time.advance("2022-10-01")
    same(notice, time.invoices()[-1])


def test_the_notice_ahead_of_a_renewal_shows_an_invoice_between(time: Clock) -> None:
    subscription = time.subscribe(time.price(1000), pending_invoice_item_interval={"interval": "day", "interval_count": 25})
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=300, currency="usd", subscription=subscription["id"])
    time.advance("2022-09-24")
    notice = time.api.events(type="invoice.upcoming")[0]["data"]["object"]
    assert notice == time.upcoming(subscription=subscription["id"])
    assert (amounts(notice), notice["created"]) == ([300], at("2022-09-26"))


def test_the_first_invoice_of_a_schedule(time: Clock) -> None:
    schedule = schedule_of(time, 2, start_date=at("2022-09-16"))
    preview = time.upcoming(schedule=schedule["id"])
    assert (billed(preview), preview["created"]) == ([(2000, at("2022-09-16"), at("2022-10-16"))], at("2022-09-16"))
    assert time.api.get(f"/v1/subscription_schedules/{schedule['id']}") == schedule
    assert (preview["subscription"], preview["lines"]["data"][0]["subscription"]) == (None, None)
    time.advance("2022-09-16")
    assert (billed(time.invoices()[-1]), time.invoices()[-1]["created"]) == (billed(preview), preview["created"])


def test_after_the_last_phase_there_is_nothing(time: Clock) -> None:
    schedule = schedule_of(time, 1, end_behavior="cancel")
    assert time.refused("GET", "/v1/invoices/upcoming", schedule=schedule["id"]).status == 404
    time.api.post(f"/v1/subscription_schedules/{schedule['id']}/cancel")
    refused = time.refused("GET", "/v1/invoices/upcoming", schedule=schedule["id"])
    assert refused.error["code"] == "invoice_upcoming_none"


# For somebody else

def test_a_customer_who_does_not_exist_yet(time: Clock) -> None:
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    details = {"address": {"country": "DE"}, "tax_exempt": "reverse"}
    preview = time.upcoming(customer_details=details, currency="usd", subscription_default_tax_rates=[rate],
                            subscription_items=[{"price": time.price()}])
    assert (preview["customer"], preview["customer_address"]["country"], preview["customer_tax_exempt"]) == (
        None, "DE", "reverse")
    assert (preview["tax"], preview["total"]) == (0, 1000)
    assert len(time.api.get("/v1/customers", test_clock=time.id)["data"]) == 1


def test_a_customer_as_they_might_be(time: Clock) -> None:
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    time.subscribe(time.price(), default_tax_rates=[rate])
    assert time.upcoming(customer=time.customer)["total"] == 1200
    exempt = time.upcoming(customer=time.customer, customer_details={"tax_exempt": "exempt"})
    assert (exempt["total"], time.customer_now()["tax_exempt"]) == (1000, "none")
