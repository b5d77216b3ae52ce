"""Regions: where a platform's money may go."""

from __future__ import annotations

import pytest

from app.domain.regions import is_same_region


@pytest.mark.parametrize(("platform", "account", "together"), [
    ("US", "US", True), ("US", "CA", False), ("GB", "US", False), ("DE", "FR", True), ("GB", "DE", True), ("CH", "LI", True),
    ("JP", "JP", True), ("JP", "SG", False)])
def test_money_stays_in_its_region(platform: str, account: str, together: bool) -> None:
    assert is_same_region(platform, account) is together
