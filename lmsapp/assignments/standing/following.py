"""People, words, departments and courses change; audiences and what they have to take follow at once (CRS-5)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from lmsapp.assignments.standing.models import TrainingRule
from lmsapp.assignments.standing.work import FEW, ask_run, settle_few
from lmsapp.courses.paths.events import PathPublished
from lmsapp.courses.publishing.events import CoursePublished
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.people.audiences.models import Audience
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired, EmployeesLeft
from lmsapp.people.organisation.events import DepartmentChanged, DepartmentMerged, ValueRenamed
from lmsapp.people.viewer import Viewer

MOVES = {"job_role", "department", "department_id", "location", "region", "cohort", "hire_date", "status"}
FEW_EVENTS = 20  # in one transaction; whoever changes more leaves the rest to the worker
COUNTED = "audience_looks"


def settle_hired(event: EmployeesHired) -> None:
    """New people belong from their first moment."""
    _settle([one.id for one in event.employees], N_("Somebody was hired"), event.by)


def settle_changed(event: EmployeeChanged) -> None:
    """A move, a role change, a return."""
    if MOVES & event.after.keys():
        _settle([event.employee.id], N_("A record was changed"), event.by)


def settle_left(event: EmployeesLeft) -> None:
    """Who left belongs to nothing; their assignments are closed already."""
    _settle([one.id for one in event.employees], N_("Somebody left"), event.by)


def settle_tree(event: DepartmentChanged) -> None:
    """A department stands beneath another now."""
    if "name" in event.after and "name" in event.before:
        _all(N_("Departments were changed"), event.by)


def settle_words(event: ValueRenamed) -> None:
    _all(N_("Words of the organisation were changed"), event.by)


def settle_merged(event: DepartmentMerged) -> None:
    _all(N_("Departments were changed"), event.by)


def settle_published(event: CoursePublished) -> None:
    """What waited for the course is assigned."""
    rules = select(TrainingRule.id).where(TrainingRule.course_id == event.course.id, TrainingRule.status == "active")
    for rule_id in db.session.scalars(rules):
        ask_run(N_("The course was published"), by=event.by, rule_id=rule_id)


def settle_path(event: PathPublished) -> None:
    """What waited for the path is assigned."""
    rules = select(TrainingRule.id).where(TrainingRule.path_id == event.path.id, TrainingRule.status == "active")
    for rule_id in db.session.scalars(rules):
        ask_run(N_("The learning path was published"), by=event.by, rule_id=rule_id)


def _settle(employee_ids: Collection[int], why: str, by: Viewer | None) -> None:
    """A few at once; from the twenty-first change of one transaction on, one run of the worker for all of them."""
    transaction = db.session().get_transaction()
    seen, count = db.session.info.get(COUNTED, (None, 0))
    count = count if seen is transaction else 0
    many = len(employee_ids) > FEW or count >= FEW_EVENTS
    if not many:
        settle_few(employee_ids, why, by)
    elif count <= FEW_EVENTS:
        _all(N_("Many records were changed"), by, at_once=False)
    db.session.info[COUNTED] = (transaction, FEW_EVENTS + 1 if many else count + 1)


def _all(why: str, by: Viewer | None, *, at_once: bool = True) -> None:
    if db.session.scalar(select(Audience.id).where(Audience.archived_at.is_(None)).limit(1)):
        ask_run(why, by=by, at_once=at_once)
