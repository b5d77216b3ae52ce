"""One transaction's view of the rows: find, add, change, delete; written in bulk at the flush.

SQLAlchemy describes the tables and makes every statement. What this module replaces is its unit of work, which costs
more than a request may (DECISIONS, "Records without the unit of work"): statements are compiled once for each dialect
and run on the driver's cursor, and rows are written by `executemany`, one call for each table and set of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Connection,
    Executable,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    inspect,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import RelationshipProperty

from app.db.base import Base

R = TypeVar("R", bound=Base)
AnySelect = Select[*tuple[Any, ...]]

DUE_MOMENTS: dict[type[Any], Callable[[Any], int | None]] = {}
"""For each table that time moves: when a row of it is next due. Filled by the registry from the tickers."""


class Prepared:
    """A statement compiled once, run with positional values: `Prepared(select(T).where(T.id == bindparam("id")))`."""

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
    names = list(compiled.positiontup or ())
    literals = {name: value for name, value in compiled.params.items() if value is not None}
    processors = []
    for position, name in enumerate(names):
        process = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            processors.append((position, process))

    def arrange(values: dict[str, Any]) -> Sequence[Any]:
        row = [values[name] if name in values else literals[name] for name in names]
        for position, process in processors:
            row[position] = process(row[position])
        return row

    return str(compiled), arrange


class _TableAccess:
    """The statements and readers of one table on one dialect."""

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
        self.bind_processors = {
            key: process for key, column in self.columns.items()
            if (process := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None}
        self.primary_key = tuple(key for key, column in self.columns.items() if column.primary_key)
        by_key = self.entity.where(*(self.columns[key] == bindparam(key) for key in self.primary_key))
        self.get = Prepared(by_key)
        # Nobody changes a key, so that rows which point here may be written meanwhile. SQLite leaves the lock out.
        self.get_locked = Prepared(by_key.with_for_update(key_share=True))
        self.insert_sql = str(insert(self.table).compile(
            dialect=dialect, column_keys=[self.names[key] for key in self.keys]))
        self.values_of = itemgetter(*self.keys)
        self.insert_processors = [(index, self.bind_processors[key]) for index, key in enumerate(self.keys)
                                  if key in self.bind_processors]
        self.due = DUE_MOMENTS.get(cls)
        self._updates: dict[tuple[str, ...], str] = {}
        self.delete_sql = str(delete(self.table).where(
            *(self.columns[key] == bindparam(key) for key in self.primary_key)).compile(dialect=dialect))
        self.key_of = itemgetter(*self.primary_key)

    def row(self, values: Sequence[Any]) -> Base:
        row = self.cls.__new__(self.cls)
        attributes = row.__dict__
        attributes.update(zip(self.keys, values, strict=True))
        for key, process in self.result_processors:
            attributes[key] = process(attributes[key])
        attributes["_changed"] = set()
        return row

    def insert_values(self, row: Base) -> Sequence[Any]:
        values = self.values_of(row.__dict__)
        if self.insert_processors:
            values = list(values)
            for index, process in self.insert_processors:
                values[index] = process(values[index])
        return values  # type: ignore[no-any-return]

    def update_sql(self, keys: tuple[str, ...]) -> str:
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
        attributes = row.__dict__
        values = [self.bind_processors[key](attributes[key]) if key in self.bind_processors else attributes[key]
                  for key in keys]
        values.extend(attributes[key] for key in self.primary_key)
        return values


_ACCESS: dict[tuple[type[Base], str], _TableAccess] = {}


def _access(cls: type[Base], dialect: Dialect) -> _TableAccess:
    access = _ACCESS.get((cls, dialect.name))
    if access is None:
        access = _ACCESS[cls, dialect.name] = _TableAccess(cls, dialect)
    return access


class Session:
    """The rows of one transaction. `Database.reading()` and `.writing()` make it, commit it and roll it back."""

    def __init__(self, connection: Connection, *, writing: bool, kept: bool = True) -> None:
        self.connection = connection
        self.writing = writing
        self.kept = kept
        """Whether what is written is to stay; false where it is only tried, and rolled back in any case."""
        self._dialect = connection.dialect
        # SQLAlchemy's connection stays in its own autocommit mode; the transaction is the database's (db.database).
        driver_connection = connection.connection.dbapi_connection
        assert driver_connection is not None
        self._driver = driver_connection
        self._known: dict[tuple[Any, ...], Base] = {}
        self._new: dict[type[Base], list[Base]] = {}
        self._deleted: list[Base] = []
        self.on_add: Callable[[Base], None] | None = None
        """Told of every added row; the clock's engine listens for what falls due inside its batch."""
        self.memo: dict[Any, Any] = {}
        """What is looked up once in a transaction: the webhook endpoints of an account, its choices."""

    # Reading

    def get(self, cls: type[R], *key: Any) -> R | None:
        """The row with this primary key, or None. StripeObject tables: `get(Customer, account_id, id)`."""
        row = self._known.get((cls, *key))
        if row is None:
            access = _access(cls, self._dialect)
            sql, arrange = access.get.on(self._dialect)
            found = self._run(sql, arrange(dict(zip(access.primary_key, key, strict=True)))).fetchone()
            if found is None:
                return None
            row = self._known[cls, *key] = access.row(found)
        return row  # type: ignore[return-value]

    def rows(self, cls: type[R], statement: Prepared | AnySelect, **values: Any) -> list[R]:
        """The rows of `cls` that the statement selects (make it with `select_from(cls)` or `entity(cls)`).

        A row that this transaction knows already keeps what was set on it. Pending changes are flushed first.
        """
        self.flush()
        access = _access(cls, self._dialect)
        known, found = self._known, []
        for record in self._records(statement, values):
            row = access.row(record)
            found.append(known.setdefault((cls, *_key(access, row)), row))
        return found  # type: ignore[return-value]

    def first(self, cls: type[R], statement: Prepared | AnySelect, **values: Any) -> R | None:
        """The first row that the statement selects, or None."""
        found = self.rows(cls, statement, **values)
        return found[0] if found else None

    def values(self, statement: Prepared | AnySelect, **values: Any) -> list[Any]:
        """The selected tuples, as the database gives them."""
        self.flush()
        return list(self._records(statement, values))

    def scalar(self, statement: Prepared | AnySelect, **values: Any) -> Any:
        """The first column of the first selected row, or None."""
        found = self.values(statement, **values)
        return found[0][0] if found else None

    def known(self, cls: type[R]) -> Iterator[R]:
        """The rows of a table that this transaction has read or added."""
        return (row for key, row in list(self._known.items()) if key[0] is cls)  # type: ignore[misc]

    def load(self, rows: Iterable[Base], path: str) -> None:
        """Read what hangs on the rows: `load(invoices, "lines.price")`, one statement for each relationship.

        A relationship that is loaded already is left alone, so that loading twice costs nothing.
        """
        rows = [row for row in rows if row is not None]
        name, _, rest = path.partition(".")
        for cls, group in groupby(sorted(rows, key=lambda row: type(row).__name__), key=type):
            members = list(group)
            missing = [row for row in members if name not in row.__dict__]
            relationship: RelationshipProperty[Any] = inspect(cls).relationships[name]
            if missing:
                self._load(missing, name, relationship)
            if rest:
                self.load([child for row in members for child in _as_list(row.__dict__[name])], rest)

    def _load(self, rows: list[Base], name: str, relationship: RelationshipProperty[Any]) -> None:
        target: type[Base] = relationship.mapper.class_
        if not relationship.uselist:
            self._load_single(rows, name, relationship, target)
            return
        # The pairs are (account_id, account_id) and (id, the column that points back); the account is asked for once.
        pointer = next(remote for local, remote in relationship.local_remote_pairs if local.name == "id")
        key = target.__mapper__.get_property_by_column(pointer).key
        order = relationship.order_by or [target.__table__.c.seq]
        by_parent: dict[Any, list[Base]] = {(row.account_id, row.id): [] for row in rows}  # type: ignore[attr-defined]
        for account_id, group in groupby(sorted(by_parent), key=itemgetter(0)):
            ids = [row_id for _, row_id in group]
            for chunk in _chunks(ids):
                statement = entity(target).where(target.__table__.c.account_id == account_id, pointer.in_(chunk))
                for child in self.rows(target, statement.order_by(*order)):
                    by_parent[account_id, child.__dict__[key]].append(child)
        for row in rows:
            row.__dict__[name] = by_parent[row.account_id, row.id]  # type: ignore[attr-defined]

    def _load_single(self, rows: list[Base], name: str, relationship: RelationshipProperty[Any],
                     target: type[Base]) -> None:
        pairs = [(type(rows[0]).__mapper__.get_property_by_column(local).key, remote.name)
                 for local, remote in relationship.local_remote_pairs]
        order = _access(target, self._dialect).primary_key
        locals_in_order = [next(local for local, remote in pairs if remote == key) for key in order]
        keys = {id(row): tuple(row.__dict__[local] for local in locals_in_order) for row in rows}
        self.read(target, (key for key in keys.values() if None not in key))
        for row in rows:
            row.__dict__[name] = self._known.get((target, *keys[id(row)]))

    def read(self, cls: type[Base], keys: Iterable[tuple[Any, ...]]) -> None:
        """Read the rows with these primary keys that are not known yet; `get` then finds them without a statement."""
        names = _access(cls, self._dialect).primary_key
        wanted = sorted({key for key in keys if (cls, *key) not in self._known})
        for account_id, group in groupby(wanted, key=itemgetter(0)):
            for chunk in _chunks([key[-1] for key in group]):
                where = [cls.__table__.c.id.in_(chunk)]
                if len(names) == 2:
                    where.append(cls.__table__.c.account_id == account_id)
                self.rows(cls, entity(cls).where(*where))

    # Writing

    def add(self, row: R) -> R:
        """Take the row in; it is written at the next flush."""
        assert self.writing, "a reading transaction writes nothing"
        row.__dict__["_changed"] = None
        self._new.setdefault(type(row), []).append(row)
        access = _access(type(row), self._dialect)
        self._known[type(row), *_key(access, row)] = row
        if self.on_add is not None:
            self.on_add(row)
        return row

    def delete(self, row: Base) -> None:
        """Remove the row at the next flush, or forget it where it was never written."""
        new = self._new.get(type(row), [])
        self._known.pop((type(row), *_key(_access(type(row), self._dialect), row)), None)
        if row in new:
            new.remove(row)
        else:
            self._deleted.append(row)

    def execute(self, statement: Any, **values: Any) -> int:
        """Run an UPDATE or DELETE that touches rows by condition; the number of rows it touched."""
        self.flush()
        if isinstance(statement, Prepared):
            sql, arrange = statement.on(self._dialect)
            return self._run(sql, arrange(values)).rowcount  # type: ignore[no-any-return]
        return self.connection.execute(statement, values).rowcount

    def lock(self, row: Base) -> bool:
        """Hold the row until the transaction ends, as it is now; whether it is still there.

        Another transaction may have changed it since it was read: what hangs on it is then forgotten, to be loaded
        again. SQLite's writers are alone already.
        """
        if self._dialect.name != "postgresql" or not self.writing or row.__dict__["_changed"] is None:
            return True
        access = _access(type(row), self._dialect)
        sql, arrange = access.get_locked.on(self._dialect)
        found = self._run(sql, arrange(row.__dict__)).fetchone()
        if found is None:
            return False
        present = access.row(found)
        if not row.__dict__["_changed"] and access.values_of(present.__dict__) != access.values_of(row.__dict__):
            row.__dict__.clear()
            row.__dict__.update(present.__dict__)
        return True

    def claim_timelines(self, keys: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Hold these (account, customer) rows, or accounts where the customer is empty, until the transaction ends.

        Those that another transaction holds are left out. SQLite's writers are alone already, so they get all.
        """
        if self._dialect.name != "postgresql":
            return keys
        customers, accounts = Base.metadata.tables["customers"].c, Base.metadata.tables["accounts"].c
        of_customers = select(customers.account_id, customers.id).where(
            tuple_(customers.account_id, customers.id).in_([key for key in keys if key[1]])
        ).order_by(customers.account_id, customers.id)
        of_accounts = select(accounts.id, literal("")).where(
            accounts.id.in_([account_id for account_id, customer_id in keys if not customer_id])).order_by(accounts.id)
        return sorted((row[0], row[1]) for statement in (of_accounts, of_customers)
                      for row in self.values(statement.with_for_update(skip_locked=True, key_share=True)))

    def flush(self) -> None:
        """Write what was added, changed and deleted."""
        if not self.writing:
            return
        new, self._new = self._new, {}
        for cls, rows in new.items():
            access = _access(cls, self._dialect)
            for row in rows:
                if access.due is not None:
                    row.__dict__["due_at"] = access.due(row)
                row.__dict__["_changed"] = set()
            self._run_many(access.insert_sql, [access.insert_values(row) for row in rows])
        self._write_changes()
        deleted, self._deleted = self._deleted, []
        for row in deleted:
            access = _access(type(row), self._dialect)
            self._run(access.delete_sql, _key(access, row))

    def _write_changes(self) -> None:
        changes: dict[tuple[type[Base], tuple[str, ...]], list[Base]] = {}
        for row in self._known.values():
            changed = row.__dict__["_changed"]
            if not changed:
                continue
            access = _access(type(row), self._dialect)
            if access.due is not None:
                due_at = access.due(row)
                if due_at != row.__dict__["due_at"]:
                    row.__dict__["due_at"] = due_at
                    changed.add("due_at")
            changes.setdefault((type(row), tuple(sorted(changed))), []).append(row)
            row.__dict__["_changed"] = set()
        for (cls, keys), rows in changes.items():
            access = _access(cls, self._dialect)
            self._run_many(access.update_sql(keys), [access.update_values(row, keys) for row in rows])

    # The driver

    def _records(self, statement: Prepared | AnySelect, values: dict[str, Any]) -> Iterable[Any]:
        if isinstance(statement, Prepared):
            sql, arrange = statement.on(self._dialect)
            return self._run(sql, arrange(values)).fetchall()  # type: ignore[no-any-return]
        # The literal columns come back unprocessed so that both ways hand out the same; see `_TableAccess.row`.
        return self.connection.execute(statement, values).cursor.fetchall()

    def _run(self, sql: str, values: Sequence[Any]) -> Any:
        cursor = self._driver.cursor()
        cursor.execute(sql, values)
        return cursor

    def _run_many(self, sql: str, rows: list[Sequence[Any]]) -> None:
        cursor = self._driver.cursor()
        if len(rows) == 1:
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)


def entity(cls: type[Base]) -> AnySelect:
    """`SELECT` all columns of a table in the order that `Session.rows` reads them."""
    # Not by `inspect`, which would configure all mappers: modules prepare statements before every table is imported.
    return select(*(cls.__mapper__.columns[key] for key in cls.column_keys))


def _key(access: _TableAccess, row: Base) -> tuple[Any, ...]:
    key = access.key_of(row.__dict__)
    return key if isinstance(key, tuple) else (key,)


def _chunks(ids: list[Any], size: int = 500) -> Iterator[list[Any]]:
    return (ids[start:start + size] for start in range(0, len(ids), size))


def _as_list(value: Any) -> list[Base]:
    return value if isinstance(value, list) else [] if value is None else [value]
