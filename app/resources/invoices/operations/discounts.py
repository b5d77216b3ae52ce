"""Coupons on invoices and invoice items: named by a caller, redeemed, used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.context import Context
from app.errors import InvalidRequest, no_such
from app.resources.coupons.operations import active_discount, attach_discount, end_discount, find_coupon
from app.resources.coupons.tables import Coupon, Discount
from app.resources.invoices.tables import Invoice


def find_discounts(ctx: Context, elements: Sequence[Mapping[str, str]], *, customer_id: str,
                   param: str = "discounts") -> list[Coupon | Discount]:
    """What the elements of `discounts` name: coupons to redeem, and discounts of the customer that are in force.

    Raises `resource_missing`, and `coupon_expired` for a coupon that can be redeemed no more.
    """
    found: list[Coupon | Discount] = []
    for index, element in enumerate(elements):
        path = f"{param}[{index}]"
        if len(element) > 1:
            raise InvalidRequest(f"You may only specify one of these parameters: {path}[coupon], {path}[discount].",
                                 param=path)
        if "coupon" in element:
            found.append(find_coupon(ctx, element["coupon"], param=f"{path}[coupon]"))
        elif "discount" in element:
            discount = active_discount(ctx, element["discount"])
            if discount is None or discount.customer_id != customer_id:
                raise no_such("discount", element["discount"], param=f"{path}[discount]", status=400)
            found.append(discount)
        else:
            # Our choice: the words.
            raise InvalidRequest(f"Each element of {param} names either a coupon or a discount.", param=path)
    return found


def redeem(ctx: Context, found: Sequence[Coupon | Discount], *, customer_id: str, currency: str,
           invoice_id: str | None = None, invoice_item_id: str | None = None) -> list[str]:
    """The ids of the discounts, those of coupons made now. Emits customer.discount.created for each coupon."""
    return [
        each.id if isinstance(each, Discount) else attach_discount(
            ctx, each, customer_id=customer_id, start=ctx.now, invoice_id=invoice_id, invoice_item_id=invoice_item_id,
            currency=currency).id
        for each in found
    ]


def replace_discounts(ctx: Context, present: Sequence[str], elements: Sequence[Mapping[str, str]], *, customer_id: str,
                      currency: str, invoice_id: str | None = None, invoice_item_id: str | None = None) -> list[str]:
    """The ids after an update of `discounts`, which gives the whole list anew.

    Those of the invoice or the item itself that are not in it any more end: customer.discount.deleted.
    """
    found = find_discounts(ctx, elements, customer_id=customer_id)
    ids = redeem(ctx, found, customer_id=customer_id, currency=currency, invoice_id=invoice_id,
                 invoice_item_id=invoice_item_id)
    end_own(ctx, [id for id in present if id not in ids], invoice_id=invoice_id, invoice_item_id=invoice_item_id)
    return ids


def end_own(ctx: Context, ids: Sequence[str], *, invoice_id: str | None = None, invoice_item_id: str | None = None) -> None:
    """End those of the discounts that were made for this invoice or item alone: customer.discount.deleted for each."""
    for id in ids:
        discount = ctx.get(Discount, id)
        if discount is not None and (discount.invoice_id, discount.invoice_item_id) == (invoice_id, invoice_item_id):
            end_discount(ctx, discount)


def use_up(ctx: Context, invoice: Invoice) -> None:
    """End the discounts that are good for one invoice: this is it. Emits customer.discount.deleted for each."""
    if not invoice.total_discount_amounts:
        return
    for shown in invoice.total_discount_amounts:
        discount = ctx.get(Discount, shown["discount"])
        assert discount is not None, "an invoice's discounts stay"
        coupon = ctx.get(Coupon, discount.coupon_id)
        if coupon is not None and coupon.duration == "once":
            end_discount(ctx, discount)
