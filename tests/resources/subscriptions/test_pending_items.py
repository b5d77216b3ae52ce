"""Items that wait are invoiced at an interval of their own, between the renewals."""

from collections.abc import Callable

import pytest

from tests.support.clock import COLLECTED, DRAFTED, Clock, amounts, at

StartClock = Callable[..., Clock]


def test_what_waits_is_invoiced_every_week(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000), pending_invoice_item_interval={"interval": "week"})
    assert subscription["pending_invoice_item_interval"] == {"interval": "week", "interval_count": 1}
    assert subscription["next_pending_invoice_item_invoice"] == at("2022-08-08")
    # A week without anything brings no invoice, only the next date.
    time.advance("2022-08-08", expect=["customer.subscription.updated"])
    assert time.retrieve(subscription)["next_pending_invoice_item_invoice"] == at("2022-08-15")

    time.api.post("/v1/invoiceitems", customer=time.customer, amount=300, currency="usd", subscription=subscription["id"])
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=50, currency="usd")
    preview = time.upcoming(subscription=subscription["id"])
    assert (amounts(preview), preview["total"], preview["created"]) == ([50, 300], 350, at("2022-08-15"))
    time.advance("2022-08-15", expect=["invoiceitem.updated", "invoiceitem.updated", *DRAFTED])
    draft = time.latest_invoice(subscription)
    assert (draft["billing_reason"], draft["status"], draft["auto_advance"], amounts(draft), draft["created"]) == (
        "automatic_pending_invoice_item_invoice", "draft", True, [50, 300], at("2022-08-15"))
    assert draft["next_payment_attempt"] == at("2022-08-15 01:00")
    time.advance(hours=1, expect=COLLECTED)

    # The renewal takes what waits by then, and the weeks go on being counted from the anchor.
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=70, currency="usd")
    time.update(subscription, pending_invoice_item_interval={"interval": "week", "interval_count": 4})
    assert time.retrieve(subscription)["next_pending_invoice_item_invoice"] == at("2022-08-29")
    stopped = time.update(subscription, pending_invoice_item_interval="")
    assert (stopped["pending_invoice_item_interval"], stopped["next_pending_invoice_item_invoice"]) == (None, None)
    time.advance("2022-09-01")
    assert amounts(time.latest_invoice(subscription)) == [70, 1000]


def test_a_customers_next_invoice_may_be_one_between_the_renewals(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.subscribe(time.price(1000, "week"))
    daily = time.subscribe(time.price(2000), pending_invoice_item_interval={"interval": "day", "interval_count": 3})
    assert (time.upcoming(customer=time.customer)["created"], time.upcoming(customer=time.customer)["total"]) == (
        at("2022-08-08"), 1000)
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=300, currency="usd", subscription=daily["id"])
    preview = time.upcoming(customer=time.customer)
    assert (preview["created"], amounts(preview), preview["subscription"]) == (at("2022-08-04"), [300], daily["id"])


def test_the_interval_as_long_as_the_period_leaves_it_to_the_renewal(clock: StartClock) -> None:
    time = clock("2022-01-31")
    subscription = time.subscribe(time.price(1000), pending_invoice_item_interval={"interval": "month"})
    assert subscription["next_pending_invoice_item_invoice"] == at("2022-02-28")
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=300, currency="usd")
    time.advance("2022-02-28", expect=["invoice.upcoming", "invoiceitem.updated", *DRAFTED])
    assert amounts(time.latest_invoice(subscription)) == [300, 1000]
    assert time.retrieve(subscription)["next_pending_invoice_item_invoice"] == at("2022-03-31")
    time.api.delete(f"/v1/subscriptions/{subscription['id']}")
    assert time.retrieve(subscription)["next_pending_invoice_item_invoice"] is None
    time.advance("2022-03-31", expect=[])


def test_what_an_unpaid_subscription_gathers_is_left_as_a_draft(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.api.post("/_sim/settings", dunning_end="unpaid", retry_days=[1])
    subscription = time.subscribe(time.price(1000), pending_invoice_item_interval={"interval": "day"})
    card = time.api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=time.customer)["id"]
    time.api.post(f"/v1/customers/{time.customer}", invoice_settings={"default_payment_method": card})
    time.advance("2022-09-02 01:00")
    assert time.retrieve(subscription)["status"] == "unpaid"
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=300, currency="usd")
    time.advance("2022-09-04")
    draft = time.latest_invoice(subscription)
    assert (draft["status"], draft["auto_advance"], amounts(draft)) == ("draft", False, [300])


@pytest.mark.parametrize(("interval", "message", "param"), [
    ({"interval": "month", "interval_count": 13}, "Invalid pending_invoice_item_interval: it can be at most one year.",
     "pending_invoice_item_interval[interval_count]"),
    ({"interval": "week", "interval_count": 5},
     "Invalid pending_invoice_item_interval: it cannot be longer than the billing interval of the subscription, whose "
     "invoices take the pending items.", "pending_invoice_item_interval"),
])
def test_intervals_that_make_no_sense(clock: StartClock, interval: dict[str, object], message: str, param: str) -> None:
    time = clock("2022-08-01")
    price = time.price(1000)
    subscription = time.subscribe(price)
    for path, values in (("", {"customer": time.customer, "items": [{"price": price}]}), (f"/{subscription['id']}", {})):
        refused = time.refused("POST", f"/v1/subscriptions{path}", pending_invoice_item_interval=interval, **values)
        assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)
