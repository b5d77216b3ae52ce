"""What a session says to the database: statements compiled once for each dialect, and rows as values and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import compress, repeat
from operator import is_not, itemgetter
from typing import Any, cast

from sqlalchemy import Boolean, Executable, Select, Table, bindparam, delete, insert, inspect, select, update
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import RelationshipProperty

from app.db.base import Base

AnySelect = Select[*tuple[Any, ...]]

_NULLS = repeat(None)
_MANY = 10
"""From how many rows on it pays to look which columns are null in all of them."""

DUE_MOMENTS: dict[type[Any], Callable[[Any], int | None]] = {}
"""For each table that time moves: when a row of it is next due. Filled by the registry from the tickers."""


def entity(cls: type[Base]) -> AnySelect:
    """`SELECT` all columns of a table in the order that `Session.rows` reads them."""
    # Not by `inspect`, which would configure all mappers: modules prepare statements before every table is imported.
    return select(*(cls.__mapper__.columns[key] for key in cls.column_keys))


class Prepared:
    """A statement compiled once and run with positional values.

    `Prepared(select(T).where(T.id == bindparam("id")))` and then `session.values(prepared, id=…)`.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, tuple[str, Callable[[dict[str, Any]], Sequence[Any]]]] = {}

    def on(self, dialect: Dialect) -> tuple[str, Callable[[dict[str, Any]], Sequence[Any]]]:
        """The SQL text for the dialect, and the function that puts named values in its order."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.statement, dialect)
        return compiled


def _compile(statement: Any, dialect: Dialect) -> tuple[str, Callable[[dict[str, Any]], Sequence[Any]]]:
    compiled = statement.compile(dialect=dialect)
    if compiled.post_compile_params:
        # A list of fixed values becomes as many parameters, which are none of the statement's own.
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    names = list(compiled.positiontup or ())
    literals = {name: value for name, value in compiled.params.items() if value is not None}
    processors = []
    for position, name in enumerate(names):
        bind = compiled.binds.get(name)
        process = None if bind is None else bind.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            processors.append((position, process))

    def arrange(values: dict[str, Any]) -> Sequence[Any]:
        row = [values[name] if name in values else literals[name] for name in names]
        for position, process in processors:
            row[position] = process(row[position])
        return row

    return str(compiled), arrange


class TableAccess:
    """The statements of one table on one dialect, and the way of its rows from and to the driver's values."""

    def __init__(self, cls: type[Base], dialect: Dialect) -> None:
        self.cls, self.dialect = cls, dialect
        self.table = cast(Table, cls.__table__)
        self.keys = cls.column_keys
        columns = [cls.__mapper__.columns[key] for key in self.keys]
        self.columns = dict(zip(self.keys, columns, strict=True))
        self.names = {key: column.name for key, column in self.columns.items()}
        self.entity = select(*columns)
        self.result_processors = [
            (key, process) for key, column in self.columns.items()
            if (process := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None]
        # Both drivers take a bool as it is.
        self.bind_processors = {
            key: process for key, column in self.columns.items() if not isinstance(column.type, Boolean)
            and (process := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None}
        self.primary_key = tuple(key for key, column in self.columns.items() if column.primary_key)
        is_row = [self.columns[key] == bindparam(key) for key in self.primary_key]
        self.get_sql = self._by_key(self.entity.where(*is_row))
        # Nobody changes a key, so that rows which point here may be written meanwhile. SQLite leaves the lock out.
        self.get_locked_sql = self._by_key(self.entity.where(*is_row).with_for_update(key_share=True))
        self.get_shared_sql = self._by_key(self.entity.where(*is_row).with_for_update(read=True))
        self.delete_sql = self._by_key(delete(self.table).where(*is_row))
        self._whole = (True,) * len(self.keys)
        self._inserts: dict[tuple[bool, ...], tuple[str, list[tuple[int, Callable[[Any], Any]]]]] = {}
        self._upsert_sql: str | None = None
        self.values_of = itemgetter(*self.keys)
        self.due = DUE_MOMENTS.get(cls)
        self._updates: dict[tuple[str, ...], str] = {}

    def _by_key(self, statement: Any) -> str:
        """The SQL of a statement whose values are those of the primary key."""
        compiled = statement.compile(dialect=self.dialect)
        assert tuple(compiled.positiontup or ()) == self.primary_key
        return str(compiled)

    def identity(self, row: Base) -> tuple[Any, ...]:
        """By what a session knows the row: its class and its primary key."""
        attributes = row.__dict__
        return (self.cls, *[attributes[key] for key in self.primary_key])

    def row(self, values: Sequence[Any]) -> Base:
        """The record of what the driver read, in the order of `entity`."""
        row = self.cls.__new__(self.cls)
        attributes = row.__dict__
        attributes.update(zip(self.keys, values, strict=True))
        for key, process in self.result_processors:
            attributes[key] = process(attributes[key])
        attributes["_changed"] = set()
        return row

    def insert(self, records: Sequence[dict[str, Any]]) -> tuple[str, list[list[Any]]]:
        """The INSERT of these rows, and what it takes for each. `records` are rows' `__dict__`, or dicts with all columns.

        Where they are many, columns that are null in all of them are left out: most are, and each would be bound row by row.
        """
        rows = [self.values_of(record) for record in records]
        used = self._whole
        if len(rows) >= _MANY:
            used = tuple([any(map(is_not, column, _NULLS)) for column in zip(*rows, strict=True)])
        if used not in self._inserts:
            self._inserts[used] = self._insert(tuple(compress(self.keys, used)))
        sql, processors = self._inserts[used]
        lines = [list(row if used is self._whole else compress(row, used)) for row in rows]
        for position, process in processors:
            for line in lines:
                # Null is written as null, whatever the column's type.
                if line[position] is not None:
                    line[position] = process(line[position])
        return sql, lines

    def _insert(self, keys: tuple[str, ...]) -> tuple[str, list[tuple[int, Callable[[Any], Any]]]]:
        statement = insert(self.table).compile(dialect=self.dialect, column_keys=[self.names[key] for key in keys])
        return str(statement), [(position, self.bind_processors[key]) for position, key in enumerate(keys)
                                if key in self.bind_processors]

    def upsert_values(self, record: dict[str, Any]) -> Sequence[Any]:
        """What `upsert_sql` takes."""
        return [self.bind_processors[key](record[key]) if key in self.bind_processors and record[key] is not None
                else record[key] for key in self.keys]

    @property
    def upsert_sql(self) -> str:
        """INSERT a row of a `RunningTotal`, or add its amount to the row that is there."""
        if self._upsert_sql is None:
            # Of the two dialects' modules only the one in use is imported: they are large.
            statement = import_module(f"sqlalchemy.dialects.{self.dialect.name}").insert(self.table)
            statement = statement.on_conflict_do_update(
                index_elements=["account_id", "id"],
                set_={"amount": self.table.c.amount + statement.excluded.amount})
            self._upsert_sql = str(statement.compile(
                dialect=self.dialect, column_keys=[self.names[key] for key in self.keys]))
        return self._upsert_sql

    def update_sql(self, keys: tuple[str, ...]) -> str:
        """The UPDATE of one row's columns with these keys."""
        sql = self._updates.get(keys)
        if sql is None:
            statement = update(self.table).ordered_values(
                *((self.names[key], bindparam(f"new_{key}", type_=self.columns[key].type)) for key in keys))
            statement = statement.where(*(self.columns[key] == bindparam(f"pk_{key}") for key in self.primary_key))
            compiled = statement.compile(dialect=self.dialect)
            expected = [f"new_{key}" for key in keys] + [f"pk_{key}" for key in self.primary_key]
            assert list(compiled.positiontup or ()) == expected
            sql = self._updates[keys] = str(compiled)
        return sql

    def update_values(self, row: Base, keys: tuple[str, ...]) -> Sequence[Any]:
        """What `update_sql` of the same keys takes."""
        attributes = row.__dict__
        values = [self.bind_processors[key](attributes[key]) if key in self.bind_processors else attributes[key]
                  for key in keys]
        values.extend(attributes[key] for key in self.primary_key)
        return values


class _Tables(dict[type[Base], TableAccess]):
    """The tables on one dialect, each made ready when it is first asked for."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def __missing__(self, cls: type[Base]) -> TableAccess:
        table = self[cls] = TableAccess(cls, self._dialect)
        return table


_TABLES: dict[str, _Tables] = {}


def tables_on(dialect: Dialect) -> _Tables:
    """What a session needs to know of each table."""
    tables = _TABLES.get(dialect.name)
    if tables is None:
        tables = _TABLES[dialect.name] = _Tables(dialect)
    return tables


class Relation:
    """How the rows at the other end of a relationship are found."""

    def __init__(self, cls: type[Base], name: str) -> None:
        relationship: RelationshipProperty[Any] = inspect(cls).relationships[name]
        self.target: type[Base] = relationship.mapper.class_
        self.to_many = bool(relationship.uselist)
        self.pointers: list[str]
        """The columns that point: those of the row to the target's primary key, or the one of the target to the row."""
        if not self.to_many:
            keys = {remote.name: cls.__mapper__.get_property_by_column(local).key
                    for local, remote in relationship.local_remote_pairs}
            self.pointers = [keys[column.name] for column in relationship.mapper.primary_key]
            return
        # The pairs are (account_id, account_id) and (id, the column that points back); the account is asked for once.
        pointer = next(remote for local, remote in relationship.local_remote_pairs if local.name == "id")
        self.pointers = [self.target.__mapper__.get_property_by_column(pointer).key]
        columns = self.target.__table__.c
        statement = entity(self.target).where(columns.account_id == bindparam("account_id"))
        statement = statement.order_by(*(relationship.order_by or [columns.seq]))
        self.is_cut = "most" in relationship.info
        """Whether only the first of a row's many are read, so that each row is asked for by itself."""
        self.of_one = Prepared(
            statement.where(pointer == bindparam("parent_id")).limit(relationship.info.get("most")))
        self.of_many = statement.where(pointer.in_(bindparam("parent_ids", expanding=True)))


_RELATIONS: dict[tuple[type[Base], str], Relation] = {}


def relation_of(cls: type[Base], name: str) -> Relation:
    """The relationship of a table, made ready when it is first asked for."""
    relation = _RELATIONS.get((cls, name))
    if relation is None:
        relation = _RELATIONS[cls, name] = Relation(cls, name)
    return relation
