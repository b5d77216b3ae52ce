"""What happens to tax rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.domain.money import decimal_string
from app.domain.taxes import TaxRate as DomainTaxRate
from app.events.emit import emit, tracked
from app.resources.tax_rates.tables import TaxRate

_PLAIN = ("active", "country", "description", "display_name", "jurisdiction", "state", "tax_type")


def create_tax_rate(ctx: Context, values: Mapping[str, Any]) -> TaxRate:
    """A new tax rate, active unless `active` says otherwise."""
    rate = TaxRate(active=True, inclusive=values["inclusive"], percentage=decimal_string(values["percentage"]))
    _apply(rate, values)
    ctx.add(rate)
    emit(ctx, "tax_rate.created", rate)
    return rate


def update_tax_rate(ctx: Context, rate: TaxRate, values: Mapping[str, Any]) -> TaxRate:
    """Change what is named in `values`; the percentage and whether it is included stay."""
    with tracked(ctx, rate, "tax_rate.updated"):
        _apply(rate, values)
    return rate


def find_tax_rates(ctx: Context, ids: Iterable[str], *, param: str) -> list[TaxRate]:
    """The tax rates that the list in `param` names, in its order. Raises `resource_missing`.

    Our choice: an inactive one is taken too, because it goes on working where it was set before, and a request repeats
    what is to stay.
    """
    return [ctx.find(TaxRate, id, param=f"{param}[{index}]") for index, id in enumerate(ids)]


def domain_rates(ctx: Context, ids: Iterable[str]) -> tuple[DomainTaxRate, ...]:
    """The tax rates as arithmetic wants them; the ids are those that an object of the account keeps."""
    return tuple(_domain_rate(ctx, id) for id in ids)


def _domain_rate(ctx: Context, id: str) -> DomainTaxRate:
    rate = ctx.get(TaxRate, id)
    assert rate is not None, f"{id} was found when it was set"
    known: DomainTaxRate | None = rate.__dict__.get("_domain")
    if known is None:
        known = rate.__dict__["_domain"] = DomainTaxRate(rate.id, Decimal(rate.percentage), rate.inclusive)
    return known


def _apply(rate: TaxRate, values: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        if name in values:
            setattr(rate, name, values[name])
    if "metadata" in values:
        rate.metadata_ = merged(rate.metadata_ or {}, values["metadata"])
