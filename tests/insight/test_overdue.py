"""Who is late, and who was told of it (REM-6, REP-1)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.assignments.filters import AssignmentFilters
from lmsapp.insight.assignments.listing import assignment_rows
from lmsapp.insight.overdue import HEAD
from lmsapp.insight.reports.catalogue import REPORTS, reports_for
from lmsapp.insight.reports.report import Asking
from lmsapp.insight.sheets import as_csv
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.crowd import Crowd, assign_raw

OVERDUE = REPORTS["overdue"]
WORDS = {"sent": "Sent", "failed": "Failed", "nobody": "(nobody)"}


def asking(viewer: Viewer, *, line_only: bool = False, **terms: object) -> Asking:
    given = {name: [str(value)] for name, value in terms.items()}
    return Asking(viewer, given, product_clock.now(), line_only, (WORDS, {}))


def rows(viewer: Viewer, **more: Any) -> list[dict[str, Any]]:
    found = db.session.execute(OVERDUE.rows(asking(viewer, **more))).all()
    return [dict(zip(HEAD, row, strict=True)) for row in found]


def notice(key: str, assignment: TrainingAssignment, template: str, **more: Any) -> Notice:
    made = Notice(key=key, channel="email", template=template, about_kind="assignment", about_id=assignment.id,
                  subject="x", queued_at=product_clock.now() - dt.timedelta(days=1), **more)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def test_late_with_what_was_sent_and_whether_it_arrived(clock: Clock, statements: Statements) -> None:
    """REM-6, REP-1: by supervisor, whoever has none last; days late; reminders that reached the learner; the last one
    told above with its delivery, that of the digest it went with; one statement."""
    crowd = Crowd(8)
    cast, now = crowd.cast, product_clock.now()
    assign_raw(cast.otto.record, crowd.courses[0], state=0, days=9)
    late = db.session.scalars(
        select(TrainingAssignment).where(TrainingAssignment.due_at <= now).order_by(TrainingAssignment.id)
    ).all()
    first, second = late[0], late[2]
    hour = dt.timedelta(hours=1)
    notice("r1", first, "training_reminder", status="sent", sent_at=now - hour)
    notice("r2", first, "training_overdue", status="sent", sent_at=now)
    notice("r3", first, "training_reminder", status="failed")
    digest = Notice(key="d", channel="email", template="digest", subject="x", status="failed")
    db.session.add(digest)
    db.session.flush()
    notice("e1", first, "escalation", status="sent", sent_at=now - hour, to_name="Somebody Else")
    notice("e2", first, "escalation", status="carried", carried_by_id=digest.id, to_name="Mark Okafor")
    notice("e3", second, "escalation", status="sent", sent_at=now, to_name="Mark Okafor")
    hana = cast.hana.viewer
    statements.clear()
    found = rows(hana)
    assert len(statements) == 1
    assert [one["supervisor"] for one in found] == ["Mark Okafor"] * 4 + ["(nobody)"]
    assert found[0]["late ones of this supervisor"] == 4
    assert (found[-1]["name"], found[-1]["days late"]) == ("Otto Nobody", 10)
    mine = next(one for one in found if one["employee number"] == "C-0000" and one["course"] == "Alpha")
    assert (mine["reminders"], mine["escalations"], mine["told"], mine["delivery"]) == (2, 2, "Mark Okafor", "Failed")
    assert mine["last reminder"] == dt.date(2026, 11, 2)
    other = next(one for one in found if one["escalations"] == 1)
    assert (other["reminders"], other["delivery"]) == (0, "Sent")
    assert {one["told"] for one in found if not one["escalations"]} == {None}

    assert [one["name"] for one in rows(hana, days=6)] == ["Otto Nobody"]
    assert len(rows(hana, supervisor=cast.mark.record.id)) == 4
    assert len(rows(hana, course=crowd.courses[1].id, department=crowd.departments[0].id)) == 2
    assert len(rows(cast.mark.viewer, line_only=True)) == 4
    crowd.employees[0].status = "left"
    db.session.flush()
    assert len(rows(hana)) == 3
    sheet = list(csv.reader(io.StringIO("".join(as_csv(HEAD, OVERDUE.rows(asking(hana)))).removeprefix("\ufeff"))))
    assert len(sheet) == 4
    assert len(sheet[0]) == len(sheet[1]) == len(OVERDUE.columns)


def test_a_renewal_that_was_not_begun_stands_at_nothing(clock: Clock) -> None:
    """REP-1, ASG-1: progress is of the time round that is late, not of the one before, as on the dashboard and in the
    list of assignments."""
    crowd = Crowd(1)
    late = db.session.scalars(
        select(TrainingAssignment)
        .where(TrainingAssignment.due_at <= product_clock.now())
        .order_by(TrainingAssignment.id)
    ).all()
    renewed, begun = (db.session.get_one(Enrollment, one.enrollment_id) for one in late)
    renewed.progress = begun.progress = 100
    late[1].started_at = product_clock.now()
    begun.progress = 40
    db.session.flush()
    hana = crowd.cast.hana.viewer
    assert [one["progress"] for one in rows(hana)] == [0, 40]
    listed = assignment_rows(crowd.cast.milo.viewer, AssignmentFilters(), product_clock.now(), 1, line=False)
    assert {one.title: one.progress for one in listed} == {"Alpha": 0, "Beta": 40}


def test_who_may_ask_and_why_it_is_empty(clock: Clock) -> None:
    """REP-1, SEC-4: HR, moderators and auditors for all, managers for their line, and nobody else; empty says why."""
    crowd = Crowd(0)
    cast = crowd.cast
    assert OVERDUE.why_empty(asking(cast.hana.viewer)) == "Nobody is late."
    assert OVERDUE.why_empty(asking(cast.mark.viewer, line_only=True)) == "Nobody on your line is late."
    assert "filters" in OVERDUE.why_empty(asking(cast.hana.viewer, days=3))
    assert rows(cast.hana.viewer, days="x", course="9" * 30) == []
    may = {name: (OVERDUE.may(p.viewer, False), OVERDUE.may(p.viewer, True)) for name, p in cast.everybody.items()}
    assert {name for name, (whole, _line) in may.items() if whole} == {"hana", "milo", "aki", "sam"}
    assert {name for name, (_whole, line) in may.items() if line} == {"mark"}
    assert {one.key for one in reports_for(cast.milo.viewer, line_only=False)} >= {"overdue", "go-no-go"}
    listed = REPORTS["go-no-go"]
    empty = asking(cast.mark.viewer, line_only=True, checklist=1)
    assert db.session.execute(listed.rows(empty)).all() == []
    assert "not yours" in listed.why_empty(empty)
    assert listed.why_empty(asking(cast.hana.viewer)) == "Choose a checklist."
