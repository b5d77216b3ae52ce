"""An invoice opened and paid in a real browser, by keyboard and on a phone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.browser import CONTRAST, PHONE, UNLABELLED, complaints, focused, needs_browser, press, shows

pytestmark = needs_browser


@pytest.fixture
def invoice(post: Callable[..., Any]) -> Any:
    """An invoice with a line whose words do not break."""
    customer = post("/v1/customers", name="Jenny Rosen", email="jenny@example.com")["id"]
    for description in ("Advice", "W" * 120):
        post("/v1/invoiceitems", customer=customer, amount=1000, currency="usd", description=description)
    draft = post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")
    return post(f"/v1/invoices/{draft['id']}/finalize")


def test_an_invoice_is_paid_by_keyboard_after_a_card_was_declined(browser: Chrome, invoice: dict[str, Any]) -> None:
    browser.get(invoice["hosted_invoice_url"])
    assert browser.title == f"Invoice {invoice['number']} from Billyard sandbox"
    shows(browser, "$20.00 due")
    assert complaints(browser) == []

    press(browser, Keys.TAB)
    assert focused(browser, "textContent") == "Open the PDF"
    press(browser, Keys.TAB, Keys.ARROW_DOWN)
    assert focused(browser, "value") == "tok_chargeDeclined"
    press(browser, Keys.TAB)
    assert focused(browser, "textContent") == "Pay $20.00"
    press(browser, Keys.ENTER)
    shows(browser, "Your card was declined.")
    shows(browser, "$20.00 due")
    assert focused(browser, "role") == "alert"
    # A browser notes by itself that the answer was a 402.
    assert [entry for entry in complaints(browser) if "402" not in entry] == []

    press(browser, Keys.TAB)
    assert focused(browser, "value") == "tok_visa"
    press(browser, Keys.TAB, Keys.ENTER)
    shows(browser, "$20.00 paid on")
    shows(browser, "Visa •••• 4242")
    assert browser.find_elements(By.TAG_NAME, "form") == []
    browser.refresh()
    shows(browser, "$20.00 paid on")
    browser.find_element(By.LINK_TEXT, "Show the receipt").click()
    shows(browser, "Receipt")
    assert browser.title == "Receipt from Billyard sandbox"
    assert complaints(browser) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_on_a_phone(browser: Chrome, invoice: dict[str, Any], scheme: str) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                            {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    try:
        browser.get(invoice["hosted_invoice_url"])
        assert browser.execute_script("return document.documentElement.scrollWidth") == PHONE["width"]
        ratio, text = browser.execute_script(CONTRAST)
        assert ratio >= 4.5, f"{text!r} is hard to read: {ratio:.2f}"
        shown = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, shown[4:-1].split(","))) < 384) == (scheme == "dark")
        assert browser.get_screenshot_as_png().startswith(b"\x89PNG")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_every_field_has_its_words(browser: Chrome, invoice: dict[str, Any]) -> None:
    browser.get(invoice["hosted_invoice_url"])
    assert browser.execute_script(UNLABELLED) == 0
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert len(browser.find_elements(By.TAG_NAME, "h1")) == len(browser.find_elements(By.TAG_NAME, "main")) == 1


def test_an_address_that_does_not_exist_is_told_so(browser: Chrome, invoice: dict[str, Any]) -> None:
    browser.get(invoice["hosted_invoice_url"] + "x")
    shows(browser, "There is no such page")
    assert [entry for entry in complaints(browser) if "404" not in entry] == []


@pytest.mark.parametrize(("presses", "told", "status"), [
    (1, "succeeded", "succeeded"), (2, "failed", "requires_payment_method")])
def test_a_payment_is_authenticated_by_keyboard_and_goes_back_to_the_shop(
        browser: Chrome, post: Callable[..., Any], base_url: str, presses: int, told: str, status: str) -> None:
    # The shop is another site to the browser, though the same server answers for it.
    shop = base_url.replace("127.0.0.1", "localhost") + "/_pages/icon.svg?order=7"
    intent = post("/v1/payment_intents", amount=2000, currency="usd", payment_method="pm_card_threeDSecure2Required",
                  confirm=True, return_url=shop)
    browser.get(intent["next_action"]["redirect_to_url"]["url"])
    shows(browser, "$20.00 with Visa •••• 3220")
    assert complaints(browser) == []
    press(browser, *[Keys.TAB] * presses)
    assert focused(browser, "textContent") == ("Complete authentication", "Fail authentication")[presses - 1]
    press(browser, Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda driver: driver.current_url.startswith(shop))
    assert f"redirect_status={told}" in browser.current_url and intent["id"] in browser.current_url
    # The shop of this test has no icon of its own.
    assert [entry for entry in complaints(browser) if "favicon" not in entry] == []
    assert post(f"/v1/payment_intents/{intent['id']}", description="Seen")["status"] == status
