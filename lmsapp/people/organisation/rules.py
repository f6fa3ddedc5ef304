"""Names that may be given, names that look alike, and the tree of departments. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.rules import fold

BETWEEN = " / "
LONGEST = 200
# A path is written with spaces around the slash: 'Med/Surg' is one name.
_SPLIT = re.compile(r"\s+/\s+|\s*>\s*|\s*›\s*")
# They turn the direction of what follows, so that a name could show as another one (Unicode TR 36).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Kind(StrEnum):
    """The lists of words; each is a column of the employee."""

    JOB_ROLE = "job_role"
    LOCATION = "location"
    REGION = "region"
    COHORT = "cohort"


# How an address asks for a department or one of these words, wherever it does; who keeps addresses follows by it.
DEPARTMENT = "department"
ASKED_AS = {
    DEPARTMENT: "department",
    Kind.JOB_ROLE: "role",
    Kind.LOCATION: "location",
    Kind.REGION: "region",
    Kind.COHORT: "cohort",
}


def clean_name(text: str, *, field: str = "name", longest: int = LONGEST) -> str:
    """With single spaces. Raises RuleBroken when it is empty, too long or holds characters nobody can see."""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co") or c in _TURNING for c in text.strip()):
        raise RuleBroken(N_("Write it on one line, without control characters."), field=field)
    name = " ".join(text.split())
    if not name:
        raise RuleBroken(N_("Enter a name."), field=field)
    if len(name) > longest:
        raise RuleBroken(N_("Use at most %(n)s characters."), field=field, n=longest)
    return name


def likeness(text: str) -> str:
    """Equal for spellings of one word: 'R.N.' and 'rn', 'Tower  B' and 'TOWER-B'."""
    kept = "".join(c for c in fold(text) if c.isalnum())
    return kept or fold(text)


def look_alikes(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Names that seem to mean the same, in groups of two and more."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(likeness(name), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


@dataclass(frozen=True, slots=True)
class Unit:
    """One department. `also_called`: former names, which rosters may still use."""

    id: int
    name: str
    parent_id: int | None = None
    also_called: tuple[str, ...] = ()
    archived: bool = False


class Tree:
    """All departments. Ids that are not in it are nowhere: no path, nothing beneath."""

    def __init__(self, units: Iterable[Unit]):
        self.units = {unit.id: unit for unit in units}
        self._beneath: dict[int | None, list[Unit]] = {}
        self._by_name: dict[str, list[Unit]] = {}
        for unit in sorted(self.units.values(), key=lambda unit: (fold(unit.name), unit.id)):
            self._beneath.setdefault(unit.parent_id, []).append(unit)
            for name in {_key(name) for name in (unit.name, *unit.also_called)}:
                self._by_name.setdefault(name, []).append(unit)

    def line(self, id_: int) -> tuple[Unit, ...]:
        """The department and those above it, from the top."""
        found: list[Unit] = []
        at = self.units.get(id_)
        while at is not None and at not in found:
            found.append(at)
            at = self.units.get(at.parent_id) if at.parent_id is not None else None
        return tuple(reversed(found))

    def words(self, id_: int | None) -> str:
        """'Nursing / Cardiology'; '' for none."""
        return BETWEEN.join(unit.name for unit in self.line(id_)) if id_ is not None else ""

    def below(self, ids: Iterable[int]) -> frozenset[int]:
        """These and everything beneath them."""
        found: set[int] = set()
        todo = [id_ for id_ in ids if id_ in self.units]
        while todo:
            id_ = todo.pop()
            if id_ not in found:
                found.add(id_)
                todo.extend(unit.id for unit in self._beneath.get(id_, ()))
        return frozenset(found)

    def children(self, id_: int | None) -> list[Unit]:
        """Directly beneath, by name."""
        return list(self._beneath.get(id_, ()))

    def in_order(self, under: int | None = None, depth: int = 0) -> Iterator[tuple[Unit, int]]:
        """Every department after the one above it, with its depth, 0 at the top."""
        for unit in self._beneath.get(under, ()):
            yield unit, depth
            yield from self.in_order(unit.id, depth + 1)

    def find(self, text: str) -> tuple[Unit, ...]:
        """What a name or path means: one, none, or several when it cannot be told which.

        'Cardiology' finds it wherever it was moved. A path that is whole from the top wins over one that is not, a
        present name over a former one, a department in use over an archived one, the same case over another.
        """
        parts = split_path(text)
        return self._best(dict.fromkeys([(text,), (BETWEEN.join(parts),), parts]))

    def missing(self, text: str) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
        """For a path that is not there: the candidates for its longest known beginning, and the names to be made."""
        parts = split_path(text)
        for known in range(len(parts) - 1, 0, -1):
            if found := self._best([parts[:known]]):
                return found, parts[known:]
        return (), parts

    def check_move(self, id_: int, under: int | None) -> None:
        """Raises RuleBroken when the department would stand beneath itself."""
        if under is not None and under in self.below([id_]):
            raise RuleBroken(
                N_("%(name)s cannot stand beneath itself or a department beneath it."),
                field="parent",
                name=self.units[id_].name,
            )

    def _best(self, readings: Iterable[tuple[str, ...]]) -> tuple[Unit, ...]:
        """The departments whose line ends in one of the readings, as far as none fits better."""
        ranked: dict[tuple[bool, ...], dict[int, Unit]] = {}
        for parts in readings:
            wanted = [_key(part) for part in parts]
            for unit in self._by_name.get(wanted[-1], ()) if wanted else ():
                line = self.line(unit.id)
                tail = line[-len(wanted) :]
                if len(line) < len(wanted) or not all(map(_is_called, tail, wanted)):
                    continue
                former = any(_key(above.name) != name for above, name in zip(tail, wanted, strict=True))
                exact = all(above.name == part for above, part in zip(tail, parts, strict=True))
                fits = (unit.archived, former, len(line) > len(wanted), not exact)
                ranked.setdefault(fits, {})[unit.id] = unit
        return tuple(ranked[min(ranked)].values()) if ranked else ()


AMBIGUOUS = N_("There are several departments '%(name)s': %(paths)s. Write the path, such as Nursing / Cardiology.")


def one_of(candidates: tuple[Unit, ...], name: str, tree: Tree) -> Unit:
    """The only candidate. Raises RuleBroken (field 'department') naming the paths of several."""
    if len(candidates) > 1:
        paths = ", ".join(tree.words(unit.id) for unit in candidates[:5])
        raise RuleBroken(AMBIGUOUS, field="department", name=name, paths=paths)
    return candidates[0]


def path_of(name: str, tree: Tree) -> str | RuleBroken:
    """The whole path of the department a roster means, there or to be made; or why it cannot be told."""
    try:
        if found := tree.find(name):
            return tree.words(one_of(found, name, tree).id)
        beginning, parts = tree.missing(name)
        above = [tree.words(one_of(beginning, name, tree).id)] if beginning else []
        return BETWEEN.join([*above, *(clean_name(part, field="department") for part in parts)])
    except RuleBroken as broken:
        return broken


def split_path(text: str) -> tuple[str, ...]:
    """'Nursing / Cardiology' or 'Nursing > Cardiology' -> ('Nursing', 'Cardiology')."""
    return tuple(part.strip() for part in _SPLIT.split(text) if part.strip())


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _is_called(unit: Unit, key: str) -> bool:
    return any(_key(name) == key for name in (unit.name, *unit.also_called))
