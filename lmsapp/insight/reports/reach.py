"""Whose rows somebody gets of a report: everybody's, those of their line, or of the departments they head (REP-4).

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
    LINE = "line"
    DEPARTMENTS = "departments"


@dataclass(frozen=True, slots=True)
class SeenAs:
    """As whom a report is asked. `heads`: the departments themselves, without those below; for Reach.DEPARTMENTS."""

    viewer: Viewer
    reach: Reach
    heads: tuple[int, ...] = ()

    @property
    def line_only(self) -> bool:
        return self.reach is not Reach.EVERYBODY


def seen_as(viewer: Viewer, report: Report, reach: Reach) -> SeenAs | None:
    """None: they may not have the report that way today."""
    if reach is not Reach.DEPARTMENTS:
        line_only = reach is Reach.LINE
        return SeenAs(viewer, reach) if report.may(viewer, line_only) else None
    heads = headed_by(viewer.employee_id)
    if not heads:
        return None
    as_head = viewer.as_head(departments_below(heads))
    return SeenAs(as_head, reach, heads) if report.may(as_head, True) else None


def widest(viewer: Viewer, report: Report) -> SeenAs | None:
    """The most they may have of the report; None: nothing."""
    return next((seen for reach in Reach if (seen := seen_as(viewer, report, reach))), None)
