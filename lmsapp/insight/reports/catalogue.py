"""Every report there is."""

from __future__ import annotations

from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.go_no_go import GO_NO_GO
from lmsapp.insight.reports.overdue import OVERDUE
from lmsapp.insight.reports.report import Report
from lmsapp.people.viewer import Viewer

REPORTS: dict[str, Report] = {one.key: one for one in (COMPLETION, OVERDUE, GO_NO_GO)}


def reports_for(viewer: Viewer, *, line_only: bool) -> list[Report]:
    """Those the viewer may ask for today, in the order to show."""
    return [one for one in REPORTS.values() if one.may(viewer, line_only)]
