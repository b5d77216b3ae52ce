"""Collection that is paused: what becomes of the invoices from inside the pause, and from before it."""

from collections.abc import Callable

import pytest

from tests.support.clock import CHARGED, COLLECTED, DRAFTED, FINALIZED, Clock, amounts, at

StartClock = Callable[..., Clock]
UPCOMING = "invoice.upcoming"


def test_drafts_are_kept_until_somebody_lets_them_go_on(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.new_events()
    paused = time.update(subscription, pause_collection={"behavior": "keep_as_draft"})
    time.new_events(expect=["customer.subscription.updated"])
    assert paused["pause_collection"] == {"behavior": "keep_as_draft", "resumes_at": None}
    assert paused["status"] == "active"

    time.advance("2022-09-02", expect=[UPCOMING, *DRAFTED])
    september = time.latest_invoice(subscription)
    assert (september["status"], september["auto_advance"], september["next_payment_attempt"]) == ("draft", False, None)

    # An update that bills at once leaves a draft too: 29 of 30 days, 1000 × 29/30 = 966.67 and 2000 × 29/30 = 1933.33.
    time.update(subscription, items=[{"id": subscription["items"]["data"][0]["id"], "quantity": 2}],
                proration_behavior="always_invoice")
    update = time.latest_invoice(subscription)
    assert (update["status"], update["auto_advance"], amounts(update)) == ("draft", False, [-967, 1933])

    resumed = time.update(subscription, pause_collection="")
    assert resumed["pause_collection"] is None
    time.advance("2022-09-10", expect=[])
    assert [invoice["status"] for invoice in time.invoices()] == ["paid", "draft", "draft"]
    time.api.post(f"/v1/invoices/{september['id']}", auto_advance=True)
    time.advance("2022-10-01 01:00", expect=[*COLLECTED, UPCOMING, *DRAFTED, *COLLECTED])
    assert [invoice["status"] for invoice in time.invoices()] == ["paid", "paid", "draft", "paid"]


def test_invoices_are_voided_when_they_are_finalised(clock: StartClock) -> None:
    time = clock("2022-08-01", balance=-300)
    subscription = time.subscribe(time.price(1000), trial_end=at("2022-08-02"))
    time.update(subscription, pause_collection={"behavior": "void"})
    time.advance("2022-08-02", expect=DRAFTED)
    draft = time.latest_invoice(subscription)
    assert (draft["status"], draft["auto_advance"]) == ("draft", True)
    # The balance that it used comes back.
    time.advance("2022-08-02 01:00", expect=[
        "customer.updated", *FINALIZED, "payment_intent.created", "invoice.updated", "invoice.voided", "customer.updated",
        "payment_intent.canceled"])
    assert (time.retrieve(draft)["status"], time.customer_now()["balance"]) == ("void", -300)
    assert time.retrieve(subscription)["status"] == "active"


@pytest.mark.parametrize(("amount", "balance"), [(1000, -5000), (30, 0)])
def test_a_voiding_pause_leaves_the_balance_as_it_was(clock: StartClock, amount: int, balance: int) -> None:
    # Where the balance covers the invoice, or where it is too small to be charged, nothing is due from the customer's card.
    time = clock("2022-08-01", balance=balance)
    subscription = time.subscribe(time.price(amount), trial_end=at("2022-08-02"))
    time.update(subscription, pause_collection={"behavior": "void"})
    time.advance("2022-08-02 01:00", expect=[
        *DRAFTED, "customer.updated", *FINALIZED, "invoice.updated", "invoice.voided", "customer.updated"])
    invoice = time.latest_invoice(subscription)
    assert (invoice["status"], invoice["amount_due"], invoice["amount_paid"]) == ("void", 0, 0)
    assert time.customer_now()["balance"] == balance
    moved = time.api.get(f"/v1/customers/{time.customer}/balance_transactions")["data"]
    assert [(each["type"], each["ending_balance"]) for each in moved[:2]] == [
        ("unapplied_from_invoice", balance), ("applied_to_invoice", -4000) if balance else ("invoice_too_small", 30)]


def test_invoices_become_uncollectible(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.update(subscription, pause_collection={"behavior": "mark_uncollectible"})
    time.advance("2022-09-01 01:00", expect=[
        UPCOMING, *DRAFTED, *FINALIZED, "payment_intent.created", "invoice.updated", "invoice.marked_uncollectible"])
    left = time.latest_invoice(subscription)
    assert (left["status"], left["attempted"]) == ("uncollectible", False)

    # It can still be paid; and one from inside the pause is set aside although the pause is over when it is finalised.
    time.api.post(f"/v1/invoices/{left['id']}/pay")
    assert time.retrieve(left)["status"] == "paid"
    time.advance("2022-10-01 00:30")
    time.update(subscription, pause_collection="")
    time.advance("2022-10-01 01:00")
    assert time.latest_invoice(subscription)["status"] == "uncollectible"
    time.advance("2022-11-01 01:00")
    assert time.latest_invoice(subscription)["status"] == "paid"


def test_whoever_pays_a_draft_from_a_pause_wants_it_paid(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.update(subscription, pause_collection={"behavior": "void"})
    time.advance("2022-09-01")
    draft = time.latest_invoice(subscription)
    time.api.post(f"/v1/invoices/{draft['id']}/pay")
    assert time.retrieve(draft)["status"] == "paid"
    # An update is finalised at once, and so is voided at once.
    time.new_events()
    time.update(subscription, billing_cycle_anchor="now", proration_behavior="none")
    time.new_events(expect=["invoice.created", "invoice.finalized", "payment_intent.created", "invoice.updated",
                            "invoice.voided", "payment_intent.canceled", "customer.subscription.updated"])
    assert time.latest_invoice(subscription)["status"] == "void"


def test_an_invoice_from_before_the_pause_is_collected(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.advance("2022-09-01")
    time.update(subscription, pause_collection={"behavior": "void"})
    time.advance("2022-09-01 01:00", expect=COLLECTED)


def test_a_pause_ends_by_itself(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    paused = time.update(subscription, pause_collection={"behavior": "void", "resumes_at": at("2022-10-01")})
    assert paused["pause_collection"] == {"behavior": "void", "resumes_at": at("2022-10-01")}
    time.advance("2022-09-15")
    assert time.latest_invoice(subscription)["status"] == "void"
    # It ends before the renewal of the same second, whose invoice is collected.
    time.advance("2022-10-01 01:00", expect=[UPCOMING, "customer.subscription.updated", *DRAFTED, *COLLECTED])
    resumed = next(event for event in time.api.events(type="customer.subscription.updated")
                   if "pause_collection" in event["data"]["previous_attributes"]
                   and event["data"]["object"]["pause_collection"] is None)
    assert resumed["data"]["previous_attributes"] == {
        "pause_collection": {"behavior": "void", "resumes_at": at("2022-10-01")}}
    assert (resumed["created"], resumed["request"]["id"]) == (at("2022-10-01"), None)


def test_a_subscription_that_ends_in_a_pause(clock: StartClock) -> None:
    time = clock("2022-08-01")
    licensed, metered = time.price(1000), time.price(7, recurring={"usage_type": "metered"})
    subscription = time.subscribe(licensed, metered, cancel_at_period_end=True)
    item = subscription["items"]["data"][1]["id"]
    time.api.post(f"/v1/subscription_items/{item}/usage_records", quantity=100)
    time.update(subscription, pause_collection={"behavior": "keep_as_draft"})
    time.advance("2022-09-02")
    last = time.latest_invoice(subscription)
    assert (last["status"], last["auto_advance"], amounts(last)) == ("draft", False, [700])


@pytest.mark.parametrize(("values", "message", "param"), [
    ({"pause_collection": {"behavior": "stop"}},
     "Invalid pause_collection[behavior]: must be one of keep_as_draft, mark_uncollectible, or void",
     "pause_collection[behavior]"),
    ({"pause_collection": {"resumes_at": at("2022-09-01")}},
     "Missing required param: pause_collection[behavior].", "pause_collection[behavior]"),
    ({"pause_collection": {"behavior": "void", "resumes_at": at("2022-08-01")}},
     "Invalid timestamp: must be an integer Unix timestamp in the future", "pause_collection[resumes_at]"),
])
def test_refused_pauses(clock: StartClock, values: dict[str, object], message: str, param: str) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", **values)
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)
    assert time.retrieve(subscription)["pause_collection"] is None


def test_a_pause_is_not_for_new_subscriptions(clock: StartClock) -> None:
    time = clock("2022-08-01")
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price(1000)}],
                           pause_collection={"behavior": "void"})
    assert (refused.status, refused.error["code"]) == (400, "parameter_unknown")
    assert CHARGED[0] not in time.new_events()
