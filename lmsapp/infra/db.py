"""The database: one declarative base, one commit point.

`unit_of_work()` wraps each job and command; `commit_or_roll_back` does the same for a request. Actions never
commit. Relationships are declared `lazy="raise_on_sql"`, so that a template cannot query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Response
from flask_sqlalchemy import SQLAlchemy
from psycopg import pq
from sqlalchemy import DateTime, MetaData, Select, Text, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Session, registry

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Instants are UTC with zone, text has no length, JSON is JSONB."""

    # On the registry, because Flask-SQLAlchemy subclasses the base and a second map would be refused.
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            dt.datetime: DateTime(timezone=True),
            str: Text(),
            dict[str, Any]: JSONB,
            list[Any]: JSONB,
        },
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

Row = TypeVar("Row")
Value = TypeVar("Value")


TOGETHER = "units of work are parts of one"


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Everything inside happens, or nothing does."""
    if TOGETHER in db.session.info:
        yield
        db.session.flush()
        return
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def one_transaction() -> Iterator[None]:
    """Units of work inside are parts of this one: nothing is committed before its end, and any failure undoes all."""
    with unit_of_work():
        db.session.info[TOGETHER] = {}
        try:
            yield
        finally:
            del db.session.info[TOGETHER]


def remembered(name: str, read: Callable[[], Value]) -> Value:
    """What `read` gives, read once in `one_transaction`; outside of one, read each time."""
    kept: dict[str, Any] | None = db.session.info.get(TOGETHER)
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    return cast("Value", kept[name])


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short transaction beside the request's: what it writes stays, even when the request is refused."""
    with Session(db.engine, join_transaction_mode="create_savepoint") as session, session.begin():
        yield session


def commit_or_roll_back(response: Response) -> Response:
    """The request's one commit point. A response that says no (>= 400) leaves nothing behind."""
    if response.status_code >= 400:
        db.session.rollback()
    else:
        db.session.commit()
    return response


def plan_for_values() -> None:
    """To the end of the transaction each statement is planned for its own values. After five times PostgreSQL may keep
    one plan for all values, which is right for what pages ask by key and was a hundred times too slow for reports: of a
    first day that is not known it expects a third of all rows."""
    db.session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


def _as_asked(_connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    if context and context.execution_options.get("in_binary"):
        cursor.format = pq.Format.BINARY


# Long arrays and bytes come as they are kept, by `.execution_options(**IN_BINARY)`. As text each byte is two digits and
# each number is read from its digits, on both sides: 10 to 25 ms of the 2 MB of a line of 10,000 people.
IN_BINARY = {"in_binary": True}
event.listen(Engine, "before_cursor_execute", _as_asked)


def one_or_none(statement: Select[Row]) -> Row | None:
    """The single entity `statement` selects, or None."""
    return db.session.execute(statement).unique().scalar_one_or_none()
