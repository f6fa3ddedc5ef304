"""What a roster is compared with, the runs so far, and the lines of their plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, exists, func, or_, select
from sqlalchemy.orm import aliased, undefer

from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, read
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import department_tree, spellings
from lmsapp.people.roles import May, Role
from lmsapp.people.roster.lines import Kind
from lmsapp.people.roster.models import RosterLine, RosterRun
from lmsapp.people.roster.plan import Known, Present
from lmsapp.people.viewer import Viewer

COMPARED = ("name", "email", "mobile", "job_role", "location", "region", "cohort", "hire_date", "time_zone", "language")
PAGE = 25
MOST_LINES = 200_000


@dataclass(frozen=True, slots=True)
class RunFilters:
    """Empty: all. `q` finds in the file's name, and in number and name of the people a file changed."""

    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    q: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, from 1."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int


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
    more = exists().where(UserRole.user_id == User.id, UserRole.role != Role.LMS_STUDENT.value)
    privileged = db.session.execute(select(func.lower(User.email).label("email"), User.name).where(more))
    return Present(
        employees, {row.email: row.number for row in accounts}, tree, spellings(),
        {row.email: row.name for row in privileged}, _last_manager(),
    )  # fmt: skip


def _last_manager() -> str | None:
    managers = db.session.execute(
        select(Employee.number)
        .select_from(UserRole)
        .join(User, User.id == UserRole.user_id)
        .outerjoin(Employee, Employee.user_id == User.id)
        .where(UserRole.role == Role.SYSTEM_MANAGER.value, User.active)
        .limit(2)
    ).all()
    return managers[0].number if len(managers) == 1 else None


def roster_run(viewer: Viewer, run_id: int) -> RosterRun | None:
    """A run, for those who keep records."""
    return db.session.get(RosterRun, run_id) if viewer.may(May.KEEP_RECORDS) else None


def columns_applied_last(headings: str) -> RosterRun | None:
    """The run whose columns hold for these headings: the last one applied with them."""
    statement = select(RosterRun).where(RosterRun.headings == headings, RosterRun.status == "applied")
    return db.session.scalars(statement.order_by(RosterRun.id.desc()).limit(1)).first()


def columns_source(run: RosterRun) -> Any:
    """Whose columns the run uses: applied_at, name of who applied it (None: by itself). None when guessed."""
    if run.columns_of_id is None:
        return None
    who = select(RosterRun.id, RosterRun.applied_at, RosterRun.created_at, User.name)
    who = who.outerjoin(User, User.id == RosterRun.applied_by_id)
    return db.session.execute(who.where(RosterRun.id == run.columns_of_id)).one_or_none()


def roster_runs(viewer: Viewer | None, filters: RunFilters | None = None, number: int = 1, size: int = PAGE) -> Page:
    """The runs, newest first: id, file_name, status, state, asked, counts, source, created_at, applied_at, error,
    error_values, row_count, created_by, applied_by. `viewer` None is the command line."""
    if viewer is not None and not viewer.may(May.KEEP_RECORDS):
        return Page([], 1, size, 0)
    wanted = _wanted(filters or RunFilters())
    total = db.session.scalar(select(func.count()).select_from(RosterRun).where(*wanted)) or 0
    number = max(1, min(number, -(-total // size)))
    creator, applier = aliased(User), aliased(User)
    names = ("id", "file_name", "status", "state", "asked", "counts", "source", "created_at", "applied_at", "error",
             "error_values", "row_count")  # fmt: skip
    columns = [getattr(RosterRun, name) for name in names]
    rows = db.session.execute(
        select(*columns, creator.name.label("created_by"), applier.name.label("applied_by"))
        .outerjoin(creator, creator.id == RosterRun.created_by_id)
        .outerjoin(applier, applier.id == RosterRun.applied_by_id)
        .where(*wanted)
        .order_by(RosterRun.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(rows.all(), number, size, total)


def lines_of(run: RosterRun, kind: Kind, q: str = "", number: int = 1, size: int = 50) -> Page:
    """One page of a plan: line, number, name, employee_id, told."""
    if kind is Kind.SAME:
        return _same(run, q, number, size)
    statement = _lines(run, kind, q)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = max(1, min(number, -(-total // size)))
    page = statement.order_by(RosterLine.id).limit(size).offset((number - 1) * size)
    return Page(db.session.execute(page).all(), number, size, total)


def all_lines(run: RosterRun, kind: Kind | None) -> Iterator[Any]:
    """Every line of a plan, or of one kind, for a download: kind, line, number, name, told."""
    if kind is None or kind is not Kind.SAME:
        yield from db.session.execute(_lines(run, kind, "").order_by(RosterLine.id).limit(MOST_LINES))
    if kind is None or kind is Kind.SAME:
        yield from _unchanged(run, "")


def run_that_touched(viewer: Viewer, employee_id: int) -> Any:
    """The last applied run that changed somebody: id, file_name, applied_at, kind. None when none did."""
    if not viewer.may(May.KEEP_RECORDS):
        return None
    changed = (Kind.JOINER.value, Kind.MOVER.value, Kind.LEAVER.value)
    statement = (
        select(RosterRun.id, RosterRun.file_name, RosterRun.applied_at, RosterLine.kind)
        .join(RosterLine, RosterLine.run_id == RosterRun.id)
        .where(RosterLine.employee_id == employee_id, RosterLine.kind.in_(changed), RosterRun.status == "applied")
    )
    return db.session.execute(statement.order_by(RosterRun.id.desc()).limit(1)).first()


def file_of(run: RosterRun) -> StoredFile:
    """The file of a run as it came."""
    return db.session.get_one(StoredFile, run.file_id)


def bytes_of(run: RosterRun) -> bytes:
    """Its bytes. Raises FileNotFoundError when they are gone."""
    return read(file_of(run).sha256)


@dataclass(frozen=True, slots=True)
class SameLine:
    """Somebody who stays as they are; the columns of a RosterLine."""

    line: int | None
    number: str
    name: str
    employee_id: int
    kind: str = Kind.SAME.value

    @property
    def told(self) -> dict[str, Any]:
        return {}


def _same(run: RosterRun, q: str, number: int, size: int) -> Page:
    found = _unchanged(run, q)
    number = max(1, min(number, -(-len(found) // size)))
    return Page(found[(number - 1) * size : number * size], number, size, len(found))


def _unchanged(run: RosterRun, q: str) -> list[SameLine]:
    statement = select(RosterRun).where(RosterRun.id == run.id).options(undefer(RosterRun.unchanged))
    kept = db.session.scalars(statement, execution_options={"populate_existing": False}).one().unchanged
    wanted = q.casefold()
    return [SameLine(*one) for one in kept if not q or wanted in f"{one[1]} {one[2]}".casefold()]


def _lines(run: RosterRun, kind: Kind | None, q: str) -> Select[Any]:
    columns = (RosterLine.kind, RosterLine.line, RosterLine.number, RosterLine.name, RosterLine.employee_id)
    statement = select(RosterLine.id, *columns, RosterLine.told).where(RosterLine.run_id == run.id)
    if kind is not None:
        statement = statement.where(RosterLine.kind == kind.value)
    if q:
        looked_in = (RosterLine.name, RosterLine.number, cast(RosterLine.told, Text))
        statement = statement.where(or_(*(one.icontains(q, autoescape=True) for one in looked_in)))
    return statement


def _wanted(filters: RunFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.statuses:
        wanted.append(RosterRun.status.in_(filters.statuses))
    if filters.sources:
        wanted.append(RosterRun.source.in_(filters.sources))
    if filters.q:
        person = or_(RosterLine.name.icontains(filters.q, autoescape=True), RosterLine.number == filters.q)
        touched = exists().where(RosterLine.run_id == RosterRun.id, RosterLine.kind != Kind.PROBLEM.value, person)
        wanted.append(or_(RosterRun.file_name.icontains(filters.q, autoescape=True), touched))
    return wanted
