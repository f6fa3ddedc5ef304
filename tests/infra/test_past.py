"""EVD-5: what rows said is kept by the database, whichever way they are changed, and found again by the same statements."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from lmsapp.assignments.actions import assign
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType
from lmsapp.infra.db import db
from lmsapp.infra.past.days import AsOf
from lmsapp.infra.past.filling import fill
from lmsapp.infra.past.reading import as_of
from lmsapp.infra.past.tables import KEPT
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.actions import leave, update_employee
from lmsapp.people.employees.models import Employee, ReportingLine
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written

BEGIN = dt.datetime(2027, 3, 1, 15, 7, tzinfo=dt.UTC)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    clock.set(BEGIN)
    return make_cast()


def roles(at: dt.datetime) -> list[str]:
    with as_of(at):
        return list(db.session.scalars(select(Employee.job_role).order_by(Employee.id)))


def test_every_way_of_changing_is_kept(cast: Cast, clock: Clock) -> None:
    """EVD-5: one row, many rows by one statement, raw SQL; several changes within a quarter of an hour are one."""
    clock.set(BEGIN + dt.timedelta(days=1))
    noon = clock.instant.replace(minute=0)
    for word in ("One", "Two", "Three"):
        db.session.execute(update(Employee).values(job_role=word))
    clock.move(days=1)
    db.session.execute(text("UPDATE employee SET job_role = 'Four'"))
    db.session.execute(text("UPDATE employee SET job_role = job_role"))
    kept = db.session.scalar(text("SELECT count(*) FROM past.employee_was"))
    assert kept == 2 * 3
    assert roles(BEGIN) == []
    assert roles(noon) == ["Nurse Manager", "RN", "Technician"]
    assert roles(noon + dt.timedelta(hours=1)) == ["Three"] * 3
    assert roles(noon + dt.timedelta(days=2)) == ["Four"] * 3
    assert list(db.session.scalars(select(Employee.job_role))) == ["Four"] * 3  # back in the present


def test_rows_without_a_date_of_their_own(cast: Cast, clock: Clock) -> None:
    """EVD-5: a type and a duty are there from the moment they were made, and gone from when they were deleted."""
    type_ = ComplianceType(name="Privacy")
    db.session.add(type_)
    db.session.flush()
    clock.move(days=1)
    db.session.add(
        ComplianceDuty(type_id=type_.id, employee_id=cast.lena.record.id, since=BEGIN - dt.timedelta(days=90))
    )
    db.session.flush()
    clock.move(days=1)
    db.session.execute(delete(ComplianceDuty))
    clock.move(days=1)

    def found(days: float) -> tuple[int | None, int | None]:
        with as_of(BEGIN + dt.timedelta(days=days)):
            many = select(func.count())
            types = db.session.scalar(many.select_from(ComplianceType))
            return types, db.session.scalar(many.select_from(ComplianceDuty))

    assert [found(days) for days in (-1, 0.5, 1.5, 2.5)] == [(0, 0), (1, 0), (1, 1), (1, 0)]


def test_the_line_of_then(cast: Cast, clock: Clock) -> None:
    """EVD-5: who reported to whom follows from the managers of that day, through several levels."""
    clock.move(days=1)
    update_employee(cast.otto.record, {"manager_id": cast.lena.record.id}, None)
    clock.move(days=1)
    update_employee(cast.lena.record, {"manager_id": None}, None)
    leave(cast.otto.record, dt.date(2027, 3, 3), None)
    mark, lena, otto = (one.record.id for one in (cast.mark, cast.lena, cast.otto))
    line = select(ReportingLine.manager_id, ReportingLine.employee_id, ReportingLine.depth)

    def of(days: float) -> set[tuple[int, int, int]]:
        with as_of(BEGIN + dt.timedelta(days=days)):
            return {tuple(row) for row in db.session.execute(line)}

    assert of(0.5) == {(mark, lena, 1)}
    assert of(1.5) == {(mark, lena, 1), (mark, otto, 2), (lena, otto, 1)}
    assert of(2.5) == {(lena, otto, 1)}


def test_somebody_is_forgotten_in_the_past_too(cast: Cast, clock: Clock) -> None:
    """EVD-5, EVD-6: after an erasure no former row names the person; where they worked stays."""
    clock.move(days=1)
    lena = cast.lena.record
    update_employee(lena, {"name": "Somebody", "job_role": "Charge nurse"}, None)
    db.session.execute(select(func.past.forget(lena.id)))  # as the door of retention does
    with as_of(BEGIN + dt.timedelta(hours=5)):
        found = select(Employee.name, Employee.sort_name, Employee.job_role).where(Employee.id == lena.id)
        assert tuple(db.session.execute(found).one()) == ("Somebody", "somebody", "RN")


def test_a_day_ends_where_the_organisation_is(cast: Cast, clock: Clock) -> None:
    """EVD-5: 8 March 2027 in Chicago ends at six in the morning UTC; 14 March, when clocks change, at five."""
    assert AsOf(dt.date(2027, 3, 8)).end == dt.datetime(2027, 3, 9, 6, tzinfo=dt.UTC)
    assert AsOf(dt.date(2027, 3, 14)).end == dt.datetime(2027, 3, 15, 5, tzinfo=dt.UTC)
    clock.set(dt.datetime(2027, 3, 9, 5, 59, 59, tzinfo=dt.UTC))
    db.session.execute(update(Employee).values(job_role="Before midnight"))
    clock.set(dt.datetime(2027, 3, 9, 6, tzinfo=dt.UTC))
    db.session.execute(update(Employee).values(job_role="After midnight"))
    with AsOf(dt.date(2027, 3, 8)).reading():
        assert set(db.session.scalars(select(Employee.job_role))) == {"Before midnight"}


def test_the_past_is_not_written(cast: Cast) -> None:
    """EVD-5, EVD-2: the application's role can neither write there nor change what was kept."""
    for statement in (
        "UPDATE past.employee SET name = 'x'",
        "UPDATE past.completion_record SET title = 'x'",
        "DELETE FROM past.employee_was",
        "UPDATE past.employee_was SET name = 'x'",
        "INSERT INTO past.known VALUES ('x', now(), true)",
    ):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_every_column_has_a_past(cast: Cast) -> None:
    """EVD-5: the views show each column of their table, so that any statement works in both."""
    columns = text("SELECT table_schema, table_name, column_name FROM information_schema.columns")
    found = {tuple(row) for row in db.session.execute(columns)}
    for table in KEPT:
        mine = {name for schema, of, name in found if (schema, of) == ("public", table)}
        assert mine == {name for schema, of, name in found if (schema, of) == ("past", table)}


@pytest.mark.owner
def test_what_can_be_told_of_before(cast: Cast, clock: Clock) -> None:
    """EVD-5: at the upgrade, instants of rows and the trail tell what they can: status, due dates, who led whom."""
    lena = cast.lena.record
    one = assign(lena, Written(cast.carla.viewer).publish().course, dt.date(2027, 4, 2), by=cast.milo.viewer)
    days = [BEGIN + dt.timedelta(days=n) for n in range(12)]
    clock.set(days[3])
    update_employee(lena, {"manager_id": None, "job_role": "Charge nurse"}, cast.hana.viewer)
    leave(cast.otto.record, dt.date(2027, 3, 4), None)
    db.session.flush()
    for table in ("employee", "training_assignment", "enrollment"):
        db.session.execute(text(f"DELETE FROM past.{table}_was"))
    db.session.execute(text("UPDATE training_assignment SET started_at = :a, completed_at = :b, completed_on = :c"),
                       {"a": days[5], "b": days[7], "c": days[7].date()})  # fmt: skip
    for table in ("employee", "training_assignment", "enrollment"):
        db.session.execute(text(f"DELETE FROM past.{table}_was"))
    db.session.execute(text("UPDATE past.known SET since = :now, filled = false"), {"now": days[10]})
    told = {line.table: line.rows for line in fill(db.session.connection())}
    assert told["training_assignment"] == 2
    assert fill(db.session.connection()) == []
    of = select(TrainingAssignment.started_at, TrainingAssignment.completed_on).where(TrainingAssignment.id == one.id)
    person = select(Employee.job_role, Employee.manager_id, Employee.status).order_by(Employee.id)
    seen = []
    for at in (days[2], days[6], days[8]):
        with as_of(at):
            seen.append(tuple(db.session.execute(of).one()))
    assert seen == [(None, None), (days[5], None), (days[5], days[7].date())]
    with as_of(days[2]):
        assert [tuple(row) for row in db.session.execute(person)][1:] == [
            ("RN", cast.mark.record.id, "active"), ("Technician", None, "active"),
        ]  # fmt: skip
    with as_of(days[4]):
        assert [tuple(row) for row in db.session.execute(person)][1:] == [
            ("Charge nurse", None, "active"), ("Technician", None, "left"),
        ]  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Enrollment)) == 1
