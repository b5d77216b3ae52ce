"""An invoice opened and paid in a real browser, by keyboard and on a phone.

Skipped where there is no Chromium: `apt-get install chromium chromium-driver`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from selenium.webdriver import Chrome, ChromeOptions, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.api import form_fields
from tests.support.live import live_server

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1100,900")
PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}

# The ratio of the worst contrast between a text and what is behind it (WCAG 2.2, 1.4.3), and that text.
CONTRAST = """
const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const parts = colour => colour.match(/[\\d.]+/g).map(Number);
const behind = node => { for (; node; node = node.parentElement) {
    const colour = parts(getComputedStyle(node).backgroundColor); if (colour[3] === undefined || colour[3] > 0) return colour; }
    return [255, 255, 255]; };
let worst = [21, ""];
for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].filter(child => child.nodeType === 3).map(child => child.data.trim()).join("");
    if (!own) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < worst[0]) worst = [ratio, own];
}
return worst;
"""

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium and chromedriver on the PATH")


@pytest.fixture(scope="module")
def base_url(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live_server(migrated(tmp_path_factory.mktemp("browser"))) as url:
        yield url


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def post(base_url: str) -> Callable[..., Any]:
    """Calls the API of the live server."""
    def call(path: str, **params: Any) -> Any:
        reply = urllib3.request("POST", base_url + path, body=urlencode(list(form_fields(params))), headers={
            "Authorization": "Bearer sk_test_in_a_browser", "Content-Type": "application/x-www-form-urlencoded"})
        assert reply.status == 200, reply.data
        return reply.json()

    return call


@pytest.fixture
def invoice(post: Callable[..., Any]) -> Any:
    """An invoice with a line whose words do not break."""
    customer = post("/v1/customers", name="Jenny Rosen", email="jenny@example.com")["id"]
    for description in ("Advice", "W" * 120):
        post("/v1/invoiceitems", customer=customer, amount=1000, currency="usd", description=description)
    draft = post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")
    return post(f"/v1/invoices/{draft['id']}/finalize")


def complaints(browser: Chrome) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def shows(browser: Chrome, text: str) -> None:
    """The page, or the one that is being loaded, has the text to be read."""
    WebDriverWait(browser, 20).until(text_to_be_present_in_element((By.TAG_NAME, "body"), text), text)


def press(browser: Chrome, *keys: str) -> None:
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def focused(browser: Chrome, name: str) -> str | None:
    return browser.switch_to.active_element.get_attribute(name)


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
    unlabelled = "return [...document.querySelectorAll('input:not([type=hidden])')].filter(each => !each.labels.length).length"
    assert browser.execute_script(unlabelled) == 0
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
