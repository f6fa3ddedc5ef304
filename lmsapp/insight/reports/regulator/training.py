"""How a completion was trained for, as SQL: sessions, trainers with their qualifications, evaluations.

Of each thing the nearest that was said counts: of this completion (`TrainingParticular`), of the sessions attended for
it, of the course on the day it was completed. A session belongs to the completion that followed it. Everything is
gathered once and joined, never asked row by row: such a report has as many rows as people have been trained.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, FromClause, Select, Subquery, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.orm import aliased

from lmsapp.infra.db import Model
from lmsapp.insight.reports.regulator.records import AS_DAY, COMPLETED_ON, Record
from lmsapp.insight.reports.report import Asking
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.learning.particulars.models import TrainerNote, TrainingParticular
from lmsapp.people.employees.models import Employee

Words = ColumnElement[str]
Join = tuple[type[Model] | FromClause, ColumnElement[bool]]
BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Trained:
    """Outer joins and columns of one completion: `sessions` are days as text, null without any; `trainer` and
    `qualification` are null or '' where nobody said; `said` are its particulars."""

    joins: tuple[Join, ...]
    said: Subquery
    sessions: Words
    trainer: Words
    qualification: Words


def joined(statement: Select[*tuple[Any, ...]], joins: tuple[Join, ...]) -> Select[*tuple[Any, ...]]:
    """The statement with each of them, where there is something."""
    for what, where in joins:
        statement = statement.outerjoin(what, where)
    return statement


def trained(asking: Asking, standing: CTE) -> Trained:
    """`standing`: see `records.standing`."""
    said, held, of_course = _said(asking), _sessions(asking, standing), _of_courses(asking)
    own, session = func.nullif(said.c.trainer, ""), func.nullif(held.c.trainers, "")
    until = or_(of_course.c.until.is_(None), of_course.c.until > COMPLETED_ON)
    on_that_day = (of_course.c.course_id == Record.subject_id) & (of_course.c.since <= COMPLETED_ON) & until
    return Trained(
        joins=(
            (said, said.c.record_id == Record.id),
            (held, held.c.record_id == Record.id),
            (of_course, on_that_day),
        ),
        said=said,
        sessions=held.c.days,
        trainer=func.coalesce(own, session, of_course.c.name),
        # Qualifications are of whoever is named, never of somebody else.
        qualification=case(
            (own.is_not(None), said.c.qualification),
            (session.is_not(None), held.c.qualifications),
            else_=of_course.c.qualification,
        ),
    )


def evaluation(asking: Asking, said: Subquery, standing: CTE) -> tuple[tuple[Join, ...], ColumnElement[dt.date], Words]:
    """Joins, day and evaluator of the practical evaluation behind a completion: as it was noted, else who awarded the
    certificate, else who passed the last work that was handed in for it. Null where there was none."""
    awarded, graded = _awarded(asking), _graded(standing)
    noted = said.c.evaluated_on.is_not(None)
    on = func.coalesce(said.c.evaluated_on, awarded.c.on, graded.c.on)
    by = case((noted, said.c.evaluated_by), (awarded.c.on.is_not(None), awarded.c.by), else_=graded.c.by)
    joins = ((awarded, awarded.c.record_id == Record.id), (graded, graded.c.record_id == Record.id))
    return joins, on, by


def _said(asking: Asking) -> Subquery:
    newest = select(TrainingParticular).ext(distinct_on(TrainingParticular.record_id))
    newest = newest.where(TrainingParticular.recorded_at <= asking.now)
    if asking.ids is not None:
        newest = newest.where(TrainingParticular.record_id.in_(asking.ids))
    return newest.order_by(TrainingParticular.record_id, TrainingParticular.id.desc()).subquery("said")


def _of_courses(asking: Asking) -> Subquery:
    """Of each course from which day until which other day who trains."""
    note = TrainerNote
    newest = (
        select(note.course_id, note.since, note.name, note.qualification)
        .ext(distinct_on(note.course_id, note.since))
        .where(note.session_id.is_(None), note.recorded_at <= asking.now)
        .order_by(note.course_id, note.since, note.id.desc())
        .subquery("newest")
    )
    until = func.lead(newest.c.since).over(partition_by=newest.c.course_id, order_by=newest.c.since)
    return select(*newest.c, until.label("until")).subquery("of_course")


def _sessions(asking: Asking, standing: CTE) -> Subquery:
    """Days, trainers and qualifications of the sessions attended for a completion, in order of the days."""
    named, session = _session_trainers(asking), AttendanceSession
    there = or_(Attendance.taken_back_at.is_(None), Attendance.taken_back_at > asking.now)
    since = cast(func.timezone(Employee.time_zone, standing.c.before), Date)

    def listed(column: ColumnElement[str]) -> Words:
        return func.string_agg(column, aggregate_order_by(literal(BETWEEN), session.held_on, session.id))

    return (
        select(
            standing.c.id.label("record_id"),
            listed(func.to_char(session.held_on, AS_DAY)).label("days"),
            listed(func.nullif(named.c.name, "")).label("trainers"),
            listed(case((named.c.name != "", func.nullif(named.c.qualification, "")))).label("qualifications"),
        )
        .select_from(Attendance)
        .join(session, session.id == Attendance.session_id)
        .join(Enrollment, Enrollment.id == Attendance.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(standing, _of_enrollment(standing))
        .outerjoin(named, named.c.session_id == session.id)
        .where(
            Attendance.recorded_at <= asking.now,
            there,
            session.held_on <= standing.c.on,
            or_(since.is_(None), session.held_on > since),
        )
        .group_by(standing.c.id)
        .subquery("held")
    )


def _session_trainers(asking: Asking) -> Subquery:
    return (
        select(TrainerNote.session_id, TrainerNote.name, TrainerNote.qualification)
        .ext(distinct_on(TrainerNote.session_id))
        .where(TrainerNote.session_id.is_not(None), TrainerNote.recorded_at <= asking.now)
        .order_by(TrainerNote.session_id, TrainerNote.id.desc())
        .subquery("named")
    )


def _awarded(asking: Asking) -> Subquery:
    decided = CertificateEvaluation.decided_at
    return (
        select(
            CertificateEvaluation.record_id,
            cast(func.timezone(Employee.time_zone, decided), Date).label("on"),
            CertificateEvaluation.decided_by_name.label("by"),
        )
        .join(Enrollment, Enrollment.id == CertificateEvaluation.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(CertificateEvaluation.state == "awarded", decided <= asking.now)
        .subquery("awarded")
    )


def _graded(standing: CTE) -> Subquery:
    """The last pass before the completion that no later judgement took away; work of an earlier time round does not
    count."""
    later = aliased(Grading)
    judged_anew = select(later.id).where(later.hand_in_id == Grading.hand_in_id, later.number > Grading.number)
    return (
        select(
            standing.c.id.label("record_id"),
            cast(func.timezone(Employee.time_zone, Grading.graded_at), Date).label("on"),
            Grading.graded_by_name.label("by"),
        )
        .ext(distinct_on(standing.c.id))
        .select_from(Grading)
        .join(HandIn, HandIn.id == Grading.hand_in_id)
        .join(Enrollment, Enrollment.id == HandIn.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(standing, _of_enrollment(standing))
        .where(
            Grading.decision == "pass",
            ~judged_anew.exists(),
            Grading.graded_at <= standing.c.occurred_at,
            or_(standing.c.before.is_(None), Grading.graded_at > standing.c.before),
        )
        .order_by(standing.c.id, Grading.graded_at.desc(), Grading.id.desc())
        .subquery("graded")
    )


def _of_enrollment(standing: CTE) -> ColumnElement[bool]:
    return (standing.c.employee_id == Enrollment.employee_id) & (standing.c.subject_id == Enrollment.course_id)
