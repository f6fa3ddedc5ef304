"""SEC-4, ORG-2: a form changes what it says, whatever is posted beside it; nobody gains a role by their own doing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import chain

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import count_holders, roles_of
from lmsapp.people.employees.actions import leave
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import GRANTS, May, Role
from lmsapp.people.roster.actions import apply_run, keep_roster, match_columns, plan_run, read_run
from lmsapp.people.roster.columns import Matching
from tests.undoing import undone
from tests.walk.people import cookie_of
from tests.walk.policy import Caller
from tests.walk.routes import TWINS, Route, routes_of
from tests.walk.stage import Stage
from tests.walk.walk import Answer, Call, send
from tests.walk.writes import MAY_CHANGE, VALID, Change, post_everything, unannounced

GIVES_ROLES = {"admin.give_role", "admin.take_role"}
LEARNER = {Role.LMS_STUDENT.value}


Posted = list[tuple[Call, Answer, list[Change]]]
LOOKED_AT = ("lena", "mark", "fred", "otto", "aki", "noah")


@pytest.fixture(scope="module")
def kept() -> dict[str, Posted]:
    """What came of the posts of each caller: a caller posts everything once for all tests here."""
    return {}


@pytest.fixture
def posted(app: Flask, stage: Stage, routes: list[Route], kept: dict[str, Posted]) -> Callable[[str], Posted]:
    """Everything posted by one of LOOKED_AT, with all that it changed."""

    def of(who: str) -> Posted:
        if who not in kept:
            kept[who] = list(post_everything(app, stage, routes, [stage.caller(who)]))
        return kept[who]

    return of


@pytest.mark.parametrize("who", LOOKED_AT)
def test_a_form_changes_what_it_announces(stage: Stage, posted: Callable[[str], Posted], who: str) -> None:
    """SEC-4: every column of every table is posted to every form; no score, progress, date, role or record takes it."""
    wrong, done = [], 0
    for call, answer, changes in posted(who):
        done += answer.status < 400
        wrong += [said for change in changes if (said := unannounced(call, change, stage))]
        if answer.status >= 500:
            wrong.append(f"{call.route}: {answer.status}")
    assert not wrong, "\n".join(wrong[:20])
    assert done >= {"lena": 10, "mark": 5}.get(who, 2), "the valid minimum is not valid any more"


def test_the_valid_minimum_does_something(posted: Callable[[str], Posted]) -> None:
    """The test above can fail: every announced change really happens for a learner, line manager or auditor."""
    happened: dict[str, set[str]] = {}
    for call, _answer, changes in chain.from_iterable(map(posted, ("lena", "mark", "fred", "aki"))):
        happened.setdefault(call.route.endpoint, set()).update(change.what for change in changes)
    assert {endpoint for endpoint in VALID if not happened.get(endpoint)} == set()
    assert {endpoint for endpoint in MAY_CHANGE if endpoint not in happened} == set(), "routes that are gone"


def test_nobody_gains_a_role(app: Flask, stage: Stage, routes: list[Route], posted: Callable[[str], Posted]) -> None:
    """ORG-2: whoever posts whatever to whichever form, roles change only by a system manager's giving, never their own."""
    wrong, others = [], [one for one in stage.callers if one.name not in (*LOOKED_AT, *TWINS)]
    by_others = post_everything(app, stage, routes, others, tables=["user_role"])
    for call, _answer, changes in chain(by_others, *map(posted, LOOKED_AT)):
        own = call.caller.viewer.user_id if call.caller.viewer else 0
        for change in changes:
            if not change.what.startswith("user_role"):
                continue
            given = change.row["user_id"] != own and call.route.endpoint in GIVES_ROLES
            allowed = given and call.caller.viewer and call.caller.viewer.may(May.CONFIGURE)
            hired = change.what == "user_role+" and change.row["role"] in LEARNER and change.row["user_id"] != own
            if not (allowed or hired):
                wrong.append(f"{call.caller.name}: {call.route} {change.what} {change.row}")
    assert not wrong, "\n".join(wrong)


Step = tuple[str, str, str, str]
PEOPLE = ("sam", "milo", "hana", "otto")
steps = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["give_role", "take_role", "deactivate_user", "activate_user"]),
        st.sampled_from(PEOPLE),
        st.sampled_from([role.value for role in Role]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(todo=steps)
def test_grants_never_grow_by_own_doing(app: Flask, stage: Stage, todo: list[Step]) -> None:
    """ORG-2: whatever four people do to each other's roles, in any order, each with the session they have now."""
    routes = {route.endpoint: route for route in routes_of(app)}
    ids = {name: stage.caller(name).viewer.user_id for name in PEOPLE}  # type: ignore[union-attr]
    with undone():
        for actor, action, target, role in todo:
            before = {name: roles_of(ids[name]) for name in PEOPLE}
            post(app, routes[f"admin.{action}"], ids[actor], {"user_id": ids[target]}, {"role": role})
            after = {name: roles_of(ids[name]) for name in PEOPLE}
            assert after[actor] == before[actor], "nobody changes their own roles"
            granted = set().union(*(GRANTS[one] for one in before[actor]))
            for name in PEOPLE:
                gained = set().union(*(GRANTS[one] for one in after[name] - before[name])) - {May.LEARN}
                assert gained <= granted, "nobody hands out more than they hold"
            assert count_holders(Role.SYSTEM_MANAGER) >= 1, "the last system manager stays"


def post(app: Flask, route: Route, user_id: int, ids: dict[str, object], data: dict[str, object]) -> Answer:
    """As that account would now: with a session of its present epoch, if it may have any."""
    now = Caller("now", None, cookie_of(app, db.session.get_one(User, user_id)))
    db.session.remove()
    return send(app.test_client(use_cookies=False), Call(now, route, route.path(ids), None, fragment=False), data)


def test_the_steps_above_can_be_taken(app: Flask, stage: Stage) -> None:
    """The property above can fail: giving, taking, closing and opening do happen."""
    routes = {route.endpoint: route for route in routes_of(app)}
    sam, otto = (stage.caller(name).viewer for name in ("sam", "otto"))
    assert sam and otto
    with undone():
        for action, held in (("give_role", True), ("take_role", False)):
            answer = post(app, routes[f"admin.{action}"], sam.user_id, {"user_id": otto.user_id}, {"role": "Moderator"})
            assert answer.status == 303
            assert (Role.MODERATOR in roles_of(otto.user_id)) is held


def test_a_roster_gives_the_learner_role_and_no_other(stage: Stage) -> None:
    """ORG-4, ORG-5: columns that would be roles are ignored; linking an account adds LMS Student and keeps the rest."""
    head = "id;name;email;role;roles;is_admin;session_epoch;status\n"
    file = head + "R-1;New Person;new.person@walk.example;System Manager;System Manager;1;9;active\n"
    file += "R-2;Milo Staff;milo@walk.example;System Manager;System Manager;1;9;active\n"
    hana, milo = stage.caller("hana").viewer, stage.caller("milo").viewer
    assert hana and milo
    with undone():
        with unit_of_work():
            run = keep_roster(file.encode(), "roster.csv", by=hana)
            read_run(run)
            match_columns(run, Matching(Matching.from_json(run.mapping).columns, full=False))
            apply_run(run, hana, zone="UTC", seen=plan_run(run).fingerprint, leavers_typed=None)
        new = db.session.query(Employee).filter_by(number="R-1").one()
        assert roles_of(new.user_id or 0) == {Role.LMS_STUDENT}
        assert roles_of(milo.user_id) == {Role.MODERATOR, Role.LMS_STUDENT}


def test_the_last_system_manager_cannot_be_let_go(stage: Stage, app: Flask) -> None:
    """ORG-2, ORG-5: a leaver who is the only System Manager is refused by name, and keeps everything."""
    sam = stage.caller("sam").viewer
    assert sam
    with undone():
        employee = db.session.query(Employee).filter_by(number="Z-007").one()
        employee.user_id = sam.user_id
        db.session.flush()
        with pytest.raises(RuleBroken, match="only System Manager"), db.session.begin_nested():
            leave(employee, dt.date(2026, 1, 1), stage.caller("hana").viewer)
        assert load_viewer(sam.user_id, 1, "UTC") is not None
        assert roles_of(sam.user_id) == {Role.SYSTEM_MANAGER}
