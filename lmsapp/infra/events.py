"""News goes up: an action emits an event, and what follows stands in `lmsapp/reactions.py`, in order.

Handlers run at once, in the emitting transaction: completion is one pipeline, not a chain of nightly jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Subclasses are frozen dataclasses that name the objects concerned."""


Handler = Callable[[Any], object]
_handlers: dict[type[Event], tuple[Handler, ...]] = {}


def install(reactions: Mapping[type[Event], Iterable[Handler]]) -> None:
    """Replace the table of reactions; called once, by `create_app`."""
    _handlers.clear()
    _handlers.update({event: tuple(handlers) for event, handlers in reactions.items()})


def emit(event: Event) -> None:
    """Run what follows from `event`, in the order of the table. An error in a handler undoes the whole transaction."""
    for handler in _handlers.get(type(event), ()):
        handler(event)
