import pytest

from app.domain.cards import (
    DECLINES,
    card_document,
    checked,
    must_authenticate,
    named_card,
    numbered_card,
    refusal_of,
    refused_data,
)

NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


@pytest.mark.parametrize(("id", "prefix", "number", "behavior"), [
    ("pm_card_visa", "pm_card_", "4242424242424242", None),
    ("tok_visa_debit", "tok_", "4000056655665556", None),
    ("pm_card_chargeDeclined", "pm_card_", "4000000000000002", "decline:generic_decline"),
    ("pm_card_visa_chargeDeclined", "pm_card_", "4000000000000002", "decline:generic_decline"),
    ("pm_card_chargeCustomerFail", "pm_card_", "4000000000000341", "decline_on_charge:generic_decline"),
    ("tok_chargeDeclinedExpiredCard", "tok_", "4000000000000069", "decline:expired_card"),
    ("pm_card_de", "pm_card_", "4000002760000016", None),
])
def test_magic_names_stand_for_cards(id: str, prefix: str, number: str, behavior: str | None) -> None:
    card = named_card(id, prefix)
    assert card is not None
    assert (card.number, card.behavior) == (number, behavior)
    assert numbered_card(number) == card


@pytest.mark.parametrize("id", ["pm_card_", "pm_card_nothing", "pm_1Kxyz", "tok_visa"])
def test_other_ids_are_no_cards(id: str) -> None:
    assert named_card(id, "pm_card_") is None


@pytest.mark.parametrize(("number", "reason"), [
    ("4242424242424241", "incorrect_number"), ("4242", "invalid_number"), ("4242 4242 4242 424x", "invalid_number"),
    ("", "invalid_number"), ("4532015112830366", "live_card"),
])
def test_numbers_that_are_no_test_cards(number: str, reason: str) -> None:
    assert numbered_card(number) == reason


@pytest.mark.parametrize(("month", "year", "cvc", "reason"), [
    (8, 2022, None, None), (12, 2072, "123", None), (1, 2023, "1234", None),
    (7, 2022, None, "invalid_expiry_month"), (0, 2023, None, "invalid_expiry_month"),
    (13, 2023, None, "invalid_expiry_month"), (8, 2021, None, "invalid_expiry_year"),
    (8, 2073, None, "invalid_expiry_year"), (8, 2023, "99", "invalid_cvc"), (8, 2023, "12x", "invalid_cvc"),
])
def test_expiry_and_code_in_august_2022(month: int, year: int, cvc: str | None, reason: str | None) -> None:
    assert refused_data(month, year, cvc, 2022, 8) == reason


@pytest.mark.parametrize(("name", "line1", "zip_code", "cvc"), [
    ("visa", "pass", "pass", "pass"), ("avsLine1Fail", "fail", "pass", "pass"), ("avsFail", "fail", "fail", "pass"),
    ("avsZipFail", "pass", "fail", "pass"), ("avsUnchecked", "unavailable", "unavailable", "pass"),
    ("cvcCheckFail", "pass", "pass", "fail"),
])
def test_checks_answer_for_what_was_sent(name: str, line1: str, zip_code: str, cvc: str) -> None:
    card = named_card(f"pm_card_{name}", "pm_card_")
    assert card is not None
    sent = checked(card_document(card, 1, 2030, cvc=True), NO_ADDRESS | {"line1": "1 Main St", "postal_code": "94111"},
                   card.behavior)
    assert sent["checks"] == {
        "address_line1_check": line1, "address_postal_code_check": zip_code, "cvc_check": cvc}
    silent = checked(card_document(card, 1, 2030, cvc=False), NO_ADDRESS, card.behavior)
    assert silent["checks"] == dict.fromkeys(sent["checks"])


@pytest.mark.parametrize(("behavior", "attaching", "charging"), [
    (None, None, None),
    ("decline:lost_card", "lost_card", "lost_card"),
    ("decline_on_charge:generic_decline", None, "generic_decline"),
    ("block", "fraudulent", "fraudulent"),
    ("bypass_pending", None, None),
    ("dispute:fraudulent", None, None),
])
def test_what_a_card_refuses(behavior: str | None, attaching: str | None, charging: str | None) -> None:
    card = named_card("pm_card_visa", "pm_card_")
    assert card is not None
    document = card_document(card, 1, 2030, cvc=True)
    assert refusal_of(document, behavior, charging=False) == attaching
    assert refusal_of(document, behavior, charging=True) == charging
    assert {attaching, charging} - {None} <= DECLINES.keys()


@pytest.mark.parametrize(("behavior", "off_session", "on_session"), [
    (None, False, False), ("bypass_pending", False, False), ("authenticate", True, True),
    ("authenticate_unless_set_up", True, True), ("authenticate_on_session", False, True),
    ("authenticate_then:insufficient_funds", True, True),
])
def test_which_cards_wait_for_the_customer(behavior: str | None, off_session: bool, on_session: bool) -> None:
    assert must_authenticate(behavior, off_session=True) == off_session
    assert must_authenticate(behavior, off_session=False) == on_session
