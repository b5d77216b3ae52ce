"""What happens to products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.domain.tax_codes import TaxCode, is_tax_code
from app.errors import InvalidRequest, no_such
from app.events.emit import emit, tracked
from app.resources.products.tables import Product

_PLAIN = ("description", "images", "shippable", "statement_descriptor", "unit_label", "url")


def create_product(ctx: Context, values: Mapping[str, Any]) -> Product:
    """A new product, with the caller's `id` if there is one. Raises InvalidRequest when the id is taken."""
    _free_id(ctx, values.get("id"))
    product = Product(id=values.get("id"), active=True, deleted=False, images=[], metadata_={}, updated=ctx.now)
    for name, value in _changes(product, values).items():
        setattr(product, name, value)
    ctx.add(product)
    emit(ctx, "product.created", product)
    return product


def update_product(ctx: Context, product: Product, values: Mapping[str, Any]) -> Product:
    """Change what is named in `values`; `default_price` must have been checked (`prices.operations`)."""
    with tracked(ctx, product, "product.updated"):
        changes = _changes(product, values)
        for name, value in changes.items():
            setattr(product, name, value)
        if changes:
            product.updated = ctx.now
    return product


def delete_product(ctx: Context, product: Product) -> Product:
    """Delete the product, which must not have prices."""
    emit(ctx, "product.deleted", product)
    product.deleted = True
    return product


def _free_id(ctx: Context, id: str | None) -> None:
    holder = ctx.get(Product, id)
    if holder is None:
        return
    if not holder.deleted:
        raise InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
    # Nothing refers to a deleted product, so its id may be used again.
    ctx.session.delete(holder)
    ctx.session.flush()


def _changes(product: Product, values: Mapping[str, Any]) -> dict[str, Any]:
    """By column, what `values` make different."""
    wanted = {name: values[name] for name in (*_PLAIN, "active", "name") if name in values}
    if "default_price" in values:
        wanted["default_price_id"] = values["default_price"]
    if "metadata" in values:
        wanted["metadata_"] = merged(product.metadata_, values["metadata"])
    if "package_dimensions" in values:
        dimensions = values["package_dimensions"]
        wanted["package_dimensions"] = dimensions and {side: float(size) for side, size in sorted(dimensions.items())}
    if "tax_code" in values:
        if values["tax_code"] is not None and not is_tax_code(values["tax_code"]):
            raise no_such(TaxCode.missing_name, values["tax_code"], param="tax_code", status=400)
        wanted["tax_code_id"] = values["tax_code"]
    return {name: value for name, value in wanted.items() if getattr(product, name) != value}
