"""A customer without a payment method is asked for one where nothing is due yet."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.api import Api
from tests.support.clock import COLLECTED, DRAFTED, Clock
from tests.support.reference import conforms

StartClock = Callable[..., Clock]

BEGUN = ["customer.updated", "invoice.created", "invoice.finalized", "invoice.updated", "invoice.paid",
         "invoice.payment_succeeded", "setup_intent.created", "customer.subscription.created"]


def test_a_trial_without_a_card_asks_for_one_and_is_paid_by_it(api: Api, clock: StartClock) -> None:
    time = clock("2022-01-01", card=None)
    subscription = time.subscribe(time.price(2000), trial_period_days=14, expand=["pending_setup_intent"])
    time.new_events(expect=BEGUN)
    intent = subscription["pending_setup_intent"]
    conforms(intent)
    assert (intent["status"], intent["usage"], intent["customer"]) == ("requires_payment_method", "off_session", time.customer)

    set_up = api.post(f"/v1/setup_intents/{intent['id']}/confirm", payment_method="pm_card_visa")
    time.new_events(expect=["payment_method.attached", "setup_intent.succeeded", "customer.subscription.updated"])
    now = time.retrieve(subscription)
    assert (now["pending_setup_intent"], now["default_payment_method"]) == (None, set_up["payment_method"])
    [told] = api.events(type="customer.subscription.updated")
    assert told["data"]["previous_attributes"] == {"default_payment_method": None, "pending_setup_intent": intent["id"]}

    time.advance("2022-01-15 01:00", expect=[
        "invoice.upcoming", "customer.subscription.trial_will_end", *DRAFTED, *COLLECTED])
    assert (time.retrieve(subscription)["status"], time.invoices()[-1]["amount_paid"]) == ("active", 2000)


def test_a_card_that_is_declined_leaves_the_question_open(api: Api, clock: StartClock) -> None:
    time = clock("2022-01-01", card=None)
    subscription = time.subscribe(time.price(0))
    asked = subscription["pending_setup_intent"]
    answer = api.call("POST", f"/v1/setup_intents/{asked}/confirm", {"payment_method": "pm_card_chargeDeclined"})
    assert (answer.status, answer.error["code"]) == (402, "card_declined")
    assert time.retrieve(subscription)["pending_setup_intent"] == asked


def test_who_has_a_payment_method_or_owes_is_not_asked(api: Api, clock: StartClock) -> None:
    time = clock("2022-01-01")
    assert time.subscribe(time.price(2000), trial_period_days=14)["pending_setup_intent"] is None
    bare = clock("2022-01-01", card=None)
    price = bare.price(2000)
    assert bare.subscribe(price, payment_behavior="default_incomplete")["pending_setup_intent"] is None
    sent = bare.subscribe(price, trial_period_days=14, collection_method="send_invoice", days_until_due=7)
    assert sent["pending_setup_intent"] is None


def test_a_question_that_is_withdrawn_is_open_no_more(api: Api, clock: StartClock) -> None:
    time = clock("2022-01-01", card=None)
    subscription = time.subscribe(time.price(2000), trial_period_days=14)
    time.new_events()
    api.post(f"/v1/setup_intents/{subscription['pending_setup_intent']}/cancel")
    time.new_events(expect=["setup_intent.canceled", "customer.subscription.updated"])
    assert time.retrieve(subscription)["pending_setup_intent"] is None
    assert time.retrieve(subscription)["default_payment_method"] is None
