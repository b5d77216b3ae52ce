"""What value lists and their items look like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Sublist
from app.render.view import View
from app.resources.value_lists.tables import SHOWN, ValueList, ValueListItem


@view_of(ValueList)
class ValueListView(View):
    id = Attr()
    object = Const("radar.value_list")
    alias = Attr()
    created = Attr()
    created_by = Attr()
    item_type = Attr()
    list_items = Sublist("/v1/radar/value_list_items?value_list={id}", "items", limit=SHOWN)
    livemode = Const(False)
    metadata = Attr("metadata_")
    name = Attr()


@view_of(ValueListItem)
class ValueListItemView(View):
    id = Attr()
    object = Const("radar.value_list_item")
    created = Attr()
    created_by = Attr()
    livemode = Const(False)
    value = Attr()
    value_list = Attr("value_list_id")
