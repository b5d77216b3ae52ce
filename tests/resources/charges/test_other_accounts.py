"""Charges by the older API that connected accounts have to do with."""

from __future__ import annotations

from typing import Any

from tests.support.api import Api
from tests.support.connected import connected
from tests.support.marketplace import id_of, moves
from tests.support.money import available, fund
from tests.support.rows import row_counts

URL = "/v1/charges"


def charged(api: Api, **values: Any) -> dict[str, Any]:
    return api.post(URL, **{"amount": 10_000, "currency": "usd", "source": "tok_bypassPending"} | values)


def refused(api: Api, path: str = URL, **values: Any) -> tuple[Any, ...]:
    before = row_counts(api.server)
    answer = api.refused("POST", path, **({"amount": 10_000, "currency": "usd"} if path == URL else {}) | values)
    assert row_counts(api.server) == before
    return answer.status, answer.error.get("code"), answer.error.get("param"), answer.error["message"]


def test_a_destination_has_three_ways_to_be_named(api: Api, seller: Api) -> None:
    for named in ({"destination": id_of(seller), "application_fee": 500},
                  {"destination": {"account": id_of(seller)}, "application_fee_amount": 500},
                  {"transfer_data": {"destination": id_of(seller)}, "application_fee_amount": 500}):
        before = len(api.events())
        made = charged(api, **named)
        assert (made["transfer_data"], made["application_fee_amount"]) == ({"amount": None, "destination": id_of(seller)}, 500)
        assert made["transfer_group"] == f"group_{made['id']}"
        assert api.event_types()[before:] == ["charge.succeeded", "transfer.created", "application_fee.created"]
    assert (available(api), available(seller)) == (3 * 180, 3 * 9500)
    part = charged(api, destination={"account": id_of(seller), "amount": 9000})
    assert part["transfer_data"] == {"amount": 9000, "destination": id_of(seller)}
    assert api.get(f"/v1/transfers/{part['transfer']}")["amount"] == 9000


def test_a_direct_charge_brings_the_platform_its_fee(api: Api, seller: Api) -> None:
    there = len(seller.events())
    made = charged(seller, application_fee=500)
    assert (available(seller), available(api), made["application"]) == (9180, 500, f"ca_{id_of(api)[5:]}")
    assert seller.event_types()[there:] == ["charge.succeeded"]
    assert api.event_types()[-1] == "application_fee.created"


def test_what_is_held_is_shared_when_it_is_captured(api: Api, seller: Api) -> None:
    held = charged(api, capture=False, destination=id_of(seller), application_fee=500)
    assert (held["application_fee_amount"], held["application_fee"], available(api)) == (500, None, 0)
    before = len(api.events())
    done = api.post(f"{URL}/{held['id']}/capture", amount=5000, application_fee=250)
    assert api.event_types()[before:] == ["charge.captured", "transfer.created", "application_fee.created"]
    # 5000 cost 175.
    assert (done["application_fee_amount"], available(api), available(seller)) == (250, 75, 4750)
    intent = api.post("/v1/payment_intents", amount=10_000, currency="usd", payment_method="pm_card_bypassPending", confirm=True,
                      capture_method="manual", transfer_data={"destination": id_of(seller)})
    done = api.post(f"{URL}/{intent['charges']['data'][0]['id']}/capture", application_fee_amount=100)
    assert api.get(f"/v1/payment_intents/{intent['id']}")["application_fee_amount"] == done["application_fee_amount"] == 100


def test_a_connected_account_is_debited(api: Api, seller: Api) -> None:
    fund(api, 3000)
    api.post("/v1/transfers", amount=3000, currency="usd", destination=id_of(seller))
    before, there = len(api.events()), len(seller.events())
    made = charged(api, amount=2000, source=id_of(seller), description="Rent", metadata={"month": "5"})
    assert made["id"].startswith("py_")
    assert (made["amount"], made["application"], made["description"], made["metadata"], made["payment_method_details"]) == (
        2000, None, "Rent", {"month": "5"}, {"stripe_account": {}, "type": "stripe_account"})
    assert (available(api), available(seller)) == (2000, 1000)
    [come] = moves(api, made["id"])
    [gone] = moves(seller, made["source_transfer"])
    assert [(row["type"], row["reporting_category"], row["amount"], row["fee"]) for row in (come, gone)] == [
        ("payment", "charge", 2000, 0), ("transfer", "transfer", -2000, 0)]
    assert (api.event_types()[before:], seller.event_types()[there:]) == (["charge.succeeded"], ["transfer.created"])
    back = api.post("/v1/refunds", charge=made["id"], amount=500)
    assert (back["id"][:4], available(api), available(seller)) == ("pyr_", 1500, 1500)
    assert refused(api, amount=1501, source=id_of(seller)) == (
        400, "balance_insufficient", "source",
        f"The account {id_of(seller)} has insufficient available funds to be debited.")
    assert refused(api, source=id_of(seller), destination=id_of(seller))[2] == "destination"
    assert refused(api, source=id_of(seller), capture=False)[2] == "capture"
    standard = connected(api, type="standard")
    assert refused(api, source=id_of(standard))[1] == "not_allowed_on_standard_account"


def test_fee_and_transfer_are_cut_down_to_what_is_captured(api: Api, seller: Api) -> None:
    held = charged(api, capture=False, destination=id_of(seller), application_fee_amount=6000)
    done = api.post(f"{URL}/{held['id']}/capture", amount=5000, expand=["application_fee", "transfer"])
    assert (done["transfer"]["amount"], done["application_fee"]["amount"], done["application_fee_amount"]) == (5000, 5000, 5000)
    held = charged(api, capture=False, transfer_data={"destination": id_of(seller), "amount": 6000})
    done = api.post(f"{URL}/{held['id']}/capture", amount=5000, expand=["transfer"])
    assert done["transfer"]["amount"] == 5000
    held = charged(api, capture=False, destination=id_of(seller))
    assert refused(api, f"{URL}/{held['id']}/capture", amount=5000, application_fee_amount=5001) == (
        400, None, "application_fee_amount", "Application fee ($50.01) cannot be greater than the charge amount ($50.00)")


def test_what_cannot_be_asked_for(api: Api, seller: Api) -> None:
    account = id_of(seller)
    assert refused(api, source="tok_visa", destination="acct_none") == (
        400, "resource_missing", "destination", "No such destination: 'acct_none'")
    assert refused(api, source="acct_none") == (400, "resource_missing", "source", "No such destination: 'acct_none'")
    assert refused(api, source="tok_visa", application_fee=5)[2:] == (
        "application_fee", "Can only apply an application_fee when the request is made on behalf of another account (using an "
                           "OAuth key, the Stripe-Account header, or the destination parameter).")
    assert refused(api, source="tok_visa", destination=account, transfer_data={"destination": account})[3] == (
        "You may only specify one of these parameters: destination, transfer_data.")
    assert refused(seller, source="tok_visa", application_fee=5, application_fee_amount=5)[3] == (
        "You may only specify one of these parameters: application_fee, application_fee_amount.")
    assert refused(api, source="tok_visa", destination=account, application_fee=10_001) == (
        400, None, "application_fee", "Application fee ($100.01) cannot be greater than the charge amount ($100.00)")
    api.post(f"/v1/accounts/{account}", capabilities={"transfers": {"requested": False}})
    assert refused(api, source="tok_visa", destination=account)[:3] == (
        400, "insufficient_capabilities_for_transfer", "destination")


def test_a_group_may_have_too_many_charges(api: Api, seller: Api) -> None:
    for _ in range(100):
        charged(api, amount=50, transfer_group="ORDER")
    assert len(api.get(URL, transfer_group="ORDER", limit=100)["data"]) == 100
    charged(api, amount=50, transfer_group="ORDER")
    answer = api.refused("GET", URL, transfer_group="ORDER")
    assert (answer.status, answer.error["param"], answer.error["message"]) == (
        400, "transfer_group", "Too many charges with transfer group: `ORDER`")
    api.post("/_sim/settings", limits="off")
    assert api.get(URL, transfer_group="ORDER", limit=100)["has_more"] is True


def test_what_came_by_a_transfer_has_no_issuer(api: Api, seller: Api) -> None:
    transfer = api.get(f"/v1/transfers/{charged(api, destination=id_of(seller))['transfer']}")
    payment = transfer["destination_payment"]
    for deed in ("dispute", "review", "early_fraud_warning"):
        words = refused(seller, f"/_sim/charges/{payment}/{deed}")[3]
        assert words == f"Charge {payment} came by a transfer from another account."
