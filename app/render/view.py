"""`@view_of(Table)` compiles a marshmallow schema of view fields; `render` turns a row into its JSON.

`Schema.dump` costs ten times as much, and every event carries a rendered object (DECISIONS, "Compiled views").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import is_
from typing import Any

import orjson

from app.db.base import Base, StripeObject
from app.declaring import Declaration
from app.render.fields import (
    Attr,
    Const,
    Derived,
    DerivedRefs,
    DocumentRefs,
    Hash,
    HashRefs,
    Includable,
    IncludableHash,
    IncludableRows,
    Inline,
    Nested,
    Ref,
    RefAmong,
    RefList,
    Sublist,
    Tree,
    ViewField,
    listed_rows,
)

OMIT = object()
"""What a getter answers when the key is to be left out."""

Getter = Callable[[Any], Any]


class View(Declaration):
    """Base of all views: a class with fields of `render.fields`, in the order of the rendered keys."""


class CompiledView:
    """A view ready to render: a template with the constants, and a step for each of the other keys."""

    def __init__(self, name: str, fields: dict[str, ViewField]) -> None:
        self.name = name
        self.fields = fields
        self.template: dict[str, Any] = {}
        self.columns: list[tuple[str, str]] = []
        self.getters: list[tuple[str, Getter]] = []
        self.expanders: dict[str, Callable[[Any, Tree], Any]] = {}
        self.loads = {relation: field.path or relation for key, field in fields.items() if field.always_loaded
                      for relation in field.relations(key)}
        # The rows that are rendered inside this one; a `Derived` only reads what it needs.
        self.shows = [relation for key, field in fields.items()
                      if isinstance(field, Nested | Inline | Sublist) and field.always_loaded
                      for relation in field.relations(key)]
        self.inline_lists = [(key, field) for key, field in fields.items()
                             if isinstance(field, RefList) and (field.whole or field.single)]
        self.inline_columns = [field.column or key for key, field in self.inline_lists]
        self._rests_on = [(relation, relation in self.shows) for relation in self.loads]
        self.stands_alone = not self.loads and not self.inline_lists
        for key, field in fields.items():
            self._compile(key, field)

    def _compile(self, key: str, field: ViewField) -> None:
        match field:
            case Const():
                self.template[key] = field.value
                if field.expandable:
                    self.expanders[key] = lambda row, tree: field.value
                return
            case Includable():
                self.expanders[key] = _includer(field.column or key, field.function)
                return
            case Sublist(includable=True) | IncludableRows() | IncludableHash():
                expander = _expander(key, field)
                assert expander is not None, "what is included is so by its expander"
                self.expanders[key] = expander
                return
            case Attr() | Ref() if not field.omit_null and not (isinstance(field, Ref) and field.only):
                column = field.column or (f"{key}_id" if isinstance(field, Ref) else key)
                self.columns.append((key, column))
            case RefAmong():
                self.columns.append((key, f"{key}_id"))
            case RefList(whole=False, single=False) | HashRefs():
                self.columns.append((key, field.column or key))
            case _:
                self.getters.append((key, _getter(key, field)))
        self.template[key] = None
        expander = _expander(key, field)
        if expander is not None:
            self.expanders[key] = expander

    def render(self, row: Base, tree: Tree | None = None) -> dict[str, Any]:
        """The JSON of the row; the names in `tree` expanded (their rows must be loaded). Nobody may change it.

        It is made once for each state of the row and of those that it shows or needs: what an event told of an invoice
        is what the next change finds, and a price stands on every line of a year.
        """
        if tree:
            return self.make(row, tree)
        rendered = self.render_loaded(row)
        return self.make(row, None) if rendered is None else rendered

    def render_loaded(self, row: Base) -> dict[str, Any] | None:
        """`render`, if all that the view shows or needs is loaded and need not be read anew; None otherwise."""
        states: list[Any] = []
        if not self.stands_alone and not self._add_states(row, states):
            return None
        values = row.__dict__
        derived: dict[str, Any] | None = values.get("_derived")
        if derived is None:
            derived = values["_derived"] = {}
        rendered: dict[str, Any]
        if self.name in derived:
            rendered, before = derived[self.name]
            if len(before) == len(states) and all(map(is_, before, states)):
                return rendered
        rendered = self.make(row, None)
        derived[self.name] = rendered, states
        return rendered

    def _add_states(self, row: Any, states: list[Any]) -> bool:
        """Add what stands for the present state of each related row that is shown or needed: its `_derived`, which a
        change replaces. False where one is not loaded, or the row names others by a list of ids, which are read anew each time.
        """
        values = row.__dict__
        for column in self.inline_columns:
            if values[column]:
                return False
        for relation, is_shown in self._rests_on:
            value = values.get(relation, OMIT)
            if value is None:
                states.append(None)
                continue
            if value is OMIT:
                return False
            if type(value) is list:
                states.append(len(value))
            for related in value if type(value) is list else (value,):
                state = related.__dict__.get("_derived")
                if state is None:
                    state = related.__dict__["_derived"] = {}
                states.append(state)
                if is_shown:
                    view = VIEWS[type(related)]
                    if not view.stands_alone and not view._add_states(related, states):
                        return False
        return True

    def make(self, row: Any, tree: Tree | None = None) -> dict[str, Any]:
        """The same, made anew."""
        values = row.__dict__
        rendered = self.template.copy()
        for key, column in self.columns:
            rendered[key] = values[column]
        for key, get in self.getters:
            value = get(row)
            if value is OMIT:
                del rendered[key]
            else:
                rendered[key] = value
        if tree:
            for key, below in tree.items():
                expand = self.expanders.get(key)
                if expand is not None and (value := expand(row, below)) is not OMIT:
                    rendered[key] = value
        return rendered


VIEWS: dict[type[Any], CompiledView] = {}
"""The compiled view of each table, and of each class of what is no row but shown like one."""


def view_of(table: type[Any]) -> Callable[[type[View]], type[View]]:
    """Class decorator: this schema renders the rows of `table`."""

    def register(schema: type[View]) -> type[View]:
        VIEWS[table] = compile_view(schema)
        return schema

    return register


def compile_view(schema: type[View]) -> CompiledView:
    """Compile a schema for rows of a table that has another view already (a plan is a price seen otherwise)."""
    declared: dict[str, Any] = schema._declared_fields
    return CompiledView(schema.__name__, dict(declared))


def render(row: Base, tree: Tree | None = None) -> dict[str, Any]:
    """The row as the API shows it. A deleted row is a stub."""
    if row.__dict__.get("deleted"):
        return _stub(type(row), row.__dict__["id"])  # type: ignore[arg-type]
    return VIEWS[type(row)].render(row, tree)


def render_if_loaded(row: Base) -> dict[str, Any] | None:
    """`render`, if all that it takes is loaded and need not be read anew; None otherwise."""
    return None if row.__dict__.get("deleted") else VIEWS[type(row)].render_loaded(row)


def _stub(table: type[StripeObject], id: str) -> dict[str, Any]:
    return {"id": id, "object": table.object_name, "deleted": True}


def _or_stub(row: Base | None, table: type[StripeObject], id: str | None, tree: Tree) -> dict[str, Any] | None:
    if row is not None:
        return render(row, tree)
    return None if id is None else _stub(table, id)


def list_object(rows: list[dict[str, Any]], url: str, *, has_more: bool = False) -> dict[str, Any]:
    """The envelope of a list."""
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}


def to_json(value: Any) -> bytes:
    """What goes over the wire, in answers and in webhooks: JSON indented by two spaces, as Stripe's."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"


def _getter(key: str, field: ViewField) -> Getter:
    match field:
        case Ref(only=only) if only is not None:
            named = field.column or f"{key}_id"
            return lambda row: row.__dict__[named] if only(row) else OMIT
        case Attr() | Ref():
            column = field.column or (f"{key}_id" if isinstance(field, Ref) else key)
            return lambda row: OMIT if row.__dict__[column] is None else row.__dict__[column]
        case Derived():
            return field.function
        case DocumentRefs():
            document, members = field.column or key, dict.fromkeys(field.members)
            return lambda row: {**members, **row.__dict__[document]}
        case Hash():
            return _hash_getter(field)
        case Nested():
            relation, unless = field.relation or key, field.unless
            return lambda row: _nested(row.__dict__[relation], unless, None)
        case Inline():
            relation = field.relation or key
            return lambda row: [render(child) for child in row.__dict__[relation]]
        case Sublist():
            return _sublist_getter(field.relation or key, field)
        case RefList():
            column, single = field.column or key, field.single
            return lambda row: _ref_list(row, column, single, None)
    raise TypeError(f"{key}: not a view field: {field!r}")


def _hash_getter(field: Hash) -> Getter:
    members = CompiledView("hash", field.members)
    unless = field.unless
    if unless is None:
        return members.make
    return lambda row: None if unless(row) else members.make(row)


def _includer(column: str, function: Getter | None) -> Callable[[Any, Tree], Any]:
    if function is not None:
        return lambda row, tree: function(row)
    return lambda row, tree: OMIT if row.__dict__[column] is None else row.__dict__[column]


def _nested(row: Base | None, unless: Callable[[Any], bool] | None, tree: Tree | None) -> dict[str, Any] | None:
    if row is None or (unless is not None and unless(row)):
        return None
    return VIEWS[type(row)].render(row, tree)


def _sublist_getter(relation: str, field: Sublist) -> Getter:
    url = field.url.format_map if isinstance(field.url, str) else None

    def plain(row: Any) -> dict[str, Any]:
        if url is not None and field.also is None and not row.__dict__[relation]:
            return {"object": "list", "data": [], "has_more": False, "url": url(row.__dict__)}
        return _sublist(row, relation, field, None)

    return plain


def _sublist(row: Any, relation: str, field: Sublist, tree: Tree | None) -> dict[str, Any]:
    children = row.__dict__[relation]
    if field.also is not None:
        children = sorted([*children, *row.__dict__[field.also]], key=lambda child: (child.created, child.seq), reverse=True)
    if field.only is not None:
        children = list(filter(field.only, children))
    shown = children if field.limit is None else children[: field.limit]
    url = field.url.format_map(row.__dict__) if isinstance(field.url, str) else field.url(row)
    return list_object([render(child, tree) for child in shown], url, has_more=len(shown) < len(children))


def _ref_list(row: Any, column: str, single: bool, tree: Tree | None) -> Any:
    ids = row.__dict__[column]
    if single:
        return render(row.__dict__[listed_rows(column)][0], tree) if ids and len(ids) == 1 else None
    return [render(named, tree) for named in row.__dict__[listed_rows(column)]] if ids else ids


def _hash_refs(row: Any, column: str, member: str, tree: Tree) -> Any:
    hashes = row.__dict__[column]
    if member not in tree or not hashes:
        return hashes
    named = row.__dict__[listed_rows(column)]
    return [each | {member: render(named[each[member]], tree[member])} for each in hashes]


def _document(row: Any, column: str, members: Mapping[str, None], expanded: frozenset[str], tree: Tree) -> dict[str, Any]:
    shown = {**members, **row.__dict__[column]}
    for name in expanded:
        named = row.__dict__[listed_rows(column)][name]
        shown[name] = None if named is None else render(named, tree[name])
    return shown


def _derived_refs(row: Any, key: str, field: DerivedRefs, tree: Tree) -> Any:
    shown = field.function(row)
    for path, branch in field.wanted(tree).items():
        named = row.__dict__[listed_rows(key)][path]
        if named is not None:
            shown = _with(shown, path, render(named, branch))
    return shown


def _with(document: Any, path: tuple[str, ...], value: Any) -> Any:
    """The document with something else at the path; it itself is left alone."""
    return {**document, path[0]: _with(document[path[0]], path[1:], value)} if path else value


def _expander(key: str, field: ViewField) -> Callable[[Any, Tree], Any] | None:
    relation = field.relation or key
    match field:
        case Attr(expand=expand) if expand is not None:
            named = field.column or key
            return lambda row, tree: None if row.__dict__[named] is None else expand(row.__dict__[named])
        case Derived(expand=show) if show is not None:
            derive = field.function
            return lambda row, tree: None if (id := derive(row)) is None else show(id)
        case Ref(deletable=table) if table is not None:
            column = field.column or f"{key}_id"
            return lambda row, tree: _or_stub(row.__dict__[relation], table, row.__dict__[column], tree)
        case Ref(only=shows) if shows is not None:
            return lambda row, tree: render(row.__dict__[relation], tree) if shows(row) else OMIT
        case Ref() | RefAmong():
            return lambda row, tree: None if row.__dict__[relation] is None else render(row.__dict__[relation], tree)
        case Nested():
            no_more = field.unless
            return lambda row, tree: _nested(row.__dict__[relation], no_more, tree)
        case Inline():
            return lambda row, tree: [render(child, tree) for child in row.__dict__[relation]]
        case Sublist():
            return lambda row, tree: _sublist(row, relation, field, tree.get("data"))
        case RefList():
            column, single = field.column or key, field.single
            return lambda row, tree: _ref_list(row, column, single, tree)
        case HashRefs():
            hashes, member = field.column or key, field.member
            return lambda row, tree: _hash_refs(row, hashes, member, tree)
        case DocumentRefs():
            document, every, names = field.column or key, dict.fromkeys(field.members), field.names
            return lambda row, tree: _document(row, document, every, names & tree.keys(), tree)
        case DerivedRefs():
            return lambda row, tree: _derived_refs(row, key, field, tree)
        case IncludableRows():
            included, name = field.column or key, field.member
            return lambda row, tree: _hash_refs(row, included, name, {name: tree.get(name, {})})
        case IncludableHash():
            parts = {name: _expander(name, part) for name, part in field.members.items()}
            return lambda row, tree: {name: show(row, tree.get(name, {})) for name, show in parts.items() if show}
        case Hash():
            members, unless = CompiledView("hash", field.members), field.unless
            return lambda row, tree: None if unless is not None and unless(row) else members.make(row, tree)
    return None
