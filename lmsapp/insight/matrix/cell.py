"""What stands behind one cell: the decision and its evidence, learning beside it, what happened before (HRD-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, cast, func, select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.expressions import LETTERS, NOT_ASKED
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, ComplianceTypeCourse, EmployeeCompliance
from lmsapp.compliance.ledger.moments import Moment
from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.compliance.standing.working_out import worked_out
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.infra.db import db
from lmsapp.insight.matrix.columns import columns_for
from lmsapp.insight.matrix.filters import MatrixFilters
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.queries import employee_ids_visible_to, line_of
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Cell:
    """`status` None: not asked and nothing decided. `decision`: the one that holds, columns as `_decisions`; `earlier`
    the others, newest first. `evidence`: id, title, sha256, archived_at. `learned`: completions of the courses that
    support the type (title, completed_on, score, how, valid_until, revoked_at); `open`: assignments of them."""

    person: Any
    type: ComplianceType
    status: ComplianceStatus | None
    asked_since: dt.datetime | None
    decision: Any | None
    earlier: Sequence[Any]
    evidence: Any | None
    learned: Sequence[Any]
    open: Sequence[Any]


def cell_of(viewer: Viewer, employee_id: int, type_id: int, moment: Moment, *, line: bool) -> Cell | None:
    """One cell, for whoever may see that person; `line`: of the own line only. Eight statements."""
    seen = line_of(viewer) if line else employee_ids_visible_to(viewer)
    person = db.session.execute(
        select(Employee.id, Employee.name, Employee.number, Employee.job_role, Department.name.label("department"))
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(Employee.id == employee_id, Employee.id.in_(seen))
    ).one_or_none()
    column = next((one for one in columns_for(MatrixFilters()).all if one.id == type_id), None)
    if person is None or column is None:
        return None
    states: str = db.session.execute(worked_out(moment, Employee.id == employee_id)).one().states
    letter = states[column.place : column.place + 1] or NOT_ASKED
    decisions = _decisions(employee_id, type_id, moment)
    decision = next((one for one in decisions if one.holds), None)
    several = select(ComplianceTypeCourse.course_id).where(ComplianceTypeCourse.type_id == type_id)
    courses = several.union(select(ComplianceType.course_id).where(ComplianceType.id == type_id))
    return Cell(
        person=person,
        type=db.session.get_one(ComplianceType, type_id),
        status=LETTERS.get(letter),
        asked_since=db.session.scalar(
            select(ComplianceDuty.since).where(
                ComplianceDuty.employee_id == employee_id, ComplianceDuty.type_id == type_id, moment.asked
            )
        ),
        decision=decision,
        earlier=[one for one in decisions if one is not decision],
        evidence=_evidence(decision),
        learned=_learned(employee_id, courses, moment),
        open=_open(employee_id, courses),
    )


def _decisions(employee_id: int, type_id: int, moment: Moment) -> Sequence[Any]:
    """Until that moment, newest first; `holds`: the one that held then."""
    return db.session.execute(
        select(
            EmployeeCompliance.id,
            EmployeeCompliance.decision,
            EmployeeCompliance.completed_on,
            EmployeeCompliance.renewal_on,
            EmployeeCompliance.evidence_id,
            EmployeeCompliance.reason,
            EmployeeCompliance.decided_by_name,
            EmployeeCompliance.decided_at,
            EmployeeCompliance.how,
            EmployeeCompliance.replaced_at,
            moment.decided.label("holds"),
        )
        .where(
            EmployeeCompliance.employee_id == employee_id,
            EmployeeCompliance.type_id == type_id,
            EmployeeCompliance.decided_at <= moment.at,
        )
        .order_by(EmployeeCompliance.id.desc())
    ).all()


def _evidence(decision: Any | None) -> Any | None:
    if decision is None or decision.evidence_id is None:
        return None
    columns = (EmployeeDocument.id, EmployeeDocument.title, EmployeeDocument.sha256, EmployeeDocument.archived_at)
    return db.session.execute(select(*columns).where(EmployeeDocument.id == decision.evidence_id)).one_or_none()


def _learned(employee_id: int, courses: Any, moment: Moment) -> Sequence[Any]:
    """What counts of the courses, newest first, with the period each opened."""
    return db.session.execute(
        select(
            CompletionRecord.title,
            cast(func.left(CompletionRecord.local_time, 10), Date).label("completed_on"),
            CompletionRecord.score,
            CompletionRecord.how,
            CertificationPeriod.valid_until,
            CertificationPeriod.revoked_at,
        )
        .outerjoin(
            CertificationPeriod,
            (CertificationPeriod.record_id == CompletionRecord.id) & CertificationPeriod.replaced_at.is_(None),
        )
        .where(
            CompletionRecord.employee_id == employee_id,
            CompletionRecord.subject_kind == "course",
            CompletionRecord.subject_id.in_(courses),
            CompletionRecord.occurred_at <= moment.at,
            counts(),
        )
        .order_by(CompletionRecord.id.desc())
        .limit(5)
    ).all()


def _open(employee_id: int, courses: Any) -> Sequence[Any]:
    return db.session.execute(
        select(TrainingAssignment.id, Course.title, TrainingAssignment.due_on)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .where(TrainingAssignment.employee_id == employee_id, TrainingAssignment.course_id.in_(courses), is_open())
        .order_by(TrainingAssignment.due_on)
    ).all()
