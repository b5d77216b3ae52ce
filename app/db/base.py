"""What every table shares: the typed declarative base, the columns of an API object, and cheap records.

Rows are instances of the mapped classes, but SQLAlchemy's unit of work does not watch them: `Session` of `db.session`
reads and writes them (see DECISIONS, "Records without the unit of work"). A record keeps its values in its `__dict__`,
where views read them, and notes which of its columns were set after it was read.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, MetaData, String, event, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, QueryableAttribute, RelationshipProperty, mapped_column
from sqlalchemy.orm.interfaces import LoaderStrategy

from app.db.types import Document, ObjectId, UnixTime

_UNSET = object()

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base. `Row(**values)` sets every column that is not named to None."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)

    column_keys: ClassVar[tuple[str, ...]] = ()
    """The attribute names of the columns, in the table's order."""
    _blank: ClassVar[dict[str, Any]] = {}
    _pointers: ClassVar[dict[str, str]] = {}
    """The columns that name another row, and the relationships that lead there."""

    def __init__(self, **values: Any) -> None:
        attributes, blank = self.__dict__, self._blank
        attributes.update(blank)
        attributes.update(values)
        assert len(attributes) == len(blank), (
            f"{type(self).__name__} has no column {sorted(values.keys() - blank.keys())}")

    def __setattr__(self, name: str, value: Any) -> None:
        values = self.__dict__
        old = values.get(name, _UNSET)
        if type(value) is type(old) and value == old and (not value or type(value) not in (dict, list)):
            # Nothing to write or to render anew. A document is compared only where it is empty, which is nearly always.
            return
        if name in self._blank and (changed := values.get("_changed")) is not None:
            changed.add(name)
        values[name] = value
        if "_derived" in values:
            # What was derived from the row before, its JSON (`render.view`) and when it is due (`clock.engine`), is no more so.
            del values["_derived"]
        if name in self._pointers:
            # The row that the old id led to is not the one that the new id leads to.
            values.pop(self._pointers[name], None)

    def assign(self, **values: Any) -> None:
        """Set several columns."""
        attributes, blank = self.__dict__, self._blank
        assert values.keys() <= blank.keys(), f"{type(self).__name__} has no column {sorted(values.keys() - blank.keys())}"
        for name, value in values.items():
            # Most of what is set together is as it was, which needs no closer look.
            if attributes[name] is not value:
                setattr(self, name, value)


class _RecordAttribute(QueryableAttribute[Any]):
    """A column or relationship of a table's class, for statements alone: a record's values are in its `__dict__`.

    SQLAlchemy's own kind of attribute is asked before the `__dict__`, which takes fifteen times as long.
    """

    __slots__ = ()
    inherit_cache = True

    def __get__(self, record: object, owner: Any) -> Any:
        if record is None:
            return self
        raise AttributeError(f"{owner.__name__}.{self.key} was not loaded")


@event.listens_for(Base, "after_mapper_constructed", propagate=True)
def _make_records(mapper: Mapper[Any], cls: type[Base]) -> None:
    """Undo what SQLAlchemy did to the class to watch its instances, and note the columns."""
    # `mapper.column_attrs` would configure all mappers, before the tables that relationships name are imported.
    cls.column_keys = tuple(mapper.columns.keys())
    cls._blank = dict.fromkeys(cls.column_keys)
    cls._pointers = {key: key.removesuffix("_id") for key in cls.column_keys if key.endswith("_id")}
    cls.__init__ = Base.__init__  # type: ignore[method-assign]
    for attribute in mapper.class_manager.values():
        attribute.__class__ = _RecordAttribute
        # SQLAlchemy gives an attribute that has no `impl` one which loads and watches it, and keeps 3 kB for that.
        attribute.impl = _UNSET  # type: ignore[assignment]
    if issubclass(cls, TimeDriven):
        columns = cls.__table__.c
        Index(f"ix_{cls.__tablename__}_due_of_account", columns.account_id, columns.due_at,
              sqlite_where=text("due_at IS NOT NULL AND test_clock_id IS NULL"))


@RelationshipProperty.strategy_for(lazy="select")
class _LoadedBySession(LoaderStrategy):
    """How a relationship loads its rows: not at all. SQLAlchemy's way keeps four clauses, and `Session.load` makes its own."""


class StripeObject(Base):
    """A table of API objects. Each row belongs to one account, and is found by (account, id) only."""

    __abstract__ = True

    object_name: ClassVar[str]
    """The `object` of the rendered JSON, and the word in `No such …`, unless `missing_name` says otherwise."""
    missing_name: ClassVar[str | None] = None
    path_param: ClassVar[str] = "id"
    """What `param` says when the id in the path is unknown."""
    id_prefix: ClassVar[str]
    other_prefix: ClassVar[str | None] = None
    """What ids begin with that stand for the same kind of thing on a connected account."""
    id_length: ClassVar[int] = 24
    id_lead: ClassVar[str] = "1"

    account_id: Mapped[str] = mapped_column(String(255), primary_key=True, sort_order=-4)
    id: Mapped[str] = mapped_column(String(255), primary_key=True, sort_order=-3)
    seq: Mapped[int] = mapped_column(BigInteger, sort_order=-2)
    """Orders the rows of one `created`: clocks that stand still give the same second to many."""
    created: Mapped[UnixTime] = mapped_column(sort_order=-1)


class RunningTotal(Base):
    """A table of totals that transactions add to without reading them: `Session.add_to`.

    `id` is derived from what the total is of, so that the first addition makes the row and all others find it.
    """

    __abstract__ = True

    account_id: Mapped[str] = mapped_column(String(255), primary_key=True, sort_order=-4)
    id: Mapped[str] = mapped_column(String(255), primary_key=True, sort_order=-3)
    seq: Mapped[int] = mapped_column(BigInteger, sort_order=-2)
    amount: Mapped[int] = mapped_column(BigInteger, sort_order=-1)


class HasMetadata:
    """The caller's own keys and values."""

    metadata_: Mapped[Document] = mapped_column("metadata")


class OnClock:
    """A row that lives on its customer's test clock, or on the wall clock where `test_clock_id` is null."""

    test_clock_id: Mapped[ObjectId | None]


class TimeDriven(OnClock):
    """A row that time moves. `due_at` is the first moment at which a ticker has something to do with it, null if never.

    `Session.flush` derives it from the row's other columns with the function that the registry gave for the table, so
    that one indexed query per table finds what falls due (DECISIONS, "One derived due moment per row"): by the table's own
    index of clock and moment or, where a sandbox's wall clock is ahead, by the one of account and moment that each has.
    """

    due_at: Mapped[UnixTime | None]


def of_account() -> ForeignKeyConstraint:
    """The foreign key of what hangs on an account by itself: a person, a bank account, a capability."""
    return ForeignKeyConstraint(["account_id"], ["accounts.id"], deferrable=True, initially="DEFERRED")


def belongs_to(target: str, column: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key on (account, `column`), so that no row can point into another sandbox.

    It is checked at commit: a batch may then be written table by table in any order.
    """
    return ForeignKeyConstraint(["account_id", column], [f"{target}.account_id", f"{target}.id"],
                                deferrable=True, initially="DEFERRED", ondelete=ondelete)


def list_index(*columns: str) -> Index:
    """The index of a list: rows of one account with these columns equal, newest first, read by keyset."""
    return Index(None, "account_id", *columns, "created", "seq")


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows for which the condition is true.

    `db.migrate.full_metadata` makes it partial on PostgreSQL too: SQLAlchemy imports all of that dialect, 2.4 MB, where
    an index is declared with an argument of it.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


def to_one(child: str, column: str, parent: str) -> str:
    """The `primaryjoin` of a to-one relationship inside a sandbox: `to_one("Price", "product_id", "Product")`."""
    return f"and_(foreign({child}.account_id) == {parent}.account_id, foreign({child}.{column}) == {parent}.id)"


def to_many(parent: str, child: str, column: str) -> str:
    """The join of a to-many relationship inside a sandbox: `to_many("Invoice", "InvoiceLine", "invoice_id")`."""
    return f"and_({parent}.account_id == foreign({child}.account_id), {parent}.id == foreign({child}.{column}))"
