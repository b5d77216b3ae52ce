"""Discounts as the slices above see them: attached, in force, over."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from typing import Any

import pytest

from app.context import Context
from app.domain.discounts import Discount as DomainDiscount
from app.errors import InvalidRequest
from app.render import load_for_rendering, render
from app.resources.coupons import operations
from app.resources.coupons.tables import Coupon, Discount
from app.resources.coupons.ticks import DISCOUNT_END
from app.resources.customers.tables import Customer
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.wall import NEW_YEAR, Wall

JAN_31 = 1_643_630_400
"""2022-01-31 12:00:00 UTC."""
APR_30 = 1_651_320_000
"""2022-04-30 12:00:00 UTC, three calendar months later."""

Acting = Callable[..., AbstractContextManager[Context]]


@pytest.fixture
def customer(api: Api) -> str:
    id: str = api.post("/v1/customers", name="Jenny")["id"]
    return id


@pytest.fixture
def acting(api: Api, server: Server) -> Acting:
    """A transaction in the sandbox of `api`; nothing may be called over HTTP inside it."""

    @contextmanager
    def act(now: int = JAN_31) -> Iterator[Context]:
        account_id = server.authenticator.caller(f"Bearer {api.key}", None).account_id
        with server.database.writing() as session:
            yield Context(session=session, ids=server.database.ids, account_id=account_id, now=now)

    return act


def attach(ctx: Context, coupon_id: str, customer_id: str, **values: Any) -> Discount:
    coupon = operations.find_coupon(ctx, coupon_id, param="coupon")
    return operations.attach_discount(ctx, coupon, customer_id=customer_id, start=ctx.now, **values)


def test_a_discount_shows_its_coupon_whole(api: Api, customer: str, acting: Acting, wall: Wall) -> None:
    coupon = api.post("/v1/coupons", id="SPRING", percent_off=25, duration="repeating", duration_in_months=3)
    with acting() as ctx:
        discount = attach(ctx, "SPRING", customer, subscription_id="sub_1")
        assert discount.id.startswith("di_1") and len(discount.id) == 27
    event = api.events(type="customer.discount.*")[-1]
    shown = event["data"]["object"]
    assert (event["type"], event["created"]) == ("customer.discount.created", JAN_31)
    assert shown == {
        "id": discount.id, "object": "discount", "checkout_session": None, "coupon": coupon | {"times_redeemed": 1},
        "customer": customer, "end": APR_30, "invoice": None, "invoice_item": None, "promotion_code": None,
        "start": JAN_31, "subscription": "sub_1",
    }
    conforms(shown)


@pytest.mark.parametrize("duration", ["once", "forever"])
def test_only_a_repeating_discount_has_an_end(api: Api, customer: str, acting: Acting, duration: str) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=25, duration=duration)
    with acting() as ctx:
        discount = attach(ctx, "SPRING", customer)
        assert discount.end is None
        assert DISCOUNT_END.due(discount) is None


def test_an_unknown_coupon_is_refused(acting: Acting) -> None:
    with acting() as ctx, pytest.raises(InvalidRequest) as refused:
        operations.find_coupon(ctx, "NONE", param="phases[0][coupon]")
    assert (refused.value.message, refused.value.status) == ("No such coupon: 'NONE'", 400)
    assert (refused.value.code, refused.value.param) == ("resource_missing", "phases[0][coupon]")


def test_a_coupon_is_redeemed_at_most_so_many_times(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=25, max_redemptions=2)
    with acting() as ctx:
        attach(ctx, "SPRING", customer)
        coupon = operations.find_coupon(ctx, "SPRING", param="coupon")
        assert (coupon.times_redeemed, coupon.valid) == (1, True)
        attach(ctx, "SPRING", customer)
        assert (coupon.times_redeemed, coupon.valid) == (2, False)
        with pytest.raises(InvalidRequest) as refused:
            operations.find_coupon(ctx, "SPRING", param="coupon")
    assert (refused.value.message, refused.value.status) == ("Coupon expired: SPRING", 400)
    assert (refused.value.code, refused.value.param) == ("coupon_expired", "coupon")
    assert api.get("/v1/coupons/SPRING")["valid"] is False
    assert "coupon.updated" not in api.event_types()


def test_redeem_by_is_the_last_second(api: Api, acting: Acting, wall: Wall) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=25, redeem_by=NEW_YEAR + 60)
    with acting(now=NEW_YEAR + 60) as ctx:
        assert operations.find_coupon(ctx, "SPRING", param="coupon").id == "SPRING"
        with pytest.raises(InvalidRequest, match="Coupon expired: SPRING"):
            operations.find_coupon(ctx.at(NEW_YEAR + 61), "SPRING", param="coupon")
        operations.expire_coupon(ctx, ctx.find(Coupon, "SPRING"))
        with pytest.raises(InvalidRequest, match="Coupon expired: SPRING"):
            operations.find_coupon(ctx, "SPRING", param="coupon")
    assert api.get("/v1/coupons/SPRING")["valid"] is False


def test_a_discount_is_in_force_until_its_end(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=25, duration="repeating", duration_in_months=3)
    with acting() as ctx:
        discount = attach(ctx, "SPRING", customer)
        assert DISCOUNT_END.due(discount) == APR_30
        assert operations.active_discount(ctx.at(APR_30 - 1), discount.id) is discount
        assert operations.active_discount(ctx.at(APR_30), discount.id) is None
        assert operations.active_discount(ctx, None) is None
        DISCOUNT_END.fire(ctx.at(APR_30), discount)
        assert DISCOUNT_END.due(discount) is None
        assert operations.active_discount(ctx, discount.id) is None
    event = api.events(type="customer.discount.*")[-1]
    assert (event["type"], event["created"]) == ("customer.discount.deleted", APR_30)
    assert event["data"]["object"]["id"] == discount.id


def test_a_discount_ends_once(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=25)
    with acting() as ctx:
        discount = attach(ctx, "SPRING", customer)
        operations.end_discount(ctx, discount)
        operations.end_discount(ctx, discount)
    types = [event["type"] for event in api.events(type="customer.discount.*")]
    assert types == ["customer.discount.created", "customer.discount.deleted"]


def test_what_is_left_of_a_removed_discount(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=25)
    with acting() as ctx:
        discount = attach(ctx, "SPRING", customer)
        operations.end_discount(ctx, discount)
        shown = operations.deleted_discount(ctx, discount)
    assert list(shown) == ["id", "object", "checkout_session", "coupon", "customer", "invoice", "invoice_item",
                           "promotion_code", "start", "subscription", "deleted"]
    assert shown["deleted"] is True


def test_arithmetic_sees_the_terms(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/products", id="gold", name="Gold")
    api.post("/v1/coupons", id="PERCENT", percent_off="12.5", applies_to={"products": ["gold"]})
    api.post("/v1/coupons", id="AMOUNT", amount_off=500, currency="usd", currency_options={"eur": {"amount_off": 450}})
    with acting() as ctx:
        percent, amount = attach(ctx, "PERCENT", customer), attach(ctx, "AMOUNT", customer)
        assert operations.domain_discount(ctx, percent) == DomainDiscount(
            percent.id, percent_off=Decimal("12.5"), products=frozenset({"gold"}))
        assert operations.domain_discount(ctx, percent, "eur").percent_off == Decimal("12.5")
        assert operations.domain_discount(ctx, amount) == DomainDiscount(amount.id, amount_off=500)
        assert operations.domain_discount(ctx, amount, "usd").amount_off == 500
        assert operations.domain_discount(ctx, amount, "eur").amount_off == 450
        assert operations.domain_discount(ctx, amount) is operations.domain_discount(ctx, amount)


def test_an_amount_fixes_the_customers_currency(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/coupons", id="DOLLARS", amount_off=500, currency="usd")
    api.post("/v1/coupons", id="EUROS", amount_off=500, currency="eur")
    api.post("/v1/coupons", id="BOTH", amount_off=500, currency="eur", currency_options={"usd": {"amount_off": 600}})
    api.post("/v1/coupons", id="PERCENT", percent_off=10)
    with acting() as ctx:
        attach(ctx, "PERCENT", customer)
        row = ctx.find(Customer, customer)
        assert row.currency is None
        attach(ctx, "EUROS", customer, subscription_id="sub_1", currency="eur")
        assert row.currency is None
        attach(ctx, "DOLLARS", customer)
        assert row.currency == "usd"
        attach(ctx, "BOTH", customer)
        for currency in (None, "gbp"):
            with pytest.raises(InvalidRequest) as refused:
                attach(ctx, "EUROS", customer, currency=currency)
            assert refused.value.message == (
                "You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or "
                f"invoice item with currency {currency or 'usd'}")
    types = [event["type"] for event in api.events(type="customer.*", created=JAN_31)]
    assert types == ["customer.discount.created"] * 4


def test_discounts_outlive_their_coupon(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/coupons", id="SPRING", amount_off=500, currency="usd")
    with acting() as ctx:
        discount_id = attach(ctx, "SPRING", customer).id

    def coupon_of_the_discount() -> str:
        with acting() as ctx:
            discount = operations.active_discount(ctx, discount_id)
            assert discount is not None
            assert operations.domain_discount(ctx, discount).amount_off == 500
            load_for_rendering(ctx.session, [discount])
            shown = render(discount)["coupon"]
            assert (shown["id"], shown["amount_off"], shown["valid"]) == ("SPRING", 500, False)
            with pytest.raises(InvalidRequest, match="No such coupon"):
                operations.find_coupon(ctx, discount.coupon_id, param="coupon")
            return discount.coupon_id

    api.delete("/v1/coupons/SPRING")
    assert coupon_of_the_discount() == "SPRING"
    api.post("/v1/coupons", id="SPRING", percent_off=10)
    assert api.refused("GET", f"/v1/coupons/{coupon_of_the_discount()}").status == 404
    assert [coupon["percent_off"] for coupon in api.get("/v1/coupons")["data"]] == [10]


def test_a_discount_expands(api: Api, customer: str, acting: Acting) -> None:
    api.post("/v1/products", id="gold", name="Gold")
    api.post("/v1/coupons", id="SPRING", percent_off=25, applies_to={"products": ["gold"]})
    tree: dict[str, Any] = {"coupon": {"applies_to": {}}, "customer": {}}
    with acting() as ctx:
        discount = attach(ctx, "SPRING", customer)
        load_for_rendering(ctx.session, [discount], tree)
        shown = render(discount, tree)
    assert shown["coupon"]["applies_to"] == {"products": ["gold"]}
    assert shown["customer"]["name"] == "Jenny"


def test_a_coupons_clock_is_the_wall(api: Api, acting: Acting) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=25)
    with acting() as ctx:
        coupon = ctx.find(Coupon, "SPRING")
        assert (coupon.test_clock_id, ctx.now) == (None, JAN_31)
