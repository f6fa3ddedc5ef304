"""ORG-3, ORG-4: hiring, moving, leaving; who sees whom; lists at constant cost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.people.accounts.models import SignInLink
from lmsapp.people.employees.actions import EmployeeFacts, hire, leave, update_employee
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.employees.queries import EmployeeFilters, employee_for, employee_options, list_employees
from lmsapp.people.roles import Role
from tests.cast import Cast, make_cast


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def newcomer(number: str, **more: Any) -> Employee:
    return hire(EmployeeFacts(number=number, name=f"Zoë Number{number}", time_zone="UTC", **more), None)


def test_day_one(cast: Cast) -> None:
    """ORG-4: an employee with an e-mail has a user, the role and an invitation; one without has none."""
    with_mail, without = newcomer("N1", email="N1@x.example"), newcomer("N2")
    assert with_mail.user_id
    assert db.session.scalars(select(SignInLink).where(SignInLink.user_id == with_mail.user_id)).one()
    assert without.user_id is None
    for number, email in (("N1", "other@x.example"), ("N3", "n1@x.example")):
        with pytest.raises(RuleBroken):
            newcomer(number, email=email)


def test_the_line_follows_every_move(cast: Cast) -> None:
    """ORG-2, ORG-3: indirect reports too; nobody can report to somebody below them."""
    below = newcomer("N1", manager=cast.lena.record)
    assert employee_for(cast.mark.viewer, below.id)
    with pytest.raises(RuleBroken, match="circle"), db.session.begin_nested():
        update_employee(cast.mark.record, {"manager_id": below.id}, None)
    db.session.refresh(cast.mark.record)
    update_employee(cast.lena.record, {"manager_id": cast.otto.record.id}, None)
    assert employee_for(cast.mark.viewer, below.id) is None
    assert employee_for(cast.otto.viewer, below.id)
    depths = select(ReportingLine.depth).where(ReportingLine.employee_id == below.id).order_by(ReportingLine.depth)
    assert list(db.session.scalars(depths)) == [1, 2]


def test_leaving_ends_access_and_keeps_the_record(cast: Cast) -> None:
    """ORG-5: at once; roles beyond learning go."""
    user, epoch = cast.mark.user, cast.mark.user.session_epoch
    leave(cast.mark.record, dt.date(2026, 11, 2), None)
    db.session.flush()
    assert (user.active, cast.mark.record.status) == (False, "left")
    assert user.session_epoch > epoch
    assert employee_for(cast.hana.viewer, cast.mark.record.id)


def test_who_sees_whom(cast: Cast) -> None:
    """ORG-2: HR everybody, a manager the own line, Otto and Lena only themselves."""

    def seen(person: Any) -> set[str]:
        return {row.name for row in list_employees(person.viewer, EmployeeFilters()).rows}

    assert seen(cast.hana) == {"Mark Okafor", "Lena Fischer", "Otto Nobody"}
    assert seen(cast.mark) == {"Mark Okafor", "Lena Fischer"}
    assert seen(cast.lena) == {"Lena Fischer"}
    assert seen(cast.otto) == {"Otto Nobody"}
    assert employee_for(cast.otto.viewer, cast.lena.record.id) is None
    assert [o.label for o in employee_options(cast.otto.viewer).departments] == ["Facilities"]


@pytest.mark.parametrize(
    ("q", "found"), [("zoe", 2), ("ZOË number", 2), ("numbern1", 1), ("n1@x", 1), ("N2", 1), ("%", 0), ("_", 0)]
)
def test_finding(cast: Cast, q: str, found: int) -> None:
    """ORG-3: by name without accents, number, e-mail; signs of SQL find nothing."""
    newcomer("N1", email="n1@x.example")
    newcomer("N2")
    assert list_employees(cast.hana.viewer, EmployeeFilters(q=q)).total == found


def test_filters_and_their_counts(cast: Cast) -> None:
    """ORG-3: department, job role, location, status."""
    newcomer("N1", department="Cardiology", job_role="RN", location="Tower C")
    options = employee_options(cast.hana.viewer)
    assert [(o.label, o.count) for o in options.departments] == [("Cardiology", 3), ("Facilities", 1)]
    assert [(o.label, o.count) for o in options.locations] == [("Tower B", 3), ("Tower C", 1)]
    department = int(options.departments[0].value)
    filters = EmployeeFilters(departments=(department,), job_roles=("RN",), locations=("Tower B",))
    assert [row.name for row in list_employees(cast.hana.viewer, filters).rows] == ["Lena Fischer"]
    assert list_employees(cast.hana.viewer, EmployeeFilters(statuses=("left",))).total == 0


def test_a_long_list_costs_what_a_short_one_costs(cast: Cast, statements: list[str]) -> None:
    """ORG-3: two statements, five people or fifty; pages of 25."""
    viewer = cast.hana.viewer
    statements.clear()
    list_employees(viewer, EmployeeFilters())
    short = len(statements)
    for n in range(50):
        newcomer(f"L{n}")
    db.session.commit()
    statements.clear()
    page = list_employees(viewer, EmployeeFilters(), page=3)
    assert (len(statements), len(page.rows), page.total) == (short, 3, 53)
    assert Role.HR_MANAGER in viewer.roles
