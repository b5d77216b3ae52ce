"""A live server for pages, and a browser to open them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.support.api import form_fields
from tests.support.browser import CHROMIUM, DRIVER, FLAGS
from tests.support.live import live_server


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
