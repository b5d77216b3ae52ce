"""The tables of value lists and their items."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, belongs_to, list_index, to_many
from app.db.types import ObjectId

SHOWN = 10
"""How many of its items a list shows."""


class ValueList(StripeObject, HasMetadata):
    """Values of one type under a name by which rules know them. Nothing here evaluates rules."""

    __tablename__ = "value_lists"
    __table_args__ = (list_index(), Index(None, "account_id", "alias", unique=True))
    object_name = "radar.value_list"
    missing_name = "value_list"
    path_param = "value_list"
    id_prefix = "rsl_"

    alias: Mapped[str] = mapped_column(String(100))
    created_by: Mapped[ObjectId]
    item_type: Mapped[ObjectId]
    """One of `domain.radar.ITEM_TYPES`."""
    name: Mapped[str] = mapped_column(String(100))

    items: Mapped[list["ValueListItem"]] = relationship(
        "ValueListItem", viewonly=True, uselist=True, info={"most": SHOWN + 1},
        order_by="[desc(ValueListItem.created), desc(ValueListItem.seq)]",
        primaryjoin=to_many("ValueList", "ValueListItem", "value_list_id"))
    """The newest, newest first: those that the list shows, and one to tell that there are more."""


class ValueListItem(StripeObject):
    """One value of a list."""

    __tablename__ = "value_list_items"
    __table_args__ = (
        belongs_to("value_lists", "value_list_id"),
        list_index("value_list_id"),
        Index(None, "account_id", "value_list_id", "comparable", unique=True),
    )
    object_name = "radar.value_list_item"
    missing_name = "value_list_item"
    path_param = "item"
    id_prefix = "rsli_"

    comparable: Mapped[str] = mapped_column(String(64))
    """What the list tells the value from others by (`domain.radar.comparable`)."""
    created_by: Mapped[ObjectId]
    value: Mapped[str] = mapped_column(String(800))
    value_list_id: Mapped[ObjectId]
