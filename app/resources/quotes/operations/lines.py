"""The line items of a quote, from the elements of `line_items[]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.context import Context
from app.errors import InvalidRequest, missing_parameter, no_such
from app.resources.customers.tables import Customer
from app.resources.prices.operations import billed_currency, check_amount, check_offered, find_price, price_from_data
from app.resources.prices.tables import Price
from app.resources.quotes.tables import Quote, QuoteLineItem
from app.resources.subscriptions.operations import ItemSpec, check_items, is_metered
from app.resources.tax_rates.operations import find_tax_rates


def set_lines(ctx: Context, quote: Quote, elements: Sequence[Mapping[str, Any]]) -> None:
    """Make these the quote's line items: those with an `id` change, the others are new.

    Our choice: a line item that is not among them is removed, because no parameter says so otherwise.
    """
    present = {line.id: line for line in quote.line_items}
    lines = []
    for position, values in enumerate(elements):
        path = f"line_items[{position}]"
        line = _line(ctx, quote, present, values, path)
        _change(ctx, line, values, path)
        line.position = position
        lines.append(line)
    for line in present.values():
        if line not in lines:
            ctx.session.delete(line)
    for line in lines:
        if line.id is None:
            ctx.add(line)
    quote.__dict__["line_items"] = lines


def settle_currency(ctx: Context, quote: Quote) -> None:
    """Decide on the currency of all line items: the customer's where each price has it, else the first price's own.

    Raises where they could not stand together on one subscription or invoice.
    """
    if not quote.line_items:
        quote.currency = None
        return
    customer = ctx.get(Customer, quote.customer_id)
    settled = None if customer is None else customer.currency
    currency = quote.currency = billed_currency([line.price for line in quote.line_items], asked=None, settled=settled)
    _check_together(quote.line_items, currency)
    for line in quote.line_items:
        line.currency = currency


def _line(ctx: Context, quote: Quote, present: dict[str, QuoteLineItem], values: Mapping[str, Any],
          path: str) -> QuoteLineItem:
    if "id" not in values:
        return QuoteLineItem(amount_discount=0, amount_subtotal=0, amount_tax=0, amount_total=0, discounts=[], quantity=1,
                             quote_id=quote.id, tax_rates=[], taxes=[])
    line = present.get(values["id"])
    if line is None:
        raise no_such("item", values["id"], param=f"{path}[id]", status=400)
    return line


def _change(ctx: Context, line: QuoteLineItem, values: Mapping[str, Any], path: str) -> None:
    price = _price(ctx, line, values, path)
    ctx.session.load([price], "product")
    line.price_id, line.description = price.id, price.product.name
    line.__dict__["price"] = price
    if is_metered(price):
        if "quantity" in values:
            raise InvalidRequest("Quantity should not be specified where usage_type is `metered`. Remove quantity from "
                                 f"`{path}`.", param=f"{path}[quantity]")
        line.quantity = None
    else:
        line.quantity = values.get("quantity", 1 if line.quantity is None else line.quantity)
    if "tax_rates" in values:
        line.tax_rates = [rate.id for rate in find_tax_rates(ctx, values["tax_rates"], param=f"{path}[tax_rates]")]


def _price(ctx: Context, line: QuoteLineItem, values: Mapping[str, Any], path: str) -> Price:
    if "price" in values and "price_data" in values:
        raise InvalidRequest(f"You may only specify one of these parameters: {path}[price], {path}[price_data].")
    if "price_data" in values:
        return price_from_data(ctx, values["price_data"], recurring_required=False, param=f"{path}[price_data]")
    if values.get("price", line.price_id) == line.price_id:
        if line.price_id is None:
            raise missing_parameter(f"{path}[price]")
        return line.price
    return find_price(ctx, values["price"], param=f"{path}[price]")


def _check_together(lines: Sequence[QuoteLineItem], currency: str) -> None:
    """Raises where the line items could not stand on one subscription or invoice."""
    for position, line in enumerate(lines):
        check_offered(line.price, currency, param=f"line_items[{position}][price]")
        if line.quantity is not None:
            check_amount(line.price, line.quantity, currency, param=f"line_items[{position}][quantity]")
    places = [position for position, line in enumerate(lines) if line.price.type == "recurring"]
    if places:
        with _placed(places):
            check_items([ItemSpec(lines[place].price, lines[place].quantity) for place in places], currency, param="line_items")


@contextmanager
def _placed(places: Sequence[int]) -> Iterator[None]:
    """What is refused of the recurring line items is named by its place among all of them."""
    try:
        yield
    except InvalidRequest as refusal:
        refusal.param = re.sub(r"\[(\d+)\]", lambda index: f"[{places[int(index[1])]}]", refusal.param or "", count=1)
        raise
