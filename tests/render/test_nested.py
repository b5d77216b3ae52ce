from typing import Any

import pytest

from app.render import render
from app.render.fields import Attr, Const, Nested
from app.render.view import VIEWS, View, compile_view
from app.resources.coupons.tables import Coupon, Discount


class ShownDiscount(View):
    id = Attr()
    object = Const("discount")
    coupon = Nested(unless=lambda coupon: coupon.times_redeemed > 9)


@pytest.fixture(autouse=True)
def _shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, Discount, compile_view(ShownDiscount))


def discount(coupon: Coupon | None) -> Discount:
    row = Discount(account_id="acct_1", id="di_1")
    row.__dict__["coupon"] = coupon
    return row


def coupon(**values: Any) -> Coupon:
    return Coupon(account_id="acct_1", id="SPRING", amount_off=500, deleted=False, times_redeemed=1, **values)


def test_a_nested_object_is_whole_even_if_it_was_deleted() -> None:
    deleted = coupon()
    deleted.deleted = True
    assert render(deleted) == {"id": "SPRING", "object": "coupon", "deleted": True}
    assert render(discount(deleted))["coupon"]["amount_off"] == 500


def test_a_nested_object_is_null_where_there_is_none_or_unless() -> None:
    assert render(discount(None))["coupon"] is None
    used_up = coupon()
    used_up.times_redeemed = 10
    assert render(discount(used_up))["coupon"] is None
    assert render(discount(used_up), {"coupon": {"applies_to": {}}})["coupon"] is None


def test_a_nested_object_expands() -> None:
    limited = coupon(applies_to={"products": ["gold"]})
    assert "applies_to" not in render(discount(limited))["coupon"]
    shown = render(discount(limited), {"coupon": {"applies_to": {}}})
    assert shown["coupon"]["applies_to"] == {"products": ["gold"]}
