"""What cannot be scheduled, and how it is said. Nothing is written and no event is emitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.resources.subscription_schedules.conftest import DAY, FEB_1, JAN_1, Stage

Phases = Callable[[Stage], list[dict[str, Any]]]


def one(**values: Any) -> Phases:
    """One phase of a monthly price, with these values."""
    return lambda stage: [{"items": [{"price": stage.price()}]} | values]


def items(*build: Callable[[Stage], dict[str, Any]]) -> Phases:
    """One phase of these items."""
    return lambda stage: [{"items": [item(stage) for item in build]}]


def monthly(stage: Stage) -> dict[str, Any]:
    return {"price": stage.price()}


def yearly(stage: Stage) -> dict[str, Any]:
    return {"price": stage.price(interval="year")}


def in_euros(stage: Stage) -> dict[str, Any]:
    return {"price": stage.price(currency="eur")}


def once(stage: Stage) -> dict[str, Any]:
    return {"price": stage.price(interval=None)}


def metered(stage: Stage) -> dict[str, Any]:
    return {"price": stage.price(recurring={"usage_type": "metered"}), "quantity": 1}


MISMATCH = "Currency and interval fields must match across all plans on this subscription. Found mismatch in {} field."
EMPTY = ("You passed an empty string for '{0}'. We assume empty values are an attempt to unset a parameter; however "
         "'{0}' cannot be unset. You should remove '{0}' from your request or supply a non-empty value.")


@pytest.mark.parametrize(("phases", "message", "param", "code"), [
    pytest.param(lambda stage: [{"iterations": 1}], "Missing required param: phases[0][items].", "phases[0][items]",
                 "parameter_missing", id="no_items"),
    pytest.param(items(lambda stage: {"quantity": 1}), "Missing required param: phases[0][items][0][price].",
                 "phases[0][items][0][price]", "parameter_missing", id="no_price"),
    pytest.param(items(lambda stage: {"price": "price_x"}), "No such price: 'price_x'", "phases[0][items][0][price]",
                 "resource_missing", id="unknown_price"),
    pytest.param(items(lambda stage: {"plan": "x"}), "Received unknown parameter: phases[0][items][0][plan]",
                 "phases[0][items][0][plan]", "parameter_unknown", id="legacy_plan"),
    pytest.param(lambda stage: [{"plans": [{"plan": "x"}]}], "Received unknown parameter: phases[0][plans]",
                 "phases[0][plans]", "parameter_unknown", id="legacy_plans"),
    pytest.param(one(start_date=FEB_1), "Received unknown parameter: phases[0][start_date]", "phases[0][start_date]",
                 "parameter_unknown", id="start_of_a_phase"),
    pytest.param(one(description="x"), "Received unknown parameter: phases[0][description]", "phases[0][description]",
                 "parameter_unknown", id="description"),
    pytest.param(one(iterations=1, end_date=FEB_1),
                 "You may only specify one of these parameters: end_date, iterations.", "phases[0][end_date]", None,
                 id="two_lengths"),
    pytest.param(one(trial=True, trial_end=FEB_1), "You may only specify one of these parameters: trial, trial_end.",
                 "phases[0][trial]", None, id="two_trials"),
    pytest.param(one(end_date=JAN_1), "The end date of a phase must be after its start date.", "phases[0][end_date]",
                 None, id="end_at_the_start"),
    pytest.param(one(iterations=0), "This value must be greater than or equal to 1.", "phases[0][iterations]",
                 "parameter_invalid_integer", id="no_iterations"),
    pytest.param(one(iterations=10**9), "The phases of a schedule must end before the year 10000.", "phases", None,
                 id="too_many_iterations"),
    pytest.param(one(trial_end=FEB_1 + 1), "The trial end of a phase must lie within the phase.",
                 "phases[0][trial_end]", None, id="trial_beyond_the_phase"),
    pytest.param(one(trial_end=JAN_1), "The trial end of a phase must lie within the phase.", "phases[0][trial_end]",
                 None, id="trial_of_no_time"),
    pytest.param(items(monthly, yearly), MISMATCH.format("interval"), "phases[0][items]", None, id="two_intervals"),
    pytest.param(items(monthly, in_euros), MISMATCH.format("currency"), "phases[0][items]", None, id="two_currencies"),
    pytest.param(lambda stage: [{"items": [monthly(stage)]}, {"items": [in_euros(stage)]}], MISMATCH.format("currency"),
                 "phases", None, id="two_currencies_in_two_phases"),
    pytest.param(one(currency="eur"),
                 "The price specified only supports `usd`. This doesn't match the expected currency: `eur`.",
                 "phases[0][currency]", None, id="phase_in_another_currency"),
    pytest.param(items(once), "The price specified is set to `type=one_time` but this field only accepts prices with "
                 "`type=recurring`", "phases[0][items][0][price]", None, id="one_time_price"),
    pytest.param(lambda stage: [{"items": [monthly(stage)], "add_invoice_items": [monthly(stage)]}],
                 "The price specified is set to `type=recurring` but this field only accepts prices with "
                 "`type=one_time`", "phases[0][add_invoice_items][0][price]", None, id="recurring_extra"),
    pytest.param(items(metered), "Quantity should not be specified where usage_type is `metered`. Remove quantity from "
                 "`phases[0][items][0]`.", "phases[0][items][0][quantity]", None, id="quantity_of_usage"),
    pytest.param(one(coupon="gone"), "No such coupon: 'gone'", "phases[0][coupon]", "resource_missing",
                 id="unknown_coupon"),
    pytest.param(one(coupon=""), EMPTY.format("phases[0][coupon]"), "phases[0][coupon]", "parameter_invalid_empty",
                 id="empty_coupon"),
    pytest.param(one(default_tax_rates=["txr_x"]), "No such tax rate: 'txr_x'", "phases[0][default_tax_rates][0]",
                 "resource_missing", id="unknown_tax_rate"),
    pytest.param(one(default_payment_method="pm_x"), "No such PaymentMethod: 'pm_x'",
                 "phases[0][default_payment_method]", "resource_missing", id="unknown_payment_method"),
    pytest.param(one(transfer_data={"destination": "acct_x"}), "No such destination: 'acct_x'",
                 "phases[0][transfer_data][destination]", "resource_missing", id="unknown_destination"),
    pytest.param(one(application_fee_percent="101"), "This value must be less than or equal to 100.",
                 "phases[0][application_fee_percent]", None, id="fee_above_100"),
    pytest.param(one(application_fee_percent="1.234"),
                 "Invalid decimal: 1.234; must contain at maximum two decimal places.",
                 "phases[0][application_fee_percent]", None, id="fee_too_fine"),
    pytest.param(one(collection_method="send_invoice"),
                 "If `collection_method` is `send_invoice`, you must specify `invoice_settings[days_until_due]` on the "
                 "phase or in `default_settings`.", "phases[0][invoice_settings][days_until_due]", None,
                 id="never_due"),
    pytest.param(one(invoice_settings={"days_until_due": 3}),
                 "`days_until_due` can only be set if the `collection_method` is `send_invoice`.",
                 "phases[0][invoice_settings][days_until_due]", None, id="due_but_charged"),
    pytest.param(one(billing_cycle_anchor="now"),
                 "Invalid phases[0][billing_cycle_anchor]: must be one of automatic or phase_start",
                 "phases[0][billing_cycle_anchor]", None, id="unknown_anchor"),
    pytest.param(lambda stage: [{"items": [monthly(stage)]}] * 11, "Array phases exceeded maximum 10 allowed elements.",
                 "phases", None, id="eleven_phases"),
])
def test_phases_that_make_no_sense_are_refused(stage: Stage, phases: Phases, message: str, param: str,
                                               code: str | None) -> None:
    error = stage.refused(phases=phases(stage))

    assert (error["message"], error["param"], error.get("code")) == (message, param, code)
    assert stage.api.get("/v1/subscription_schedules", customer=stage.customer)["data"] == []


@pytest.mark.parametrize(("values", "message", "param"), [
    pytest.param({"customer": None, "phases": []}, "Missing required param: customer.", "customer", id="no_customer"),
    pytest.param({}, "Missing required param: phases.", "phases", id="no_phases"),
    pytest.param({"customer": "cus_x", "end_behavior": "renew"}, "Missing required param: phases.", "phases",
                 id="phases_before_look_ups"),
    pytest.param({"end_behavior": "stop"}, "Invalid end_behavior: must be one of cancel, none, release, or renew",
                 "end_behavior", id="unknown_end"),
    pytest.param({"start_date": "soon"}, "Invalid timestamp: must be an integer", "start_date", id="start_in_words"),
    pytest.param({"default_settings": {"description": "x"}},
                 "Received unknown parameter: default_settings[description]", "default_settings[description]",
                 id="unknown_default"),
    pytest.param({"zz": 1, "default_settings": {"yy": 1}, "phases": [{"xx": 1}]},
                 "Received unknown parameters: zz, default_settings[yy], phases[0][xx]", "zz",
                 id="all_unknown_at_once"),
])
def test_parameters_that_make_no_sense_are_refused(stage: Stage, values: dict[str, Any], message: str,
                                                   param: str) -> None:
    error = stage.refused(**values)

    assert (error["message"], error["param"]) == (message, param)


def test_an_unknown_customer_is_refused(stage: Stage) -> None:
    error = stage.refused(customer="cus_x", phases=one()(stage))

    assert (error["message"], error["param"]) == ("No such customer: 'cus_x'", "customer")


def test_the_legacy_end_behaviors_cancel_or_are_refused(stage: Stage) -> None:
    phase = {"items": [monthly(stage)]}
    assert stage.schedule(phase, end_behavior="none")["end_behavior"] == "cancel"

    error = stage.refused(phases=[phase], end_behavior="renew")
    assert error["param"] == "end_behavior"


def test_another_currency_than_the_customers_is_refused(stage: Stage) -> None:
    stage.schedule({"items": [monthly(stage)]}, start_date=FEB_1)

    error = stage.refused(phases=[{"items": [in_euros(stage)]}])
    assert error["message"] == ("You cannot combine currencies on a single customer. This customer has had a "
                                "subscription, coupon, or invoice item with currency usd")


def test_an_invoice_cannot_be_sent_to_a_customer_without_an_address(stage: Stage) -> None:
    stage.api.post(f"/v1/customers/{stage.customer}", email="")
    phase = one(collection_method="send_invoice", invoice_settings={"days_until_due": 5})(stage)

    assert stage.refused(phases=phase)["message"].startswith("Missing email.")


def test_the_card_of_another_customer_is_refused(stage: Stage) -> None:
    other = stage.api.post("/v1/customers")["id"]
    card = stage.api.post("/v1/payment_methods/pm_card_visa/attach", customer=other)["id"]

    error = stage.refused(phases=one(default_payment_method=card)(stage))
    assert error["param"] == "phases[0][default_payment_method]"


def test_a_schedule_that_would_cancel_what_has_passed_is_refused(stage: Stage) -> None:
    error = stage.refused(phases=one()(stage), start_date=JAN_1 - 60 * DAY, end_behavior="cancel")

    assert error["param"] == "phases[0][end_date]"


def test_no_schedule_is_found_in_another_sandbox(stage: Stage) -> None:
    error = stage.api.refused("GET", "/v1/subscription_schedules/sub_sched_x").error

    assert (error["message"], error["param"]) == ("No such subscription_schedule: 'sub_sched_x'", "schedule")
