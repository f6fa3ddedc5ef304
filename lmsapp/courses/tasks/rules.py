"""What may be given, and what it is graded by. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from lmsapp.infra.filetypes import DOCX, JPEG, MP4, PDF, PNG, PPTX, WEBM, XLSX, FileType
from lmsapp.infra.words import N_, RuleBroken

MOST_MB, MOST_FILES, MOST_TRIES = 200, 10, 20
MOST_ROWS, MOST_LEVELS, MOST_POINTS = 12, 6, Decimal(1000)
LONGEST_WORDS = 400


class Gives(StrEnum):
    """In which form work is handed in."""

    TEXT = "text"
    LINK = "link"
    FILE = "file"


# What a task may take, by the word authors tick.
FILE_GROUPS: dict[str, tuple[FileType, ...]] = {
    "pdf": (PDF,),
    "picture": (JPEG, PNG),
    "document": (DOCX,),
    "sheet": (XLSX,),
    "slides": (PPTX,),
    "video": (MP4, WEBM),
}


@dataclass(frozen=True, slots=True)
class Level:
    """What is given so many points, in words."""

    points: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class RubricRow:
    """A criterion: at most `points`; `levels` describe what earns how many, best first. `key` stays when it moves."""

    key: str
    title: str
    points: Decimal
    levels: tuple[Level, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RubricRow:
        """From its stored form."""
        levels = tuple(Level(Decimal(str(one["points"])), str(one["words"])) for one in stored.get("levels", ()))
        return cls(str(stored["key"]), str(stored["title"]), Decimal(str(stored["points"])), levels)

    def as_json(self) -> dict[str, Any]:
        """Points as text, so that no fraction is lost."""
        levels = [{"points": plain(one.points), "words": one.words} for one in self.levels]
        return {"key": self.key, "title": self.title, "points": plain(self.points), "levels": levels}


@dataclass(frozen=True, slots=True)
class Task:
    """The settings of an assignment lesson. `tries` None: no limit. `passing_percent` None: the grader decides.

    `max_mb`: of one file. `file_groups`: keys of FILE_GROUPS. `attached`: ids of stored files that belong to the task.
    """

    gives: tuple[Gives, ...] = (Gives.TEXT, Gives.FILE)
    file_groups: tuple[str, ...] = ("pdf", "picture", "document")
    max_files: int = 5
    max_mb: int = 25
    tries: int | None = 3
    passing_percent: int | None = None
    rubric: tuple[RubricRow, ...] = ()
    attached: tuple[int, ...] = field(default=())

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Task:
        """From `Lesson.detail["task"]`; what is missing is as in a new task."""
        new = cls()
        return cls(
            gives=tuple(Gives(one) for one in stored.get("gives", new.gives)),
            file_groups=tuple(stored.get("file_groups", new.file_groups)),
            max_files=int(stored.get("max_files", new.max_files)),
            max_mb=int(stored.get("max_mb", new.max_mb)),
            tries=stored.get("tries", new.tries),
            passing_percent=stored.get("passing_percent"),
            rubric=tuple(RubricRow.from_json(one) for one in stored.get("rubric", ())),
            attached=tuple(int(one) for one in stored.get("attached", ())),
        )

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "gives": [one.value for one in self.gives],
            "file_groups": list(self.file_groups),
            "max_files": self.max_files,
            "max_mb": self.max_mb,
            "tries": self.tries,
            "passing_percent": self.passing_percent,
            "rubric": [one.as_json() for one in self.rubric],
            "attached": list(self.attached),
        }

    @property
    def max_points(self) -> Decimal:
        """All the rubric can give; 0 without one."""
        return sum((one.points for one in self.rubric), Decimal(0))

    @property
    def file_types(self) -> tuple[FileType, ...]:
        """What a file may be."""
        return tuple(kind for group in self.file_groups for kind in FILE_GROUPS.get(group, ()))

    def check(self) -> None:
        """Refuse what nobody could hand in, or nobody could pass. Raises RuleBroken."""
        if not self.gives:
            raise RuleBroken(N_("Tick at least one way to hand in."), field="gives")
        if Gives.FILE in self.gives and not self.file_types:
            raise RuleBroken(N_("Tick at least one type of file."), field="file_groups")
        for name, value, most in (("max_files", self.max_files, MOST_FILES), ("max_mb", self.max_mb, MOST_MB)):
            _within(name, value, most)
        if self.tries is not None:
            _within("tries", self.tries, MOST_TRIES)
        if self.passing_percent is not None:
            _within("passing_percent", self.passing_percent, 100)
            if not self.rubric:
                raise RuleBroken(N_("A passing score needs a rubric with points."), field="passing_percent")


def plain(points: Decimal) -> str:
    """'2.5', '10': without zeros that say nothing."""
    text = f"{points.normalize():f}"
    return text if text != "-0" else "0"


def read_points(text: str) -> Decimal | None:
    """A number of points as typed, '2,5' too; None when it is none, is negative or has more than two decimals."""
    if not re.fullmatch(r"\d{1,4}([.,]\d{1,2})?", text.strip()):
        return None
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None


def written_rubric(rows: Iterable[Mapping[str, str]], known: Iterable[str] = ()) -> tuple[RubricRow, ...]:
    """A rubric from what was typed: {'key', 'title', 'points', 'levels'}, levels one a line: '3: names every hazard'.

    Rows left empty are dropped. A key that is `known` stays, so that a criterion can be renamed. Raises RuleBroken.
    """
    found: list[RubricRow] = []
    taken = set(known)
    for row in rows:
        title, typed, levels = (
            row.get("title", "").strip(),
            row.get("points", "").strip(),
            row.get("levels", "").strip(),
        )
        if not (title or typed or levels):
            continue
        points = read_points(typed)
        if not title or len(title) > LONGEST_WORDS:
            raise RuleBroken(N_("Give each criterion a name of at most 400 characters."), field="rubric")
        if points is None or not 0 < points <= MOST_POINTS:
            raise RuleBroken(N_("“%(title)s” needs points between 0.01 and 1000."), field="rubric", title=title)
        key = row.get("key", "")
        if key not in taken or any(one.key == key for one in found):
            key = next(k for n in range(1, MOST_ROWS * 3) if (k := f"c{n}") not in taken)
            taken.add(key)
        found.append(RubricRow(key, title, points, _levels(title, points, levels)))
    if len(found) > MOST_ROWS:
        raise RuleBroken(N_("A rubric has at most %(most)s criteria."), field="rubric", most=MOST_ROWS)
    return tuple(found)


def level_lines(row: RubricRow) -> str:
    """Its levels as they are typed."""
    return "\n".join(f"{plain(one.points)}: {one.words}" for one in row.levels)


def _levels(title: str, most: Decimal, typed: str) -> tuple[Level, ...]:
    found = []
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        number, _colon, words = line.partition(":")
        points = read_points(number)
        if points is None or points > most or not words.strip() or len(words) > LONGEST_WORDS:
            raise RuleBroken(
                N_(
                    "Write each level of “%(title)s” as points, a colon and words, for example “3: names every hazard”."
                ),
                field="rubric",
                title=title,
            )
        found.append(Level(points, words.strip()))
    if len(found) > MOST_LEVELS:
        raise RuleBroken(N_("A criterion has at most %(most)s levels."), field="rubric", most=MOST_LEVELS)
    return tuple(sorted(found, key=lambda one: -one.points))


def _within(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise RuleBroken(N_("Give a number between 1 and %(most)s."), field=name, most=most)
