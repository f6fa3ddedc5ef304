"""What a roster is compared with, and the runs so far."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, read
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import department_tree, spellings
from lmsapp.people.roles import May
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.roster.plan import Known, Present
from lmsapp.people.viewer import Viewer

COMPARED = ("name", "email", "mobile", "job_role", "location", "region", "cohort", "hire_date", "time_zone", "language")


def present_state() -> Present:
    """Every employee, as the plan compares them: four statements at any size."""
    manager = aliased(Employee)
    rows = db.session.execute(
        select(
            Employee.id,
            Employee.number,
            Employee.status,
            *(getattr(Employee, name) for name in COMPARED),
            Employee.department_id,
            manager.number.label("manager_number"),
        ).outerjoin(manager, manager.id == Employee.manager_id)
    )
    tree = department_tree()
    employees = {
        row["number"]: Known(
            id=row["id"],
            number=row["number"],
            active=row["status"] == "active",
            values={name: row[name] for name in COMPARED} | {"department": tree.words(row["department_id"])},
            manager_number=row["manager_number"],
        )
        for row in rows.mappings()
    }
    accounts = db.session.execute(
        select(func.lower(User.email).label("email"), Employee.number).outerjoin(Employee, Employee.user_id == User.id)
    )
    return Present(employees, {row.email: row.number for row in accounts}, tree, spellings())


def roster_run(viewer: Viewer, run_id: int) -> RosterRun | None:
    """A run, for those who keep records."""
    return db.session.get(RosterRun, run_id) if viewer.may(May.KEEP_RECORDS) else None


def roster_runs(viewer: Viewer, limit: int = 20) -> list[Any]:
    """The latest runs, newest first: id, file_name, status, counts, created_at, applied_at, created_by."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    rows = db.session.execute(
        select(
            RosterRun.id,
            RosterRun.file_name,
            RosterRun.status,
            RosterRun.counts,
            RosterRun.created_at,
            RosterRun.applied_at,
            User.name.label("created_by"),
        )
        .outerjoin(User, User.id == RosterRun.created_by_id)
        .order_by(RosterRun.id.desc())
        .limit(limit)
    )
    return list(rows)


def bytes_of(run: RosterRun) -> bytes:
    """The file of a run as it came. Raises FileNotFoundError when it is gone."""
    return read(db.session.get_one(StoredFile, run.file_id).sha256)
