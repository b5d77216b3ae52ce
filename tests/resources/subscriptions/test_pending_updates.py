"""Updates that wait for their payment."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import CHARGED, DECLINED, Clock, amounts, at

StartClock = Callable[..., Clock]
BAD, GOOD = "pm_card_chargeCustomerFail", "pm_card_visa"
PARKED = ["invoice.created", "invoice.finalized", "payment_intent.created", *DECLINED, "customer.updated",
          "customer.subscription.updated"]
PRORATED = ["invoiceitem.created"] * 2 + ["invoiceitem.updated"] * 2
VOIDED = ["invoice.updated", "invoice.voided", "payment_intent.canceled"]
APPLIED = ["customer.subscription.updated", "customer.subscription.pending_update_applied"]


def started(clock: StartClock, **values: Any) -> tuple[Clock, dict[str, Any]]:
    """A subscription at 1000 a month since 1 August, whose customer's card is refused from 16 August 12:00 on."""
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000), **values)
    time.advance("2022-08-16 12:00")
    use_card(time, BAD)
    return time, subscription


def use_card(time: Clock, card: str) -> str:
    method = str(time.api.post(f"/v1/payment_methods/{card}/attach", customer=time.customer)["id"])
    time.api.post(f"/v1/customers/{time.customer}", invoice_settings={"default_payment_method": method})
    time.new_events()
    return method


def upgrade(time: Clock, subscription: dict[str, Any], quantity: int = 3, **values: Any) -> dict[str, Any]:
    item = subscription["items"]["data"][0]["id"]
    return time.update(subscription, items=[{"id": item, "quantity": quantity}], proration_behavior="always_invoice",
                       payment_behavior="pending_if_incomplete", **values)


def test_an_update_waits_until_its_invoice_is_paid(clock: StartClock) -> None:
    time, subscription = started(clock)
    parked = upgrade(time, subscription)
    time.new_events(expect=[*PRORATED, *PARKED])
    assert (parked["status"], parked["items"]["data"][0]["quantity"]) == ("active", 1)
    waiting = parked["pending_update"]
    assert (waiting["expires_at"], waiting["billing_cycle_anchor"], waiting["trial_end"], waiting["trial_from_plan"]) == (
        time.now + 23 * 3600, None, None, None)
    assert [(item["id"], item["quantity"], item["object"]) for item in waiting["subscription_items"]] == [
        (subscription["items"]["data"][0]["id"], 3, "subscription_item")]
    # Half of August is left: 500 come back, and 1500 are due.
    invoice = time.latest_invoice(subscription)
    assert (amounts(invoice), invoice["status"], invoice["billing_reason"], invoice["auto_advance"], invoice["attempted"]) == (
        [-500, 1500], "open", "subscription_update", False, True)

    # Another attempt that fails changes nothing; one that succeeds makes the change, dated back.
    assert time.api.call("POST", f"/v1/invoices/{invoice['id']}/pay").status == 402
    assert (time.retrieve(subscription)["status"], time.retrieve(subscription)["pending_update"]) == ("active", waiting)
    time.advance(hours=22)
    use_card(time, GOOD)
    time.api.post(f"/v1/invoices/{invoice['id']}/pay")
    time.new_events(expect=["charge.succeeded", "payment_intent.succeeded", "invoice.updated", "customer.updated",
                            "invoice.paid", "invoice.payment_succeeded", *APPLIED])
    applied = time.retrieve(subscription)
    assert (applied["pending_update"], applied["items"]["data"][0]["quantity"], applied["latest_invoice"]) == (
        None, 3, invoice["id"])
    told = time.api.events(type="customer.subscription.updated")[-1]["data"]
    assert set(told["previous_attributes"]) == {"items", "pending_update", "quantity"}
    assert time.pending() == []
    time.advance("2022-09-01 01:00")
    assert amounts(time.latest_invoice(subscription)) == [3000]


def test_what_is_paid_at_once_does_not_wait(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.new_events()
    changed = upgrade(time, subscription)
    time.new_events(expect=[*PRORATED, "invoice.created", "invoice.finalized", *CHARGED, "customer.subscription.updated"])
    assert (changed["pending_update"], changed["items"]["data"][0]["quantity"]) == (None, 3)
    # Neither does what leaves something for the next invoice.
    use_card(time, BAD)
    item = subscription["items"]["data"][0]["id"]
    changed = time.update(subscription, items=[{"id": item, "quantity": 5}], payment_behavior="pending_if_incomplete")
    assert (changed["pending_update"], changed["items"]["data"][0]["quantity"]) == (None, 5)
    # A downgrade leaves a credit.
    changed = upgrade(time, subscription, quantity=1)
    assert (changed["pending_update"], changed["items"]["data"][0]["quantity"]) == (None, 1)


def test_nobody_pays_and_the_update_expires(clock: StartClock) -> None:
    time, subscription = started(clock)
    time.api.post("/_sim/settings", pending_update_expires_after_s=3600)
    parked = upgrade(time, subscription)
    time.new_events()
    assert parked["pending_update"]["expires_at"] == time.now + 3600
    time.advance(hours=1, expect=[*VOIDED, "customer.subscription.updated", "customer.subscription.pending_update_expired"])
    left = time.retrieve(subscription)
    assert (left["pending_update"], left["items"]["data"][0]["quantity"], left["status"]) == (None, 1, "active")
    assert time.latest_invoice(subscription)["status"] == "void"
    use_card(time, GOOD)
    time.advance("2022-09-01 01:00")
    assert amounts(time.latest_invoice(subscription)) == [1000]


def test_it_waits_no_longer_than_until_the_period_ends(clock: StartClock) -> None:
    time, subscription = started(clock)
    time.advance("2022-08-31 12:00")
    parked = upgrade(time, subscription, quantity=6)
    assert parked["pending_update"]["expires_at"] == at("2022-09-01")
    time.advance("2022-09-01")
    assert [amounts(invoice) for invoice in time.invoices()] == [[1000], [-16, 97], [1000]]
    assert time.retrieve(subscription)["pending_update"] is None


def test_another_update_replaces_it_and_a_cancellation_drops_it(clock: StartClock) -> None:
    time, subscription = started(clock)
    upgrade(time, subscription)
    time.new_events()
    # What has nothing to do with it leaves it alone.
    time.update(subscription, metadata={"a": "b"})
    time.new_events(expect=["customer.subscription.updated"])
    parked = upgrade(time, subscription, quantity=5)
    assert parked["pending_update"]["subscription_items"][0]["quantity"] == 5
    assert [invoice["status"] for invoice in time.invoices()] == ["paid", "void", "open"]
    assert [amounts(invoice) for invoice in time.invoices()[1:]] == [[-500, 1500], [-500, 2500]]

    item = subscription["items"]["data"][0]["id"]
    changed = time.update(subscription, items=[{"id": item, "quantity": 2}])
    assert (changed["pending_update"], changed["items"]["data"][0]["quantity"]) == (None, 2)
    assert [invoice["status"] for invoice in time.invoices()] == ["paid", "void", "void"]

    upgrade(time, subscription, quantity=5)
    time.new_events()
    time.api.delete(f"/v1/subscriptions/{subscription['id']}")
    assert time.retrieve(subscription)["pending_update"] is None
    assert time.invoices()[-1]["status"] == "void"
    time.advance("2022-09-10", expect=[])


def test_a_deleted_customer_leaves_nothing_that_waits(clock: StartClock) -> None:
    time, subscription = started(clock)
    upgrade(time, subscription)
    time.api.delete(f"/v1/customers/{time.customer}")
    left = time.retrieve(subscription)
    assert (left["status"], left["pending_update"]) == ("canceled", None)
    assert [invoice["status"] for invoice in time.invoices()] == ["paid", "void"]
    time.advance("2022-09-10", expect=[])


def test_whoever_voids_the_invoice_drops_the_update(clock: StartClock) -> None:
    time, subscription = started(clock)
    upgrade(time, subscription)
    time.new_events()
    time.api.post(f"/v1/invoices/{time.retrieve(subscription)['latest_invoice']}/void")
    assert "customer.subscription.updated" in time.new_events()
    assert time.retrieve(subscription)["pending_update"] is None


def test_a_new_period_waits_too(clock: StartClock) -> None:
    time = clock("2022-08-01")
    usage = time.price(10, recurring={"usage_type": "metered"})
    subscription = time.subscribe(time.price(3100), usage)
    metered = subscription["items"]["data"][1]["id"]
    time.advance("2022-08-11")
    time.api.post(f"/v1/subscription_items/{metered}/usage_records", quantity=7)
    use_card(time, BAD)
    parked = time.update(subscription, billing_cycle_anchor="now", payment_behavior="pending_if_incomplete")
    waiting = parked["pending_update"]
    assert (waiting["billing_cycle_anchor"], waiting["subscription_items"]) == (at("2022-08-11"), None)
    assert (parked["billing_cycle_anchor"], parked["current_period_end"]) == (at("2022-08-01"), at("2022-09-01"))
    # 21 of 31 days come back. What was used waits for the next invoice, whatever becomes of this one.
    invoice = time.latest_invoice(subscription)
    assert amounts(invoice) == [-2100, 3100]
    time.advance(hours=5)
    time.api.post(f"/v1/subscription_items/{metered}/usage_records", quantity=3)
    use_card(time, GOOD)
    time.api.post(f"/v1/invoices/{invoice['id']}/pay")
    applied = time.retrieve(subscription)
    assert (applied["billing_cycle_anchor"], applied["current_period_start"], applied["current_period_end"]) == (
        at("2022-08-11"), at("2022-08-11"), at("2022-09-11"))
    time.advance("2022-09-11 01:00")
    assert amounts(time.latest_invoice(subscription)) == [3100, 100]


def test_items_of_their_own_wait(clock: StartClock) -> None:
    time, subscription = started(clock)
    extra = time.price(620, product="Extra")
    added = time.api.post("/v1/subscription_items", subscription=subscription["id"], price=extra,
                          proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
    assert (added["object"], added["price"]["id"]) == ("subscription_item", extra)
    assert time.api.call("GET", f"/v1/subscription_items/{added['id']}").status == 404
    invoice = time.latest_invoice(subscription)
    assert (amounts(invoice), invoice["lines"]["data"][0]["subscription_item"]) == ([310], added["id"])
    use_card(time, GOOD)
    time.api.post(f"/v1/invoices/{invoice['id']}/pay")
    assert time.api.get(f"/v1/subscription_items/{added['id']}")["quantity"] == 1

    # One-time items and a price that is made up for the occasion go along; changed items are shown as they still are.
    use_card(time, BAD)
    item = subscription["items"]["data"][0]
    product = item["price"]["product"]
    changed = time.api.post(
        f"/v1/subscription_items/{item['id']}", proration_behavior="always_invoice", off_session=True,
        payment_behavior="pending_if_incomplete",
        price_data={"currency": "usd", "product": product, "unit_amount": 2000, "recurring": {"interval": "month"}})
    assert changed["price"]["id"] == item["price"]["id"]
    waiting = time.retrieve(subscription)["pending_update"]["subscription_items"]
    assert [each["price"]["unit_amount"] for each in waiting] == [2000, 620]
    parked = upgrade(time, subscription, add_invoice_items=[{"price": time.price(40, None, product="Setup")}])
    assert sorted(amounts(time.latest_invoice(parked))) == [-500, 40, 1500]
    use_card(time, GOOD)
    time.api.post(f"/v1/invoices/{time.latest_invoice(parked)['id']}/pay")
    assert [each["quantity"] for each in time.retrieve(parked)["items"]["data"]] == [3, 1]


def test_the_end_of_a_trial_waits(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000), trial_end=at("2022-09-01"))
    time.advance("2022-08-10")
    use_card(time, BAD)
    parked = time.update(subscription, trial_end="now", payment_behavior="pending_if_incomplete")
    assert (parked["status"], parked["pending_update"]["trial_end"], parked["pending_update"]["billing_cycle_anchor"]) == (
        "trialing", at("2022-08-10"), at("2022-08-10"))
    use_card(time, GOOD)
    time.api.post(f"/v1/invoices/{parked['latest_invoice']}/pay")
    applied = time.retrieve(subscription)
    assert (applied["status"], applied["trial_end"], applied["current_period_end"]) == (
        "active", at("2022-08-10"), at("2022-09-10"))


@pytest.mark.parametrize(("name", "value"), [
    ("metadata", {"a": "b"}), ("coupon", "x"), ("collection_method", "send_invoice"), ("cancel_at_period_end", True),
    ("default_payment_method", "pm_card_visa"), ("pause_collection", {"behavior": "void"}), ("description", "x")])
def test_only_what_is_billed_can_wait(clock: StartClock, name: str, value: Any) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", payment_behavior="pending_if_incomplete",
                           **{name: value})
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, name, f"`{name}` cannot be updated with `payment_behavior` set to `pending_if_incomplete`.")
