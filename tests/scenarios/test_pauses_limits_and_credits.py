"""Years with a pause, with bills before their time, and with money given back."""

from __future__ import annotations

from tests.scenarios.world import World, at, text
from tests.support.api import Api


def test_a_winter_in_which_nobody_pays(api: Api) -> None:
    world = World(api, "2022-10-01")
    subscription = world.subscribe(world.price(unit_amount=4000))
    world.advance("2022-11-15")
    paused = world.change(subscription, pause_collection={"behavior": "void", "resumes_at": at("2023-03-01")})
    assert (paused["status"], paused["pause_collection"]["resumes_at"]) == ("active", at("2023-03-01"))
    world.advance("2023-01-15")
    world.change(subscription, pause_collection={"behavior": "keep_as_draft", "resumes_at": at("2023-03-15")})
    world.advance("2023-05-02")
    # Two bills were made and voided, two were kept as drafts; after 15 March they pay as before.
    assert world.bills() == text("""
        2022-10-01 40.00 paid
        2022-11-01 40.00 paid
        2022-12-01 40.00 void
        2023-01-01 40.00 void
        2023-02-01 40.00 draft
        2023-03-01 40.00 draft
        2023-04-01 40.00 paid
        2023-05-01 40.00 paid
    """)
    assert world.now(subscription)["pause_collection"] is None


def test_usage_that_is_billed_whenever_it_reaches_an_amount(api: Api) -> None:
    world = World(api, "2022-01-01")
    call = world.price("Call", unit_amount=10, recurring={"usage_type": "metered"})
    subscription = world.subscribe(call, billing_thresholds={"amount_gte": 5000})
    item = subscription["items"]["data"][0]["id"]
    for day, calls in (("01-10", 300), ("01-20", 250), ("01-30", 90), ("02-10", 499), ("03-05", 1200)):
        world.advance(f"2022-{day}")
        api.post(f"/v1/subscription_items/{item}/usage_records", quantity=calls)
    world.advance("2022-04-01 01:00")
    # 30.00 + 25.00 pass 50.00 on 20 January; 9.00 are left for the month's end. February's 49.90 stay below it; March's
    # 120.00 pass it with one report.
    assert [(each["billing_reason"], each["total"], each["status"]) for each in world.invoices()] == [
        ("subscription_create", 0, "paid"),
        ("subscription_threshold", 5500, "paid"),
        ("subscription_cycle", 900, "paid"),
        ("subscription_cycle", 4990, "paid"),
        ("subscription_threshold", 12_000, "paid"),
        ("subscription_cycle", 0, "paid"),
    ]


def test_extras_that_are_billed_by_the_week(api: Api) -> None:
    world = World(api, "2022-08-01")
    subscription = world.subscribe(
        world.price(unit_amount=10_000, recurring={"interval": "year"}), pending_invoice_item_interval={"interval": "week"}
    )
    for day, amount in (("2022-08-03", 700), ("2022-08-04", 350), ("2022-08-20", 1900)):
        world.advance(day)
        api.post("/v1/invoiceitems", customer=world.customer["id"], subscription=subscription["id"], amount=amount,
                 currency="usd", description="Extra")  # fmt: skip
    world.advance("2023-08-01 01:00")
    # The week from 1 August ends on the 8th, that of the 20th on the 22nd; empty weeks bring no bill.
    assert world.bills() == text("""
        2022-08-01 100.00 paid
        2022-08-08 10.50 paid
        2022-08-22 19.00 paid
        2023-08-01 100.00 paid
    """)
    assert world.invoices()[1]["billing_reason"] == "automatic_pending_invoice_item_invoice"


def test_money_and_credit_given_back_in_the_middle_of_the_year(api: Api) -> None:
    world = World(api, "2022-01-01")
    rate = api.post("/v1/tax_rates", display_name="VAT", percentage="20", inclusive=False)["id"]
    world.subscribe(items=[{"price": world.price(unit_amount=1000), "quantity": 3}], default_tax_rates=[rate])
    world.advance("2022-03-10")
    march = world.invoices()[-1]
    [line] = march["lines"]["data"]
    # One of the three, 10.00 and its 2.00 of tax: 5.00 to the card, 7.00 as credit for April.
    note = api.post("/v1/credit_notes", invoice=march["id"], refund_amount=500, credit_amount=700, reason="duplicate",
                    lines=[{"type": "invoice_line_item", "invoice_line_item": line["id"], "quantity": 1}])  # fmt: skip
    assert (note["subtotal"], note["total"], note["number"]) == (1000, 1200, f"{march['number']}-CN-01")
    world.advance("2022-05-02")
    assert [(each["total"], each["starting_balance"], each["amount_paid"]) for each in world.invoices()] == [
        (3600, 0, 3600), (3600, 0, 3600), (3600, 0, 3600), (3600, -700, 2900), (3600, 0, 3600)]  # fmt: skip
    march = world.invoices()[2]
    charge = api.get(f"/v1/charges/{march['charge']}")
    assert (march["post_payment_credit_notes_amount"], charge["amount_refunded"], charge["refunded"]) == (1200, 500, False)
    changes = api.get(f"/v1/customers/{world.customer['id']}/balance_transactions")["data"]
    assert [(each["type"], each["amount"], each["ending_balance"]) for each in changes] == [
        ("applied_to_invoice", 700, 0), ("credit_note", -700, -700)]  # fmt: skip


def test_an_open_invoice_that_is_credited_away(api: Api) -> None:
    world = World(api, "2022-01-01", email="jenny@example.com")
    subscription = world.subscribe(world.price(unit_amount=5000), collection_method="send_invoice", days_until_due=14)
    world.advance("2022-01-20")
    assert world.now(subscription)["status"] == "past_due"
    [invoice] = world.invoices()
    api.post("/v1/credit_notes", invoice=invoice["id"], amount=2000)
    assert world.invoices()[0]["amount_remaining"] == 3000
    api.post("/v1/credit_notes", invoice=invoice["id"], amount=3000)
    [invoice] = world.invoices()
    assert (invoice["status"], invoice["amount_due"], invoice["amount_paid"], invoice["pre_payment_credit_notes_amount"]) == (
        "paid", 0, 0, 5000)  # fmt: skip
    assert world.now(subscription)["status"] == "active"
    world.advance("2022-03-02")
    assert world.bills() == text("""
        2022-01-01 50.00 paid
        2022-02-01 50.00 open
        2022-03-01 50.00 open
    """)
