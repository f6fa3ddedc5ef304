"""Every report there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lmsapp.insight.completion import BY_HAND, ReportStatus
from lmsapp.insight.gonogo.rules import Standing
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.ending import EXPIRING
from lmsapp.insight.reports.go_no_go import GO_NO_GO
from lmsapp.insight.reports.overdue import OVERDUE
from lmsapp.insight.reports.regulator.bloodborne import BLOODBORNE
from lmsapp.insight.reports.regulator.fall_protection import FALL_PROTECTION
from lmsapp.insight.reports.regulator.forklift import FORKLIFT
from lmsapp.insight.reports.regulator.hipaa import HIPAA
from lmsapp.insight.reports.regulator.osha_monthly import OSHA_MONTHLY
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.transcript import TRANSCRIPT
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.people.viewer import Viewer

REPORTS: dict[str, Report] = {
    one.key: one
    for one in (
        COMPLETION,
        OVERDUE,
        EXPIRING,
        OSHA_MONTHLY,
        BLOODBORNE,
        FALL_PROTECTION,
        FORKLIFT,
        HIPAA,
        TRANSCRIPT,
        GO_NO_GO,
    )
}
# The statuses of each family that `Report.statuses` names.
STATUSES: Mapping[str, Iterable[str]] = {
    "": (),
    "completion": (*(one.value for one in ReportStatus), BY_HAND),
    "go-no-go": tuple(one.value for one in Standing),
    "overdue": (),
    "enrollments": tuple(one.value for one in EnrollmentStatus),
}


def reports_for(viewer: Viewer, *, line_only: bool) -> list[Report]:
    """Those the viewer may ask for today, in the order to show."""
    return [one for one in REPORTS.values() if one.may(viewer, line_only)]
