"""What a schedule sends stays of the same people when words are renamed or departments merged (REP-4, ORG-6).

Without it a report of one department would go out empty from the day of a merger on, and nobody would look for it.
"""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.insight.reports.schedules.actions import KIND
from lmsapp.insight.reports.schedules.models import ReportSchedule
from lmsapp.people.organisation.events import DepartmentMerged, ValueRenamed
from lmsapp.people.organisation.rules import ASKED_AS, DEPARTMENT
from lmsapp.people.viewer import Viewer


def follow_renaming(event: ValueRenamed) -> None:
    """A job role or location has another name."""
    _follow(event.kind, event.before, event.after, event.by)


def follow_merging(event: DepartmentMerged) -> None:
    """A department went into another."""
    _follow(DEPARTMENT, str(event.department_id), str(event.into_id), event.by)


def _follow(kind: str, before: str, after: str, by: Viewer | None) -> None:
    name = ASKED_AS[kind]
    standing = select(ReportSchedule).where(ReportSchedule.ended_at.is_(None), ReportSchedule.terms.has_key(name))
    for schedule in db.session.scalars(standing.order_by(ReportSchedule.id).with_for_update()).all():
        kept = schedule.terms
        if before in kept[name]:
            chosen = list(dict.fromkeys(after if one == before else one for one in kept[name]))
            schedule.terms = {**kept, name: chosen}
            facts = {"terms": kept}, {"terms": schedule.terms}
            record_change("report schedule changed", (KIND, schedule.id), by=by, before=facts[0], after=facts[1])
