"""What a browser may do with a publishable key besides confirming: numbers become payment methods, documents become files."""

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


def test_a_number_becomes_a_payment_method(api: Api, browser: Api) -> None:
    card = {"number": "4242424242424242", "exp_month": 8, "exp_year": 2060, "cvc": "123"}
    made = browser.post("/v1/payment_methods", type="card", card=card)
    assert made["card"]["last4"] == "4242"
    customer = api.post("/v1/customers")["id"]
    for method, path, values in (("GET", "", {}), ("POST", "/attach", {"customer": customer})):
        answer = browser.call(method, f"/v1/payment_methods/{made['id']}{path}", values)
        assert answer.error["code"] == "secret_key_required"
    copied = browser.call("POST", "/v1/payment_methods", {"payment_method": made["id"], "customer": customer})
    assert (copied.status, copied.error["code"]) == (403, "secret_key_required")
    assert api.post(f"/v1/payment_methods/{made['id']}/attach", customer=customer)["customer"] == customer


def test_a_document_becomes_a_file(api: Api, browser: Api) -> None:
    made = browser.upload(image(), "passport.png", purpose="identity_document")
    assert api.get(f"/v1/files/{made['id']}")["purpose"] == "identity_document"
    before = row_counts(api.server)
    for values in ({"purpose": "dispute_evidence"}, {"purpose": "business_logo", "file_link_data": {"create": True}}):
        refused = browser.send_file(image(), "a.png", **values)
        assert (refused.status, refused.error["code"], refused.error["param"]) == (403, "secret_key_required", "purpose")
    assert browser.call("GET", f"/v1/files/{made['id']}").error["code"] == "secret_key_required"
    assert row_counts(api.server) == before
