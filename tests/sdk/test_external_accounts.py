"""External accounts and sources as the unmodified SDK sees them: the reference's examples in its order, then sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.faults.test_many_at_once import KEY
from tests.support.connected import passing
from tests.support.live import live_server


@pytest.fixture(scope="module")
def base_url(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live_server(migrated(tmp_path_factory.mktemp("sdk"))) as url:
        yield url


@pytest.fixture(autouse=True)
def sdk(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("api_key", KEY), ("api_base", base_url), ("default_http_client", None)):
        monkeypatch.setattr(stripe, name, value)


def test_bank_accounts_of_an_account() -> None:
    account = stripe.Account.create(**passing())
    token = stripe.Token.create(bank_account={
        "country": "US", "currency": "usd", "account_holder_name": "Jane Austen", "account_holder_type": "company",
        "routing_number": "110000000", "account_number": "000123456789"})
    bank = stripe.Account.create_external_account(account.id, external_account=token.id)
    assert (bank.object, bank.account, bank.account_holder_name, bank.status) == (
        "bank_account", account.id, "Jane Austen", "new")
    assert stripe.Account.retrieve_external_account(account.id, bank.id) == bank
    changed = stripe.Account.modify_external_account(account.id, bank.id, metadata={"order_id": "6735"})
    assert changed.metadata.order_id == "6735"
    listed = stripe.Account.list_external_accounts(account.id, object="bank_account", limit=3)
    assert (listed.url, listed.has_more, len(listed.data)) == (f"/v1/accounts/{account.id}/external_accounts", False, 2)
    gone = stripe.Account.delete_external_account(account.id, bank.id)
    assert (gone.id, gone.object, gone.deleted) == (bank.id, "bank_account", True)
    with pytest.raises(stripe.error.InvalidRequestError, match="You cannot delete the default external account"):
        stripe.Account.delete_external_account(account.id, listed.data[1].id)


def test_cards_of_an_account() -> None:
    account = stripe.Account.create(**passing())
    card = stripe.Account.create_external_account(account.id, external_account="tok_visa_debit")
    assert (card.object, card.account, card.brand, card.funding, card.cvc_check) == (
        "card", account.id, "Visa", "debit", "pass")
    assert stripe.Account.retrieve_external_account(account.id, card.id).last4 == "5556"
    changed = stripe.Account.modify_external_account(account.id, card.id, metadata={"order_id": "6735"})
    assert changed.metadata.order_id == "6735"
    listed = stripe.Account.list_external_accounts(account.id, object="card", limit=3)
    assert [each.id for each in listed.auto_paging_iter()] == [card.id]
    assert stripe.Account.retrieve(account.id).external_accounts.data[0].id == card.id
    gone = stripe.Account.delete_external_account(account.id, card.id)
    assert (gone.object, gone.deleted) == ("card", True)


def test_sources_of_a_customer() -> None:
    customer = stripe.Customer.create()
    card = stripe.Customer.create_source(customer.id, source="tok_visa")
    bank = stripe.Customer.create_source(customer.id, source={
        "object": "bank_account", "country": "US", "currency": "usd", "routing_number": "110000000",
        "account_number": "000123456789"})
    assert [each.id for each in stripe.Customer.list_sources(customer.id, limit=3).auto_paging_iter()] == [bank.id, card.id]
    card.name = "Jenny Rosen"
    assert card.save().name == "Jenny Rosen"
    assert stripe.Customer.modify_source(customer.id, card.id, exp_month=3, exp_year=2035).exp_year == 2035
    assert bank.verify(amounts=[32, 45]).status == "verified"
    charge = stripe.Charge.create(amount=2000, currency="usd", customer=customer.id)
    assert (charge.paid, charge.payment_method) == (True, card.id)
    assert stripe.PaymentMethod.retrieve(card.id).billing_details.name == "Jenny Rosen"
    whole: Any = stripe.Customer.retrieve(customer.id, expand=["sources", "default_source"])
    assert (whole.default_source.id, [each.id for each in whole.sources]) == (card.id, [bank.id, card.id])
    gone = stripe.Customer.delete_source(customer.id, card.id)
    assert (gone.object, gone.deleted) == ("card", True)
    assert stripe.Customer.retrieve(customer.id).default_source == bank.id
    assert bank.delete().deleted is True
