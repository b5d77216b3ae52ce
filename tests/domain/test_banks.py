"""Bank accounts of countries for which no test number is published."""

from __future__ import annotations

import pytest

from app.domain.banks import account_in, is_routing_number, numbered_account


@pytest.mark.parametrize(("country", "currency", "routing"), [
    ("BR", "brl", "1100000"), ("IN", "inr", "HDFC0000261"), ("MY", "myr", "TESTMYKL"), ("TH", "thb", None),
    ("KE", "kes", "01001")])
def test_a_country_without_a_test_number_takes_the_american_one(country: str, currency: str, routing: str | None) -> None:
    account = numbered_account("000123456789", country, routing)
    assert account is not None
    assert (account.country, account.currency, account.routing_number) == (country, currency, routing)
    assert routing is None or is_routing_number(country, routing)
    assert account_in(country) is not None
    assert numbered_account("000111111116", country, routing) is None


@pytest.mark.parametrize("country", ["GB", "DE", "JP", "XX", "RU"])
def test_no_other_country_does(country: str) -> None:
    assert numbered_account("000123456789", country, "110000000") is None
