"""How a completion was trained for, as SQL: sessions, trainers with their qualifications, evaluations.

Of each thing the nearest that was said counts: of this completion (`TrainingParticular`), of the sessions attended for
it, of the course on the day it was completed. A session belongs to the completion that followed it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Date, Subquery, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from lmsapp.insight.reports.regulator.records import COMPLETED_ON, DAY, Record
from lmsapp.insight.reports.report import Asking
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.learning.particulars.models import TrainerNote, TrainingParticular
from lmsapp.people.employees.models import Employee

Words = ColumnElement[str]
BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Trained:
    """Joins and columns of one completion: `sessions` are days as text, null without any; `trainer` and
    `qualification` are null or '' where nobody said."""

    joins: tuple[LateralFromClause, ...]
    said: LateralFromClause
    sessions: Words
    trainer: Words
    qualification: Words


def trained(asking: Asking, before: LateralFromClause) -> Trained:
    """`before`: see `records.completed_before`; it is joined before these."""
    said, held, of_course = _said(asking), _sessions(asking, before), _of_course(asking)
    own, session = func.nullif(said.c.trainer, ""), func.nullif(held.c.trainers, "")
    return Trained(
        joins=(said, held, of_course),
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


def evaluation(
    asking: Asking, said: LateralFromClause, before: LateralFromClause
) -> tuple[tuple[LateralFromClause, ...], ColumnElement[dt.date], Words]:
    """Joins, day and evaluator of the practical evaluation behind a completion: as it was noted, else who awarded the
    certificate, else who passed the last work that was handed in for it. Null where there was none."""
    awarded, graded = _awarded(asking), _graded(before)
    noted = said.c.evaluated_on.is_not(None)
    on = func.coalesce(said.c.evaluated_on, awarded.c.on, graded.c.on)
    by = case((noted, said.c.evaluated_by), (awarded.c.on.is_not(None), awarded.c.by), else_=graded.c.by)
    return (awarded, graded), on, by


def _said(asking: Asking) -> LateralFromClause:
    newest = select(TrainingParticular).where(
        TrainingParticular.record_id == Record.id, TrainingParticular.recorded_at <= asking.now
    )
    return newest.order_by(TrainingParticular.id.desc()).limit(1).lateral("said")


def _of_course(asking: Asking) -> LateralFromClause:
    named = select(TrainerNote.name, TrainerNote.qualification).where(
        TrainerNote.course_id == Record.subject_id,
        TrainerNote.session_id.is_(None),
        TrainerNote.since <= COMPLETED_ON,
        TrainerNote.recorded_at <= asking.now,
    )
    return named.order_by(TrainerNote.since.desc(), TrainerNote.id.desc()).limit(1).lateral("of_course")


def _sessions(asking: Asking, before: LateralFromClause) -> LateralFromClause:
    """Days, trainers and qualifications of the sessions attended for a completion, in order of the days."""
    named = _session_trainers(asking)
    session = AttendanceSession
    there = or_(Attendance.taken_back_at.is_(None), Attendance.taken_back_at > asking.now)
    since = cast(func.timezone(Employee.time_zone, before.c.at), Date)

    def listed(column: ColumnElement[str]) -> Words:
        return func.string_agg(column, aggregate_order_by(literal(BETWEEN), session.held_on, session.id))

    return (
        select(
            listed(func.to_char(session.held_on, DAY)).label("days"),
            listed(func.nullif(named.c.name, "")).label("trainers"),
            listed(case((named.c.name != "", func.nullif(named.c.qualification, "")))).label("qualifications"),
        )
        .select_from(Attendance)
        .join(session, session.id == Attendance.session_id)
        .outerjoin(named, named.c.session_id == session.id)
        .where(
            Attendance.enrollment_id == Enrollment.id,
            Attendance.recorded_at <= asking.now,
            there,
            session.held_on <= COMPLETED_ON,
            or_(since.is_(None), session.held_on > since),
        )
        .correlate(Record, Enrollment, Employee, before)
        .lateral("held")
    )


def _session_trainers(asking: Asking) -> Subquery:
    return (
        select(TrainerNote.session_id, TrainerNote.name, TrainerNote.qualification)
        .ext(distinct_on(TrainerNote.session_id))
        .where(TrainerNote.session_id.is_not(None), TrainerNote.recorded_at <= asking.now)
        .order_by(TrainerNote.session_id, TrainerNote.id.desc())
        .subquery("named")
    )


def _awarded(asking: Asking) -> LateralFromClause:
    decided = CertificateEvaluation.decided_at
    verdict = select(
        cast(func.timezone(Employee.time_zone, decided), Date).label("on"),
        CertificateEvaluation.decided_by_name.label("by"),
    ).where(
        CertificateEvaluation.record_id == Record.id, CertificateEvaluation.state == "awarded", decided <= asking.now
    )
    return verdict.correlate(Record, Employee).lateral("awarded")


def _graded(before: LateralFromClause) -> LateralFromClause:
    """The last pass before the completion that no later judgement took away; work of an earlier time round does not
    count."""
    later = aliased(Grading)
    judged_anew = select(later.id).where(later.hand_in_id == Grading.hand_in_id, later.number > Grading.number)
    passed = (
        select(
            cast(func.timezone(Employee.time_zone, Grading.graded_at), Date).label("on"),
            Grading.graded_by_name.label("by"),
        )
        .join(HandIn, HandIn.id == Grading.hand_in_id)
        .where(
            HandIn.enrollment_id == Enrollment.id,
            Grading.decision == "pass",
            ~judged_anew.exists(),
            Grading.graded_at <= Record.occurred_at,
            or_(before.c.at.is_(None), Grading.graded_at > before.c.at),
        )
    )
    order = (Grading.graded_at.desc(), Grading.id.desc())
    return passed.order_by(*order).limit(1).correlate(Record, Enrollment, Employee, before).lateral("graded")
