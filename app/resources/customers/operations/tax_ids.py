"""Tax ids of customers: given, checked, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.tax_ids import country_of, is_checked, is_plausible, outcome_of
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.customers.tables import Customer, TaxId

CHECK_TAKES_S = 1
"""Our choice: how long after its creation a tax id's verification is over; it is pending in the answer."""

_OF_CUSTOMER = Prepared(entity(TaxId).where(
    TaxId.account_id == bindparam("account_id"), TaxId.customer_id == bindparam("customer_id")).order_by(TaxId.seq))


def check_tax_id(type: str, value: str, *, param: str) -> None:
    """Raises `tax_id_invalid` for a value that no tax id of the type can have."""
    if not is_plausible(type, value):
        raise InvalidRequest(f"Invalid value for {type}.", code="tax_id_invalid", param=param)


def create_tax_id(ctx: Context, customer: Customer, values: Mapping[str, Any], *, param: str = "value") -> TaxId:
    """One more tax id of the customer. Emits customer.tax_id.created; raises `tax_id_invalid`."""
    type, value = values["type"], values["value"]
    check_tax_id(type, value, param=param)
    checked = is_checked(type)
    tax_id = ctx.add(TaxId(
        checks_at=ctx.now + CHECK_TAKES_S if checked and outcome_of(value) != "pending" else None,
        country=country_of(type, value), customer_id=customer.id, type=type, value=value,
        verification_status="pending" if checked else "unavailable"))
    emit(ctx, "customer.tax_id.created", tax_id)
    _copy_to_customer(ctx, customer)
    return tax_id


def delete_tax_id(ctx: Context, tax_id: TaxId) -> dict[str, Any]:
    """Take the tax id away; invoices that are finalised keep it. Emits customer.tax_id.deleted."""
    customer = ctx.get(Customer, tax_id.customer_id)
    assert customer is not None, "the foreign key holds"
    emit(ctx, "customer.tax_id.deleted", tax_id)
    ctx.session.delete(tax_id)
    _copy_to_customer(ctx, customer)
    return {"id": tax_id.id, "object": TaxId.object_name, "deleted": True}


def verify_tax_id(ctx: Context, tax_id: TaxId) -> None:
    """The check is over. Emits customer.tax_id.updated."""
    with tracked(ctx, tax_id, "customer.tax_id.updated"):
        tax_id.verification_status, tax_id.checks_at = outcome_of(tax_id.value), None


def _copy_to_customer(ctx: Context, customer: Customer) -> None:
    """Keep what the customer's invoices show of the tax ids, which they read for every event."""
    rows = ctx.session.rows(TaxId, _OF_CUSTOMER, account_id=ctx.account_id, customer_id=customer.id)
    customer.tax_id_values = [{"type": row.type, "value": row.value} for row in rows] or None
    customer.__dict__.pop("tax_ids", None)
