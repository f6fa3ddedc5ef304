"""Whether anything of a manager's line has changed since a page last looked: asked every half minute, so cheap (DSH-5).

First the server's own counters of what was written to the tables the page is made of: nothing written anywhere, nothing
to look at. Only when they moved is the line itself summed up. The counters may come ten seconds late and count what
was rolled back, which costs a look and never shows anything wrong. The hour is part of it, as words like 'stalled for
3 days' change without anybody writing.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import BigInteger, cast, extract, func, select, text

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

TABLES = ("training_assignment", "enrollment", "certificate", "notice", "employee", "reporting_line", "department")
WRITTEN = text(
    "SELECT sum(pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)"
    " + pg_stat_get_tuples_deleted(c.oid)) FROM unnest(cast(:tables AS text[])) AS t (name)"
    " JOIN pg_class c ON c.oid = to_regclass(t.name)"
)


def team_mark(viewer: Viewer, now: dt.datetime, known: str = "") -> str:
    """'written-line': the same as `known` in its second part when nothing of the line changed. Two statements while
    nobody writes anything, else five."""
    written = _written(now)
    before, _dash, line = known.partition("-")
    return known if line and before == written else f"{written}-{line_mark(viewer, now)}"


def same_line(one: str, other: str) -> bool:
    """Whether two marks say the same of the line."""
    return one.partition("-")[2] == other.partition("-")[2]


def line_mark(viewer: Viewer, now: dt.datetime) -> str:
    """A word that changes with whatever the dashboard shows of the line."""
    mine = TrainingAssignment.employee_id.in_(line_of(viewer))
    due = TrainingAssignment.due_at
    started = TrainingAssignment.started_at
    open_ones = select(
        func.count(),
        func.sum(TrainingAssignment.id),
        func.sum(extract("epoch", due)),
        func.count(started),
        func.count().filter(due <= now),
    ).where(is_open(), mine)
    going_on = (
        select(func.sum(Enrollment.progress), func.max(Enrollment.last_active_at), func.count(Enrollment.paused_until))
        .join(TrainingAssignment, TrainingAssignment.enrollment_id == Enrollment.id)
        .where(is_open(), started.is_not(None), mine)
    )
    facts = func.concat_ws(
        "/", Employee.name, Employee.status, Employee.department_id, Employee.job_role, Employee.location
    )
    people = (
        select(func.count(), func.sum(cast(func.hashtext(facts), BigInteger)), func.sum(ReportingLine.depth))
        .select_from(ReportingLine)
        .join(Employee, Employee.id == ReportingLine.employee_id)
        .where(ReportingLine.manager_id == viewer.employee_id)
    )
    last = select(func.max(Notice.id)).where(Notice.employee_id == ReportingLine.employee_id).scalar_subquery()
    told = select(func.max(last)).select_from(ReportingLine).where(ReportingLine.manager_id == viewer.employee_id)
    found = [tuple(db.session.execute(one).one()) for one in (open_ones, going_on, people, told)]
    return hashlib.sha256(repr((now.replace(minute=0, second=0, microsecond=0), found)).encode()).hexdigest()[:16]


def _written(now: dt.datetime) -> str:
    """How often anything was written to those tables, and up to which instant due dates have passed."""
    late = select(func.max(TrainingAssignment.due_at)).where(is_open(), TrainingAssignment.due_at <= now)
    count = db.session.scalar(WRITTEN, {"tables": list(TABLES)}) or 0
    passed = db.session.scalar(select(extract("epoch", late.scalar_subquery())))
    return f"{int(count):x}.{int(passed or 0):x}.{int(now.timestamp()) // 3600:x}"
