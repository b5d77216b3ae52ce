"""How subscriptions end: at once, with their period, at a date."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import CHARGED, DRAFTED, Clock, amounts, at, billed

StartClock = Callable[..., Clock]
DELETED = ["customer.subscription.deleted"]


def cancel(time: Clock, subscription: dict[str, Any], **values: Any) -> dict[str, Any]:
    return time.api.delete(f"/v1/subscriptions/{subscription['id']}", **values)


def upgrade(time: Clock, subscription: dict[str, Any], unit_amount: int) -> None:
    item = subscription["items"]["data"][0]["id"]
    time.update(subscription, items=[{"id": item, "price": time.price(unit_amount)}])
    time.new_events()


def test_ending_at_once(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-09-16")
    upgrade(time, subscription, 6000)
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=500, currency="usd",
                  subscription=subscription["id"], description="By hand")
    time.new_events()
    canceled = cancel(time, subscription)
    time.new_events(expect=["invoiceitem.deleted", "invoiceitem.deleted", *DELETED])
    assert (canceled["status"], canceled["canceled_at"], canceled["ended_at"]) == ("canceled", time.now, time.now)
    assert (canceled["current_period_end"], len(canceled["items"]["data"])) == (at("2022-10-01"), 1)
    assert [each["description"] for each in time.pending()] == ["By hand"]
    time.advance("2022-12-01", expect=[])
    swept = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    time.new_events(expect=["invoiceitem.updated", "invoice.created"])
    assert (amounts(swept), swept["subscription"], time.pending()) == ([500], None, [])


def test_ending_at_once_stops_what_is_still_collected(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-10-01")
    cancel(time, subscription)
    time.new_events(expect=[*DELETED, "invoice.updated"])
    draft = time.latest_invoice(subscription)
    assert (draft["status"], draft["auto_advance"], draft["next_payment_attempt"]) == ("draft", False, None)
    time.advance("2022-11-01", expect=[])


def test_ending_twice(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    cancel(time, subscription)
    refused = time.refused("DELETE", f"/v1/subscriptions/{subscription['id']}")
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        404, "resource_missing", f"No such subscription: '{subscription['id']}'")


def test_what_is_unused_can_be_credited_for_later(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-09-16")
    cancel(time, subscription, prorate=True)
    time.new_events(expect=["invoiceitem.created", *DELETED])
    [credit] = time.pending()
    assert (credit["amount"], credit["subscription"]) == (-1500, subscription["id"])
    assert len(time.invoices()) == 1
    # It is the customer's: their next invoice takes it, of whatever that is.
    following = time.subscribe(time.price(4000))
    invoice = time.latest_invoice(following)
    assert (amounts(invoice), invoice["total"], time.pending()) == ([-1500, 4000], 2500, [])
    assert [line["subscription"] for line in invoice["lines"]["data"]] == [subscription["id"], following["id"]]


def test_what_is_unused_can_go_to_the_balance(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-09-16")
    canceled = cancel(time, subscription, prorate=True, invoice_now=True)
    time.new_events(expect=[
        "invoiceitem.created", "invoiceitem.updated", "invoice.created", "customer.updated", "invoice.finalized",
        "invoice.updated", "invoice.paid", "invoice.payment_succeeded", *DELETED])
    final = time.latest_invoice(canceled)
    assert (amounts(final), final["billing_reason"], final["status"]) == ([-1500], "subscription_update", "paid")
    assert time.customer_now()["balance"] == -1500


def test_what_was_used_can_be_billed_at_once(clock: StartClock) -> None:
    time = clock("2022-09-01")
    price = time.price(5, recurring={"usage_type": "metered"})
    subscription = time.subscribe(price, time.price(1000))
    records = f"/v1/subscription_items/{subscription['items']['data'][0]['id']}/usage_records"
    time.api.post(records, quantity=100)
    time.advance("2022-09-16")
    canceled = cancel(time, subscription, invoice_now=True)
    assert billed(time.latest_invoice(canceled)) == [(500, at("2022-09-01"), time.now)]
    time.new_events(expect=["invoice.created", "invoice.finalized", *CHARGED, *DELETED])


def test_usage_is_lost_without_invoice_now(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(5, recurring={"usage_type": "metered"}))
    time.api.post(f"/v1/subscription_items/{subscription['items']['data'][0]['id']}/usage_records", quantity=100)
    cancel(time, subscription)
    assert len(time.invoices()) == 1


def test_a_final_invoice_that_is_sent(clock: StartClock) -> None:
    time = clock("2022-09-01", card="pm_card_visa")
    subscription = time.subscribe(
        time.price(5, recurring={"usage_type": "metered"}), collection_method="send_invoice", days_until_due=5)
    time.api.post(f"/v1/subscription_items/{subscription['items']['data'][0]['id']}/usage_records", quantity=100)
    time.advance("2022-09-02")
    canceled = cancel(time, subscription, invoice_now=True)
    final = time.latest_invoice(canceled)
    assert (final["status"], final["charge"], final["due_date"]) == ("open", None, at("2022-09-07"))
    time.new_events(expect=["invoice.created", "invoice.finalized", "payment_intent.created", "invoice.sent", *DELETED])


def test_ending_with_the_period(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-09-16")
    changed = time.update(subscription, cancel_at_period_end=True)
    assert (changed["status"], changed["canceled_at"], changed["cancel_at"], changed["cancel_at_period_end"]) == (
        "active", time.now, at("2022-10-01"), True)
    time.advance("2022-10-01", expect=DELETED)
    ended = time.retrieve(subscription)
    assert (ended["status"], ended["ended_at"], ended["canceled_at"]) == (
        "canceled", at("2022-10-01"), at("2022-09-16"))
    assert len(time.invoices()) == 1


def test_going_on_after_all(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000), cancel_at_period_end=True)
    assert (subscription["cancel_at_period_end"], subscription["cancel_at"]) == (True, at("2022-10-01"))
    assert time.new_events()[-1] == "customer.subscription.created"
    changed = time.update(subscription, cancel_at_period_end=False)
    assert (changed["canceled_at"], changed["cancel_at"]) == (None, None)
    time.advance("2022-10-01", expect=["invoice.upcoming", *DRAFTED])


def test_the_last_invoice_bills_what_is_left(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000), time.price(5, recurring={"usage_type": "metered"}))
    time.api.post(f"/v1/subscription_items/{subscription['items']['data'][1]['id']}/usage_records", quantity=100)
    time.advance("2022-09-16")
    upgrade(time, subscription, 6000)
    time.update(subscription, cancel_at_period_end=True)
    time.advance("2022-10-01", expect=[
        "invoiceitem.updated", "invoiceitem.updated", "invoice.created", "invoice.finalized", *CHARGED, *DELETED])
    final = time.latest_invoice(subscription)
    assert (amounts(final), final["status"], final["billing_reason"]) == (
        [-1500, 3000, 500], "paid", "subscription_cycle")


def test_both_ways_of_ending_later(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", cancel_at=at("2022-09-20"),
                           cancel_at_period_end=True)
    assert refused.error["message"] == "You may only specify one of these parameters: cancel_at, cancel_at_period_end."


def test_a_date_inside_the_period(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.new_events()
    changed = time.update(subscription, cancel_at=at("2022-09-21"))
    time.new_events(expect=["invoiceitem.created", "customer.subscription.updated"])
    assert (changed["current_period_end"], changed["cancel_at"], changed["canceled_at"]) == (
        at("2022-09-21"), at("2022-09-21"), time.now)
    assert changed["billing_cycle_anchor"] == at("2022-09-21")
    assert [(each["amount"], each["period"]) for each in time.pending()] == [
        (-1000, {"start": at("2022-09-21"), "end": at("2022-10-01")})]
    time.advance("2022-09-21")
    final = time.latest_invoice(subscription)
    assert (amounts(final), time.customer_now()["balance"]) == ([-1000], -1000)
    assert time.retrieve(subscription)["status"] == "canceled"


def test_a_date_that_is_moved_and_taken_back(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.update(subscription, cancel_at=at("2022-09-21"))
    time.update(subscription, cancel_at=at("2022-09-11"))
    changed = time.update(subscription, cancel_at="")
    assert [each["amount"] for each in time.pending()] == [-1000, -1000, 2000]
    assert (changed["cancel_at"], changed["current_period_end"], changed["billing_cycle_anchor"]) == (
        None, at("2022-10-01"), at("2022-09-01"))
    time.advance("2022-10-01")
    assert time.latest_invoice(subscription)["total"] == 3000


def test_a_change_before_the_date_prorates_at_the_full_rate(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000), cancel_at=at("2022-09-21"))
    assert amounts(time.latest_invoice(subscription)) == [2000]
    time.advance("2022-09-11")
    upgrade(time, subscription, 6000)
    assert [each["amount"] for each in time.pending()] == [-1000, 2000]


def test_a_date_can_cut_without_credit(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.update(subscription, cancel_at=at("2022-09-21"), proration_behavior="none")
    assert time.pending() == []


def test_a_date_in_a_later_period_shortens_that_one(clock: StartClock) -> None:
    time = clock("2022-01-01")
    subscription = time.subscribe(time.price(12000, "year"))
    changed = time.update(subscription, cancel_at=at("2023-07-02 12:00"))
    assert (changed["current_period_end"], time.pending()) == (at("2023-01-01"), [])
    assert changed["billing_cycle_anchor"] == at("2022-01-01")
    time.advance("2023-01-01 01:00")
    # Half of 365 days.
    assert billed(time.latest_invoice(subscription)) == [(6000, at("2023-01-01"), at("2023-07-02 12:00"))]
    time.advance("2023-07-02 12:00")
    assert (time.retrieve(subscription)["status"], len(time.invoices())) == ("canceled", 2)


def test_a_date_in_the_past(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", cancel_at=time.now)
    assert (refused.error["param"], refused.error["message"]) == (
        "cancel_at", "Invalid timestamp: must be an integer Unix timestamp in the future")


def test_one_way_of_ending_replaces_the_other(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000), cancel_at_period_end=True)
    changed = time.update(subscription, cancel_at=at("2022-09-21"))
    assert (changed["cancel_at_period_end"], changed["current_period_end"]) == (False, at("2022-09-21"))
    changed = time.update(subscription, cancel_at_period_end=True)
    assert (changed["cancel_at"], changed["current_period_end"]) == (at("2022-10-01"), at("2022-10-01"))
    assert [each["amount"] for each in time.pending()] == [-1000, 1000]


def test_another_interval_moves_the_end_of_the_period(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000), cancel_at_period_end=True)
    time.advance("2022-09-16")
    changed = time.update(
        subscription, items=[{"id": subscription["items"]["data"][0]["id"], "price": time.price(30000, "year")}])
    assert changed["cancel_at"] == changed["current_period_end"] == at("2023-09-16")


def test_a_trial_that_is_to_end_ends_without_a_charge(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000), trial_period_days=10, cancel_at_period_end=True)
    time.advance("2022-09-11", expect=["customer.subscription.trial_will_end", *DELETED])
    assert (time.retrieve(subscription)["status"], len(time.invoices())) == ("canceled", 1)


@pytest.mark.parametrize(("status", "count"), [(None, 1), ("canceled", 1), ("ended", 1), ("all", 2), ("trialing", 0)])
def test_lists_leave_out_what_has_ended(clock: StartClock, status: str | None, count: int) -> None:
    time = clock("2022-09-01")
    price = time.price(3000)
    time.subscribe(price)
    cancel(time, time.subscribe(price))
    assert len(time.api.get("/v1/subscriptions", customer=time.customer, status=status)["data"]) == count


def test_lists_are_filtered(clock: StartClock) -> None:
    time = clock("2022-09-01")
    gold, silver = time.price(3000), time.price(1000, product="Silver")
    first = time.subscribe(gold)
    time.advance("2022-09-11")
    second = time.subscribe(silver, collection_method="send_invoice", days_until_due=1)

    def found(**filters: Any) -> list[str]:
        page = time.api.get("/v1/subscriptions", customer=time.customer, **filters)
        return [each["id"] for each in page["data"]]

    assert found() == [second["id"], first["id"]]
    assert found(price=gold) == [first["id"]]
    assert found(collection_method="send_invoice") == [second["id"]]
    assert found(created={"gte": time.now}) == [second["id"]]
    assert found(current_period_end={"lt": at("2022-10-02")}) == [first["id"]]
    assert time.api.get("/v1/subscriptions")["data"] == []
    assert len(time.api.get("/v1/subscriptions", test_clock=time.id)["data"]) == 2


def test_the_payment_of_the_latest_invoice_can_be_shown_inline(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    shown = time.api.get(f"/v1/subscriptions/{subscription['id']}",
                         expand=["latest_invoice.payment_intent", "customer", "latest_invoice.charge"])
    invoice = shown["latest_invoice"]
    assert (invoice["payment_intent"]["status"], invoice["payment_intent"]["amount"]) == ("succeeded", 3000)
    assert invoice["charge"]["paid"] is True
    assert shown["customer"]["id"] == time.customer
