"""Deciding who is told of completions of a course (ASG-8)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from lmsapp.assignments.completions.models import CompletionListener, CompletionNews
from lmsapp.assignments.completions.queries import told_of
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.access import check_moderates
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

MOST_LISTENERS = 20


def tell_of_completions(course: Course, *, manager: bool, people: Collection[Employee], by: Viewer) -> bool:
    """From the next completion on; whether anything changed. Raises RuleBroken, NotAllowed."""
    check_moderates(by)
    before, wanted = told_of(course.id), {one.id: one for one in people}
    gone = [one.name for one in people if one.status != "active"]
    if gone:
        raise RuleBroken(N_("%(name)s does not work here any more."), field="people", name=gone[0])
    if len(wanted) > MOST_LISTENERS:
        raise RuleBroken(N_("At most %(most)s people."), field="people", most=MOST_LISTENERS)
    if before.manager == manager and {one.id for one in before.people} == set(wanted):
        return False
    row = insert(CompletionNews).values(course_id=course.id, manager=manager, changed_at=clock.now())
    fresh = {"manager": manager, "changed_at": clock.now()}
    db.session.execute(row.on_conflict_do_update(index_elements=["course_id"], set_=fresh))
    db.session.execute(delete(CompletionListener).where(CompletionListener.course_id == course.id))
    if wanted:
        listeners = [{"course_id": course.id, "employee_id": key} for key in sorted(wanted)]
        db.session.execute(insert(CompletionListener).on_conflict_do_nothing(), listeners)
    record_change(
        "told of completions",
        ("course", course.id),
        by=by,
        before={"manager": before.manager, "people": [one.number for one in before.people]},
        after={"manager": manager, "people": sorted(one.number for one in people)},
    )
    db.session.flush()
    return True
