"""A part of what is held: some rows of one kind, with words for people and names for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that goes along: its place in the zip, and the digest its bytes lie under."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """`name` is that of its JSON file. `columns`: key -> English word for it; rows may hold more keys, for programs.

    `papers` are files that belong to it.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    note: str = ""
    papers: tuple[Paper, ...] = ()


ReadPart = Callable[[Viewer], Part]
