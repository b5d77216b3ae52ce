"""Persons and their tokens through the unmodified SDK, in the order of the API's own text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stripe

from tests.support.connected import HOME
from tests.support.live import live_server


def test_persons_through_the_sdk(migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live_server(migrated(tmp_path)) as base_url:
        for name, value in (("api_key", "sk_test_persons_of_the_sdk"), ("api_base", base_url), ("default_http_client", None)):
            monkeypatch.setattr(stripe, name, value)
        account = stripe.Account.create(
            type="custom", country="US", business_type="company", capabilities={"transfers": {"requested": True}})
        person = stripe.Account.create_person(account.id, first_name="Jane", last_name="Diaz")
        assert (person.object, person.account, person.verification.status) == ("person", account.id, "unverified")
        assert stripe.Account.retrieve_person(account.id, person.id).first_name == "Jane"
        changed = stripe.Account.modify_person(account.id, person.id, metadata={"order_id": "6735"})
        assert changed.metadata.order_id == "6735"
        token = stripe.Token.create(person={
            "last_name": "Rosen", "address": HOME, "verification": {"document": {"front": "file_identity_document_success"}}})
        assert (token.type, token.used, "person" in token) == ("person", False, False)
        proven = stripe.Account.modify_person(account.id, person.id, person_token=token.id, relationship={"owner": True})
        assert (proven.first_name, proven.last_name, proven.verification.status) == ("Jane", "Rosen", "verified")
        other = stripe.Account.create_person(account.id, relationship={"representative": True})
        listed = stripe.Account.list_persons(account.id, limit=3)
        assert [each.id for each in listed.auto_paging_iter()] == [other.id, person.id]
        assert [each.id for each in stripe.Account.list_persons(account.id, relationship={"owner": True})] == [person.id]
        with pytest.raises(stripe.error.InvalidRequestError, match="You cannot use a Stripe token more than once"):
            stripe.Account.create_person(account.id, person_token=token.id)
        assert stripe.Account.delete_person(account.id, person.id).deleted
