"""Whose rows somebody gets of a report: everybody's, of their line, of the departments they head, or both (REP-4).

The head of a department may see nothing on screen by that alone; a report that is sent to them holds whoever works in
their departments and those below. A report needs to know nothing of it: it asks for the viewer's line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lmsapp.insight.reports.report import Report
from lmsapp.people.organisation.queries import departments_below, headed_by
from lmsapp.people.viewer import Viewer


class Reach(StrEnum):
    """From wide to narrow."""

    EVERYBODY = "everybody"
    BOTH = "line and departments"
    LINE = "line"
    DEPARTMENTS = "departments"


@dataclass(frozen=True, slots=True)
class SeenAs:
    """As whom a report is asked. `heads`: the departments themselves, without those below; for Reach.DEPARTMENTS and
    BOTH."""

    viewer: Viewer
    reach: Reach
    heads: tuple[int, ...] = ()

    @property
    def line_only(self) -> bool:
        return self.reach is not Reach.EVERYBODY


def seen_as(viewer: Viewer, report: Report, reach: Reach) -> SeenAs | None:
    """None: they may not have the report that way today."""
    if reach in (Reach.EVERYBODY, Reach.LINE):
        return SeenAs(viewer, reach) if report.may(viewer, reach is Reach.LINE) else None
    heads = headed_by(viewer.employee_id)
    line_too = reach is Reach.BOTH
    if not heads or (line_too and not viewer.leads):
        return None
    as_head = viewer.as_head(departments_below(heads), line_too=line_too)
    return SeenAs(as_head, reach, heads) if report.may(as_head, True) else None


def widest(viewer: Viewer, report: Report) -> SeenAs | None:
    """The most they may have of the report; None: nothing."""
    return _first_of(viewer, report, tuple(Reach))


def what_is_left(viewer: Viewer, report: Report, reach: Reach) -> SeenAs | None:
    """That way, or the one part that is left to whoever was chosen for both; None: nothing."""
    parts = (Reach.BOTH, Reach.LINE, Reach.DEPARTMENTS) if reach is Reach.BOTH else (reach,)
    return _first_of(viewer, report, parts)


def joined(one: Reach | None, other: Reach | None) -> Reach | None:
    """Of somebody chosen twice: each gets all they were chosen for. None: the widest they may have."""
    if one is None or other is None:
        return None
    return one if one is other else Reach.BOTH


def _first_of(viewer: Viewer, report: Report, reaches: tuple[Reach, ...]) -> SeenAs | None:
    return next((seen for reach in reaches if (seen := seen_as(viewer, report, reach))), None)
