"""Early fraud warnings: from the test card, from an operator, and what makes them pointless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.control.doctor import examine
from app.domain.radar import FRAUD_TYPES
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.wall import NEW_YEAR, Wall

StartClock = Callable[..., Clock]
URL = "/v1/radar/early_fraud_warnings"


def charged(api: Api, card: str = "pm_card_createIssuerFraudRecord", amount: int = 1000) -> dict[str, Any]:
    """The charge of an invoice of that amount, for a new customer on the wall clock."""
    customer = api.post("/v1/customers", payment_method=card, invoice_settings={"default_payment_method": card})["id"]
    api.post("/v1/invoiceitems", customer=customer, amount=amount, currency="usd")
    invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    return dict(api.post(f"/v1/invoices/{invoice}/pay", expand=["charge"])["charge"])


def warnings(api: Api, **filters: Any) -> list[dict[str, Any]]:
    return list(api.get(URL, **filters)["data"])


def test_the_test_cards_issuer_warns_a_second_later(api: Api, server: Server, wall: Wall) -> None:
    charge = charged(api)
    server.worker.run_due()
    assert warnings(api) == []
    wall.advance(1)
    server.worker.run_due()
    server.worker.run_due()
    [warning] = warnings(api)
    assert warning == {
        "id": warning["id"], "object": "radar.early_fraud_warning", "actionable": True, "charge": charge["id"],
        "created": NEW_YEAR + 1, "fraud_type": "made_with_stolen_card", "livemode": False,
        "payment_intent": charge["payment_intent"]}
    assert warning["id"].startswith("issfr_1")
    event = api.events()[-1]
    assert (event["type"], event["created"], event["data"]) == (
        "radar.early_fraud_warning.created", NEW_YEAR + 1, {"object": warning})
    assert api.get(f"{URL}/{warning['id']}") == warning
    whole = api.get(f"{URL}/{warning['id']}", expand=["charge", "payment_intent"])
    assert (whole["charge"]["id"], whole["payment_intent"]["id"]) == (charge["id"], charge["payment_intent"])
    assert examine(server.database, account=api.key) == []


def test_without_delay_the_warning_follows_the_charge_in_its_transaction(clock: StartClock, api: Api) -> None:
    api.post("/_sim/settings", early_fraud_warning_after_s=0)
    time = clock("2022-09-01", card="pm_card_createIssuerFraudRecord")
    time.subscribe(time.price())
    types = time.new_events()
    at = types.index("charge.succeeded")
    assert types[at:at + 3] == ["charge.succeeded", "radar.early_fraud_warning.created", "payment_intent.succeeded"]
    assert types.count("radar.early_fraud_warning.created") == 1


def test_a_warning_comes_when_its_clock_does(clock: StartClock, api: Api) -> None:
    time = clock("2022-09-01", card="pm_card_createIssuerFraudRecord")
    invoice = time.latest_invoice(time.subscribe(time.price()))
    assert warnings(api, charge=invoice["charge"]) == []
    time.advance(hours=1, expect=["radar.early_fraud_warning.created"])
    [warning] = warnings(api, charge=invoice["charge"])
    assert (warning["created"], warning["payment_intent"]) == (time.now - 3599, invoice["payment_intent"])
    assert warnings(api) == [], "it lives on a test clock"
    assert warnings(api, payment_intent=invoice["payment_intent"]) == [warning]
    # The next charge is warned of as well, and a deleted clock takes a warning with it that is still to come.
    assert time.advance("2022-10-01 01:00:01")[-1] == "radar.early_fraud_warning.created"
    time.subscribe(time.price())
    api.delete(f"/v1/test_helpers/test_clocks/{time.id}")
    assert api.call("GET", f"{URL}/{warning['id']}").status == 404


def test_a_full_refund_leaves_nothing_to_act_on(api: Api, server: Server) -> None:
    charge = charged(api, "pm_card_visa")
    made = [api.post(f"/_sim/charges/{charge['id']}/early_fraud_warning", fraud_type=type) for type in FRAUD_TYPES[:2]]
    assert [(each["fraud_type"], each["actionable"]) for each in made] == [(type, True) for type in FRAUD_TYPES[:2]]
    api.post("/v1/refunds", charge=charge["id"], amount=999)
    assert [each["actionable"] for each in warnings(api)] == [True, True]
    before = len(api.events())
    api.post("/v1/refunds", charge=charge["id"])
    told = api.events()[before:]
    assert [event["type"] for event in told] == ["charge.refunded", *["radar.early_fraud_warning.updated"] * 2]
    assert [event["data"] for event in told[1:]] == [
        {"object": each | {"actionable": False}, "previous_attributes": {"actionable": True}} for each in made]
    late = api.post(f"/_sim/charges/{charge['id']}/early_fraud_warning")
    assert (late["actionable"], late["fraud_type"]) == (False, "made_with_stolen_card")
    assert examine(server.database, account=api.key) == []


def test_warnings_are_listed_by_what_they_are_of(api: Api) -> None:
    first, second = charged(api, "pm_card_visa"), charged(api, "pm_card_visa")
    one, two, three = (api.post(f"/_sim/charges/{charge['id']}/early_fraud_warning")["id"]
                       for charge in (first, second, first))

    def listed(**filters: Any) -> list[str]:
        return [each["id"] for each in warnings(api, **filters)]

    assert listed() == [three, two, one]
    assert listed(charge=first["id"]) == [three, one]
    assert listed(payment_intent=second["payment_intent"]) == [two]
    assert listed(limit=1, starting_after=three) == [two]
    assert listed(ending_before=two) == [three]
    assert listed(charge="ch_none") == []
    refused = api.refused("GET", URL, created=1)
    assert refused.error["message"] == "Received unknown parameter: created"


@pytest.mark.parametrize(("method", "path", "values", "status", "param", "message"), [
    ("GET", f"{URL}/issfr_none", {}, 404, "early_fraud_warning", "No such early_fraud_warning: 'issfr_none'"),
    ("POST", "/_sim/charges/ch_none/early_fraud_warning", {}, 404, "charge", "No such charge: 'ch_none'"),
    ("POST", "/_sim/charges/$charge/early_fraud_warning", {"fraud_type": "theft"}, 400, "fraud_type",
     "Invalid fraud_type: must be one of card_never_received, fraudulent_card_application, made_with_counterfeit_card, "
     "made_with_lost_card, made_with_stolen_card, misc, or unauthorized_use_of_card"),
])
def test_what_is_refused(api: Api, method: str, path: str, values: dict[str, Any], status: int, param: str,
                         message: str) -> None:
    charge = charged(api, "pm_card_visa")["id"]
    refused = api.refused(method, path.replace("$charge", charge), **values)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (status, param, message)
    assert warnings(api) == []


def test_no_issuer_warns_of_what_was_declined(clock: StartClock, api: Api) -> None:
    time = clock("2022-09-01", card="pm_card_chargeCustomerFail")
    time.subscribe(time.price(), payment_behavior="allow_incomplete")
    [charge] = api.get("/v1/charges", customer=time.customer)["data"]
    refused = api.refused("POST", f"/_sim/charges/{charge['id']}/early_fraud_warning")
    assert refused.error["message"] == f"Charge {charge['id']} did not succeed, so that no issuer warns of it."


def test_other_cards_are_not_warned_of(clock: StartClock) -> None:
    time = clock("2022-09-01")
    time.subscribe(time.price())
    time.new_events()
    assert "radar.early_fraud_warning.created" not in time.advance(hours=2)
