"""Counting the letters of a line: how many assignments each choice of each filter would leave (DSH-1). Pure.

Bytes are counted by `translate` and `count`, those of a whole line in one call where that is possible: by letter for
statuses, due windows and standings, person by person for the facets of people, course by course for the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import add
from typing import Any

from lmsapp.assignments.rules import OPEN, AssignmentStatus
from lmsapp.assignments.states.rules import ELSEWHEN, LETTERS, Letter, those
from lmsapp.insight.filters import DUE_WINDOWS, TeamFilters
from lmsapp.insight.team_columns import both, courses_of, lengths, letters_by, narrowed
from lmsapp.insight.team_line import FACETS, Line
from lmsapp.insight.team_tallies import completed_by_course, completed_of

COMPLETED = AssignmentStatus.COMPLETED
SPECIAL = ("stalled", "expiring")
LATE, LATE_BEGUN = those(lambda one: one.due("late") and one.window == ELSEWHEN)


@dataclass(frozen=True, slots=True)
class Asked:
    """`departments`: all that are meant. `titles`: courses that the search means, `named`: people; None where nothing
    is searched for."""

    filters: TeamFilters
    departments: Collection[int] = ()
    titles: Collection[int] | None = None
    named: Collection[int] | None = None

    @property
    def completed(self) -> bool:
        """Whether completed ones are asked for by name."""
        return COMPLETED in self.filters.statuses

    @property
    def with_bytes(self) -> bool:
        """Whether it has to be known of which course the completed ones are."""
        return not self.filters.due and bool(self.filters.courses or self.titles or self.completed)

    def wants(self, letter: Letter, standing: str, *, whatever_status: bool = False) -> bool:
        """By status and standing, whatever due date is asked for."""
        kind = letter.kind
        if (standing == "stalled" and not kind.still) or (standing == "expiring" and not kind.ending):
            return False
        return whatever_status or kind.status in self._statuses(standing)

    def _statuses(self, standing: str) -> Collection[str]:
        """Without any chosen what is open, or completed where a certificate is to end soon."""
        return self.filters.statuses or ((COMPLETED,) if standing == "expiring" else OPEN)


@dataclass(frozen=True, slots=True)
class Counted:
    """As in `team_facets.TeamCounts`; `people` by facet, departments without those below."""

    people: Mapping[str, Mapping[Any, int]]
    courses: Mapping[int, int]
    statuses: Mapping[str, int]
    due: Mapping[str, int]
    standing: Mapping[str, int]
    scopes: Mapping[str, int]
    total: int
    begun: int
    people_left: Sequence[int]


class Counting:
    """One question to one line. A mask is a byte per person, 1 for whoever it holds.

    `quiet`: what is completed is taken from the tallies, and what letters say of it is left out: as long as neither
    due dates nor a rarer standing make it few.
    """

    def __init__(self, asked: Asked, line: Line) -> None:
        self.asked, self.line, self.filters = asked, line, asked.filters
        self.quiet = not self.filters.due and self.filters.standing not in SPECIAL
        self.calm = bytes([LATE not in text and LATE_BEGUN not in text for text in line.letters])
        self.held = _held(asked, line)
        if self.filters.standing == "compliant":
            self.held["compliant"] = self.calm
        self.searched = narrowed(line, line.letters, asked.titles or None, asked.named)
        self.texts = narrowed(line, self.searched, self.filters.courses or None)
        self.inside = self.who()
        self.done = () if self.filters.due else completed_of(line, self.filters.courses, asked.titles, asked.named)

    def who(self, but: str = "", also: bytes | None = None) -> bytes:
        """Who is left by everything that is asked of people, but one facet."""
        masks = [mask for name, mask in self.held.items() if name != but]
        return both([*masks, *([] if also is None else [also])], len(self.line.ids))

    def counted(self) -> Counted:
        """All counts at once."""
        by_letter = letters_by(self.texts, self.inside)
        statuses = self._statuses(by_letter)
        wanted = bytes(self._chosen(lambda one: self.asked.wants(one, self.filters.standing)))
        total = sum(by_letter[one] for one in wanted) + (statuses[COMPLETED] if self._tallied else 0)
        people, scopes = self._people(wanted)
        return Counted(
            people=people,
            courses=self._courses(wanted),
            statuses=statuses,
            due=self._due(by_letter),
            standing=self._standing(by_letter, total),
            scopes=scopes,
            total=total,
            begun=sum(by_letter[one] for one in wanted if LETTERS[one].kind.begun),
            people_left=list(compress(self.line.ids, self.inside)),
        )

    @property
    def _tallied(self) -> bool:
        return self.quiet and self.asked.completed

    def _chosen(self, wanted: Callable[[Letter], bool]) -> list[int]:
        """Letters in the due window, without those the tallies count."""
        return [
            byte
            for byte, one in LETTERS.items()
            if one.due(self.filters.due) and not (self.quiet and one.kind.status is COMPLETED) and wanted(one)
        ]

    def _statuses(self, by_letter: Mapping[int, int]) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for one in self._chosen(lambda one: self.asked.wants(one, self.filters.standing, whatever_status=True)):
            found[LETTERS[one].kind.status.value] += by_letter[one]
        if self.quiet:
            found[COMPLETED.value] = sum(compress(self.done, self.inside))
        return found

    def _due(self, by_letter: Mapping[int, int]) -> dict[str, int]:
        wanted = those(lambda one: self.asked.wants(one, self.filters.standing))
        return {name: sum(by_letter[one] for one in wanted if LETTERS[one].due(name)) for name in DUE_WINDOWS}

    def _standing(self, by_letter: Mapping[int, int], total: int) -> dict[str, int]:
        """Of each instead of what is chosen; 'compliant' is a matter of people."""
        chosen = self.filters.standing
        if chosen == "compliant":
            by_letter = letters_by(self.texts, self.who(but="compliant"))
        found = {name: self._of_standing(name, by_letter) for name in SPECIAL}
        if chosen == "compliant":
            return {**found, chosen: total}
        calm = self.who(also=self.calm)
        n = self._of_standing("", letters_by(self.texts, calm))
        if self.asked.completed and not self.filters.due:
            n += sum(compress(self.done, calm))
        return {**found, "compliant": n}

    def _of_standing(self, standing: str, by_letter: Mapping[int, int]) -> int:
        wanted = those(lambda one: self.asked.wants(one, standing) and one.due(self.filters.due))
        tallied = not standing and not self.filters.due
        return sum(by_letter[one] for one in wanted if not (tallied and LETTERS[one].kind.status is COMPLETED))

    def _people(self, wanted: bytes) -> tuple[dict[str, dict[Any, int]], dict[str, int]]:
        """Each facet leaves out its own condition."""
        each: Sequence[int] = [0] * len(self.texts)  # of what is completed the tallies alone say all
        if wanted and self.texts:
            each = lengths(self.texts, wanted)
        if self._tallied:
            each = list(map(add, each, self.done))
        found: dict[str, dict[Any, int]] = {}
        for name in FACETS:
            counts: dict[Any, int] = defaultdict(int)
            mask = self.who(but=name) if name in self.held else self.inside
            for value, n in compress(zip(self.line.facets[name], each, strict=True), mask):
                counts[value] += n
            found[name] = counts
        mask = self.who(but="scopes")
        direct = sum(n for n, depth in compress(zip(each, self.line.depths, strict=True), mask) if depth == 1)
        return found, {"direct": direct, "line": sum(compress(each, mask))}

    def _courses(self, wanted: bytes) -> Mapping[int, int]:
        """Whatever courses are chosen."""
        found = courses_of(self.line, self.searched, self.inside, wanted)
        if self._tallied:
            found.update(completed_by_course(self.line, self.inside, self.asked.titles, self.asked.named))
        return found


def _held(asked: Asked, line: Line) -> dict[str, bytes]:
    """The masks of what is asked of people, by facet; 'named' where the search means nothing but people."""
    filters = asked.filters
    wanted: dict[str, Collection[Any]] = {
        "departments": frozenset(asked.departments),
        "roles": filters.roles,
        "locations": filters.locations,
        "regions": filters.regions,
        "cohorts": filters.cohorts,
    }
    held = {name: bytes(map(few.__contains__, line.facets[name])) for name, few in wanted.items() if few}
    if filters.scope == "direct":
        held["scopes"] = bytes(depth == 1 for depth in line.depths)
    if asked.named is not None and not asked.titles:
        held["named"] = bytes(map(asked.named.__contains__, line.ids))
    return held
