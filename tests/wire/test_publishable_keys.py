"""What a browser may do with a publishable key besides confirming: documents become files."""

from __future__ import annotations

import pytest

from app.control.keys import create_key
from tests.resources.files.test_files import image
from tests.support.api import Api
from tests.support.rows import row_counts


@pytest.fixture
def browser(api: Api) -> Api:
    made = create_key(api.server.database, api.server.config, kind="pk", account=api.get("/v1/account")["id"])
    return Api(api.server, made["key"])


def test_a_document_becomes_a_file(api: Api, browser: Api) -> None:
    made = browser.upload(image(), "passport.png", purpose="identity_document")
    assert api.get(f"/v1/files/{made['id']}")["purpose"] == "identity_document"
    before = row_counts(api.server)
    for values in ({"purpose": "dispute_evidence"}, {"purpose": "business_logo", "file_link_data": {"create": True}}):
        refused = browser.send_file(image(), "a.png", **values)
        assert (refused.status, refused.error["code"], refused.error["param"]) == (403, "secret_key_required", "purpose")
    assert browser.call("GET", f"/v1/files/{made['id']}").error["code"] == "secret_key_required"
    assert row_counts(api.server) == before
