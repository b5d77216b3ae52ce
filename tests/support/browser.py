"""A real browser, where there is one: `apt-get install chromium chromium-driver`."""

from __future__ import annotations

import shutil

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element
from selenium.webdriver.support.wait import WebDriverWait

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

# How many fields have no words that belong to them.
UNLABELLED = """
return [...document.querySelectorAll("input:not([type=hidden]), select")].filter(each => !each.labels.length).length
"""

needs_browser = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium and chromedriver on the PATH")


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
