"""The closed vocabulary of views. A field says where its value comes from; it never asks the time or the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.db.base import StripeObject
from app.declaring import DeclaredField

Tree = dict[str, Any]
"""What is to be expanded below a row: {"customer": {}, "lines": {"data": {"price": {}}}}."""


class ViewField(DeclaredField):
    """Base of the kinds below."""

    relation: str | None = None
    """The relationship whose rows must be loaded before the field can be rendered."""
    path: str | None = None
    """The path that begins with the relationship, where more than that must be loaded."""
    always_loaded = False

    def relations(self, key: str) -> tuple[str, ...]:
        """The relationships whose rows a field that stands under `key` reads."""
        return (self.relation or key,)


class Attr(ViewField):
    """The column of the same name, or of another: `Attr("metadata_")`. `omit_null` leaves the key out when null.

    `expand` makes the object that the column's id names, where that is no row.
    """

    def __init__(self, column: str | None = None, *, omit_null: bool = False,
                 expand: Callable[[Any], Any] | None = None) -> None:
        super().__init__()
        self.column, self.omit_null, self.expand = column, omit_null, expand


class Const(ViewField):
    """The same value for every row. `expandable` where it is the null of an id that may be expanded, and stays null."""

    def __init__(self, value: Any, *, expandable: bool = False) -> None:
        super().__init__()
        self.value, self.expandable = value, expandable


class Derived(ViewField):
    """A pure function of the row; `needs` is the path of the relationships that it reads. May answer `OMIT`.

    `expand` makes the object that the derived id names, where that is no row.
    """

    def __init__(self, function: Callable[[Any], Any], *, needs: str | None = None,
                 expand: Callable[[Any], Any] | None = None) -> None:
        super().__init__()
        self.function, self.expand = function, expand
        self.always_loaded = needs is not None
        if needs is not None:
            self.relation, self.path = needs.partition(".")[0], needs


class DerivedRefs(Derived):
    """A derived document in which the ids at some paths name rows of the table, which can be expanded: `branding.icon`.

    The rows are those of the first of the accounts of `owners` that has them.
    """

    def __init__(self, function: Callable[[Any], Any], *, paths: Sequence[str], table: type[StripeObject],
                 owners: Callable[[Any], Sequence[str]], needs: str | None = None) -> None:
        super().__init__(function, needs=needs)
        self.paths, self.table, self.owners = tuple(tuple(path.split(".")) for path in paths), table, owners

    def wanted(self, tree: Tree) -> dict[tuple[str, ...], Tree]:
        """The paths that the tree expands, with what it expands below each."""
        return {path: below for path in self.paths if (below := at_path(tree, path)) is not None}


class Ref(ViewField):
    """An expandable id: the column `<name>_id`, or the whole object of the relationship `<name>`.

    `deletable` is the table of objects that leave nothing behind when they are deleted: such an id expands to a stub.
    `only` is a function of the row: where it is false the key is left out.
    """

    def __init__(self, relation: str | None = None, column: str | None = None, *, omit_null: bool = False,
                 deletable: type[StripeObject] | None = None, only: Callable[[Any], bool] | None = None) -> None:
        super().__init__()
        self.relation, self.column, self.omit_null, self.deletable, self.only = relation, column, omit_null, deletable, only


class RefAmong(ViewField):
    """An expandable id that names a row of any of these tables, told apart by its prefix: the column `<name>_id`."""

    def __init__(self, *tables: type[StripeObject]) -> None:
        super().__init__()
        self.tables = tables


class Hash(ViewField):
    """A hash made of the row's own columns: `Hash(start=Attr("period_start"), end=Attr("period_end"))`.

    `unless` is a function of the row: where it is true the whole hash is null.
    """

    def __init__(self, *, unless: Callable[[Any], bool] | None = None, **members: ViewField) -> None:
        super().__init__()
        self.members, self.unless = members, unless


class Nested(ViewField):
    """The whole object of a to-one relationship, always inline, also when it was deleted.

    `unless` is a function of the related row: where it is true the object is null.
    """

    always_loaded = True

    def __init__(self, relation: str | None = None, *, unless: Callable[[Any], bool] | None = None) -> None:
        super().__init__()
        self.relation, self.unless = relation, unless


class Inline(ViewField):
    """The rows of a to-many relationship as a plain array of hashes."""

    always_loaded = True

    def __init__(self, relation: str | None = None) -> None:
        super().__init__()
        self.relation = relation


class Sublist(ViewField):
    """The rows of a to-many relationship as a list object.

    `url` may use columns, "/v1/invoices/{id}/lines", or is a function of the row. One that is `includable` is left out
    unless it is expanded. `also` is a second relationship whose rows stand among those of the first, newest first. `only`
    is a function of the rows in it: where it is false the row is not shown.
    """

    always_loaded = True

    def __init__(self, url: str | Callable[[Any], str], relation: str | None = None, *, limit: int | None = None,
                 includable: bool = False, also: str | None = None,
                 only: Callable[[Any], bool] | None = None) -> None:
        super().__init__()
        self.url, self.relation, self.limit, self.also, self.only = url, relation, limit, also, only
        self.includable, self.always_loaded = includable, not includable

    def relations(self, key: str) -> tuple[str, ...]:
        return (*super().relations(key), *([self.also] if self.also else ()))


class Includable(ViewField):
    """A column that is left out unless it is expanded, such as a price's tiers; also then where it is null.

    With a `function` what that makes of the row.
    """

    def __init__(self, column: str | None = None, *, function: Callable[[Any], Any] | None = None) -> None:
        super().__init__()
        self.column, self.function = column, function


class RefList(ViewField):
    """What a column with a list of ids names: the ids, each of which can be expanded, as in `expand[]=discounts`.

    With `whole` the objects themselves; an empty list or null is shown as it is. With `single` the one object that the
    list names, whole, or null where it names none or several.
    """

    def __init__(self, column: str | None = None, *, table: type[StripeObject], whole: bool = False,
                 single: bool = False) -> None:
        super().__init__()
        self.column, self.table, self.whole, self.single = column, table, whole, single


class HashRefs(ViewField):
    """A column with a list of hashes, in each of which the id under `name` can be expanded: `tax_amounts.tax_rate`."""

    def __init__(self, name: str, *, table: type[StripeObject], column: str | None = None) -> None:
        super().__init__()
        self.member, self.table, self.column = name, table, column


class DocumentRefs(ViewField):
    """A column with a document of `members`, null where it lacks them; the ids under some of them, which name rows of the
    table, can be expanded: `evidence.receipt`.
    """

    def __init__(self, members: Sequence[str], *, names: Sequence[str], table: type[StripeObject],
                 column: str | None = None) -> None:
        super().__init__()
        self.members, self.names, self.table, self.column = tuple(members), frozenset(names), table, column


class IncludableRows(ViewField):
    """A column with a list of hashes, left out unless it is expanded; the id under `name` in each is shown as the whole
    object, of whichever of the tables has it.
    """

    def __init__(self, name: str, *tables: type[StripeObject], column: str | None = None) -> None:
        super().__init__()
        self.member, self.tables, self.column = name, tables, column


class IncludableHash(ViewField):
    """A hash of includable members that is left out unless it is expanded, and then has all of them."""

    def __init__(self, **members: IncludableRows) -> None:
        super().__init__()
        self.members = members


def at_path(document: Any, path: Sequence[str]) -> Any:
    """What stands there in hashes within hashes; None where nothing does."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def listed_rows(column: str) -> str:
    """Where a row keeps the rows that the ids in `column` name, once they are loaded."""
    return f"{column} rows"
