"""Which columns of which tables are sealed, and how a row becomes a mark. Pure.

A mark is made by PostgreSQL: 40 bytes leave it instead of the row. What is hashed is the JSON array of the columns as
text, exactly as PostgreSQL writes it (`json_build_array(…)::text`, instants in UTC): nothing is normalised, so that
not even another spelling of the same letter goes unseen.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LOWEST = -(2**63)
MARK = struct.Struct(">q32s")


@dataclass(frozen=True, slots=True)
class Sealed:
    """`number`: SQL that numbers the rows, upwards as they are added. `columns`: name -> SQL of its text.

    `sequence_of`: the table whose transactions draw these numbers, where rows may be committed in another order than
    they are numbered; '' where one holder of a lock adds them. `may_go`: rows may be removed rightly; whether they
    were is asked elsewhere.
    """

    table: str
    columns: Mapping[str, str]
    number: str = "id"
    sequence_of: str = ""
    may_go: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: 'entry changed', 'entry removed' or 'entry added'; `number`: of the row."""

    what: str
    number: int


def mark_sql(sealed: Sealed, columns: Sequence[str]) -> str:
    """One row as its mark. Raises KeyError for a column that is not sealed: names may come from the database."""
    listed = ", ".join(sealed.columns[name] for name in columns)
    text = f"json_build_array({listed})::text"
    return f"int8send(({sealed.number})::bigint) || sha256(convert_to({text}, 'UTF8'))"


def digest(marks: bytes) -> str:
    return hashlib.sha256(marks).hexdigest()


def differences(kept: bytes, present: bytes, *, may_go: bool = False) -> Iterator[Difference]:
    """What happened to the rows of a stretch since it was sealed."""
    before, now = marks_by_number(kept), marks_by_number(present)
    for number in sorted(before.keys() | now.keys()):
        if number not in now:
            if not may_go:
                yield Difference("entry removed", number)
        elif number not in before:
            yield Difference("entry added", number)
        elif before[number] != now[number]:
            yield Difference("entry changed", number)


def marks_by_number(marks: bytes) -> dict[int, bytes]:
    """Marks that were cut short end early."""
    whole = len(marks) // MARK.size * MARK.size
    return dict(MARK.iter_unpack(marks[:whole]))
