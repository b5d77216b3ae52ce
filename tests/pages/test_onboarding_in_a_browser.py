"""An account is onboarded in a real browser, by keyboard, with a document that is uploaded, and looked at on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.browser import CONTRAST, PHONE, UNLABELLED, complaints, focused, needs_browser, press, shows

pytestmark = needs_browser

CAPABILITIES = {"card_payments": {"requested": True}, "transfers": {"requested": True}}


@pytest.fixture
def back(base_url: str) -> str:
    """The platform's site, which is another one to the browser, though the same server answers for it."""
    return base_url.replace("127.0.0.1", "localhost") + "/_pages/icon.svg"


@pytest.fixture
def on_a_phone(browser: Chrome) -> Iterator[None]:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    yield
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def button(browser: Chrome, words: str) -> None:
    browser.find_element(By.XPATH, f"//button[normalize-space()='{words}']").click()


def opened(post: Callable[..., Any], back: str, **params: Any) -> tuple[str, str]:
    """A new account of an individual in the US, and a link to its onboarding."""
    id = post("/v1/accounts", type="custom", country="US", capabilities=CAPABILITIES, **params)["id"]
    link = post("/v1/account_links", account=id, type="account_onboarding", refresh_url=f"{back}?again=1",
                return_url=f"{back}?done=1")
    return id, link["url"]


def test_somebody_onboards_by_keyboard(browser: Chrome, post: Callable[..., Any], back: str) -> None:
    id, link = opened(post, back)
    browser.get(link)
    shows(browser, "Who is it that sells?")
    assert [entry for entry in complaints(browser) if "favicon" not in entry] == []
    press(browser, Keys.TAB, Keys.TAB)
    assert focused(browser, "name") == "business_type"
    press(browser, "An i", Keys.TAB, Keys.ENTER)
    for step in ("What is sold", "About you", "Where payouts go", "Terms of service"):
        shows(browser, f"{step}\n")
        WebDriverWait(browser, 20).until(lambda driver, step=step: driver.title.startswith(step))
        button(browser, "Fill in test values")
        WebDriverWait(browser, 20).until(lambda driver: "saved" not in driver.current_url)
        button(browser, "Save and continue")
    shows(browser, "Nothing more is asked.")
    assert [entry for entry in complaints(browser) if "favicon" not in entry] == []
    button(browser, "Submit")
    WebDriverWait(browser, 20).until(lambda driver: driver.current_url == f"{back}?done=1")
    account = post(f"/v1/accounts/{id}", metadata={"seen": "1"})
    assert (account["charges_enabled"], account["payouts_enabled"]) == (True, True)
    browser.get(link)
    assert browser.current_url == f"{back}?again=1"
    browser.get_log("browser")


def test_a_document_is_uploaded(browser: Chrome, post: Callable[..., Any], back: str, tmp_path: Path) -> None:
    # The number fits nobody, so that a document is asked for.
    id, link = opened(post, back, business_type="individual", individual={
        "first_name": "Jenny", "last_name": "Rosen", "dob": {"day": 1, "month": 1, "year": 1990}, "id_number": "111111111",
        "email": "jenny@example.com", "phone": "0000000000",
        "address": {"line1": "address_full_match", "city": "San Francisco", "state": "CA", "postal_code": "94111"}},
        business_profile={"mcc": "5734", "url": "https://jenny.example.com"}, external_account="btok_us_verified",
        tos_acceptance={"date": 1609798905, "ip": "8.8.8.8"})
    image = BytesIO()
    Image.new("RGB", (600, 400), "white").save(image, "PNG")
    (tmp_path / "passport.png").write_bytes(image.getvalue())
    browser.get(link)
    shows(browser, "A document that shows who this is")
    browser.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(tmp_path / "passport.png"))
    button(browser, "Save and continue")
    shows(browser, "Saved.")
    front = post(f"/v1/accounts/{id}", metadata={"seen": "1"})["individual"]["verification"]["document"]["front"]
    assert front is None or front.startswith("file_")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("on_a_phone")
def test_a_form_can_be_read_on_a_phone(browser: Chrome, post: Callable[..., Any], back: str, scheme: str) -> None:
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    try:
        _, link = opened(post, back, business_type="individual")
        browser.get(link)
        shows(browser, "What is sold")
        button(browser, "Save and continue")
        shows(browser, "This is needed.")
        assert browser.execute_script("return document.documentElement.scrollWidth") == PHONE["width"]
        ratio, text = browser.execute_script(CONTRAST)
        assert ratio >= 4.5, f"{text!r} is hard to read: {ratio:.2f}"
        Select(browser.find_element(By.NAME, "business_profile.mcc")).select_by_value("5734")
        assert browser.execute_script(UNLABELLED) == 0
        # A browser notes by itself that the answer was a 400, and that the platform's site before it has no icon.
        assert [entry for entry in complaints(browser) if "400" not in entry and "favicon" not in entry] == []
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
