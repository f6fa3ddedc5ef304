"""Who calls: anonymous, each role alone, line managers, the combinations that matter, and sessions that have ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import add_roles, create_user, deactivate
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.passwords import make_hash
from lmsapp.people.employees.actions import EmployeeFacts, hire, leave
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.cast import ZONE, Person
from tests.client import PageClient
from tests.walk.policy import Caller

# Word -> (role alone, without an employee record).
STAFF = {
    "sam": Role.SYSTEM_MANAGER,
    "milo": Role.MODERATOR,
    "carla": Role.COURSE_CREATOR,
    "cora": Role.COURSE_CREATOR,
    "eva": Role.BATCH_EVALUATOR,
    "hana": Role.HR_MANAGER,
    "aki": Role.AUDITOR,
}
# Word -> (family name that nobody else has, manager, roles). In the order they are hired.
HIRED: dict[str, tuple[str, str | None, tuple[Role, ...]]] = {
    "dora": ("Directorova", None, (Role.LMS_STUDENT,)),
    "mark": ("Managerman", "dora", ()),  # a line manager, and nothing else
    "lena": ("Quillfeather", "mark", (Role.LMS_STUDENT,)),
    "nina": ("Otherlineova", None, (Role.LMS_STUDENT,)),
    "fred": ("Foreignsson", "nina", (Role.LMS_STUDENT,)),  # learns, has things of his own, and leads Olga
    "mona": ("Moderatori", None, (Role.LMS_STUDENT, Role.MODERATOR)),  # moderates everything, leads only Hugo
    "hugo": ("Hrdlicka", "mona", (Role.LMS_STUDENT, Role.HR_MANAGER)),  # keeps records, and learns like everybody
    "otto": ("Nobodysen", None, (Role.LMS_STUDENT,)),
    "olga": ("Oldsession", "fred", (Role.LMS_STUDENT, Role.MODERATOR)),  # deactivated while signed in
    "leo": ("Leaverovic", "nina", (Role.LMS_STUDENT, Role.HR_MANAGER)),  # left while signed in
}
ENDED = ("olga", "leo")
PASSWORD = "cobalt thimble orchard fennel"  # everybody's
NO_ROLE = "noah"  # an account, and nothing it may do


@dataclass
class People:
    """By word."""

    by_name: dict[str, Person]
    viewers: dict[str, Viewer]

    def above(self, name: str) -> frozenset[int]:
        """Employee ids of every manager over somebody, from the table above."""
        found, boss = set(), HIRED[name][1]
        while boss is not None:
            found.add(self.by_name[boss].record.id)
            boss = HIRED[boss][1]
        return frozenset(found)


def engage() -> People:
    """Accounts and records of everybody above. What they may do is written down from the tables, not read back."""
    people: dict[str, Person] = {}
    for number, (name, (family, boss, roles)) in enumerate(HIRED.items()):
        people[name] = _hire(name, family, f"Z-{number:03}", people[boss].record if boss else None)
        for role in roles:
            add_roles([people[name].user.id], role, None)
        if Role.LMS_STUDENT not in roles:
            _take_everything(people[name].user)
    for name, role in STAFF.items():
        people[name] = _account(name, (role,))
    people[NO_ROLE] = _account(NO_ROLE, ())
    db.session.commit()
    return People(people, {name: _written_down(name, person) for name, person in people.items()})


def give_password(people: People) -> None:
    """One for everybody, once all is made: whoever signed something on the way was given another."""
    hashed = make_hash(PASSWORD)
    for person in people.by_name.values():
        person.user.password_hash = hashed
    db.session.commit()


def callers(app: Flask, people: People) -> tuple[Caller, ...]:
    """Everybody signed in; then the sessions of those who have to go are ended, and their cookies kept."""
    called = [Caller(n, people.viewers[n], cookie_of(app, p.user)) for n, p in people.by_name.items()]
    deactivate(people.by_name["olga"].user, None)
    leave(people.by_name["leo"].record, dt.date(2026, 1, 1), None)
    db.session.commit()
    alive = [one for one in called if one.name not in ENDED]
    ended = [Caller(f"{one.name} (session ended)", None, one.cookie) for one in called if one.name in ENDED]
    return (*alive, *ended, Caller("anonymous", None))


def cookie_of(app: Flask, user: User) -> str:
    """A session as the test client makes it, to be sent with any request."""
    client = PageClient(app)
    client.sign_in(user.id, user.session_epoch)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return f"session={cookie.value}"


def seen_just_now(app: Flask, caller: Caller) -> Caller:
    """With the same session, begun now: on a busy machine a run may take longer than a session lasts."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    if not caller.cookie or serializer is None:
        return caller
    now = int(clock.now().timestamp())
    session = serializer.loads(caller.cookie.partition("=")[2]) | {"at": now, "seen": now}
    return replace(caller, cookie=f"session={serializer.dumps(session)}")


def places(name: str) -> tuple[str, str, str]:
    """Department, job role and location of somebody: words nobody else has, which do not hold their name."""
    word = name.upper()
    return f"Ward {word}", f"Nurse {word}", f"Tower {word}"


def _hire(name: str, family: str, number: str, manager: Employee | None) -> Person:
    department, job_role, location = places(name)
    facts = EmployeeFacts(
        number=number,
        name=f"{name.capitalize()} {family}",
        time_zone=ZONE,
        email=f"{name}@walk.example",
        department=department,
        job_role=job_role,
        location=location,
        manager=manager,
    )
    hired = hire(facts, None, invited=False)
    return Person(db.session.get_one(User, hired.user_id), hired)


def _account(name: str, roles: tuple[Role, ...]) -> Person:
    user = create_user(f"{name}@walk.example", f"{name.capitalize()} Staff", by=None)
    db.session.flush()
    for role in roles:
        add_roles([user.id], role, None)
    return Person(user, None)


def _take_everything(user: User) -> None:
    db.session.refresh(user, ["roles"])
    user.roles.clear()
    db.session.flush()


def _written_down(name: str, person: Person) -> Viewer:
    roles = HIRED[name][2] if name in HIRED else ((STAFF[name],) if name in STAFF else ())
    leads = any(boss == name for _family, boss, _roles in HIRED.values())
    return Viewer(
        user_id=person.user.id,
        employee_id=person.employee.id if person.employee else None,
        name=person.user.name,
        email=person.user.email,
        roles=frozenset(roles),
        leads=leads,
        zone=ZONE,
    )
