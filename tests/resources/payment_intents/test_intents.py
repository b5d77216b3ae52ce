"""Payment intents over HTTP: made, confirmed, captured, canceled, and what each refuses."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.auth import add_key
from tests.support.api import Answer, Api
from tests.support.clock import DAY, Clock, at
from tests.support.reference import conforms

URL = "/v1/payment_intents"
SUCCEEDED = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
HELD = ["payment_intent.created", "payment_intent.amount_capturable_updated", "charge.succeeded"]
UNEXPECTED = "payment_intent_unexpected_state"
STATUSES = "requires_payment_method, requires_confirmation, requires_action"


def create(api: Api, amount: int = 2000, **values: Any) -> dict[str, Any]:
    return api.post(URL, amount=amount, **{"currency": "usd"} | values)


def paid(api: Api, card: str = "pm_card_visa", amount: int = 2000, **values: Any) -> dict[str, Any]:
    return create(api, amount, payment_method=card, confirm=True, **values)


def payments(api: Api) -> list[str]:
    """What happened to intents and charges."""
    return [each for each in api.event_types() if each.startswith(("payment_intent.", "charge.", "payment_method."))]


def declined(answer: Answer, code: str, decline_code: str | None = None, param: str | None = None) -> None:
    assert (answer.status, answer.error["type"], answer.error["code"]) == (402, "card_error", code), answer.body
    assert (answer.error.get("decline_code"), answer.error.get("param")) == (decline_code, param)


def is_refused(answer: Answer, message: str, code: str | None = None, param: str | None = None) -> None:
    assert (answer.status, answer.error["type"]) == (400, "invalid_request_error"), answer.body
    assert (answer.error["message"], answer.error.get("code"), answer.error.get("param")) == (message, code, param)


def test_an_intent_goes_from_its_creation_to_its_payment(api: Api) -> None:
    intent = create(
        api,
        description="Boots",
        metadata={"order": "7"},
        receipt_email="jenny@example.com",
        transfer_group="ORDER7",
        automatic_payment_methods={"enabled": True},
        statement_descriptor="BOOTS 7",
        statement_descriptor_suffix="SUFFIX",
        shipping={"name": "Jenny", "address": {"line1": "1 Main St", "country": "US"}},
        radar_options={"session": "rse_1"},
    )
    assert (
        intent.items()
        >= {
            "status": "requires_payment_method",
            "amount": 2000,
            "amount_capturable": 0,
            "amount_received": 0,
            "automatic_payment_methods": {"enabled": True},
            "capture_method": "automatic",
            "confirmation_method": "automatic",
            "currency": "usd",
            "customer": None,
            "description": "Boots",
            "metadata": {"order": "7"},
            "payment_method": None,
            "payment_method_types": ["card"],
            "receipt_email": "jenny@example.com",
            "transfer_group": "ORDER7",
            "statement_descriptor": "BOOTS 7",
            "statement_descriptor_suffix": "SUFFIX",
            "shipping": {
                "address": {
                    "city": None,
                    "country": "US",
                    "line1": "1 Main St",
                    "line2": None,
                    "postal_code": None,
                    "state": None,
                },
                "carrier": None,
                "name": "Jenny",
                "phone": None,
                "tracking_number": None,
            },
        }.items()
    )
    assert intent["client_secret"].startswith(f"{intent['id']}_secret_")
    is_refused(
        api.refused("POST", f"{URL}/{intent['id']}/confirm"),
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
        "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
        "method.",
        UNEXPECTED,
    )
    updated = api.post(
        f"{URL}/{intent['id']}", payment_method="pm_card_visa", amount=2500, metadata={"order": "", "colour": "red"}
    )
    assert (updated["status"], updated["amount"], updated["metadata"]) == (
        "requires_confirmation",
        2500,
        {"colour": "red"},
    )
    final = api.post(f"{URL}/{intent['id']}/confirm")
    [charge] = final["charges"]["data"]
    assert (final["status"], final["amount_received"], final["payment_method"]) == (
        "succeeded",
        2500,
        updated["payment_method"],
    )
    assert (
        charge.items()
        >= {
            "amount": 2500,
            "amount_captured": 2500,
            "captured": True,
            "description": "Boots",
            "metadata": {"colour": "red"},
            "payment_intent": intent["id"],
            "payment_method": final["payment_method"],
            "receipt_email": "jenny@example.com",
            "radar_options": {"session": "rse_1"},
            "transfer_group": "ORDER7",
            "shipping": intent["shipping"],
            "statement_descriptor": "BOOTS 7",
        }.items()
    )
    assert charge["payment_method_details"]["card"]["checks"]["cvc_check"] == "pass"
    # 2.9 % of 2500 is 72.5, which rounds up to 73, and 30.
    transaction = api.get(f"/v1/balance_transactions/{charge['balance_transaction']}")
    assert (transaction["amount"], transaction["fee"], transaction["net"]) == (2500, 103, 2397)
    assert payments(api) == SUCCEEDED
    assert api.get(URL)["data"] == [final]
    assert (
        api.get("/v1/charges", payment_intent=intent["id"])["data"]
        == api.get("/v1/charges", transfer_group="ORDER7")["data"]
        == [charge]
    )
    is_refused(
        api.refused("POST", f"{URL}/{intent['id']}/confirm"),
        "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
        UNEXPECTED,
    )
    is_refused(
        api.refused("POST", f"{URL}/{intent['id']}", amount=100),
        "This PaymentIntent's amount could not be updated because it has a status of succeeded. You may only update "
        f"the amount of a PaymentIntent with one of the following statuses: {STATUSES}.",
        UNEXPECTED,
        "amount",
    )
    assert api.post(f"{URL}/{intent['id']}", description="Sent")["description"] == "Sent"


def test_a_card_number_pays_and_is_forgotten(api: Api) -> None:
    intent = create(
        api,
        confirm=True,
        payment_method_data={
            "type": "card",
            "card": {"number": "5555 5555 5555 4444", "exp_month": 12, "exp_year": 2034, "cvc": "123"},
            "billing_details": {"name": "Jenny", "address": {"postal_code": "94103"}},
        },
    )
    [charge] = intent["charges"]["data"]
    card = charge["payment_method_details"]["card"]
    assert (intent["status"], card["brand"], card["last4"]) == ("succeeded", "mastercard", "4444")
    assert card["checks"] == {"address_line1_check": None, "address_postal_code_check": "pass", "cvc_check": "pass"}
    assert charge["billing_details"]["name"] == "Jenny"
    # A card that has paid without a customer is good for nothing more.
    again = (
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
        "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
        "a PaymentMethod multiple times, you must attach it to a Customer first."
    )
    is_refused(
        api.refused("POST", URL, amount=2000, currency="usd", payment_method=intent["payment_method"]),
        again,
        None,
        "payment_method",
    )
    customer = api.post("/v1/customers")["id"]
    attach = api.refused("POST", f"/v1/payment_methods/{intent['payment_method']}/attach", customer=customer)
    assert attach.error["message"].startswith("This PaymentMethod was previously used without being attached")
    wrong = api.refused(
        "POST",
        URL,
        amount=2000,
        currency="usd",
        payment_method_data={"type": "card", "card": {"number": "4242424242424241", "exp_month": 1, "exp_year": 2034}},
    )
    declined(wrong, "incorrect_number", param="number")
    other = api.refused("POST", URL, amount=2000, currency="usd", payment_method_data={"type": "klarna"})
    assert (other.status, other.error["param"]) == (400, "payment_method")


@pytest.mark.parametrize(
    ("card", "code", "decline_code", "param"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline", None),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds", None),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None, "exp_month"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None, "cvc"),
        ("pm_card_cvcCheckFail", "incorrect_cvc", None, "cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None, None),
        ("pm_card_radarBlock", "card_declined", "fraudulent", None),
    ],
)
def test_a_decline_is_answered_and_kept(
    api: Api, card: str, code: str, decline_code: str | None, param: str | None
) -> None:
    answer = api.call("POST", URL, {"amount": 2000, "currency": "usd", "payment_method": card, "confirm": True})
    declined(answer, code, decline_code, param)
    intent = api.get(f"{URL}/{answer.error['payment_intent']['id']}")
    assert answer.error["payment_intent"] == intent
    [charge] = intent["charges"]["data"]
    assert (answer.error["charge"], charge["status"], charge["failure_code"]) == (charge["id"], "failed", code)
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["last_payment_error"]["message"] == answer.error["message"]
    conforms(intent)
    assert payments(api) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    final = api.post(f"{URL}/{intent['id']}/confirm", payment_method="pm_card_visa")
    assert (final["status"], final["last_payment_error"], len(final["charges"]["data"])) == ("succeeded", None, 2)
    assert [each["amount"] for each in api.get("/v1/balance_transactions")["data"]] == [2000]


def test_an_amount_is_held_and_captured_in_part(api: Api) -> None:
    intent = paid(api, amount=10000, capture_method="manual")
    [charge] = intent["charges"]["data"]
    assert (intent["status"], intent["amount_capturable"], intent["amount_received"]) == ("requires_capture", 10000, 0)
    assert (
        charge["status"],
        charge["paid"],
        charge["captured"],
        charge["amount_captured"],
        charge["balance_transaction"],
    ) == ("succeeded", True, False, 0, None)
    assert payments(api) == HELD and api.get("/v1/balance_transactions")["data"] == []
    assert charge["receipt_url"] is None
    path = f"{URL}/{intent['id']}/capture"
    is_refused(
        api.refused("POST", path, amount_to_capture=10001),
        "Amount to capture ($100.01) is greater than the amount capturable ($100.00)",
        "amount_too_large",
        "amount_to_capture",
    )
    is_refused(
        api.refused("POST", "/v1/refunds", payment_intent=intent["id"]),
        f"Charge {charge['id']} has not been captured. Cancel its PaymentIntent ({intent['id']}) to release the funds.",
        None,
        "charge",
    )
    final = api.post(path, amount_to_capture=7000, statement_descriptor="AFTERWARDS")
    [charge] = final["charges"]["data"]
    assert (final["status"], final["amount"], final["amount_received"], final["amount_capturable"]) == (
        "succeeded",
        10000,
        7000,
        0,
    )
    assert (charge["amount_captured"], charge["amount_refunded"], charge["captured"], charge["refunded"]) == (
        7000,
        3000,
        True,
        False,
    )
    assert charge["statement_descriptor"] == final["statement_descriptor"] == "AFTERWARDS"
    [released] = charge["refunds"]["data"]
    # The fee is that of what was taken: 2.9 % of 7000 and 30; what was held comes and its rest goes.
    rows = [
        (each["type"], each["reporting_category"], each["amount"], each["fee"], each["source"])
        for each in api.get("/v1/balance_transactions")["data"]
    ]
    assert rows == [
        ("refund", "partial_capture_reversal", -3000, 0, released["id"]),
        ("charge", "charge", 10000, 233, charge["id"]),
    ]
    assert released["balance_transaction"] is not None
    assert "/receipts/" in charge["receipt_url"]
    assert payments(api) == [*HELD, "charge.captured", "payment_intent.succeeded"]
    is_refused(
        api.refused("POST", path),
        "This PaymentIntent could not be captured because it has a status of succeeded. Only a PaymentIntent with one of "
        "the following statuses may be captured: requires_capture.",
        UNEXPECTED,
    )
    refund = api.post("/v1/refunds", payment_intent=intent["id"])
    assert (refund["amount"], api.get(f"/v1/charges/{charge['id']}")["refunded"]) == (7000, True)


def test_an_authorisation_is_released_where_it_is_canceled(api: Api) -> None:
    intent = paid(api, payment_method_options={"card": {"capture_method": "manual"}})
    final = api.post(f"{URL}/{intent['id']}/cancel", cancellation_reason="requested_by_customer")
    [charge] = final["charges"]["data"]
    assert (final["status"], final["cancellation_reason"], final["amount_capturable"]) == (
        "canceled",
        "requested_by_customer",
        0,
    )
    assert (charge["refunded"], charge["amount_refunded"], charge["captured"]) == (True, 2000, False)
    [refund] = charge["refunds"]["data"]
    assert (refund["amount"], refund["balance_transaction"], refund["reason"]) == (2000, None, "requested_by_customer")
    assert payments(api) == [*HELD, "payment_intent.canceled", "charge.refunded"]
    assert api.get("/v1/balance_transactions")["data"] == []
    is_refused(
        api.refused("POST", f"{URL}/{intent['id']}/cancel"),
        "You cannot cancel this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of the "
        "following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, "
        "requires_action, processing.",
        UNEXPECTED,
    )
    is_refused(
        api.refused("POST", f"{URL}/{intent['id']}/confirm", payment_method="pm_card_visa"),
        "You cannot confirm this PaymentIntent because it has a status of canceled.",
        UNEXPECTED,
    )
    open_one = create(api)
    assert api.post(f"{URL}/{open_one['id']}/cancel")["cancellation_reason"] is None


def test_an_authorisation_lapses_after_seven_days(api: Api) -> None:
    time = Clock(api, "2022-09-01")
    held = paid(api, capture_method="manual", customer=time.customer)
    time.advance(days=6)
    assert api.get(f"{URL}/{held['id']}")["status"] == "requires_capture"
    assert time.advance(days=1) == ["charge.expired", "payment_intent.canceled"]
    final = api.get(f"{URL}/{held['id']}")
    [charge] = final["charges"]["data"]
    assert (final["status"], final["cancellation_reason"], final["canceled_at"]) == (
        "canceled",
        "automatic",
        at("2022-09-08"),
    )
    assert (charge["refunded"], charge["refunds"]["data"][0]["reason"]) == (True, "expired_uncaptured_charge")
    refused = api.refused("POST", f"/v1/charges/{charge['id']}/capture")
    assert refused.error["code"] == "charge_expired_for_capture"
    captured = paid(api, capture_method="manual", customer=time.customer)
    api.post(f"{URL}/{captured['id']}/capture")
    assert "charge.expired" not in time.advance(days=8)


def test_without_a_customer_the_wall_clock_lets_it_lapse(api: Api, wall: Any) -> None:
    held = paid(api, capture_method="manual")
    wall.advance(7 * DAY)
    while api.server.worker.run_due():
        pass
    assert api.get(f"{URL}/{held['id']}")["status"] == "canceled"
    assert payments(api)[-2:] == ["charge.expired", "payment_intent.canceled"]


def test_a_card_is_kept_for_its_customer(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    intent = paid(api, customer=customer, setup_future_usage="off_session")
    assert api.get("/v1/payment_methods", customer=customer)["data"][0]["id"] == intent["payment_method"]
    assert payments(api) == [
        "payment_intent.created",
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    again = paid(api, intent["payment_method"], customer=customer, off_session=True)
    assert (again["status"], again["customer"]) == ("succeeded", customer)
    other = api.post("/v1/customers")["id"]
    message = (
        f"The payment method `{intent['payment_method']}` belongs to the Customer `{customer}`. Please include the Customer "
        "in the `customer` parameter on the PaymentIntent."
    )
    values = {"amount": 2000, "currency": "usd", "payment_method": intent["payment_method"]}
    is_refused(api.refused("POST", URL, **values), message, None, "payment_method")
    assert api.refused("POST", URL, **values, customer=other).error["code"] == "resource_missing"
    unkept = paid(api, customer=customer)
    assert api.get(f"/v1/payment_methods/{unkept['payment_method']}")["customer"] is None
    assert [each["id"] for each in api.get(URL, customer=customer)["data"]] == [unkept["id"], again["id"], intent["id"]]


def test_amounts_have_bounds(api: Api) -> None:
    for amount, currency, message, code in (
        (49, "usd", "Amount must be at least $0.50 usd", "amount_too_small"),
        (29, "gbp", "Amount must be at least £0.30 gbp", "amount_too_small"),
        (49, "jpy", "Amount must be at least ¥50 jpy", "amount_too_small"),
        (100_000_000, "usd", "Amount must be no more than $999,999.99 usd", "amount_too_large"),
        (0, "usd", "This value must be greater than or equal to 1.", "parameter_invalid_integer"),
    ):
        is_refused(api.refused("POST", URL, amount=amount, currency=currency), message, code, "amount")
    assert create(api, 30, currency="gbp")["amount"] == 30
    assert create(api, 99_999_999)["amount"] == 99_999_999


def test_what_cannot_be_asked_for(api: Api) -> None:
    base = {"amount": 2000, "currency": "usd"}
    for values, message, code, param in (
        (
            {"transfer_data": {"destination": "acct_x"}},
            "No such destination: 'acct_x'",
            "resource_missing",
            "transfer_data[destination]",
        ),
        ({"on_behalf_of": "acct_x"}, "No such destination: 'acct_x'", "resource_missing", "on_behalf_of"),
        (
            {"application_fee_amount": 10},
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a "
            "direct payment (using an OAuth key or Stripe-Account header) or destination payment (using "
            "`transfer_data[destination]`).",
            None,
            "application_fee_amount",
        ),
        ({"off_session": True}, "You can only specify `off_session` when `confirm` is true.", None, "off_session"),
        ({"receipt_email": "jenny"}, "Invalid email address: jenny", "email_invalid", "receipt_email"),
        (
            {"confirm": True, "payment_method": "pm_card_visa", "return_url": "javascript:alert(1)"},
            "Not a valid URL",
            "url_invalid",
            "return_url",
        ),
        (
            {"statement_descriptor": "1234"},
            "The statement_descriptor must have at least 5 characters, and one letter among them.",
            None,
            "statement_descriptor",
        ),
        (
            {"statement_descriptor": "BOOTS*7"},
            "The statement_descriptor must not contain any of the characters < > \\ ' \" *.",
            None,
            "statement_descriptor",
        ),
        ({"payment_method": "pm_x"}, "No such PaymentMethod: 'pm_x'", "resource_missing", "payment_method"),
        ({"customer": "cus_x"}, "No such customer: 'cus_x'", "resource_missing", "customer"),
        (
            {"payment_method": "pm_card_visa", "payment_method_types": ["ideal"]},
            "The PaymentMethod provided (card) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of "
            "the following types: ideal. Alternatively update the allowed payment_method_types for this PaymentIntent to "
            'include "card".',
            None,
            "payment_method",
        ),
    ):
        is_refused(api.refused("POST", URL, **base | values), message, code, param)
    assert api.get(URL)["data"] == [] == api.get("/v1/charges")["data"]


def test_options_are_kept_and_shown(api: Api) -> None:
    mandate = {
        "amount": 100,
        "amount_type": "maximum",
        "interval": "month",
        "reference": "R1",
        "start_date": 1700000000,
    }
    intent = create(
        api,
        payment_method_types=["card", "ideal", "klarna"],
        payment_method_options={
            "card": {
                "request_three_d_secure": "any",
                "installments": {"enabled": True},
                "mandate_options": mandate,
                "cvc_token": "cvctok_1",
            },
            "klarna": {"preferred_locale": "de-DE"},
        },
    )
    assert intent["payment_method_options"] == {
        "card": {
            "installments": {"available_plans": [], "enabled": True, "plan": None},
            "mandate_options": {"description": None, "end_date": None, "interval_count": None, "supported_types": None}
            | mandate,
            "network": None,
            "request_three_d_secure": "any",
        },
        "klarna": {"preferred_locale": "de-DE"},
    }
    changed = api.post(
        f"{URL}/{intent['id']}", payment_method_options={"card": {"setup_future_usage": "on_session"}, "klarna": ""}
    )
    assert changed["payment_method_options"]["card"]["setup_future_usage"] == "on_session"
    assert changed["payment_method_options"]["card"]["request_three_d_secure"] == "any"
    assert "klarna" not in changed["payment_method_options"]


def test_more_is_authorised_where_that_was_asked_for(api: Api) -> None:
    options = {"card_present": {"request_incremental_authorization_support": True}}
    intent = paid(api, capture_method="manual", payment_method_options=options)
    path = f"{URL}/{intent['id']}/increment_authorization"
    assert api.refused("POST", path, amount=2000).error["param"] == "amount"
    more = api.post(path, amount=2600, description="And socks", metadata={"a": "b"})
    assert (more["amount"], more["amount_capturable"], more["charges"]["data"][0]["amount"]) == (2600, 2600, 2600)
    assert (more["description"], more["metadata"], payments(api)[-2:]) == (
        "And socks",
        {"a": "b"},
        ["charge.updated", "payment_intent.amount_capturable_updated"],
    )
    [event] = api.events(type="charge.updated")
    assert (event["data"]["object"]["amount"], event["data"]["previous_attributes"]) == (2600, {"amount": 2000})
    assert api.post(f"{URL}/{intent['id']}/capture")["amount_received"] == 2600
    assert api.refused("POST", path, amount=3000).error["code"] == UNEXPECTED
    plain = paid(api, capture_method="manual")
    is_refused(
        api.refused("POST", f"{URL}/{plain['id']}/increment_authorization", amount=3000),
        "This PaymentIntent is not eligible for incremental authorization.",
        "payment_intent_incompatible_payment_method",
    )


def test_other_means_of_payment_are_refused(api: Api) -> None:
    intent = create(api)
    for path, values, code in (
        ("apply_customer_balance", {}, "payment_intent_incompatible_payment_method"),
        ("verify_microdeposits", {"amounts": [32, 45]}, UNEXPECTED),
        ("verify_microdeposits", {}, "parameter_missing"),
    ):
        refused = api.refused("POST", f"{URL}/{intent['id']}/{path}", **values)
        assert (refused.status, refused.error["code"]) == (400, code)
    funded = create(api, payment_method_types=["customer_balance"])
    refused = api.refused("POST", f"{URL}/{funded['id']}/apply_customer_balance", amount=100, currency="usd")
    assert refused.error["code"] == "balance_insufficient"


def test_a_publishable_key_needs_the_secret_and_sees_less(api: Api) -> None:
    account = api.get("/v1/account")["id"]
    intent = create(api, metadata={"order": "1"})
    with api.server.database.writing() as session:
        add_key(session, account, "pk_test_" + account[5:])
    browser = Api(api.server, "pk_test_" + account[5:])
    path = f"{URL}/{intent['id']}"
    assert browser.call("GET", path).error["param"] == "client_secret"
    wrong = browser.call("GET", path, {"client_secret": intent["client_secret"] + "x"})
    assert (wrong.status, wrong.error["code"]) == (400, "payment_intent_invalid_parameter")
    seen = browser.get(path, client_secret=intent["client_secret"])
    assert seen["id"] == intent["id"] and not {"metadata", "customer", "charges", "application"} & seen.keys()
    final = browser.post(f"{path}/confirm", client_secret=intent["client_secret"], payment_method="pm_card_visa")
    assert final["status"] == "succeeded" and "charges" not in final
    for method, other in (("GET", URL), ("POST", f"{path}/cancel"), ("POST", path)):
        assert (
            browser.call(method, other, {"client_secret": intent["client_secret"]}).error["code"]
            == "secret_key_required"
        )
    assert api.get(f"{URL}/{intent['id']}", client_secret=intent["client_secret"])["metadata"] == {"order": "1"}


# The intents of invoices


def opened(time: Clock) -> dict[str, Any]:
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=1000, currency="usd")
    draft = time.api.post(
        "/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include", auto_advance=False
    )
    invoice = time.api.post(f"/v1/invoices/{draft['id']}/finalize")
    time.new_events()
    return invoice


def test_confirming_the_intent_of_an_invoice_pays_it(api: Api) -> None:
    time = Clock(api, "2022-09-01")
    invoice = opened(time)
    path = f"{URL}/{invoice['payment_intent']}"
    options = {"payment_method_options": {"card": {"capture_method": "manual"}}}
    for action, values in (("/cancel", {}), ("", {"amount": 900}), ("", options), ("/confirm", options),
                           ("/confirm", {"capture_method": "manual"})):
        refused = api.refused("POST", path + action, **values)
        assert refused.error["code"] == UNEXPECTED and "created by an invoice" in refused.error["message"]
    declined(
        api.call("POST", f"{path}/confirm", {"payment_method": "pm_card_chargeDeclined"}),
        "card_declined",
        "generic_decline",
    )
    failed = time.new_events()
    assert failed[:4] == ["payment_intent.payment_failed", "charge.failed", "invoice.payment_failed", "invoice.updated"]
    assert (
        api.get(f"/v1/invoices/{invoice['id']}").items()
        >= {"status": "open", "attempt_count": 1, "attempted": True}.items()
    )
    assert api.post(f"{path}/confirm", payment_method="pm_card_visa")["status"] == "succeeded"
    final = api.get(f"/v1/invoices/{invoice['id']}")
    assert (final["status"], final["amount_paid"], final["charge"]) == (
        "paid",
        1000,
        api.get(path)["charges"]["data"][0]["id"],
    )
    assert time.new_events() == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "customer.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
