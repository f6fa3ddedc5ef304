"""The cast: Lena learns, Mark leads her, Hana keeps HR, Otto may see nothing of them. Every page test includes Otto."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import add_roles, create_user
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.kept import kept

ZONE = "America/Chicago"


@dataclass
class Person:
    """Somebody with an account; `employee` is None for staff without an employee record."""

    user: User
    employee: Employee | None

    @property
    @kept
    def viewer(self) -> Viewer:
        """As the next request would see them."""
        viewer = load_viewer(self.user.id, self.user.session_epoch, ZONE)
        assert viewer is not None
        return viewer

    @property
    def record(self) -> Employee:
        assert self.employee is not None
        return self.employee


@dataclass
class Cast:
    lena: Person
    mark: Person
    hana: Person
    otto: Person
    carla: Person
    milo: Person
    aki: Person
    sam: Person

    @property
    def everybody(self) -> dict[str, Person]:
        return dict(vars(self))


@kept
def employee(name: str, number: str, *, department: str, job_role: str, manager: Employee | None = None) -> Person:
    """An employee with an account and the LMS Student role; nothing is sent."""
    facts = EmployeeFacts(
        number=number,
        name=name,
        time_zone=ZONE,
        email=f"{name.split(maxsplit=1)[0].lower()}@northgate.example",
        department=department,
        job_role=job_role,
        location="Tower B",
        region="North",
        manager=manager,
    )
    hired = hire(facts, None, invited=False)
    user = db.session.get_one(User, hired.user_id)
    return Person(user, hired)


@kept
def staff(name: str, role: Role) -> Person:
    """An account with one role and no employee record."""
    user = create_user(f"{name.split(maxsplit=1)[0].lower()}@northgate.example", name, by=None)
    db.session.flush()
    add_roles([user.id], role, None)
    return Person(user, None)


@kept
def make_cast() -> Cast:
    """Mark leads Lena; Otto works elsewhere, under nobody; the rest hold one role each. Committed."""
    mark = employee("Mark Okafor", "E-100", department="Cardiology", job_role="Nurse Manager")
    cast = Cast(
        mark=mark,
        lena=employee("Lena Fischer", "E-101", department="Cardiology", job_role="RN", manager=mark.record),
        otto=employee("Otto Nobody", "E-102", department="Facilities", job_role="Technician"),
        hana=staff("Hana Novák", Role.HR_MANAGER),
        carla=staff("Carla Reyes", Role.COURSE_CREATOR),
        milo=staff("Milo Brandt", Role.MODERATOR),
        aki=staff("Aki Tanaka", Role.AUDITOR),
        sam=staff("Sam Whitaker", Role.SYSTEM_MANAGER),
    )
    db.session.commit()
    return cast
