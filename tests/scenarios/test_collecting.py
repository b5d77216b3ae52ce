"""Years of invoices that are sent, paid late, not paid at all, or paid at last."""

from __future__ import annotations

from tests.scenarios.world import World, text, when
from tests.support.api import Api


def test_an_invoice_that_is_sent_and_paid_late(api: Api) -> None:
    api.post("/_sim/settings", past_due_deadline_days=0)
    world = World(api, "2022-01-01", email="jenny@example.com")
    subscription = world.subscribe(
        world.price(unit_amount=9000, recurring={"interval_count": 3}),
        collection_method="send_invoice",
        days_until_due=30,
    )
    world.advance("2022-02-10")
    [first] = world.invoices()
    assert (first["status"], when(first["due_date"]), first["attempt_count"]) == ("open", "2022-01-31", 0)
    assert world.now(subscription)["status"] == "past_due"
    assert world.story(
        "invoice.created", "invoice.finalized", "invoice.sent", "customer.updated", "customer.subscription.updated"
    ) == text("""
        2022-01-01 customer.updated
        2022-01-01 invoice.created
        2022-01-01 01:00 invoice.finalized
        2022-01-01 01:00 invoice.sent
        2022-01-31 customer.updated
        2022-01-31 customer.subscription.updated
    """)
    api.post(f"/v1/invoices/{first['id']}/pay", paid_out_of_band=True)
    assert world.now(subscription)["status"] == "active"
    assert api.get(f"/v1/customers/{world.customer['id']}")["delinquent"] is False
    world.advance("2022-10-02")
    # Two more were sent and not paid; October's waits to be due.
    assert world.bills() == text("""
        2022-01-01 90.00 paid
        2022-04-01 90.00 open
        2022-07-01 90.00 open
        2022-10-01 90.00 open
    """)
    assert [when(invoice["due_date"]) for invoice in world.invoices()[1:]] == ["2022-05-01", "2022-07-31", "2022-10-31"]
    assert world.now(subscription)["status"] == "past_due"


def test_a_card_that_fails_for_some_months_and_recovers(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(world.price(unit_amount=1000))
    broken = api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=world.customer["id"])["id"]
    working = world.customer["invoice_settings"]["default_payment_method"]
    for before, month in (("02", "03"), ("04", "05"), ("06", "07")):
        world.advance(f"2022-{before}-20")
        world.use_card(broken)
        world.advance(f"2022-{month}-02")
        assert world.now(subscription)["status"] == "past_due"
        world.use_card(working)
        world.advance(f"2022-{month}-20")
        assert world.now(subscription)["status"] == "active"
    world.advance("2022-09-01")
    # The first attempt an hour after the draft fails; the one three days later does not.
    assert [
        (when(invoice["status_transitions"]["paid_at"]), invoice["attempt_count"]) for invoice in world.invoices()[2:8]
    ] == [
        ("2022-03-04 01:00", 2),
        ("2022-04-01 01:00", 1),
        ("2022-05-04 01:00", 2),
        ("2022-06-01 01:00", 1),
        ("2022-07-04 01:00", 2),
        ("2022-08-01 01:00", 1),
    ]


def test_a_card_that_is_given_up(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(world.price(unit_amount=1000))
    world.advance("2022-01-10")
    world.use_card("pm_card_chargeCustomerFail")
    world.advance("2022-12-31")
    # February's bill fails at once, then after 3, 5 and 7 days. That was the end of it.
    assert world.bills() == text("""
        2022-01-01 10.00 paid
        2022-02-01 10.00 open
    """)
    assert world.story("invoice.payment_failed", "customer.subscription.deleted") == text("""
        2022-02-01 01:00 invoice.payment_failed
        2022-02-04 01:00 invoice.payment_failed
        2022-02-09 01:00 invoice.payment_failed
        2022-02-16 01:00 invoice.payment_failed
        2022-02-16 01:00 customer.subscription.deleted
    """)
    assert (world.now(subscription)["status"], when(world.now(subscription)["ended_at"])) == (
        "canceled", "2022-02-16 01:00")  # fmt: skip


def test_a_subscription_that_is_kept_unpaid_and_taken_up_again(api: Api) -> None:
    world = World(api, "2022-01-01")
    api.post("/_sim/settings", dunning_end="unpaid", retry_days=[3])
    subscription = world.subscribe(world.price(unit_amount=1000))
    world.advance("2022-01-10")
    world.use_card("pm_card_chargeCustomerFail")
    world.advance("2022-05-10")
    # Two attempts for February; what comes after it stays in drafts that nobody tries to collect.
    assert world.now(subscription)["status"] == "unpaid"
    assert [(each["status"], each["attempt_count"], each["auto_advance"]) for each in world.invoices()] == [
        ("paid", 1, False), ("open", 2, False), ("draft", 0, False), ("draft", 0, False), ("draft", 0, False)]  # fmt: skip
    world.use_card("pm_card_visa")
    for invoice in world.invoices()[1:]:
        api.post(f"/v1/invoices/{invoice['id']}/pay")
    assert world.now(subscription)["status"] == "active"
    world.advance("2022-07-02")
    assert [(each["status"], each["amount_paid"]) for each in world.invoices()] == 7 * [("paid", 1000)]


def test_a_first_payment_that_fails_and_is_made_up_for_or_not(api: Api) -> None:
    world = World(api, "2022-01-01", card="pm_card_chargeCustomerFail")
    price = world.price(unit_amount=1000)
    given_up, made_up = world.subscribe(price), world.subscribe(price)
    assert [given_up["status"], made_up["status"]] == ["incomplete", "incomplete"]
    world.advance("2022-01-01 20:00")
    world.use_card("pm_card_visa")
    api.post(f"/v1/invoices/{made_up['latest_invoice']}/pay")
    world.advance("2022-04-01 02:00")
    # 23 hours were the time for it. The other one has lived on since its first day.
    assert world.now(given_up)["status"] == "incomplete_expired"
    assert world.now(made_up)["status"] == "active"
    assert world.bills() == text("""
        2022-01-01 10.00 void
        2022-01-01 10.00 paid
        2022-02-01 10.00 paid
        2022-03-01 10.00 paid
        2022-04-01 10.00 paid
    """)
