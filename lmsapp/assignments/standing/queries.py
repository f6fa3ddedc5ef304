"""What to show of training rules, exceptions and runs. For moderators."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing.facts import with_target
from lmsapp.assignments.standing.models import AudienceRun, RuleException, RulePath, TrainingRule
from lmsapp.assignments.standing.rules import FOR_INFORMATION
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.rules import PathStatus
from lmsapp.infra.db import db
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.people.audiences.models import Audience
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 25
TITLE = func.coalesce(Course.title, LearningPath.title).label("title")
INFORMATION = tuple(one.value for one in FOR_INFORMATION)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, from 1."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class ExceptionFilters:
    """Empty: those somebody has to decide. `reasons`: these, whatever they are. `q` finds people by name or number."""

    q: str = ""
    reasons: tuple[str, ...] = ()
    audience_id: int | None = None
    rule_id: int | None = None
    page: int = 1


def training_rule_for(viewer: Viewer, rule_id: int) -> TrainingRule | None:
    """A rule with its audience and what it leads to, for moderators."""
    if not viewer.may(May.MODERATE):
        return None
    statement = with_target().join(TrainingRule.audience).options(contains_eager(TrainingRule.audience))
    return db.session.scalars(statement.where(TrainingRule.id == rule_id)).one_or_none()


def rules_of(viewer: Viewer, audience_id: int) -> Sequence[Any]:
    """The rules of an audience, those in use first: id, title, path_id (None: a course), target_status, due, starts_on,
    joined_from, status, open_ones, completed, exceptions. One statement."""
    if not viewer.may(May.MODERATE):
        return []
    made = TrainingAssignment.training_rule_id == TrainingRule.id
    opened = select(func.count()).where(made, is_open()).scalar_subquery()
    done = select(func.count()).where(made, TrainingAssignment.completed_at.is_not(None)).scalar_subquery()
    on_path = (
        select(func.count())
        .select_from(RulePath)
        .join(PathEnrollment, PathEnrollment.id == RulePath.path_enrollment_id)
        .where(RulePath.rule_id == TrainingRule.id, PathEnrollment.withdrawn_at.is_(None))
    )
    paths_open = on_path.where(PathEnrollment.completed_at.is_(None)).scalar_subquery()
    paths_done = on_path.where(PathEnrollment.completed_at.is_not(None)).scalar_subquery()
    return db.session.execute(
        select(
            TrainingRule.id,
            TITLE,
            TrainingRule.path_id,
            func.coalesce(Course.status, LearningPath.status).label("target_status"),
            TrainingRule.due,
            TrainingRule.starts_on,
            TrainingRule.joined_from,
            TrainingRule.status,
            (opened + paths_open).label("open_ones"),
            (done + paths_done).label("completed"),
            _undecided(RuleException.rule_id == TrainingRule.id).label("exceptions"),
        )
        .outerjoin(Course, Course.id == TrainingRule.course_id)
        .outerjoin(LearningPath, LearningPath.id == TrainingRule.path_id)
        .where(TrainingRule.audience_id == audience_id)
        .order_by(TrainingRule.status == "archived", func.lower(TITLE), TrainingRule.id)
    ).all()


def counts_by_audience(viewer: Viewer, audience_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Audience -> (rules in use, exceptions to decide); one statement."""
    if not viewer.may(May.MODERATE) or not audience_ids:
        return {}
    undecided = func.coalesce(func.sum(_undecided(RuleException.rule_id == TrainingRule.id)), 0)
    rows = db.session.execute(
        select(TrainingRule.audience_id, func.count(), undecided)
        .where(TrainingRule.audience_id.in_(audience_ids), TrainingRule.status != "archived")
        .group_by(TrainingRule.audience_id)
    )
    return {row[0]: (row[1], int(row[2])) for row in rows}


def count_undecided(viewer: Viewer) -> int:
    """How many exceptions wait for somebody."""
    return (db.session.scalar(select(_undecided())) or 0) if viewer.may(May.MODERATE) else 0


def targets_for_rules(viewer: Viewer) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(id, title) of courses, and of learning paths, a rule may lead to: those that are published, or still written."""
    if not viewer.may(May.MODERATE):
        return [], []
    courses = select(Course.id, Course.title).where(Course.status != CourseStatus.RETIRED)
    paths = select(LearningPath.id, LearningPath.title).where(LearningPath.status != PathStatus.RETIRED)
    first = db.session.execute(courses.order_by(func.lower(Course.title), Course.id))
    second = db.session.execute(paths.order_by(func.lower(LearningPath.title), LearningPath.id))
    return [(row[0], row[1]) for row in first], [(row[0], row[1]) for row in second]


def target_for_rule(viewer: Viewer, kind: str, target_id: int) -> Course | LearningPath | None:
    """One of them; `kind` is 'course' or 'path'."""
    if not viewer.may(May.MODERATE):
        return None
    return db.session.get(LearningPath, target_id) if kind == "path" else db.session.get(Course, target_id)


def exceptions_page(viewer: Viewer, filters: ExceptionFilters) -> Page:
    """Those still open, oldest first: id, employee_id, name, job_role, department, audience_id, audience, rule_id,
    title, reason, facts, since."""
    columns = select(
        RuleException.id,
        RuleException.employee_id,
        Employee.name,
        Employee.job_role,
        Department.name.label("department"),
        TrainingRule.audience_id,
        Audience.name.label("audience"),
        RuleException.rule_id,
        TITLE,
        RuleException.reason,
        RuleException.facts,
        RuleException.since,
    )
    total = db.session.scalar(_exceptions(select(func.count()), viewer, filters)) or 0
    number = max(1, min(filters.page, -(-total // PAGE)))
    rows = _exceptions(columns, viewer, filters).order_by(RuleException.since, Employee.sort_name, RuleException.id)
    return Page(db.session.execute(rows.limit(PAGE).offset((number - 1) * PAGE)).all(), number, PAGE, total)


def exceptions_picked(viewer: Viewer, ids: Collection[int]) -> Sequence[RuleException]:
    """The exceptions themselves, still open ones, to answer."""
    if not viewer.may(May.MODERATE) or not ids:
        return []
    picked = (RuleException.id.in_(ids), RuleException.resolved_at.is_(None))
    return db.session.scalars(select(RuleException).where(*picked).order_by(RuleException.id)).all()


def audience_run_for(viewer: Viewer, run_id: int) -> AudienceRun | None:
    """A run, for moderators."""
    return db.session.get(AudienceRun, run_id) if viewer.may(May.MODERATE) else None


def runs_page(viewer: Viewer, audience_id: int | None = None, number: int = 1, size: int = PAGE) -> Page:
    """The runs, newest first: columns of AudienceRun, and 'audience', 'title' of what it was for. Of one audience: also
    those of its rules."""
    statement = (
        select(*AudienceRun.__table__.c, Audience.name.label("audience"), TITLE)
        .outerjoin(TrainingRule, TrainingRule.id == AudienceRun.rule_id)
        .outerjoin(Course, Course.id == TrainingRule.course_id)
        .outerjoin(LearningPath, LearningPath.id == TrainingRule.path_id)
        .outerjoin(Audience, Audience.id == func.coalesce(AudienceRun.audience_id, TrainingRule.audience_id))
    )
    wanted: list[ColumnElement[bool]] = [] if viewer.may(May.MODERATE) else [false()]
    if audience_id is not None:
        wanted.append(or_(AudienceRun.audience_id == audience_id, TrainingRule.audience_id == audience_id))
    counted = select(func.count()).select_from(statement.where(*wanted).subquery())
    total = db.session.scalar(counted) or 0
    number = max(1, min(number, -(-total // size)))
    rows = statement.where(*wanted).order_by(AudienceRun.id.desc()).limit(size).offset((number - 1) * size)
    return Page(db.session.execute(rows).all(), number, size, total)


def run_under_way(viewer: Viewer, audience_id: int) -> AudienceRun | None:
    """What the worker does for this audience, or will do."""
    if not viewer.may(May.MODERATE):
        return None
    statement = (
        select(AudienceRun)
        .outerjoin(TrainingRule, TrainingRule.id == AudienceRun.rule_id)
        .where(
            AudienceRun.state.in_(("waiting", "running")),
            or_(
                AudienceRun.audience_id == audience_id,
                TrainingRule.audience_id == audience_id,
                and_(AudienceRun.audience_id.is_(None), AudienceRun.rule_id.is_(None)),
            ),
        )
    )
    return db.session.scalars(statement.order_by(AudienceRun.id).limit(1)).first()


def _undecided(*wanted: Any) -> Any:
    open_ones = (RuleException.resolved_at.is_(None), RuleException.reason.not_in(INFORMATION))
    return select(func.count()).select_from(RuleException).where(*open_ones, *wanted).scalar_subquery()


def _exceptions(
    statement: Select[*tuple[Any, ...]], viewer: Viewer, filters: ExceptionFilters
) -> Select[*tuple[Any, ...]]:
    wanted: list[ColumnElement[bool]] = [RuleException.resolved_at.is_(None)]
    if not viewer.may(May.MODERATE):
        wanted.append(RuleException.employee_id.in_(employee_ids_visible_to(viewer)))
    if filters.reasons:
        wanted.append(RuleException.reason.in_(filters.reasons))
    else:
        wanted.append(RuleException.reason.not_in(INFORMATION))
    if filters.audience_id is not None:
        wanted.append(TrainingRule.audience_id == filters.audience_id)
    if filters.rule_id is not None:
        wanted.append(TrainingRule.id == filters.rule_id)
    if filters.q:
        by_name = and_(*(Employee.sort_name.contains(word, autoescape=True) for word in fold(filters.q).split()))
        wanted.append(or_(Employee.number == filters.q, by_name))
    return (
        statement.select_from(RuleException)
        .join(TrainingRule, TrainingRule.id == RuleException.rule_id)
        .join(Audience, Audience.id == TrainingRule.audience_id)
        .outerjoin(Course, Course.id == TrainingRule.course_id)
        .outerjoin(LearningPath, LearningPath.id == TrainingRule.path_id)
        .join(Employee, Employee.id == RuleException.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(*wanted)
    )
