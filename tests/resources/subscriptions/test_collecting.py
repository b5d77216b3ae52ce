"""How a subscription's invoices are collected, and what becomes of it when they are not."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import CHARGED, COLLECTED, DECLINED, DRAFTED, FINALIZED, Clock, at

StartClock = Callable[..., Clock]
GOOD, BAD, ASKING = "pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required"
PAST_DUE = ["customer.subscription.updated"]


def pay_by(time: Clock, card: str) -> None:
    """Make another card the customer's default."""
    method = time.api.post(f"/v1/payment_methods/{card}/attach", customer=time.customer)["id"]
    time.api.post(f"/v1/customers/{time.customer}", invoice_settings={"default_payment_method": method})
    time.new_events()


def test_a_first_subscription_tells_what_it_does_in_order(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.new_events(expect=["customer.updated", "invoice.created", "invoice.finalized", *CHARGED,
                            "customer.subscription.created"])
    invoice = time.latest_invoice(subscription)
    assert (invoice["billing_reason"], invoice["attempt_count"], invoice["attempted"]) == ("subscription_create", 1, True)
    assert (invoice["period_start"], invoice["period_end"], invoice["auto_advance"]) == (time.now, time.now, False)
    assert time.customer_now()["currency"] == "usd"

    time.subscribe(time.price(1000))
    time.new_events(expect=["invoice.created", "invoice.finalized", *CHARGED, "customer.subscription.created"])


def test_a_renewal_is_drafted_then_charged_an_hour_later(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.advance("2022-09-01", expect=["invoice.upcoming", *DRAFTED])
    draft = time.latest_invoice(subscription)
    assert (draft["status"], draft["number"], draft["next_payment_attempt"]) == ("draft", None, at("2022-09-01 01:00"))
    assert set(draft["status_transitions"].values()) == {None}
    updated = time.api.events(type="customer.subscription.updated")[-1]
    first = time.invoices()[0]["id"]
    assert updated["data"]["previous_attributes"] == {
        "current_period_end": at("2022-09-01"), "current_period_start": at("2022-08-01"), "latest_invoice": first}
    assert updated["request"] == {"id": None, "idempotency_key": None}

    time.advance(hours=1, expect=COLLECTED)
    paid = time.retrieve(draft)
    assert (paid["status"], paid["attempt_count"], paid["next_payment_attempt"]) == ("paid", 1, None)
    assert paid["number"].endswith("-0002")


def test_retries_after_three_five_and_seven_days_then_the_end(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance("2022-09-01")
    invoice = time.latest_invoice(subscription)

    time.advance(hours=1, expect=[*FINALIZED, "payment_intent.created", *DECLINED, "customer.updated", *PAST_DUE])
    assert time.retrieve(subscription)["status"] == "past_due"
    assert time.customer_now()["delinquent"] is True
    failed = time.retrieve(invoice)
    assert (failed["status"], failed["attempt_count"], failed["attempted"]) == ("open", 1, True)
    assert failed["next_payment_attempt"] == at("2022-09-04 01:00")
    assert failed["charge"] is not None

    time.advance("2022-09-04 00:59:59", expect=[])
    time.advance("2022-09-04 01:00", expect=DECLINED)
    assert time.retrieve(invoice)["next_payment_attempt"] == at("2022-09-09 01:00")
    time.advance("2022-09-09 01:00", expect=DECLINED)
    assert time.retrieve(invoice)["next_payment_attempt"] == at("2022-09-16 01:00")
    time.advance("2022-09-16 01:00", expect=[*DECLINED, "customer.subscription.deleted", "invoice.updated"])
    ended = time.retrieve(subscription)
    assert (ended["status"], ended["ended_at"], ended["canceled_at"]) == (
        "canceled", at("2022-09-16 01:00"), at("2022-09-16 01:00"))
    left = time.retrieve(invoice)
    assert (left["status"], left["attempt_count"], left["next_payment_attempt"], left["auto_advance"]) == (
        "open", 4, None, False)
    time.advance("2022-12-01", expect=[])


def test_a_retry_that_succeeds_counts_and_makes_good(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance("2022-09-01 01:00")
    pay_by(time, GOOD)
    time.advance("2022-09-04 01:00", expect=[
        "charge.succeeded", "payment_intent.succeeded", "invoice.updated", "customer.updated", "invoice.paid",
        "invoice.payment_succeeded", "customer.subscription.updated"])
    invoice = time.latest_invoice(subscription)
    assert (invoice["status"], invoice["attempt_count"]) == ("paid", 2)
    assert (time.retrieve(subscription)["status"], time.customer_now()["delinquent"]) == ("active", False)


def test_a_past_due_subscription_goes_on_renewing(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.api.post("/_sim/settings", retry_days=[40])
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance("2022-10-01 01:00")
    september, october = time.invoices()[1:]
    assert (september["status"], october["status"]) == ("open", "open")
    pay_by(time, GOOD)
    time.api.post(f"/v1/invoices/{september['id']}/pay")
    assert time.retrieve(subscription)["status"] == "past_due"
    time.api.post(f"/v1/invoices/{october['id']}/pay")
    assert time.retrieve(subscription)["status"] == "active"


@pytest.mark.parametrize(("end", "status", "invoices"), [
    ("unpaid", "unpaid", ["paid", "open", "draft"]), ("past_due", "past_due", ["paid", "open", "open"])])
def test_the_end_of_dunning_is_a_setting(clock: StartClock, end: str, status: str, invoices: list[str]) -> None:
    time = clock("2022-08-01")
    time.api.post("/_sim/settings", dunning_end=end, retry_days=[1])
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance("2022-09-02 01:00")
    assert time.retrieve(subscription)["status"] == status
    time.advance("2022-10-01 01:00")
    assert [invoice["status"] for invoice in time.invoices()] == invoices
    last = time.latest_invoice(subscription)
    assert last["auto_advance"] is (end == "past_due")


def test_the_last_unpaid_invoice_can_become_uncollectible(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.api.post("/_sim/settings", dunning_end="past_due", dunning_end_invoice="mark_uncollectible", retry_days=[1])
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance("2022-09-02 00:00")
    time.advance("2022-09-02 01:00", expect=[*DECLINED, "invoice.updated", "invoice.marked_uncollectible"])
    assert time.latest_invoice(subscription)["status"] == "uncollectible"


def test_invoices_that_are_sent_have_a_due_date(clock: StartClock) -> None:
    time = clock("2022-08-01", card=None)
    subscription = time.subscribe(time.price(1000), collection_method="send_invoice", days_until_due=10)
    assert subscription["status"] == "active"
    draft = time.latest_invoice(subscription)
    assert (draft["status"], draft["due_date"], draft["next_payment_attempt"]) == ("draft", at("2022-08-11"), None)

    time.advance("2022-08-01 01:00", expect=[*FINALIZED, "payment_intent.created", "invoice.sent"])
    time.advance("2022-08-11", expect=["customer.updated", *PAST_DUE])
    assert (time.retrieve(subscription)["status"], time.customer_now()["delinquent"]) == ("past_due", True)

    time.api.post(f"/v1/invoices/{draft['id']}/pay", paid_out_of_band=True)
    time.new_events(expect=[
        "invoice.updated", "customer.updated", "invoice.paid", "invoice.payment_succeeded",
        "customer.subscription.updated", "payment_intent.canceled"])
    assert (time.retrieve(subscription)["status"], time.customer_now()["delinquent"]) == ("active", False)


def test_a_sent_invoice_that_is_paid_in_time_is_never_past_due(clock: StartClock) -> None:
    time = clock("2022-08-01", card=None)
    subscription = time.subscribe(time.price(1000), collection_method="send_invoice", days_until_due=10)
    time.advance("2022-08-02")
    time.api.post(f"/v1/invoices/{subscription['latest_invoice']}/pay", paid_out_of_band=True)
    time.advance("2022-08-12", expect=[])
    assert time.retrieve(subscription)["status"] == "active"


# payment_behavior, when a subscription is made

DECLINED_FIRST = [
    "customer.updated", "invoice.created", "invoice.finalized", "payment_intent.created", *DECLINED, "customer.updated",
    "customer.subscription.created"]


def test_a_declined_first_payment_leaves_the_subscription_incomplete(clock: StartClock) -> None:
    time = clock("2022-08-01", card=BAD)
    subscription = time.subscribe(time.price(1000))
    time.new_events(expect=DECLINED_FIRST)
    assert subscription["status"] == "incomplete"
    invoice = time.api.get(f"/v1/invoices/{subscription['latest_invoice']}", expand=["payment_intent"])
    assert (invoice["status"], invoice["auto_advance"], invoice["attempt_count"]) == ("open", False, 1)
    assert invoice["payment_intent"]["status"] == "requires_payment_method"
    assert invoice["payment_intent"]["last_payment_error"]["code"] == "card_declined"


def test_a_first_payment_that_has_to_be_authenticated(clock: StartClock) -> None:
    time = clock("2022-08-01", card=ASKING)
    subscription = time.api.post(
        "/v1/subscriptions", customer=time.customer, items=[{"price": time.price(1000)}],
        expand=["latest_invoice.payment_intent"])
    assert subscription["status"] == "incomplete"
    assert subscription["latest_invoice"]["status"] == "open"
    assert subscription["latest_invoice"]["payment_intent"]["status"] == "requires_action"
    assert "invoice.payment_action_required" in time.new_events()


def test_error_if_incomplete_keeps_nothing(clock: StartClock) -> None:
    time = clock("2022-08-01", card=BAD)
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price(1000)}],
                           payment_behavior="error_if_incomplete")
    assert refused.status == 402
    assert (refused.error["type"], refused.error["code"], refused.error["decline_code"]) == (
        "card_error", "card_declined", "generic_decline")
    assert refused.error["message"] == "Your card was declined."
    assert time.invoices() == []
    assert time.api.get("/v1/subscriptions", customer=time.customer, status="all")["data"] == []
    assert time.customer_now()["delinquent"] is False


def test_error_if_incomplete_does_not_wait_for_the_customer(clock: StartClock) -> None:
    time = clock("2022-08-01", card=ASKING)
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price(1000)}],
                           payment_behavior="error_if_incomplete")
    assert (refused.status, refused.error["code"]) == (402, "subscription_payment_intent_requires_action")


@pytest.mark.parametrize("behavior", ["allow_incomplete", "error_if_incomplete"])
def test_without_any_payment_method_there_is_no_subscription(clock: StartClock, behavior: str) -> None:
    time = clock("2022-08-01", card=None)
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price(1000)}],
                           payment_behavior=behavior)
    assert (refused.status, refused.error["code"]) == (400, "resource_missing")
    assert refused.error["message"].startswith(
        "This customer has no attached payment source or default payment method.")
    assert time.invoices() == []


def test_default_incomplete_attempts_nothing(clock: StartClock) -> None:
    time = clock("2022-08-01", card=None)
    subscription = time.subscribe(time.price(1000), payment_behavior="default_incomplete")
    time.new_events(expect=["customer.updated", "invoice.created", "invoice.finalized", "payment_intent.created",
                            "customer.subscription.created"])
    invoice = time.latest_invoice(subscription)
    assert (subscription["status"], invoice["status"], invoice["attempted"], invoice["attempt_count"]) == (
        "incomplete", "open", False, 0)
    pay_by(time, GOOD)
    time.api.post(f"/v1/invoices/{invoice['id']}/pay")
    time.new_events(expect=["charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice.paid",
                            "invoice.payment_succeeded", "customer.subscription.updated"])
    active = time.retrieve(subscription)
    assert active["status"] == "active"
    time.advance("2022-09-01")
    assert time.latest_invoice(subscription)["billing_reason"] == "subscription_cycle"


def test_pending_if_incomplete_is_for_updates(clock: StartClock) -> None:
    time = clock("2022-08-01")
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price(1000)}],
                           payment_behavior="pending_if_incomplete")
    assert (refused.status, refused.error["param"]) == (400, "payment_behavior")


@pytest.mark.parametrize("values", [{"trial_period_days": 5}, {"coupon": "ALL"}])
def test_nothing_due_needs_no_payment_method(clock: StartClock, values: dict[str, Any]) -> None:
    time = clock("2022-08-01", card=None)
    time.api.post("/v1/coupons", id="ALL", percent_off=100, duration="forever")
    subscription = time.subscribe(time.price(1000), **values)
    invoice = time.latest_invoice(subscription)
    assert subscription["status"] == ("trialing" if "trial_period_days" in values else "active")
    assert (invoice["status"], invoice["amount_due"], invoice["payment_intent"]) == ("paid", 0, None)


def test_a_credit_balance_pays_the_first_invoice(clock: StartClock) -> None:
    time = clock("2022-08-01", card=None, balance=-1500)
    subscription = time.subscribe(time.price(1000))
    assert subscription["status"] == "active"
    assert time.customer_now()["balance"] == -500


def test_an_incomplete_subscription_expires_after_23_hours(clock: StartClock) -> None:
    time = clock("2022-08-01", card=BAD)
    subscription = time.subscribe(time.price(1000))
    time.advance("2022-08-01 22:59:59", expect=[])
    time.advance("2022-08-01 23:00", expect=[
        "customer.subscription.updated", "invoice.updated", "invoice.voided", "payment_intent.canceled"])
    assert time.retrieve(subscription)["status"] == "incomplete_expired"
    assert time.latest_invoice(subscription)["status"] == "void"
    time.advance("2022-12-01", expect=[])


def test_an_incomplete_subscription_takes_hardly_any_change(clock: StartClock) -> None:
    time = clock("2022-08-01", card=BAD)
    subscription = time.subscribe(time.price(1000))
    path = f"/v1/subscriptions/{subscription['id']}"
    assert time.update(subscription, metadata={"a": "1"})["metadata"] == {"a": "1"}
    assert time.refused("POST", path, items=[{"price": time.price(2000)}]).status == 400
    method = time.api.post(f"/v1/payment_methods/{GOOD}/attach", customer=time.customer)["id"]
    assert time.update(subscription, default_payment_method=method)["default_payment_method"] == method
    time.api.post(f"/v1/invoices/{subscription['latest_invoice']}/pay")
    assert time.retrieve(subscription)["status"] == "active"


# payment_behavior, when a subscription is changed

def changed_by(time: Clock, **values: Any) -> tuple[dict[str, Any], Any]:
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance(days=1)
    answer = time.api.call("POST", f"/v1/subscriptions/{subscription['id']}", {
        "items": [{"id": subscription["items"]["data"][0]["id"], "price": time.price(3100)}],
        "proration_behavior": "always_invoice"} | values)
    return subscription, answer


@pytest.mark.parametrize(("behavior", "attempts"), [("allow_incomplete", 1), ("default_incomplete", 0)])
def test_a_change_that_is_not_paid_is_past_due(clock: StartClock, behavior: str, attempts: int) -> None:
    time = clock("2022-08-01")
    _, answer = changed_by(time, payment_behavior=behavior)
    assert (answer.status, answer.body["status"]) == (200, "past_due")
    invoice = time.latest_invoice(answer.body)
    # 30 of 31 days: 3000 - 968.
    assert (invoice["total"], invoice["status"], invoice["attempt_count"]) == (2032, "open", attempts)
    assert invoice["auto_advance"] is False


def test_a_change_that_must_be_paid_is_not_made(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription, answer = changed_by(time, payment_behavior="error_if_incomplete")
    assert (answer.status, answer.error["code"]) == (402, "card_declined")
    assert time.retrieve(subscription)["items"] == subscription["items"]
    assert (time.pending(), len(time.invoices()), time.new_events()) == ([], 1, [])


def test_a_subscriptions_own_payment_method_comes_before_the_customers(clock: StartClock) -> None:
    time = clock("2022-08-01", card=BAD)
    method = time.api.post(f"/v1/payment_methods/{GOOD}/attach", customer=time.customer)["id"]
    subscription = time.subscribe(time.price(1000), default_payment_method=method)
    assert subscription["status"] == "active"


def test_too_little_to_be_charged_waits_on_the_balance(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(30))
    time.advance("2022-09-01 01:00")
    renewal = time.latest_invoice(subscription)
    # 30 from before and 30 now reach the minimum of 50.
    assert (renewal["starting_balance"], renewal["amount_due"], renewal["status"]) == (30, 60, "paid")
    assert time.customer_now()["balance"] == 0


def test_yen_have_no_minor_unit(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(500, currency="jpy"))
    invoice = time.latest_invoice(subscription)
    assert (invoice["currency"], invoice["amount_paid"]) == ("jpy", 500)
    assert invoice["lines"]["data"][0]["description"] == "1 × Gold (at ¥500 / month)"


def test_a_customer_has_one_currency(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.subscribe(time.price(1000))
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer,
                           items=[{"price": time.price(1000, currency="eur")}])
    assert (refused.status, refused.error["message"]) == (
        400, "You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or "
             "invoice item with currency usd")


def test_a_trial_goes_on_whatever_else_is_unpaid(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance("2022-09-01 00:30")
    time.update(subscription, trial_end=at("2022-09-20"))
    time.advance("2022-09-05")
    assert time.retrieve(subscription)["status"] == "trialing"


def test_a_manual_invoice_says_nothing_about_the_subscription(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=500, currency="usd", subscription=subscription["id"])
    time.api.post("/v1/invoices", customer=time.customer, subscription=subscription["id"],
                  pending_invoice_items_behavior="include")
    time.advance("2022-08-01 01:00")
    assert [invoice["status"] for invoice in time.invoices()] == ["paid", "open"]
    assert time.retrieve(subscription)["status"] == "active"


@pytest.mark.parametrize(("end", "status", "types"), [
    ("cancel", "canceled", ["customer.subscription.deleted", "invoice.updated"]),
    ("unpaid", "unpaid", ["customer.subscription.updated", "invoice.updated"]),
    ("past_due", "past_due", ["invoice.updated"])])
def test_an_invoice_that_was_sent_is_given_up_after_a_further_deadline(clock: StartClock, end: str, status: str,
                                                                      types: list[str]) -> None:
    time = clock("2022-08-01", card=None)
    time.api.post("/_sim/settings", dunning_end=end)
    subscription = time.subscribe(time.price(1000, "year"), collection_method="send_invoice", days_until_due=10)
    time.advance("2022-08-11 00:00")
    time.advance("2022-09-09 23:59:59", expect=[])
    time.advance("2022-09-10", expect=types)
    assert time.retrieve(subscription)["status"] == status
    left = time.latest_invoice(subscription)
    assert (left["status"], left["auto_advance"]) == ("open", False)
    # Whoever pays late makes good what can be made good.
    time.api.post(f"/v1/invoices/{left['id']}/pay", paid_out_of_band=True)
    assert time.retrieve(subscription)["status"] == ("canceled" if end == "cancel" else "active")


def test_the_further_deadline_is_a_setting(clock: StartClock) -> None:
    time = clock("2022-08-01", card=None)
    time.api.post("/_sim/settings", past_due_deadline_days=0, dunning_end_invoice="mark_uncollectible")
    subscription = time.subscribe(time.price(1000, "year"), collection_method="send_invoice", days_until_due=10)
    time.advance("2023-07-01")
    assert time.retrieve(subscription)["status"] == "past_due"
    time.api.post("/_sim/settings", past_due_deadline_days=60)
    second = time.subscribe(time.price(1000, "year"), collection_method="send_invoice", days_until_due=5)
    # An invoice of the customer's own has no subscription to give up.
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=100, currency="usd")
    alone = time.api.post("/v1/invoices", customer=time.customer, collection_method="send_invoice", days_until_due=5,
                          pending_invoice_items_behavior="include")
    time.advance("2023-09-03 23:59:59")
    assert time.retrieve(second)["status"] == "past_due"
    time.advance("2023-09-04", expect=[
        "customer.subscription.deleted", "invoice.updated", "invoice.updated", "invoice.marked_uncollectible"])
    assert time.retrieve(second)["status"] == "canceled"
    assert time.retrieve(alone)["status"] == "open"


def test_a_void_invoice_is_no_obstacle_to_become_active_again(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.api.post("/_sim/settings", retry_days=[300])
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    time.advance("2022-10-01 01:00")
    september, october = time.invoices()[1:]
    time.api.post(f"/v1/invoices/{october['id']}/void")
    pay_by(time, GOOD)
    time.api.post(f"/v1/invoices/{september['id']}/pay")
    assert time.retrieve(subscription)["status"] == "active"
