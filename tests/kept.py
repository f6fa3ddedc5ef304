"""Scenes are laid once: the next test that begins with the same one begins from a savepoint behind it.

    @kept
    def make_cast() -> Cast: ...

Laying people and a course took half of what a test takes, and most tests of a file begin with the same. What is kept
lies in layers, in the one transaction that tests work in: a test whose first calls are those of the test before it finds
their rows there, any other has the layers taken off that it did not ask for. Nothing is kept once a test has spoken to the
database by itself; then a call does what it always did.

What a call returned is given to each test anew: pickled, with rows of the database as their class and key, so that
nothing which one test does to its people is seen by the next. A relationship that was loaded is not loaded then; whoever
asks for it hears so from SQLAlchemy.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import psycopg
from flask import Flask, current_app, g, has_app_context
from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import InstanceState, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.instrumentation import manager_of_class

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from tests.clock import Clock

P = ParamSpec("P")
T = TypeVar("T")
ROW, CLOCK, APP, RINGS = "row", "clock", "app", "rings"


class CannotBeKept(Exception):
    """A row without a key, or something that cannot be pickled."""


@dataclass(frozen=True)
class Layer:
    """`key`: what was called with what, and when. `content`: what it returned, pickled. `instant`: of the test's clock
    when it was laid."""

    key: bytes
    content: bytes
    rings: tuple[Ring, ...]
    instant: Any


@dataclass
class World:
    """The layers that lie in the database, lowest first, of which the test that runs stands on the first `depth`.

    `connection` is in a transaction that outlives tests. `touched`: this test has spoken to the database by itself.
    """

    connection: Connection
    layers: list[Layer] = field(default_factory=list)
    depth: int = 0
    touched: bool = False
    laying: bool = False
    rows: dict[tuple[type, tuple[Any, ...]], object] = field(default_factory=dict)
    rings: list[Ring] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outer = self.connection.begin()
        for name in ("savepoint", "before_cursor_execute"):
            event.listen(self.connection, name, self._note)

    def begin(self, rings: list[Ring]) -> None:
        """The next test."""
        self.depth, self.touched, self.laying, self.rings = 0, False, False, rings
        self.rows.clear()

    def end(self) -> bool:
        """Of a test. False when nothing lies any more."""
        self.rows.clear()
        if self.touched:
            if not self.depth:
                return False
            try:
                self._take_off()
            except psycopg.Error:  # the test ended the connection
                return False
        return bool(self.layers)

    def close(self) -> None:
        self.layers.clear()
        with suppress(Exception):  # a test may have ended the connection
            self.outer.rollback()
        self.connection.close()

    def call(self, function: Callable[..., T], arguments: tuple[Any, ...], named: dict[str, Any]) -> T:
        """What `function` gives: laid now, or found to lie there."""
        if self.touched or self.laying or any(row for row in db.session() if row not in self.rows.values()):
            return function(*arguments, **named)
        try:
            key = self._pickled((_name(function), arguments, named, clock.now() if clock.is_moved() else None))
        except CannotBeKept:
            return function(*arguments, **named)
        if self.depth == len(self.layers) or self.layers[self.depth].key != key:
            self._lay(key, function, arguments, named)
        else:
            self._remember(self.layers[self.depth])
        layer = self.layers[self.depth]
        self.depth += 1
        return cast("T", Unpickler(layer.content, self).load())

    def _lay(self, key: bytes, function: Callable[..., T], arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        if self.depth < len(self.layers):
            self._take_off()
        known = set(g)
        self.laying = True
        try:
            made = function(*arguments, **named)
            db.session.commit()
            content = self._pickled(made)
        except BaseException:
            self.touched = True
            raise
        finally:
            self.laying = False
        db.session.remove()
        for name in set(g) - known:
            g.pop(name)
        db.session.add_all(self.rows.values())
        self._say(f"SAVEPOINT kept_{self.depth + 1}")
        running = Clock.running_now
        self.layers.append(Layer(key, content, tuple(self.rings), running.instant if running else None))

    def _pickled(self, one: object) -> bytes:
        out = io.BytesIO()
        try:
            Pickler(out, self).dump(one)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise CannotBeKept(str(error)) from error
        return out.getvalue()

    def _remember(self, layer: Layer) -> None:
        self.rings[:] = layer.rings
        if Clock.running_now:
            Clock.running_now.instant = layer.instant

    def row(self, kind: type, key: tuple[Any, ...]) -> object:
        """The one object of that row in this test, as it is after a commit: read when it is asked."""
        if (kind, key) not in self.rows:
            row = manager_of_class(kind).new_instance()
            mapper = inspect(kind)
            for column, value in zip(mapper.primary_key, key, strict=True):
                set_committed_value(row, mapper.get_property_by_column(column).key, value)
            make_transient_to_detached(row)
            db.session.add(row)
            self.rows[kind, key] = row
        return self.rows[kind, key]

    def _note(self, *_what: object) -> None:
        """The test speaks to the database by itself."""
        if not self.laying and not self.touched:
            self.touched = True
            if self.depth < len(self.layers):
                self._take_off()

    def _take_off(self) -> None:
        """All that lies above what the test stands on, and what it did."""
        del self.layers[self.depth :]
        if self.depth:
            self._say(f"ROLLBACK TO SAVEPOINT kept_{self.depth}")
        else:
            self.connection.connection.rollback()

    def _say(self, words: str) -> None:
        with self.connection.connection.cursor() as cursor:
            cursor.execute(words)


_worlds: dict[Engine, World] = {}


@contextmanager
def world_of(engine: Engine, rings: list[Ring]) -> Iterator[Connection]:
    """The connection that one test works on, in a transaction; undone at the end but for what is kept."""
    world = _worlds.get(engine)
    if world is None:
        world = _worlds[engine] = World(engine.connect())
    world.begin(rings)
    try:
        yield world.connection
    finally:
        if not world.end():
            forget(engine)


def forget(engine: Engine) -> None:
    """Nothing lies there any more."""
    if world := _worlds.pop(engine, None):
        world.close()


def kept(function: Callable[P, T]) -> Callable[P, T]:
    """A function, or a class whose instances lay what they need when they are made."""
    if isinstance(function, type):
        return cast("Callable[P, T]", _kept_class(function))

    @wraps(function)
    def called(*arguments: P.args, **named: P.kwargs) -> T:
        world = _here()
        return world.call(function, arguments, named) if world else function(*arguments, **named)

    return called


def _kept_class(kind: type) -> type:
    usual = kind.__init__  # type: ignore[misc]

    @wraps(usual)
    def made(self: object, *arguments: Any, **named: Any) -> None:
        def lay(*arguments: Any, **named: Any) -> dict[str, Any]:
            usual(self, *arguments, **named)
            return dict(vars(self))

        lay.__module__, lay.__qualname__ = kind.__module__, type(self).__qualname__
        if type(self) is kind and (world := _here()):
            state = world.call(lay, arguments, named)
            vars(self).clear()
            vars(self).update(state)
        else:
            usual(self, *arguments, **named)

    kind.__init__ = made  # type: ignore[misc]
    return kind


def _here() -> World | None:
    """Where the session works now; None in a database of a test's own."""
    place = db.engine if has_app_context() else None
    return next((world for world in _worlds.values() if world.connection is place), None)


def _name(function: Callable[..., object]) -> tuple[str, str]:
    return function.__module__, function.__qualname__


class Pickler(pickle.Pickler):
    def __init__(self, out: io.BytesIO, world: World):
        super().__init__(out)
        self.world = world

    def persistent_id(self, one: object) -> tuple[Any, ...] | None:
        if one is self.world.rings:
            return (RINGS,)
        if isinstance(one, Clock):
            return (CLOCK,)
        if isinstance(one, Flask):
            return (APP,)
        state: InstanceState[Any] | None = inspect(one, raiseerr=False) if hasattr(one, "_sa_instance_state") else None
        if state is None:
            return None
        if state.identity is None:
            raise CannotBeKept(f"{one!r} has no key")
        return (ROW, type(one), tuple(state.identity))


class Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, world: World):
        super().__init__(io.BytesIO(content))
        self.world = world

    def persistent_load(self, what: tuple[Any, ...]) -> object:
        kind, *rest = what
        if kind == ROW:
            return self.world.row(*rest)
        if kind == RINGS:
            return self.world.rings
        return Clock.running_now if kind == CLOCK else current_app._get_current_object()  # type: ignore[attr-defined]
