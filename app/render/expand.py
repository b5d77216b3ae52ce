"""`expand[]`: paths to a tree, the rules about them, and the rows that rendering will need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.db.base import Base, StripeObject
from app.db.session import Session
from app.errors import InvalidRequest
from app.render.fields import (
    DerivedRefs,
    DocumentRefs,
    Hash,
    HashRefs,
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
    at_path,
    listed_rows,
)
from app.render.view import VIEWS, CompiledView, render, render_if_loaded

MAX_DEPTH = 4


def parse_expand(paths: Iterable[str], view: CompiledView | None, *, is_list: bool) -> Tree:
    """The tree of the dotted paths, without the `data` of a list.

    Raises InvalidRequest for more than four levels, and for a first segment that cannot be expanded. Deeper segments
    that do not exist are taken and ignored, as Stripe does.
    """
    tree: Tree = {}
    for path in paths:
        segments = path.split(".")
        if len(segments) > MAX_DEPTH:
            raise InvalidRequest(f"You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}",
                                 code="property_expansion_max_depth")
        if is_list:
            if segments[0] == "total_count":
                raise InvalidRequest("This property cannot be included (total_count)")
            if segments[0] != "data":
                raise InvalidRequest(f"This property cannot be expanded ({segments[0]}). You may want to try expanding "
                                     f"'data.{segments[0]}' instead.")
            segments = segments[1:]
        if segments and (view is None or not _expandable(view, segments[0])):
            raise InvalidRequest(f"This property cannot be expanded ({segments[0]}).")
        branch = tree
        for segment in segments:
            branch = branch.setdefault(segment, {})
    return tree


def _expandable(view: CompiledView, segment: str) -> bool:
    return segment in view.expanders


def present(session: Session, row: Base) -> dict[str, Any]:
    """The JSON of the row; what that takes is read where it is not there yet, which it mostly is when events tell of it."""
    rendered = render_if_loaded(row)
    if rendered is None:
        load_for_rendering(session, [row])
        rendered = render(row)
    return rendered


def load_for_rendering(session: Session, rows: list[Base], tree: Tree | None = None) -> None:
    """Read what the views of the rows show inline, and what the tree expands."""
    if tree is None:
        for row in rows:
            if row is not None and not _is_loaded(row):
                break
        else:
            return
    groups: dict[type[Base], list[Base]] = {}
    for row in rows:
        if row is not None:
            groups.setdefault(type(row), []).append(row)
    for cls, members in groups.items():
        view = VIEWS[cls]
        for relation, path in view.loads.items():
            missing = [row for row in members if relation not in row.__dict__]
            if missing:
                session.load(missing, path)
        for relation in view.shows:
            below = [child for row in members for child in _children(row, relation)]
            if below:
                load_for_rendering(session, below)
        for name, field in view.inline_lists:
            load_for_rendering(session, _load_list(session, members, field, field.column or name))
        if tree:
            _load_tree(session, members, view.fields, tree)


def _is_loaded(row: Any) -> bool:
    """Whether everything that the row's view shows is there: the usual case when many events tell of one row."""
    values, view = row.__dict__, VIEWS[type(row)]
    if view.stands_alone:
        return True
    for relation in view.loads:
        if relation not in values:
            return False
    for column in view.inline_columns:
        if values[column]:
            return False
    for relation in view.shows:
        value = values[relation]
        for child in value if type(value) is list else (value,):
            if child is not None and not _is_loaded(child):
                return False
    return True


def _load_tree(session: Session, rows: list[Base], fields: Mapping[str, ViewField], tree: Tree) -> None:
    for name, below in tree.items():
        field = fields.get(name)
        match field:
            case Ref():
                relation = field.relation or name
                session.load(rows, relation)
                load_for_rendering(session, [child for row in rows for child in _children(row, relation)], below)
            case RefAmong():
                load_for_rendering(session, _load_named(session, rows, field, name), below)
            case Nested() | Inline():
                relation = field.relation or name
                load_for_rendering(session, [child for row in rows for child in _children(row, relation)], below)
            case Sublist():
                for relation in field.relations(name):
                    session.load(rows, relation)
                    load_for_rendering(session, [child for row in rows for child in _children(row, relation)],
                                       below.get("data"))
            case RefList():
                load_for_rendering(session, _load_list(session, rows, field, field.column or name), below)
            case HashRefs() if field.member in below:
                load_for_rendering(session, _load_hashes(session, rows, field.member, (field.table,), field.column or name),
                                   below[field.member])
            case DocumentRefs():
                for member in field.names & below.keys():
                    load_for_rendering(session, _load_document(session, rows, field, field.column or name, member),
                                       below[member])
            case DerivedRefs():
                for path, branch in field.wanted(below).items():
                    load_for_rendering(session, _load_derived(session, rows, field, name, path), branch)
            case IncludableRows():
                load_for_rendering(session, _load_hashes(session, rows, field.member, field.tables, field.column or name),
                                   below.get(field.member, {}))
            case IncludableHash():
                _load_tree(session, rows, field.members, {member: below.get(member, {}) for member in field.members})
            case Hash():
                _load_tree(session, rows, field.members, below)


def _load_named(session: Session, rows: list[Any], field: RefAmong, name: str) -> list[Base]:
    """Read what the ids of the rows name, one statement for each table."""
    ids = {row: row.__dict__[f"{name}_id"] for row in rows}
    for table in field.tables:
        session.read(table, {(row.account_id, id) for row, id in ids.items() if _names(table, id)})
    for row, id in ids.items():
        named = [session.get(table, row.account_id, id) for table in field.tables if _names(table, id)]
        row.__dict__[name] = named[0] if named else None
    return [row.__dict__[name] for row in rows if row.__dict__[name] is not None]


def _names(table: type[StripeObject], id: str | None) -> bool:
    return id is not None and id.startswith((table.id_prefix, table.other_prefix or table.id_prefix))


def _load_list(session: Session, rows: list[Any], field: RefList, column: str) -> list[Base]:
    """Read what the ids in `column` name, for all rows at once; afresh each time, because the ids may have changed."""
    naming = [row for row in rows if row.__dict__[column]]
    if not naming:
        return []
    session.read(field.table, {(row.account_id, id) for row in naming for id in row.__dict__[column]})
    loaded: list[Base] = []
    for row in naming:
        named = [session.get(field.table, row.account_id, id) for id in row.__dict__[column]]
        row.__dict__[listed_rows(column)] = named
        loaded += filter(None, named)
    return loaded


def _load_hashes(session: Session, rows: list[Any], member: str, tables: tuple[type[Base], ...],
                 column: str) -> list[Base]:
    """Read what the hashes in `column` name, for all rows at once: a row of the first of the tables that has it."""
    named = {(row.account_id, each[member]) for row in rows for each in row.__dict__[column] or ()}
    found: dict[tuple[str, str], Base | None] = dict.fromkeys(named)
    for table in tables:
        missing = {key for key, row in found.items() if row is None}
        session.read(table, missing)
        found |= {key: session.get(table, *key) for key in missing}
    for row in rows:
        ids = [each[member] for each in row.__dict__[column] or ()]
        row.__dict__[listed_rows(column)] = {id: found[row.account_id, id] for id in ids}
    return list(filter(None, found.values()))


def _load_document(session: Session, rows: list[Any], field: DocumentRefs, column: str, member: str) -> list[Base]:
    """Read what the documents name under one of their members, for all rows at once."""
    ids = {row: row.__dict__[column].get(member) for row in rows}
    session.read(field.table, {(row.account_id, id) for row, id in ids.items() if id is not None})
    found = {}
    for row, id in ids.items():
        named = None if id is None else session.get(field.table, row.account_id, id)
        row.__dict__.setdefault(listed_rows(column), {})[member] = named
        found[id] = named
    return [row for row in found.values() if row is not None]


def _load_derived(session: Session, rows: list[Any], field: DerivedRefs, name: str, path: tuple[str, ...]) -> list[Base]:
    """Read what the derived documents name at the path, for all rows at once."""
    ids = {row: at_path(field.function(row), path) for row in rows}
    session.read(field.table, {(owner, id) for row, id in ids.items() if id is not None for owner in field.owners(row)})
    found: list[Base] = []
    for row, id in ids.items():
        owned = () if id is None else (session.get(field.table, owner, id) for owner in field.owners(row))
        one = row.__dict__.setdefault(listed_rows(name), {})[path] = next(filter(None, owned), None)
        found += [] if one is None else [one]
    return found


def _children(row: Any, relation: str) -> list[Base]:
    value = row.__dict__.get(relation)
    return value if isinstance(value, list) else [] if value is None else [value]
