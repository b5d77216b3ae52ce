"""One transaction's view of the rows: find, add, change, delete; written in bulk at the flush.

SQLAlchemy describes the tables and makes every statement. What this module replaces is its unit of work, which costs
more than a request may (DECISIONS, "Records without the unit of work"): statements are compiled once for each dialect
and run on the driver's cursor, and rows are written by `executemany`, one call for each table and set of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, func, literal, select, tuple_

from app.db.base import Base, RunningTotal
from app.db.sealing import Seal
from app.db.statements import DUE_MOMENTS, AnySelect, Prepared, Relation, entity, relation_of, tables_on

__all__ = ["DUE_MOMENTS", "AnySelect", "Prepared", "Session", "entity"]

R = TypeVar("R", bound=Base)


class Session:
    """The rows of one transaction. `Database.reading()` and `.writing()` make it, commit it and roll it back."""

    def __init__(self, connection: Connection, *, writing: bool, kept: bool = True, seal: Seal | None = None) -> None:
        self.connection = connection
        self.writing = writing
        self.kept = kept
        """Whether what is written is to stay; false where it is only tried, and rolled back in any case."""
        self.confirmed = True
        """Whether `Database.writing` returns only when SQLite's commit is on the disk. What would be done again if it got lost
        need not be; the next commit that is confirmed confirms it too. PostgreSQL confirms all."""
        self._seal = seal
        self._dialect = connection.dialect
        self._tables = tables_on(connection.dialect)
        # SQLAlchemy's connection stays in its own autocommit mode; the transaction is the database's (db.database).
        driver_connection = connection.connection.dbapi_connection
        assert driver_connection is not None
        self._driver = driver_connection
        self._known: dict[tuple[Any, ...], Base] = {}
        self._new: dict[type[Base], list[Base]] = {}
        self._appended: dict[type[Base], list[dict[str, Any]]] = {}
        self._deleted: list[Base] = []
        self._additions: dict[tuple[type[RunningTotal], str, str], dict[str, Any]] = {}
        self._settlements: dict[str, Callable[[], None]] = {}
        self.on_add: Callable[[Base], None] | None = None
        """Told of every added row; the clock's engine listens for what falls due inside its batch."""
        self.memo: dict[Any, Any] = {}
        """What is looked up once in a transaction: the webhook endpoints of an account, its choices."""

    @property
    def seal(self) -> Seal:
        """What encrypts columns that nobody may read."""
        assert self._seal is not None, "the doctor's sessions open nothing"
        return self._seal

    @contextmanager
    def attempt(self) -> Iterator[Session]:
        """A session inside this one, to see what would come of something: nothing of it stays, no event tells of it."""
        self.flush()
        self._run("SAVEPOINT attempt", ())
        try:
            yield Session(self.connection, writing=True, kept=False, seal=self._seal)
        finally:
            self._run("ROLLBACK TO SAVEPOINT attempt", ())
            self._run("RELEASE SAVEPOINT attempt", ())

    # Reading

    def get(self, cls: type[R], *key: Any, shared: bool = False) -> R | None:
        """The row with this primary key, or None. StripeObject tables: `get(Customer, account_id, id)`.

        A `shared` one that was not known stays as it is until this transaction ends; others may hold it so too.
        """
        row = self._known.get((cls, *key))
        if row is None:
            table = self._tables[cls]
            found = self._run(table.get_shared_sql if shared else table.get_sql, key).fetchone()
            if found is None:
                return None
            row = self._known[cls, *key] = table.row(found)
        return row  # type: ignore[return-value]

    def rows(self, cls: type[R], statement: Prepared | AnySelect, **values: Any) -> list[R]:
        """The rows of `cls` that the statement selects (make it with `select_from(cls)` or `entity(cls)`).

        A row that this transaction knows already keeps what was set on it. Pending changes are flushed first.
        """
        self.flush()
        table, known, found = self._tables[cls], self._known, []
        for record in self._records(statement, values):
            row = table.row(record)
            found.append(known.setdefault(table.identity(row), row))
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
        present = [row for row in rows if row is not None]
        name, _, below = path.partition(".")
        for row in present:
            if name not in row.__dict__:
                self._load_missing(present, name)
                break
        if below:
            children: list[Base] = []
            for row in present:
                related = row.__dict__[name]
                if type(related) is list:
                    children += related
                else:
                    children.append(related)
            self.load(children, below)

    def _load_missing(self, rows: list[Base], name: str) -> None:
        groups: dict[type[Base], list[Base]] = {}
        for row in rows:
            if name not in row.__dict__:
                groups.setdefault(type(row), []).append(row)
        for cls, alike in groups.items():
            self._load(alike, name, relation_of(cls, name))

    def _load(self, rows: list[Base], name: str, relation: Relation) -> None:
        if not relation.to_many:
            known, target = self._known, relation.target
            keys = [(target, *[row.__dict__[column] for column in relation.pointers]) for row in rows]
            if any(key not in known for key in keys):
                self.read(target, [key[1:] for key in keys])
            for row, key in zip(rows, keys, strict=True):
                row.__dict__[name] = known.get(key)
            return
        (pointer,) = relation.pointers
        by_parent: dict[Any, list[Base]] = {(row.account_id, row.id): [] for row in rows}  # type: ignore[attr-defined]
        for account_id, group in groupby(sorted(by_parent), key=itemgetter(0)):
            for ids in _chunks([row_id for _, row_id in group]):
                for child in self._children(relation, account_id, ids):
                    by_parent[account_id, child.__dict__[pointer]].append(child)
        for row in rows:
            row.__dict__[name] = by_parent[row.account_id, row.id]  # type: ignore[attr-defined]

    def _children(self, relation: Relation, account_id: str, ids: list[str]) -> list[Base]:
        if len(ids) == 1 or relation.is_cut:
            return [child for id in ids
                    for child in self.rows(relation.target, relation.of_one, account_id=account_id, parent_id=id)]
        return self.rows(relation.target, relation.of_many, account_id=account_id, parent_ids=ids)

    def read(self, cls: type[Base], keys: Iterable[tuple[Any, ...]]) -> None:
        """Read the rows with these primary keys that are not known yet; `get` then finds them without a statement."""
        names = self._tables[cls].primary_key
        wanted = sorted({key for key in keys if (cls, *key) not in self._known and None not in key})
        if len(wanted) == 1:
            self.get(cls, *wanted[0])
            return
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
        cls = type(row)
        if cls in self._new:
            self._new[cls].append(row)
        else:
            self._new[cls] = [row]
        self._known[self._tables[cls].identity(row)] = row
        if self.on_add is not None:
            self.on_add(row)
        return row

    def append(self, cls: type[Base], values: dict[str, Any]) -> None:
        """Write a row at the next flush that nobody asks for in this transaction; `values` has every column."""
        assert self.writing, "a reading transaction writes nothing"
        if cls in self._appended:
            self._appended[cls].append(values)
        else:
            self._appended[cls] = [values]

    def delete(self, row: Base) -> None:
        """Remove the row at the next flush, or forget it where it was never written."""
        new = self._new.get(type(row), [])
        self._known.pop(self._tables[type(row)].identity(row), None)
        if row in new:
            new.remove(row)
        else:
            self._deleted.append(row)

    def add_to(self, cls: type[RunningTotal], account_id: str, id: str, amount: int,
               columns: Callable[[], dict[str, Any]]) -> None:
        """Add the amount to the running total with this key. `columns` makes its other columns, where there is none yet.

        It is written at the end of the transaction, so that others wait for it as shortly as can be, or by `write_totals`.
        """
        assert self.writing, "a reading transaction writes nothing"
        key = cls, account_id, id
        if key in self._additions:
            self._additions[key]["amount"] += amount
        else:
            self._additions[key] = {"account_id": account_id, "id": id, "amount": amount, **columns()}

    def write_totals(self) -> None:
        """Write the additions to running totals, each table's in the order of their keys, so that nobody waits in a circle."""
        for name in sorted(self._settlements):
            # Who holds the name adds to the same totals: it is waited for before any of them is held, not the other way round.
            self.hold_name(name)
        additions, self._additions = self._additions, {}
        for (cls, *_), values in sorted(additions.items(), key=lambda addition: (addition[0][0].__tablename__, *addition[0][1:])):
            table, row = self._tables[cls], cls(**values)
            if table.due is not None:
                row.__dict__["due_at"] = table.due(row)
            self._run(table.upsert_sql, table.upsert_values(row.__dict__))

    def unwritten(self, cls: type[RunningTotal], account_id: str) -> list[dict[str, Any]]:
        """The additions to an account's totals that wait for the end of the transaction: their columns."""
        return [values for (table, owner, _), values in self._additions.items() if table is cls and owner == account_id]

    def settle_later(self, name: str, settle: Callable[[], None]) -> None:
        """Have `settle` called when all else in the transaction is done, once for the name, which is held from then on."""
        self._settlements[name] = settle

    def settle(self) -> None:
        """Do what `settle_later` was told; the names are held in their order, so that nobody waits in a circle."""
        settlements, self._settlements = sorted(self._settlements.items()), {}
        for name, _ in settlements:
            self.hold_name(name)
        for _, settle in settlements:
            settle()

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
        table = self._tables[type(row)]
        found = self._run(table.get_locked_sql, table.identity(row)[1:]).fetchone()
        if found is None:
            return False
        present = table.row(found)
        if not row.__dict__["_changed"] and table.values_of(present.__dict__) != table.values_of(row.__dict__):
            row.__dict__.clear()
            row.__dict__.update(present.__dict__)
            row.__dict__.pop("_derived", None)
        return True

    def hold_name(self, name: str) -> None:
        """Wait until no other transaction holds this name, and hold it: for rows that do not exist yet.

        SQLite's writers are alone already.
        """
        if self._dialect.name == "postgresql":
            self.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

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

    def take_apart(self) -> None:
        """Empty all rows, of which nobody needs one any more.

        They name each other in circles, and Python then frees them at once instead of searching for those.
        """
        for row in self._known.values():
            row.__dict__.clear()

    def flush(self) -> None:
        """Write what was added, changed and deleted."""
        if not self.writing:
            return
        appended, self._appended = self._appended, {}
        for cls, lines in appended.items():
            self._run_many(*self._tables[cls].insert(lines))
        new, self._new = self._new, {}
        for cls, rows in new.items():
            table = self._tables[cls]
            for row in rows:
                if table.due is not None:
                    row.__dict__["due_at"] = table.due(row)
                row.__dict__["_changed"] = set()
            if rows:
                self._run_many(*table.insert([row.__dict__ for row in rows]))
        self._write_changes()
        deleted, self._deleted = self._deleted, []
        for row in deleted:
            table = self._tables[type(row)]
            self._run(table.delete_sql, table.identity(row)[1:])

    def _write_changes(self) -> None:
        changes: dict[tuple[type[Base], tuple[str, ...]], list[Base]] = {}
        for row in self._known.values():
            changed = row.__dict__["_changed"]
            if not changed:
                continue
            table = self._tables[type(row)]
            if table.due is not None:
                due_at = table.due(row)
                if due_at != row.__dict__["due_at"]:
                    row.__dict__["due_at"] = due_at
                    changed.add("due_at")
            changes.setdefault((type(row), tuple(sorted(changed))), []).append(row)
            row.__dict__["_changed"] = set()
        for (cls, keys), rows in changes.items():
            table = self._tables[cls]
            self._run_many(table.update_sql(keys), [table.update_values(row, keys) for row in rows])

    @contextmanager
    def trying(self) -> Iterator[Session]:
        """A session of its own inside this transaction, whose work is undone when the block ends: to see what would come of it.

        It sees what this session has written, and knows none of its rows: what is set on its own rows stays with them.
        """
        self.flush()
        self._run("SAVEPOINT trying", ())
        try:
            yield Session(self.connection, writing=True, kept=False, seal=self._seal)
        finally:
            self._run("ROLLBACK TO SAVEPOINT trying", ())
            self._run("RELEASE SAVEPOINT trying", ())

    # The driver

    def _records(self, statement: Prepared | AnySelect, values: dict[str, Any]) -> Iterable[Any]:
        if isinstance(statement, Prepared):
            sql, arrange = statement.on(self._dialect)
            return self._run(sql, arrange(values)).fetchall()  # type: ignore[no-any-return]
        # The literal columns come back unprocessed so that both ways hand out the same; see `TableAccess.row`.
        return self.connection.execute(statement, values).cursor.fetchall()

    def _run(self, sql: str, values: Sequence[Any]) -> Any:
        cursor = self._driver.cursor()
        cursor.execute(sql, values)
        return cursor

    def _run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        cursor = self._driver.cursor()
        if len(rows) == 1:
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)


def _chunks(ids: list[Any], size: int = 500) -> Iterator[list[Any]]:
    return (ids[start:start + size] for start in range(0, len(ids), size))
