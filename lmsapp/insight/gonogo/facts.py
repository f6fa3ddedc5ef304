"""Who is on a checklist, and what is on record of each for every thing it asks, as statements (REP-3).

One row a person and thing. Its columns are `rules.Facts`, and beside them what a page says of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    Date,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoItem, GoNoGoPerson
from lmsapp.insight.gonogo.rules import Group, Thing
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.people.audiences.models import AudienceMember
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to
from lmsapp.people.viewer import Viewer

Boss = aliased(Employee)
A_MONTH = text("interval '1 month'")
# `courses.paths.rules.expires_on` of a path somebody completed: as long as everything it stands on is valid, of the
# electives those that last longest. Null: for good.
PATH_UNTIL = literal_column(
    """(SELECT nullif(min(counted.until), DATE '9999-12-31') FROM (
        SELECT item.value ->> 'role' AS role, (v.content -> 'path' ->> 'electives')::integer AS electives,
            coalesce(e.valid_until, DATE '9999-12-31') AS until,
            row_number() OVER (
                PARTITION BY item.value ->> 'role' ORDER BY coalesce(e.valid_until, DATE '9999-12-31') DESC
            ) AS place
        FROM path_version v CROSS JOIN LATERAL jsonb_array_elements(v.content -> 'items') AS item (value)
        JOIN enrollment e ON e.course_id = (item.value ->> 'course_id')::integer
            AND e.employee_id = path_enrollment.employee_id AND e.completed_at IS NOT NULL
        WHERE v.path_id = path_enrollment.path_id
            AND v.number = coalesce(path_enrollment.version, learning_path.version)
    ) AS counted WHERE role = 'required' OR (role = 'elective' AND place <= electives))""",
    Date,
)


def everybody_on(checklist: GoNoGo) -> Select[int]:
    """The ids of all on it, whoever asks; people who have left among them."""
    match Group(checklist.who):
        case Group.AUDIENCE:
            present = (AudienceMember.audience_id == checklist.audience_id, AudienceMember.left_at.is_(None))
            return select(AudienceMember.employee_id).where(*present)
        case Group.LINE:
            return select(ReportingLine.employee_id).where(ReportingLine.manager_id == checklist.lead_id)
        case Group.PEOPLE:
            return select(GoNoGoPerson.employee_id).where(GoNoGoPerson.checklist_id == checklist.id)


def seen_by(viewer: Viewer) -> Any:
    """Of `Employee`: those whose training the viewer may see."""
    return true() if viewer.may(*SEES_EVERYBODY) else Employee.id.in_(employee_ids_visible_to(viewer))


def among(employee_id: Any, people: Sequence[int] | None) -> Any:
    """Whether somebody is one of these; without any, everybody is."""
    return true() if people is None else employee_id.in_(people)


def members(checklist: GoNoGo, viewer: Viewer, now: dt.datetime, people: Sequence[int] | None = None) -> CTE:
    """Those who work here and whom the viewer may see. `today` and `day` (that counts) are dates where they are.
    `people`: these of them only."""
    today = cast(func.timezone(Employee.time_zone, now), Date)
    return (
        select(
            Employee.id, Employee.number, Employee.name, Employee.sort_name, Employee.email, Employee.job_role,
            Department.name.label("department"), Boss.name.label("manager"),
            today.label("today"), func.greatest(today, literal(checklist.day, Date)).label("day"),
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Boss, Boss.id == Employee.manager_id)
        .where(Employee.id.in_(everybody_on(checklist)), Employee.status == "active", seen_by(viewer))
        .where(among(Employee.id, people))
        .cte("member")
    )  # fmt: skip


def facts(checklist: GoNoGo, member: CTE, people: Sequence[int] | None = None) -> Any:
    """A union of what is on record, one row a member and thing. `people`: as for `members`."""
    return union_all(
        _courses(checklist, member, people), _paths(checklist, member), _types(checklist, member)
    ).subquery("held")


def _things(checklist: GoNoGo, member: CTE, kind: Thing, subject: Any, title: Any, *columns: Any) -> Select[Any]:
    """What every branch begins with."""
    return select(
        member.c.id.label("employee_id"),
        GoNoGoItem.id.label("item_id"),
        GoNoGoItem.position,
        literal(kind.value, Text).label("kind"),
        subject.label("subject_id"),
        title.label("title"),
        *columns,
    ).select_from(member)


def _courses(checklist: GoNoGo, member: CTE, people: Sequence[int] | None) -> Select[Any]:
    latest = _latest_assignments(checklist, people)
    open_ = and_(latest.c.completed_at.is_(None), latest.c.closed_as.is_(None))
    exempt_there = func.coalesce(latest.c.closed_as == "exempt", false())
    excused = (
        select(CompletionOverride.reason)
        .where(
            CompletionOverride.enrollment_id == Enrollment.id,
            CompletionOverride.kind == "exemption",
            CompletionOverride.state == "applied",
        )
        .order_by(CompletionOverride.id.desc())
        .limit(1)
        .correlate(Enrollment)
        .scalar_subquery()
    )
    columns = (
        Enrollment.id.is_not(None).label("enrolled"),
        Enrollment.completed_at.is_not(None).label("completed"),
        Enrollment.valid_until,
        Enrollment.renewal_from,
        or_(Enrollment.exempted_at.is_not(None), exempt_there).label("exempt"),
        Enrollment.withdrawn_at.is_not(None).label("withdrawn"),
        Enrollment.failed_at.is_not(None).label("failed"),
        Enrollment.paused_until,
        Enrollment.started_at.is_not(None).label("started"),
        case((open_, latest.c.due_on)).label("due_on"),
        cast(func.timezone(Employee.time_zone, Enrollment.completed_at), Date).label("completed_on"),
        func.coalesce(Enrollment.progress, 0).label("progress"),
        Enrollment.id.label("enrollment_id"),
        case((open_, latest.c.id)).label("assignment_id"),
        func.coalesce(case((exempt_there, latest.c.close_reason)), excused, "").label("reason"),
    )
    return (
        _things(checklist, member, Thing.COURSE, Course.id, Course.title, *columns)
        .join(GoNoGoItem, GoNoGoItem.checklist_id == checklist.id)
        .join(Course, Course.id == GoNoGoItem.course_id)
        .join(Employee, Employee.id == member.c.id)
        .outerjoin(Enrollment, and_(Enrollment.employee_id == member.c.id, Enrollment.course_id == Course.id))
        .outerjoin(latest, latest.c.enrollment_id == Enrollment.id)
    )


def _latest_assignments(checklist: GoNoGo, people: Sequence[int] | None) -> Any:
    asked = select(GoNoGoItem.course_id).where(GoNoGoItem.checklist_id == checklist.id)
    found = select(
        TrainingAssignment.id,
        TrainingAssignment.enrollment_id,
        TrainingAssignment.due_on,
        TrainingAssignment.completed_at,
        TrainingAssignment.closed_as,
        TrainingAssignment.close_reason,
    )
    if people is not None:  # so few that each is looked up
        mine = found.where(TrainingAssignment.enrollment_id == Enrollment.id).correlate(Enrollment)
        return mine.order_by(TrainingAssignment.id.desc()).limit(1).lateral("latest")
    return (
        found.ext(distinct_on(TrainingAssignment.enrollment_id))
        .where(TrainingAssignment.course_id.in_(asked), TrainingAssignment.employee_id.in_(everybody_on(checklist)))
        .order_by(TrainingAssignment.enrollment_id, TrainingAssignment.id.desc())
        .subquery("latest")
    )


def _paths(checklist: GoNoGo, member: CTE) -> Select[Any]:
    there = PathEnrollment.id.is_not(None)
    completed = PathEnrollment.completed_at.is_not(None)
    columns = (
        there.label("enrolled"),
        completed.label("completed"),
        case((completed, PATH_UNTIL)).label("valid_until"),
        cast(null(), Date).label("renewal_from"),
        false().label("exempt"),
        PathEnrollment.withdrawn_at.is_not(None).label("withdrawn"),
        false().label("failed"),
        cast(null(), Date).label("paused_until"),
        and_(there, PathEnrollment.progress > 0).label("started"),
        case((~completed, PathEnrollment.due_on)).label("due_on"),
        cast(func.timezone(Employee.time_zone, PathEnrollment.completed_at), Date).label("completed_on"),
        func.coalesce(PathEnrollment.progress, 0).label("progress"),
        cast(null(), Integer).label("enrollment_id"),
        cast(null(), Integer).label("assignment_id"),
        literal("", Text).label("reason"),
    )
    mine = and_(PathEnrollment.employee_id == member.c.id, PathEnrollment.path_id == LearningPath.id)
    return (
        _things(checklist, member, Thing.PATH, LearningPath.id, LearningPath.title, *columns)
        .join(GoNoGoItem, GoNoGoItem.checklist_id == checklist.id)
        .join(LearningPath, LearningPath.id == GoNoGoItem.path_id)
        .join(Employee, Employee.id == member.c.id)
        .outerjoin(PathEnrollment, mine)
    )


def _types(checklist: GoNoGo, member: CTE) -> Select[Any]:
    held = EmployeeCompliance
    complete = and_(held.id.is_not(None), held.decision == "complete")
    waived = and_(held.id.is_not(None), held.decision == "waived")
    month_before = cast(held.renewal_on - A_MONTH, Date)
    asked = exists().where(
        ComplianceDuty.type_id == ComplianceType.id,
        ComplianceDuty.employee_id == member.c.id,
        ComplianceDuty.until.is_(None),
    )
    columns = (
        or_(held.id.is_not(None), asked).label("enrolled"),
        complete.label("completed"),
        case((complete, held.renewal_on)).label("valid_until"),
        case((complete, func.greatest(held.renewal_on - ComplianceType.notice_days, month_before))).label(
            "renewal_from"
        ),
        and_(waived, or_(held.renewal_on.is_(None), held.renewal_on >= member.c.day)).label("exempt"),
        false().label("withdrawn"),
        false().label("failed"),
        cast(null(), Date).label("paused_until"),
        false().label("started"),
        cast(null(), Date).label("due_on"),
        held.completed_on,
        literal(0, Integer).label("progress"),
        cast(null(), Integer).label("enrollment_id"),
        cast(null(), Integer).label("assignment_id"),
        func.coalesce(case((waived, held.reason)), "").label("reason"),
    )
    present = and_(held.employee_id == member.c.id, held.type_id == ComplianceType.id, held.replaced_at.is_(None))
    return (
        _things(checklist, member, Thing.COMPLIANCE, ComplianceType.id, ComplianceType.name, *columns)
        .join(GoNoGoItem, GoNoGoItem.checklist_id == checklist.id)
        .join(ComplianceType, ComplianceType.id == GoNoGoItem.type_id)
        .outerjoin(held, present)
    )
