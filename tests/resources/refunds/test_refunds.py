"""Refunds of what invoices were paid with."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import Clock, at
from tests.support.reference import conforms

StartClock = Callable[..., Clock]


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01")


def paid(time: Clock, amount: int = 1000, currency: str = "usd") -> dict[str, Any]:
    """The charge of an invoice of that amount."""
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=amount, currency=currency)
    invoice = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    charge = time.api.post(f"/v1/invoices/{invoice['id']}/pay", expand=["charge"])["charge"]
    time.new_events()
    return dict(charge)


def refund(time: Clock, charge: dict[str, Any], **values: Any) -> dict[str, Any]:
    made = time.api.post("/v1/refunds", charge=charge["id"], **values)
    conforms(made)
    return made


def test_all_of_a_charge_goes_back(time: Clock) -> None:
    charge = paid(time)
    made = refund(time, charge, reason="fraudulent", instructions_email="jenny@example.com", metadata={"order": "1"})
    time.new_events(expect=["charge.refunded"])
    assert made["id"].startswith("re_3")
    assert made == {
        "id": made["id"], "object": "refund", "amount": 1000, "balance_transaction": made["balance_transaction"],
        "charge": charge["id"], "created": time.now, "currency": "usd", "instructions_email": "jenny@example.com",
        "metadata": {"order": "1"}, "payment_intent": charge["payment_intent"], "reason": "fraudulent",
        "receipt_number": None, "source_transfer_reversal": None, "status": "succeeded", "transfer_reversal": None}
    seen = time.api.get(f"/v1/charges/{charge['id']}")
    assert (seen["amount_refunded"], seen["refunded"], seen["status"]) == (1000, True, "succeeded")
    assert (seen["refunds"]["data"], seen["refunds"]["url"]) == ([made], f"/v1/charges/{charge['id']}/refunds")
    assert seen["fraud_details"] == {"user_report": "fraudulent"}
    # The first of September 2022 is a Thursday, so the charge's money comes on Monday, and goes back then.
    posted = time.api.get(f"/v1/balance_transactions/{made['balance_transaction']}", expand=["source"])
    assert (posted["amount"], posted["fee"], posted["net"], posted["type"], posted["reporting_category"]) == (
        -1000, 0, -1000, "refund", "refund")
    assert (posted["available_on"], posted["status"]) == (at("2022-09-05"), "pending")
    assert posted["description"] == f"REFUND FOR CHARGE ({charge['description']})"
    assert posted["source"] == made
    of_charge = time.api.get("/v1/balance_transactions", source=charge["id"], expand=["data.source"])["data"]
    assert [row["source"]["object"] for row in of_charge] == ["charge"]


def test_a_charge_is_given_back_in_parts_but_no_further(time: Clock) -> None:
    charge = paid(time)
    first = refund(time, charge, amount=300)
    time.advance("2022-09-06")
    second = time.api.post("/v1/refunds", payment_intent=charge["payment_intent"], charge=charge["id"], amount=200)
    posted = time.api.get(f"/v1/balance_transactions/{second['balance_transaction']}")
    assert (posted["available_on"], posted["status"]) == (time.now, "available")
    seen = time.api.get(f"/v1/charges/{charge['id']}")
    assert (seen["amount_refunded"], seen["refunded"], seen["fraud_details"]) == (500, False, {})
    assert [each["id"] for each in seen["refunds"]["data"]] == [second["id"], first["id"]]
    for amount, message in (
            (501, "Refund amount ($5.01) is greater than unrefunded amount on charge ($5.00)"),
            (1001, "Refund amount ($10.01) is greater than charge amount ($10.00)")):
        refused = time.refused("POST", "/v1/refunds", charge=charge["id"], amount=amount)
        assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, "amount")
    assert time.api.post("/v1/refunds", payment_intent=charge["payment_intent"])["amount"] == 500
    refused = time.refused("POST", "/v1/refunds", charge=charge["id"])
    assert (refused.error["code"], refused.error["message"]) == (
        "charge_already_refunded", f"Charge {charge['id']} has already been refunded.")
    assert time.api.get(f"/v1/charges/{charge['id']}")["amount_refunded"] == 1000


def test_older_clients_refund_under_the_charge(time: Clock) -> None:
    charge = paid(time)
    answered = time.api.post(f"/v1/charges/{charge['id']}/refund", amount=100)
    assert (answered["object"], answered["amount_refunded"]) == ("charge", 100)
    made = time.api.post(f"/v1/charges/{charge['id']}/refunds", amount=200)
    listed = time.api.get(f"/v1/charges/{charge['id']}/refunds")
    assert ([each["amount"] for each in listed["data"]], listed["url"]) == (
        [200, 100], f"/v1/charges/{charge['id']}/refunds")
    path = f"/v1/charges/{charge['id']}/refunds/{made['id']}"
    assert time.api.get(path) == made
    assert time.api.post(path, metadata={"a": "1"})["metadata"] == {"a": "1"}
    other = paid(time)
    refused = time.refused("GET", f"/v1/charges/{other['id']}/refunds/{made['id']}")
    assert (refused.status, refused.error["message"]) == (404, f"No such refund: '{made['id']}'")


def test_only_the_metadata_of_a_refund_changes(time: Clock) -> None:
    made = refund(time, paid(time), metadata={"a": "1"})
    time.new_events()
    assert time.api.post(f"/v1/refunds/{made['id']}", metadata={"b": "2"})["metadata"] == {"a": "1", "b": "2"}
    assert time.api.post(f"/v1/refunds/{made['id']}")["metadata"] == {"a": "1", "b": "2"}
    time.new_events(expect=["charge.refund.updated"])
    assert time.api.events()[-1]["data"]["previous_attributes"] == {"metadata": {"b": None}}
    assert time.api.get(f"/v1/refunds/{made['id']}")["metadata"] == {"a": "1", "b": "2"}
    refused = time.refused("POST", f"/v1/refunds/{made['id']}", amount=1)
    assert refused.error["message"] == "Received unknown parameter: amount"
    refused = time.refused("POST", f"/v1/refunds/{made['id']}/cancel")
    assert (refused.status, refused.error["message"]) == (400, (
        "You cannot cancel this refund because it has a status of succeeded. Only a refund with the status "
        "requires_action may be canceled."))
    refused = time.refused("POST", f"/v1/test_helpers/refunds/{made['id']}/expire")
    assert (refused.status, refused.error["message"]) == (400, (
        "You cannot expire this refund because it has a status of succeeded. Only a refund with the status requires_action may "
        "be expired."))


def test_refunds_are_listed_by_what_they_belong_to(time: Clock, api: Api) -> None:
    first, second = paid(time), paid(time)
    one, two, three = refund(time, first, amount=1), refund(time, second, amount=2), refund(time, first, amount=3)

    def listed(**filters: Any) -> list[str]:
        return [each["id"] for each in api.get("/v1/refunds", **filters)["data"]]

    assert listed(charge=first["id"]) == [three["id"], one["id"]]
    assert listed(payment_intent=second["payment_intent"]) == [two["id"]]
    assert listed(charge=first["id"], created={"lt": time.now}) == []
    assert listed(charge=first["id"], starting_after=three["id"]) == [one["id"]]
    assert listed() == [], "they live on a test clock"


@pytest.mark.parametrize(("values", "param", "code", "message"), [
    ({}, None, "parameter_missing",
     "One of the following params should be provided for this request: payment_intent or charge."),
    ({"charge": "ch_none"}, "charge", "resource_missing", "No such charge: 'ch_none'"),
    ({"payment_intent": "pi_none"}, "payment_intent", "resource_missing", "No such payment_intent: 'pi_none'"),
    ({"charge": "$charge", "amount": 0}, "amount", "parameter_invalid_integer",
     "This value must be greater than or equal to 1."),
    ({"charge": "$charge", "reason": "expired_uncaptured_charge"}, "reason", None,
     "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer"),
    ({"charge": "$charge", "currency": "usd"}, "currency", None,
     "You can only specify `currency` if `origin` is `customer_balance`."),
    ({"charge": "$charge", "refund_application_fee": True}, "refund_application_fee", None,
     "The application fee of charge $charge cannot be refunded, because it has none."),
    ({"charge": "$charge", "reverse_transfer": True}, "reverse_transfer", None,
     "The transfer of charge $charge cannot be reversed, because it has none."),
    ({"origin": "customer_balance"}, "amount", "parameter_missing", "Missing required param: amount."),
    ({"origin": "customer_balance", "amount": 5, "currency": "usd", "customer": "cus_none"}, "customer",
     "resource_missing", "No such customer: 'cus_none'"),
])
def test_refunds_that_cannot_be(time: Clock, values: dict[str, Any], param: str | None, code: str | None,
                                message: str) -> None:
    charge = paid(time)["id"]
    named = {name: charge if value == "$charge" else value for name, value in values.items()}
    refused = time.refused("POST", "/v1/refunds", **named)
    assert (refused.status, refused.error.get("param"), refused.error.get("code"), refused.error["message"]) == (
        400, param, code, message.replace("$charge", charge))
    assert time.api.get("/v1/refunds", charge=charge)["data"] == []


def test_what_was_declined_cannot_go_back(clock: StartClock) -> None:
    time = clock("2022-09-01", card="pm_card_chargeCustomerFail")
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=1000, currency="usd")
    invoice = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    declined = time.api.call("POST", f"/v1/invoices/{invoice['id']}/pay").error
    refused = time.refused("POST", "/v1/refunds", charge=declined["charge"])
    assert refused.error["message"] == f"Charge {declined['charge']} did not succeed, so that it cannot be refunded."
    intent = declined["payment_intent"]["id"]
    refused = time.refused("POST", "/v1/refunds", payment_intent=intent)
    assert refused.error["message"] == f"This PaymentIntent ({intent}) does not have a successful charge to refund."


def test_an_intent_and_a_charge_that_is_not_its_own_are_refused(time: Clock) -> None:
    first, second = paid(time), paid(time)
    refused = time.refused("POST", "/v1/refunds", payment_intent=first["payment_intent"], charge=second["id"])
    assert refused.error["param"] == "payment_intent"
    assert time.api.get(f"/v1/charges/{second['id']}")["amount_refunded"] == 0


def test_amounts_are_told_in_the_currency_of_the_charge(time: Clock) -> None:
    charge = paid(time, 5000, "jpy")
    refused = time.refused("POST", "/v1/refunds", charge=charge["id"], amount=5001)
    assert refused.error["message"] == "Refund amount (¥5,001) is greater than charge amount (¥5,000)"
