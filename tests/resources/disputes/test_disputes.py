"""Disputes: the money goes, evidence is sent, and the bank decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.control.doctor import examine
from app.domain.disputes import EVIDENCE, FILES, TEXTS
from app.wire.endpoint import Server
from tests.support.api import Answer, Api
from tests.support.clock import Clock, at
from tests.support.wall import NEW_YEAR, Wall, events_after

StartClock = Callable[..., Clock]
DAY = 86_400
OPENED = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.updated"]
LAST_SECOND = at("2023-01-10 23:59:59")
"""The end of the ninth day after New Year."""


@pytest.fixture(autouse=True)
def books(api: Api, server: Server, wall: Wall) -> Any:
    """Each test ends with books that agree."""
    yield
    assert examine(server.database, account=api.key) == []


def charged(api: Api, card: str = "pm_card_visa", amount: int = 10_000, **values: Any) -> str:
    intent = api.post("/v1/payment_intents", amount=amount, currency="usd", payment_method=card, confirm=True, **values)
    return str(intent["charges"]["data"][0]["id"])


def disputed(api: Api, amount: int = 10_000, **values: Any) -> dict[str, Any]:
    return api.post(f"/_sim/charges/{charged(api, amount=amount)}/dispute", **values)


def says(api: Api, dispute: dict[str, Any], text: str, **values: Any) -> dict[str, Any]:
    """Evidence is sent to the bank."""
    return api.post(f"/v1/disputes/{dispute['id']}", evidence={"uncategorized_text": text}, **values)


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def now(api: Api, dispute: dict[str, Any]) -> dict[str, Any]:
    return api.get(f"/v1/disputes/{dispute['id']}")


def refund_refused(api: Api, charge: str) -> Answer:
    refused = api.refused("POST", "/v1/refunds", charge=charge)
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400, "charge_disputed", f"Charge {charge} has been charged back; cannot issue a refund.")
    return refused


def test_the_money_goes_with_the_dispute(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_createDispute", metadata={"order": "7"})
    assert not api.get(f"/v1/charges/{charge}")["disputed"]
    events = events_after(api, wall, 1)
    assert types(events) == OPENED
    dispute = api.get(f"/v1/charges/{charge}/dispute")
    [withdrawal] = dispute["balance_transactions"]
    assert withdrawal == {
        "id": dispute["balance_transaction"], "object": "balance_transaction", "amount": -10_000,
        "available_on": NEW_YEAR + 1, "created": NEW_YEAR + 1, "currency": "usd",
        "description": f"Chargeback withdrawal for {charge}", "exchange_rate": None, "fee": 1500,
        "fee_details": [{"amount": 1500, "application": None, "currency": "usd", "description": "Dispute fee",
                         "type": "stripe_fee"}],
        "net": -11_500, "reporting_category": "dispute", "source": dispute["id"], "status": "available",
        "type": "adjustment"}
    intent = api.get(f"/v1/charges/{charge}")["payment_intent"]
    assert dispute == {
        "id": dispute["id"], "object": "dispute", "amount": 10_000, "balance_transaction": withdrawal["id"],
        "balance_transactions": [withdrawal], "charge": charge, "created": NEW_YEAR + 1, "currency": "usd",
        "evidence": dict.fromkeys(EVIDENCE),
        "evidence_details": {"due_by": LAST_SECOND, "has_evidence": False, "past_due": False, "submission_count": 0},
        "is_charge_refundable": False, "livemode": False, "metadata": {}, "payment_intent": intent,
        "payment_method_details": {"card": {"brand": "visa", "network_reason_code": "83"}, "type": "card"},
        "reason": "fraudulent", "status": "needs_response"}
    assert dispute["id"].startswith("dp_1")
    assert len(dispute["evidence"]) == 27
    assert [event["data"] for event in events[:2]] == [{"object": dispute}, {"object": dispute}]
    assert events[2]["data"]["previous_attributes"] == {"dispute": None, "disputed": False}
    seen = api.get(f"/v1/charges/{charge}")
    assert (seen["disputed"], seen["dispute"], seen["amount_refunded"], seen["status"]) == (
        True, dispute["id"], 0, "succeeded")
    # 10000 less 2.9 % and 30 wait for their day, while the bank and the fee were paid at once.
    balance = api.get("/v1/balance")
    assert (balance["available"][0]["amount"], balance["pending"][0]["amount"]) == (-11_500, 9_680)
    refund_refused(api, charge)
    whole = api.get(f"/v1/disputes/{dispute['id']}", expand=["charge.dispute", "payment_intent", "balance_transactions.source"])
    assert whole["charge"]["dispute"]["id"] == whole["balance_transactions"][0]["source"]["id"] == dispute["id"]
    assert whole["payment_intent"]["id"] == intent


def test_winning_evidence_brings_the_money_back(api: Api, wall: Wall) -> None:
    dispute = disputed(api)
    before = len(api.events())
    sent = says(api, dispute, "winning_evidence", metadata={"by": "Jenny"})
    assert sent == dispute | {
        "evidence": dispute["evidence"] | {"uncategorized_text": "winning_evidence"},
        "evidence_details": {"due_by": LAST_SECOND, "has_evidence": True, "past_due": False, "submission_count": 1},
        "metadata": {"by": "Jenny"}, "status": "under_review"}
    [updated] = api.events()[before:]
    assert (updated["type"], updated["data"]) == ("charge.dispute.updated", {"object": sent, "previous_attributes": {
        "evidence": {"uncategorized_text": None}, "evidence_details": {"has_evidence": False, "submission_count": 0},
        "metadata": {"by": None}, "status": "needs_response"}})
    events = events_after(api, wall, 1)
    assert types(events) == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]
    won = now(api, dispute)
    withdrawal, reinstatement = won["balance_transactions"]
    assert [withdrawal] == dispute["balance_transactions"]
    assert (reinstatement["amount"], reinstatement["fee"], reinstatement["net"], reinstatement["type"],
            reinstatement["reporting_category"], reinstatement["description"], reinstatement["status"]) == (
        10_000, -1500, 11_500, "adjustment", "dispute_reversal", f"Chargeback reversal for {dispute['charge']}", "available")
    assert reinstatement["fee_details"] == [{"amount": -1500, "application": None, "currency": "usd",
                                             "description": "Dispute fee refund", "type": "stripe_fee"}]
    assert won == sent | {"balance_transactions": [withdrawal, reinstatement], "is_charge_refundable": True, "status": "won"}
    assert [event["data"] for event in events] == [{"object": won}] * 2
    assert api.get("/v1/balance")["available"][0]["amount"] == 0
    assert [row["id"] for row in api.get("/v1/balance_transactions", source=dispute["id"])["data"]] == [
        reinstatement["id"], withdrawal["id"]]
    assert api.get(f"/v1/charges/{dispute['charge']}")["disputed"], "it was"
    assert api.post("/v1/refunds", charge=dispute["charge"])["amount"] == 10_000


def test_losing_evidence_keeps_it_away(api: Api, wall: Wall) -> None:
    dispute = disputed(api)
    sent = says(api, dispute, "losing_evidence")
    [closed] = events_after(api, wall, 1)
    lost = now(api, dispute)
    assert (closed["type"], closed["data"]) == ("charge.dispute.closed", {"object": lost})
    assert lost == sent | {"status": "lost"}
    refund_refused(api, dispute["charge"])
    for values in ({"evidence": {"uncategorized_text": "winning_evidence"}}, {"submit": True}):
        refused = api.refused("POST", f"/v1/disputes/{dispute['id']}", **values)
        assert (refused.status, refused.error["message"]) == (400, "This dispute is already closed")
    refused = api.refused("POST", f"/v1/disputes/{dispute['id']}/close")
    assert refused.error["message"] == "This dispute is already closed"
    # What is over can still be filed.
    assert api.post(f"/v1/disputes/{dispute['id']}", metadata={"file": "9"}) == lost | {"metadata": {"file": "9"}}


def test_without_delay_the_bank_answers_in_the_same_call(api: Api) -> None:
    api.post("/_sim/settings", dispute_outcome_after_s=0, dispute_after_s=0, dispute_fee=0)
    before = len(api.events())
    charge = charged(api, "pm_card_createDisputeProductNotReceived")
    assert api.event_types()[before:] == ["payment_intent.created", "charge.succeeded", *OPENED, "payment_intent.succeeded"]
    dispute = api.get(f"/v1/charges/{charge}/dispute")
    assert (dispute["reason"], dispute["payment_method_details"]["card"]["network_reason_code"]) == (
        "product_not_received", "30")
    assert [(row["net"], row["fee_details"]) for row in dispute["balance_transactions"]] == [(-10_000, [])]
    assert says(api, dispute, "winning_evidence")["status"] == "won"
    assert api.event_types()[-3:] == ["charge.dispute.updated", "charge.dispute.funds_reinstated", "charge.dispute.closed"]
    assert sum(row["net"] for row in now(api, dispute)["balance_transactions"]) == 0


def test_evidence_is_gathered_and_sent_when_it_is_complete(api: Api, wall: Wall) -> None:
    dispute = disputed(api)
    staged = api.post(f"/v1/disputes/{dispute['id']}", submit=False,
                      evidence={"customer_name": "Jenny Rosen", "service_date": "2022-12-24"})
    assert (staged["status"], staged["evidence_details"]["has_evidence"], staged["evidence_details"]["submission_count"]) == (
        "needs_response", True, 0)
    changed = api.post(f"/v1/disputes/{dispute['id']}", submit=False, evidence={"service_date": "", "receipt": ""})
    assert {name: value for name, value in changed["evidence"].items() if value} == {"customer_name": "Jenny Rosen"}
    sent = api.post(f"/v1/disputes/{dispute['id']}", submit=True)
    assert (sent["status"], sent["evidence_details"]["submission_count"]) == ("under_review", 1)
    assert types(events_after(api, wall, 30 * DAY)) == [], "the bank thinks, and nobody has to answer"
    assert types(api.events())[-1] == "balance.available"
    again = says(api, dispute, "winning_evidence")
    assert (again["status"], again["evidence"]["customer_name"]) == ("under_review", "Jenny Rosen")
    assert again["evidence_details"] == {
        "due_by": LAST_SECOND, "has_evidence": True, "past_due": True, "submission_count": 2}
    # Other words before the bank has decided take the decision back.
    says(api, dispute, "On second thoughts")
    assert events_after(api, wall, DAY) == []
    assert now(api, dispute)["status"] == "under_review"


def test_every_piece_of_evidence(api: Api) -> None:
    dispute = disputed(api)
    path = f"/v1/disputes/{dispute['id']}"
    texts = {name: f"The {name}" for name in TEXTS}
    assert (len(TEXTS), len(FILES)) == (18, 9)
    shown = api.post(path, submit=False, evidence=texts)["evidence"]
    assert shown == texts | dict.fromkeys(FILES)
    assert list(shown) == list(EVIDENCE)
    for name in FILES:
        refused = api.refused("POST", path, evidence={name: "file_1"})
        assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
            400, "resource_missing", f"evidence[{name}]", "No such file: 'file_1'")
    for name, most in TEXTS.items():
        refused = api.refused("POST", path, evidence={name: "x" * (most + 1)})
        assert (refused.error["param"], refused.error["message"]) == (
            f"evidence[{name}]", f"Invalid string: xxxx...xxxx; must be at most {most} characters")
    long = [name for name, most in TEXTS.items() if most == 20_000]
    api.post(path, submit=False, evidence=dict.fromkeys(TEXTS, ""))
    api.post(path, submit=False, evidence=dict.fromkeys(long[:7], "x" * 20000) | {"customer_name": "x" * 5_000,
                                                                                      "service_date": "x" * 5_000})
    refused = api.refused("POST", path, submit=False, evidence={"shipping_date": "x"})
    assert (refused.error["param"], refused.error["message"]) == (
        "evidence", "The evidence has 150,001 characters, and may have 150,000 in all.")
    refused = api.refused("POST", path, evidence={"alibi": "x"}, amount=1)
    assert refused.error["message"] == "Received unknown parameters: evidence[alibi], amount"
    api.post(path, submit=False, evidence=dict.fromkeys(TEXTS, ""))
    refused = api.refused("POST", path, submit=True)
    assert (refused.error["param"], refused.error["message"]) == ("submit", "There is no evidence to submit.")
    assert now(api, dispute) == dispute


def test_an_inquiry_takes_no_money(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_createDisputeInquiry")
    assert types(events_after(api, wall, 1)) == ["charge.dispute.created", "charge.updated"]
    inquiry = api.get(f"/v1/charges/{charge}/dispute")
    assert (inquiry["status"], inquiry["balance_transactions"], inquiry["balance_transaction"], inquiry["amount"],
            inquiry["is_charge_refundable"]) == ("warning_needs_response", [], None, 10_000, True)
    api.post("/v1/refunds", charge=charge, amount=4_000)
    assert now(api, inquiry)["status"] == "warning_needs_response"
    before = len(api.events())
    api.post("/v1/refunds", charge=charge)
    assert types(api.events()[before:]) == ["charge.refunded", "charge.dispute.closed"]
    assert now(api, inquiry) == inquiry | {"status": "warning_closed"}


@pytest.mark.parametrize("text", ["winning_evidence", "losing_evidence", "Something else", None])
def test_an_inquiry_ends_in_nothing(api: Api, server: Server, wall: Wall, text: str | None) -> None:
    inquiry = disputed(api, inquiry=True)
    if text is not None:
        assert says(api, inquiry, text)["status"] == "warning_under_review"
    decided = text in ("winning_evidence", "losing_evidence")
    assert types(events_after(api, wall, 1)) == (["charge.dispute.closed"] if decided else [])
    assert types(events_after(api, wall, 120 * DAY - 2)) == []
    assert types(events_after(api, wall, 1)) == ([] if decided else ["charge.dispute.closed"])
    closed = now(api, inquiry)
    assert (closed["status"], closed["balance_transactions"]) == ("warning_closed", [])


def test_giving_in(api: Api) -> None:
    dispute, inquiry = disputed(api), disputed(api, inquiry=True)
    lost = api.post(f"/v1/disputes/{dispute['id']}/close")
    assert lost == dispute | {"status": "lost"}
    assert (api.events()[-1]["type"], api.events()[-1]["data"]) == ("charge.dispute.closed", {"object": lost})
    assert api.post(f"/v1/charges/{inquiry['charge']}/dispute/close")["status"] == "warning_closed"
    assert api.event_types()[-1] == "charge.dispute.closed"


def test_who_does_not_answer_loses(api: Api, wall: Wall) -> None:
    dispute = disputed(api)
    api.post(f"/v1/disputes/{dispute['id']}", submit=False, evidence={"customer_name": "Jenny"})
    assert events_after(api, wall, LAST_SECOND - NEW_YEAR) == []
    [closed] = events_after(api, wall, 1)
    assert (closed["type"], closed["created"], now(api, dispute)["status"]) == (
        "charge.dispute.closed", LAST_SECOND + 1, "lost")


def test_late_evidence_can_be_let_in(api: Api, wall: Wall) -> None:
    api.post("/_sim/settings", dispute_unanswered="open")
    dispute = disputed(api)
    assert events_after(api, wall, 20 * DAY) == []
    late = says(api, dispute, "Sorry")
    assert (late["status"], late["evidence_details"]["past_due"]) == ("under_review", True)


def test_several_disputes_of_one_charge(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_createMultipleDisputes", amount=10_001)
    events = events_after(api, wall, 1)
    assert types(events) == OPENED * 2
    second, first = api.get("/v1/disputes", charge=charge)["data"]
    assert [first["amount"], second["amount"]] == [5_001, 5_000]
    assert api.get(f"/v1/charges/{charge}/dispute")["id"] == second["id"]
    assert events[-1]["data"]["previous_attributes"] == {"dispute": first["id"]}
    says(api, first, "winning_evidence")
    events_after(api, wall, 1)
    assert now(api, first)["status"] == "won"
    refund_refused(api, charge)
    says(api, second, "winning_evidence")
    events_after(api, wall, 1)
    assert api.post("/v1/refunds", charge=charge)["amount"] == 10_001


def test_a_part_of_a_charge(api: Api) -> None:
    charge = charged(api)
    api.post("/v1/refunds", charge=charge, amount=1_000)
    first = api.post(f"/_sim/charges/{charge}/dispute", amount=2_000, reason="general")
    assert (first["amount"], first["balance_transactions"][0]["net"], first["reason"]) == (2_000, -3_500, "general")
    assert first["payment_method_details"]["card"]["network_reason_code"] is None
    refused = api.refused("POST", f"/_sim/charges/{charge}/dispute", amount=7_001)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "amount", f"$70.01 of charge {charge} cannot be disputed, because $70.00 are left.")
    assert api.post(f"/_sim/charges/{charge}/dispute")["amount"] == 7_000
    refused = api.refused("POST", f"/_sim/charges/{charge}/dispute")
    assert refused.error["message"] == f"$0.00 of charge {charge} cannot be disputed, because $0.00 are left."
    refused = api.refused("POST", f"/_sim/charges/{charge}/dispute", reason="spite")
    assert refused.error["param"] == "reason"


def test_what_was_refunded_is_not_taken_again(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_createDispute")
    api.post("/v1/refunds", charge=charge)
    assert types(events_after(api, wall, 1)) == ["charge.dispute.created", "charge.dispute.closed", "charge.updated"]
    dispute = api.get(f"/v1/charges/{charge}/dispute")
    assert (dispute["status"], dispute["amount"], dispute["balance_transactions"], dispute["is_charge_refundable"]) == (
        "charge_refunded", 10_000, [], False)
    refused = api.refused("POST", f"/v1/charges/{charge}/dispute", evidence={"customer_name": "Jenny"})
    assert refused.error["message"] == "This dispute is already closed"


def test_only_what_was_taken_is_disputed(api: Api, wall: Wall) -> None:
    held = charged(api, "pm_card_createDispute", capture_method="manual")
    refused = api.refused("POST", f"/_sim/charges/{held}/dispute")
    assert refused.error["message"] == f"Charge {held} took no money, so that it cannot be disputed."
    assert events_after(api, wall, 60) == []
    api.post(f"/v1/charges/{held}/capture", amount=6_000)
    assert types(events_after(api, wall, 1)) == OPENED
    assert api.get(f"/v1/charges/{held}/dispute")["amount"] == 6_000


def test_a_dispute_comes_before_warnings_and_reviews_can_help(api: Api) -> None:
    charge = charged(api, "pm_card_riskLevelElevated")
    warning = api.post(f"/_sim/charges/{charge}/early_fraud_warning")
    before = len(api.events())
    api.post(f"/_sim/charges/{charge}/dispute")
    events = api.events()[before:]
    assert types(events) == [*OPENED, "radar.early_fraud_warning.updated", "review.closed"]
    assert events[3]["data"] == {"object": warning | {"actionable": False}, "previous_attributes": {"actionable": True}}
    review = api.get(f"/v1/charges/{charge}", expand=["review"])["review"]
    assert (review["closed_reason"], events[4]["data"]) == ("disputed", {"object": review})
    assert not api.post(f"/_sim/charges/{charge}/early_fraud_warning")["actionable"]
    refused = api.refused("POST", f"/_sim/charges/{charge}/review")
    assert refused.error["message"] == f"Charge {charge} has been disputed, so that there is nothing to review."


def test_a_dispute_lives_on_its_charges_clock(api: Api, clock: StartClock) -> None:
    time = clock("2022-09-01", card="pm_card_createDispute")
    invoice = time.latest_invoice(time.subscribe(time.price()))
    time.advance(hours=1, expect=OPENED)
    dispute = api.get(f"/v1/charges/{invoice['charge']}/dispute")
    assert (dispute["created"], dispute["evidence_details"]["due_by"]) == (at("2022-09-01 00:00:01"), at("2022-09-10 23:59:59"))
    assert api.get("/v1/disputes")["data"] == []
    assert api.get("/v1/disputes", payment_intent=invoice["payment_intent"])["data"] == [dispute]
    says(api, dispute, "winning_evidence")
    time.new_events(expect=["charge.dispute.updated"])
    time.advance(hours=1, expect=["charge.dispute.funds_reinstated", "charge.dispute.closed"])
    assert now(api, dispute)["balance_transactions"][1]["created"] == at("2022-09-01 01:00:01")
    api.delete(f"/v1/test_helpers/test_clocks/{time.id}")
    assert api.call("GET", f"/v1/disputes/{dispute['id']}").status == 404


def test_disputes_are_listed_by_what_they_are_of(api: Api, wall: Wall) -> None:
    made = []
    for _ in range(3):
        made.append(disputed(api))
        wall.advance(10)
    one, two, three = (dispute["id"] for dispute in made)

    def listed(**filters: Any) -> list[str]:
        return [each["id"] for each in api.get("/v1/disputes", **filters)["data"]]

    assert listed() == [three, two, one]
    assert listed(created={"lt": NEW_YEAR + 20}) == [two, one]
    assert listed(charge=made[1]["charge"]) == [two]
    assert listed(payment_intent=made[2]["payment_intent"]) == [three]
    assert listed(limit=1, starting_after=three) == [two]
    assert api.get("/v1/charges/search", query="disputed:'true'")["data"][0]["dispute"] == three


def test_unknown_disputes(api: Api) -> None:
    for method, path in (("GET", "/v1/disputes/dp_none"), ("POST", "/v1/disputes/dp_none"),
                         ("POST", "/v1/disputes/dp_none/close")):
        refused = api.refused(method, path)
        assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
            404, "resource_missing", "dispute", "No such dispute: 'dp_none'")
    charge = charged(api)
    for method, path in (("GET", "dispute"), ("POST", "dispute"), ("POST", "dispute/close")):
        refused = api.refused(method, f"/v1/charges/{charge}/{path}")
        assert (refused.status, refused.error["message"]) == (404, f"No dispute for charge: '{charge}'")
