"""The figures above the team table (DSH-1, DSH-3, DSH-4): asked for apart, so that filtering never counts them anew."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from sqlalchemy import Select, select

from lmsapp.assignments.expressions import is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import OPEN, AssignmentStatus
from lmsapp.assignments.states.rules import KINDS, LETTERS, Letter, those
from lmsapp.infra.db import db
from lmsapp.insight.filters import reach
from lmsapp.insight.statistics.asking import Asking, StatisticsFilters
from lmsapp.insight.statistics.over_time import Completed, completions
from lmsapp.insight.team_columns import both, letters_by
from lmsapp.insight.team_counting import LATE, LATE_BEGUN
from lmsapp.insight.team_line import Line, line_at
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.viewer import Viewer

GOING = tuple(kind for kind in KINDS if kind.status in (AssignmentStatus.PENDING, AssignmentStatus.IN_PROGRESS))
SOON = those(lambda one: one.kind in GOING and one.due("14"))
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DepartmentGap:
    """One department of the line. Compliant: nobody's training is overdue."""

    id: int | None
    name: str
    people: int
    compliant: int

    @property
    def share(self) -> float:
        """Per cent of people with nothing overdue."""
        return 100 * self.compliant / self.people


@dataclass(frozen=True, slots=True)
class TeamNumbers:
    """Figures of the viewer's line at one moment. `oldest_due` is the earliest due date among the overdue; `weeks` are
    the last twelve, as the statistics of the line count them, for each number opens the rows of those."""

    people: int
    compliant: int
    overdue: int
    oldest_due: dt.date | None
    due_soon: int
    due_soon_not_started: int
    in_progress: int
    open: int
    expiring: int
    stalled: int
    departments: Sequence[DepartmentGap]
    weeks: Sequence[Completed]

    @property
    def share(self) -> float | None:
        """Per cent of people with nothing overdue; None without people."""
        return 100 * self.compliant / self.people if self.people else None


def team_numbers(viewer: Viewer, now: dt.datetime, today: dt.date, scope: str = "line") -> TeamNumbers:
    """Four statements: the letters of the line, names of departments, the oldest due date, and what is kept of the last
    twelve weeks; one more for whom nothing is kept."""
    line, people = line_at(viewer.employee_id, now, with_bytes=False), reach(viewer, scope)
    reached = bytes([depth == 1 for depth in line.depths]) if scope == "direct" else bytes([1] * len(line.ids))
    here = both([reached, bytes(line.active)], len(line.ids))
    late = bytes([LATE in text or LATE_BEGUN in text for text in line.letters])
    gaps = _gaps(line, here, both([here, late], len(line.ids)))
    counts, everybody = letters_by(line.letters, here), letters_by(line.letters, reached)
    overdue = _sum(counts, lambda one: one.kind.status is AssignmentStatus.OVERDUE)
    soon = {kind: sum(counts[byte] for byte in SOON if LETTERS[byte].kind is kind) for kind in GOING}
    return TeamNumbers(
        people=sum(gap.people for gap in gaps),
        compliant=sum(gap.compliant for gap in gaps),
        overdue=overdue,
        oldest_due=_oldest_due(people, now) if overdue else None,
        due_soon=sum(soon.values()),
        due_soon_not_started=sum(n for kind, n in soon.items() if not kind.begun),
        in_progress=_sum(counts, lambda one: one.kind.status is AssignmentStatus.IN_PROGRESS),
        open=_sum(counts, lambda one: one.kind.status in OPEN),
        expiring=_sum(everybody, lambda one: one.kind.ending),
        stalled=_sum(everybody, lambda one: one.kind.still),
        departments=sorted(gaps, key=lambda gap: (gap.share, gap.name.casefold())),
        weeks=completions(_asking(viewer, now, today, line, scope)),
    )


def _sum(counts: Mapping[int, int], wanted: Callable[[Letter], bool]) -> int:
    return sum(counts[byte] for byte in those(wanted))


def _gaps(line: Line, here: bytes, behind: bytes) -> list[DepartmentGap]:
    names = {row.id: row.name for row in db.session.execute(select(Department.id, Department.name))}
    departments = line.facets["departments"]
    late = Counter(compress(departments, behind))
    return [
        DepartmentGap(id_, names.get(id_, ""), people, people - late[id_])
        for id_, people in Counter(compress(departments, here)).items()
    ]


def _oldest_due(people: Select[int], now: dt.datetime) -> dt.date | None:
    """From the oldest on until the first one of the line."""
    active = people.join(Employee, Employee.id == ReportingLine.employee_id).where(Employee.status == "active")
    mine = TrainingAssignment.employee_id.in_(active.correlate(None)).is_(True)  # "IS true" keeps it a hash
    overdue = (is_status(AssignmentStatus.OVERDUE, now), TrainingAssignment.due_on <= (now + DAY).date(), mine)
    return db.session.scalar(
        select(TrainingAssignment.due_on).where(*overdue).order_by(TrainingAssignment.due_on).limit(1)
    )


def _asking(viewer: Viewer, now: dt.datetime, today: dt.date, line: Line, scope: str) -> Asking:
    """For the statistics of these people."""
    direct = None
    if scope == "direct":
        direct = tuple(id_ for id_, depth in zip(line.ids, line.depths, strict=True) if depth == 1)
    return Asking(viewer, StatisticsFilters(), now, today, line_only=True, kept=True, only=direct)
