"""Enrolling and assigning the mandatory courses that apply, once, and keeping why the others were not (ORG-6).

For any number of people: a few statements, and as many again for each course.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.reach import active_by_employee
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.onboarding.courses.queries import mandatory_courses, person_of, training_of
from lmsapp.onboarding.courses.rules import NOTHING, CourseFacts, Reason, WhyNot, applies
from lmsapp.onboarding.running.models import Onboarding, OnboardingCourse
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

SOURCE = "onboarding"
Due = dict[int, tuple[Onboarding, dt.date]]  # by employee id


def pair_courses(onboardings: Sequence[Onboarding], by: Viewer | None) -> list[int]:
    """Look at every mandatory course for each of them (employees loaded); ids of the new assignments.

    What was paired before stays as it is; what was not is looked at again.
    """
    courses = mandatory_courses()
    paired = _paired(onboardings)
    employees = [one.employee for one in onboardings]
    training = training_of(employees, [course.id for course in courses]) if courses else {}
    days, parents = setting("onboarding_due_days"), department_parents()
    wanted: dict[int, Due] = {}
    rows: list[dict[str, Any]] = []
    for onboarding in onboardings:
        person = person_of(onboarding.employee, parents)
        for course in courses:
            if (onboarding.id, course.id) in paired:
                continue
            found = applies(course, person, training.get((person.id, course.id), NOTHING), default_days=days)
            if isinstance(found, WhyNot):
                rows.append(_row(onboarding, course.id, found))
            else:
                due_on = _first(onboarding) + dt.timedelta(days=found.due_days)
                wanted.setdefault(course.id, {})[person.id] = (onboarding, due_on)
    new: list[int] = []
    for course_id, due in wanted.items():
        created, more = _assign(course_id, due, by)
        new += created
        rows += more
    _keep(rows)
    return new


def why_courses_apply(onboarding: Onboarding) -> list[CourseFacts]:
    """The courses that would be assigned if somebody looked again now."""
    courses = mandatory_courses()
    paired = _paired([onboarding])
    training = training_of([onboarding.employee], [course.id for course in courses])
    person = person_of(onboarding.employee, department_parents())
    return [
        course
        for course in courses
        if (onboarding.id, course.id) not in paired
        and not isinstance(
            applies(course, person, training.get((person.id, course.id), NOTHING), default_days=1), WhyNot
        )
    ]


def _first(onboarding: Onboarding) -> dt.date:
    """Counted from the first day; for what is added later, from today where the newcomer is."""
    return max(onboarding.first_day, clock.today(onboarding.employee.time_zone))


def _assign(course_id: int, due: Due, by: Viewer | None) -> tuple[list[int], list[dict[str, Any]]]:
    course = db.session.get_one(Course, course_id)
    employees = [onboarding.employee for onboarding, _due in due.values()]
    result = assign_many(employees, course, {key: day for key, (_one, day) in due.items()}, by=by, source=SOURCE)
    there = active_by_employee(course_id, list(due))
    created = set(result.created)
    rows = []
    for employee_id, (onboarding, _day) in due.items():
        assignment_id = there.get(employee_id)
        before = assignment_id is not None and assignment_id not in created
        why = WhyNot(Reason.ASSIGNED, assignment_id=assignment_id) if before else None
        if assignment_id is not None:
            rows.append(_row(onboarding, course_id, why, assignment_id))
    return list(result.created), rows


def _paired(onboardings: Sequence[Onboarding]) -> set[tuple[int, int]]:
    rows = db.session.execute(
        select(OnboardingCourse.onboarding_id, OnboardingCourse.course_id).where(
            OnboardingCourse.onboarding_id.in_([one.id for one in onboardings]),
            OnboardingCourse.assignment_id.is_not(None),
        )
    )
    return {(row.onboarding_id, row.course_id) for row in rows}


def _row(
    onboarding: Onboarding, course_id: int, why: WhyNot | None, assignment_id: int | None = None
) -> dict[str, Any]:
    return {
        "onboarding_id": onboarding.id,
        "course_id": course_id,
        "assignment_id": why.assignment_id if why else assignment_id,
        "why_not": why.reason.value if why else None,
        "detail": why.detail if why else "",
        "looked_at": clock.now(),
    }


def _keep(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(OnboardingCourse)
    fresh = {name: statement.excluded[name] for name in ("assignment_id", "why_not", "detail", "looked_at")}
    kept = statement.on_conflict_do_update(
        index_elements=["onboarding_id", "course_id"], set_=fresh, where=OnboardingCourse.assignment_id.is_(None)
    )
    db.session.execute(kept, rows, execution_options={"render_nulls": True})
