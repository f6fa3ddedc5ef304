"""Sessions of a course, who attended, who could."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


def sessions_of(course_id: int) -> Sequence[Any]:
    """Of a course the viewer may see, newest first: id, title, held_on, minutes, recorded_by_name, people."""
    there = Attendance.taken_back_at.is_(None)
    return db.session.execute(
        select(
            AttendanceSession.id,
            AttendanceSession.title,
            AttendanceSession.held_on,
            AttendanceSession.minutes,
            AttendanceSession.recorded_by_name,
            func.count(Attendance.id).filter(there).label("people"),
        )
        .outerjoin(Attendance, Attendance.session_id == AttendanceSession.id)
        .where(AttendanceSession.course_id == course_id)
        .group_by(AttendanceSession.id)
        .order_by(AttendanceSession.held_on.desc(), AttendanceSession.id.desc())
    ).all()


def session_for(viewer: Viewer, session_id: int) -> AttendanceSession | None:
    """One of a course the viewer writes or looks after, course loaded."""
    return db.session.scalars(
        select(AttendanceSession)
        .join(AttendanceSession.course)
        .options(contains_eager(AttendanceSession.course))
        .where(AttendanceSession.id == session_id, written_by(viewer))
    ).one_or_none()


def attended(session_id: int) -> Sequence[Any]:
    """By name: id, enrollment_id, name, number, recorded_by_name, taken_back_at, taken_back_by_name, reason."""
    return db.session.execute(
        select(
            Attendance.id,
            Attendance.enrollment_id,
            Employee.name,
            Employee.number,
            Attendance.recorded_by_name,
            Attendance.taken_back_at,
            Attendance.taken_back_by_name,
            Attendance.taken_back_reason.label("reason"),
        )
        .join(Enrollment, Enrollment.id == Attendance.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(Attendance.session_id == session_id)
        .order_by(Employee.sort_name, Attendance.id)
    ).all()


def attendance_in(session_id: int, attendance_id: int) -> tuple[Attendance, Enrollment] | None:
    """One entry of a session, with its enrollment (employee and course loaded)."""
    row = db.session.execute(
        select(Attendance, Enrollment)
        .join(Enrollment, Enrollment.id == Attendance.enrollment_id)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .options(contains_eager(Enrollment.employee), contains_eager(Enrollment.course))
        .where(Attendance.id == attendance_id, Attendance.session_id == session_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def who_could_attend(course_id: int) -> Sequence[Enrollment]:
    """Everybody enrolled who works here, by name; employee and course loaded."""
    return db.session.scalars(
        select(Enrollment)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .options(contains_eager(Enrollment.employee), contains_eager(Enrollment.course))
        .where(Course.id == course_id, Enrollment.withdrawn_at.is_(None), Employee.status == "active")
        .order_by(Employee.sort_name, Enrollment.id)
    ).all()
