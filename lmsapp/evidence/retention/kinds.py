"""What a kind of record is called and how one is read. The table of kinds is made above (`lmsapp.insight.retained`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmsapp.infra.db import Model


@dataclass(frozen=True, slots=True)
class Kind:
    """`many`: 'Completion records'. `title`: the column that says in a list which one it is. `file`: the column of its
    stored file. `sealed`: that file is a PDF we signed. `parts`: words by part, where rules may name one. `disposable`:
    False where nothing of the kind ever goes."""

    model: type[Model]
    many: str
    title: Any
    file: Any = None
    sealed: bool = False
    parts: Mapping[str, str] | None = None
    disposable: bool = True

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.model.__tablename__)


Kinds = Mapping[str, Kind]
