"""The rows behind a number (DSH-4): as a page of a list and as a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal_column, select

from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.statistics import facts
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import Statement
from lmsapp.insight.statistics.listed import WHAT
from lmsapp.insight.statistics.row_kinds import RowsAsked
from lmsapp.people.employees.models import Department, Employee

PAGE = 50
HEAD = (N_("employee number"), N_("name"), N_("department"), N_("job role"), N_("location"), N_("course"))


def page_of_rows(asking: Asking, of: RowsAsked) -> tuple[Sequence[Any], int]:
    """A page by name, and how many in all. Columns: employee_id, number, name, job_role, department, location, course,
    enrollment_id, first, second, value. Two statements."""
    statement = _statement(asking, of)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    return db.session.execute(_ordered(statement).limit(PAGE).offset((of.page - 1) * PAGE)).all(), total


def count_rows(asking: Asking, of: RowsAsked) -> int:
    """How many."""
    return db.session.scalar(select(func.count()).select_from(_statement(asking, of).subquery())) or 0


def sheet_of_rows(asking: Asking, of: RowsAsked) -> Statement:
    """All of them in the order of HEAD and the heads of what was asked, for `sheets.as_csv`."""
    row = _ordered(_statement(asking, of)).subquery()
    shown = [row.c[name] for name, head in zip(("first", "second", "value"), WHAT[of.what].heads, strict=True) if head]
    return select(row.c.number, row.c.name, row.c.department, row.c.job_role, row.c.location, row.c.course, *shown)


def _statement(asking: Asking, of: RowsAsked) -> Statement:
    if of.course:
        asking = asking.of_course(of.course)
    if of.by == "kind":
        asking = asking.of_kind(of.group)
    statement = WHAT[of.what].rows(asking, of).where(*facts.in_group(of.by, of.group))
    return statement.outerjoin(Department, Department.id == Employee.department_id)


def _ordered(statement: Statement) -> Statement:
    return statement.order_by(
        Employee.sort_name, Employee.id, literal_column("course"), literal_column("enrollment_id")
    )
