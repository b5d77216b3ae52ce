"""What a subscription is paid with, and what it tells its invoices about that."""

from collections.abc import Callable

from tests.support.clock import Clock

StartClock = Callable[..., Clock]
SETTINGS = {
    "payment_method_options": {
        "card": {"request_three_d_secure": "any", "mandate_options": {"amount": 5000, "amount_type": "maximum"}},
        "us_bank_account": {"verification_method": "instant"}},
    "payment_method_types": ["card", "us_bank_account"], "save_default_payment_method": "on_subscription"}


def attach(time: Clock, card: str) -> str:
    return str(time.api.post(f"/v1/payment_methods/{card}/attach", customer=time.customer)["id"])


def charged(time: Clock, invoice: str) -> object:
    return time.api.get(f"/v1/invoices/{invoice}", expand=["charge"])["charge"]["payment_method"]


def test_settings_are_kept_changed_and_handed_down(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000), payment_settings=SETTINGS)
    assert subscription["payment_settings"] == SETTINGS
    assert time.latest_invoice(subscription)["payment_settings"] == {
        "default_mandate": None, "payment_method_types": ["card", "us_bank_account"], "payment_method_options": {
            "card": {"request_three_d_secure": "any"}, "us_bank_account": {"verification_method": "instant"}}}

    changed = time.update(subscription, payment_settings={"payment_method_types": "", "save_default_payment_method": "off"})
    assert changed["payment_settings"] == SETTINGS | {"payment_method_types": None, "save_default_payment_method": "off"}
    plain = time.subscribe(time.price(1000))
    assert plain["payment_settings"] == dict.fromkeys(SETTINGS)


def test_what_pays_first_becomes_the_default_where_that_is_asked_for(clock: StartClock) -> None:
    time = clock("2022-08-01")
    default = time.customer_now()["invoice_settings"]["default_payment_method"]
    saving = {"save_default_payment_method": "on_subscription"}
    subscription = time.subscribe(time.price(1000), payment_settings=saving)
    assert subscription["default_payment_method"] == default

    # An invoice that is paid by another card later changes it, and is told of.
    other = attach(time, "pm_card_mastercard")
    time.advance("2022-09-01")
    time.api.post(f"/v1/invoices/{time.latest_invoice(subscription)['id']}/pay", payment_method=other)
    assert time.retrieve(subscription)["default_payment_method"] == other
    told = time.api.events(type="customer.subscription.updated")[-1]
    assert told["data"]["previous_attributes"] == {"default_payment_method": default}
    time.update(subscription, payment_settings={"save_default_payment_method": "off"})
    time.advance("2022-10-01")
    time.api.post(f"/v1/invoices/{time.latest_invoice(subscription)['id']}/pay", payment_method=default)
    assert time.retrieve(subscription)["default_payment_method"] == other


def test_an_incomplete_one_takes_the_card_that_pays_it(clock: StartClock) -> None:
    time = clock("2022-08-01", card="pm_card_chargeCustomerFail")
    subscription = time.subscribe(time.price(1000), payment_settings={"save_default_payment_method": "on_subscription"})
    assert (subscription["status"], subscription["default_payment_method"]) == ("incomplete", None)
    good = attach(time, "pm_card_visa")
    time.api.post(f"/v1/invoices/{subscription['latest_invoice']}/pay", payment_method=good)
    paid = time.retrieve(subscription)
    assert (paid["status"], paid["default_payment_method"]) == ("active", good)


def test_the_order_in_which_a_payment_method_is_looked_for(clock: StartClock) -> None:
    time = clock("2022-08-01")
    customers = time.customer_now()["invoice_settings"]["default_payment_method"]
    first, second, third = (attach(time, card) for card in ("pm_card_mastercard", "pm_card_amex", "pm_card_discover"))
    price = time.price(1000)
    for values, expected in (
            ({}, customers), ({"default_source": second}, second),
            ({"default_source": second, "default_payment_method": first}, first)):
        subscription = time.subscribe(price, **values)
        assert charged(time, subscription["latest_invoice"]) == expected
    assert (subscription["default_source"], subscription["default_payment_method"]) == (second, first)
    # The invoice's own goes before all others.
    time.advance("2022-09-01")
    draft = time.latest_invoice(subscription)["id"]
    time.api.post(f"/v1/invoices/{draft}", default_payment_method=third)
    time.advance("2022-09-01 01:00")
    assert charged(time, draft) == third
    # One that the customer no longer has is passed over.
    time.api.post(f"/v1/payment_methods/{first}/detach")
    time.advance("2022-10-01 01:00")
    assert charged(time, time.latest_invoice(subscription)["id"]) == second
    assert time.update(subscription, default_source="")["default_source"] is None


def test_refused_payment_details(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    for values, message, code, param in (
            ({"default_source": "card_x"}, "No such source: 'card_x'", "resource_missing", "default_source"),
            ({"transfer_data": {"destination": "acct_x"}}, "No such destination: 'acct_x'", "resource_missing",
             "transfer_data[destination]"),
            ({"payment_settings": {"save_default_payment_method": "always"}},
             "Invalid payment_settings[save_default_payment_method]: must be one of off or on_subscription", None,
             "payment_settings[save_default_payment_method]"),
            ({"payment_settings": {"payment_method_types": ["cash"]}}, None, None,
             "payment_settings[payment_method_types][0]")):
        refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", **values)
        assert (refused.status, refused.error.get("code"), refused.error["param"]) == (400, code, param)
        assert message is None or refused.error["message"] == message
