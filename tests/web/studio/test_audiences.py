"""CRS-5, ASG-5: a moderator writes audiences and what they have to take, sees what it does first, and decides."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.actions import assign, close
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing import work
from lmsapp.assignments.standing.models import AudienceRun, RuleException, TrainingRule
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.people.audiences.models import Audience, AudienceMember
from lmsapp.people.employees.models import Employee
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written
from tests.jobs import run_rings

HTMX = {"HX-Request": "true"}
NURSES = {"name": "Nurses", "job_roles": ["RN"]}
TEN_DAYS = {"kind": "after assignment", "days": "10", "starts_on": "2026-11-02", "whom": "everybody"}


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    return Written(cast.milo.viewer, title="Hand hygiene").publish().course


@pytest.fixture
def at_work(client: PageClient, cast: Cast) -> PageClient:
    client.sign_in(cast.milo.user.id)
    return client


def only(model: Any) -> Any:
    return db.session.scalars(select(model).order_by(model.id.desc())).first()


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def seen_in(page: Any) -> str:
    return re.search(r'name="seen" value="(\w+)"', page.text)[1]  # type: ignore[index]


def test_an_audience_from_nothing_to_assigned(at_work: PageClient, cast: Cast, course: Course) -> None:
    """CRS-5: the number hit is shown while choosing, due dates of people before saving; then it is so."""
    assert "No audiences yet" in at_work.get("/studio/audiences").text
    assert "Choose conditions" in at_work.get("/studio/audiences/new").text
    told = at_work.post("/studio/audiences/reach", data=NURSES, headers=HTMX)
    assert "1 person" in told.text and "Lena Fischer" in told.text and "<html" not in told.text
    assert "Lena Fischer" in at_work.post("/studio/audiences/reach", data=NURSES).text, "also without script"
    refused = at_work.post("/studio/audiences/new", data={"name": "Nobody", "include": "X-1"})
    assert refused.status_code == 422 and "X-1" in refused.text
    assert at_work.post("/studio/audiences/new", data={"name": "Nobody"}).status_code == 422

    at_work.post("/studio/audiences/new", data=NURSES)
    made = only(Audience)
    here = f"/studio/audiences/{made.id}"
    assert "Lena Fischer" in at_work.get(here).text
    assert at_work.post("/studio/audiences/new", data=NURSES | {"name": "nurses"}).status_code == 422, "taken"
    assert "<optgroup" in at_work.get(f"{here}/rules/new").text
    assert at_work.post(f"{here}/rules/new", data=TEN_DAYS | {"target": "path-99"}).status_code == 422
    terms = TEN_DAYS | {"target": f"course-{course.id}"}
    shown = at_work.post(f"{here}/rules/preview", data=terms, headers=HTMX)
    assert "is assigned" in shown.text and "Thu 12 Nov" in shown.text
    first = at_work.post(f"{here}/rules/new", data=terms)
    assert "Look at what it does" in first.text and not count(TrainingAssignment), "not before it was seen"
    at_work.post(f"{here}/rules/new", data=terms | {"seen": seen_in(first)})
    assert only(TrainingAssignment).due_on == dt.date(2026, 11, 12)
    page = at_work.get(here).text
    assert "10 days after the assignment" in page and "1 assigned" in page
    assert at_work.post(f"{here}/rules/new", data=terms | {"seen": "x"}).status_code in (200, 422)
    assert count(TrainingRule) == 1

    rule = only(TrainingRule)
    edit = f"/studio/audiences/rules/{rule.id}/edit"
    assert 'value="10"' in at_work.get(edit).text
    bad = at_work.post(edit, data=TEN_DAYS | {"kind": "fixed", "on": "2026-01-01"})
    assert bad.status_code == 422
    at_work.post(edit, data=TEN_DAYS | {"days": "20", "working": "1", "late_days": "5"})
    db.session.refresh(rule)
    assert rule.due == {"kind": "after assignment", "days": 20, "working": True, "late_days": 5}


def test_a_change_is_shown_first_and_is_just_that(at_work: PageClient, cast: Cast, course: Course) -> None:
    """CRS-5: preview and save agree; what aged is shown again; nothing changes before somebody agrees."""
    at_work.post("/studio/audiences/new", data=NURSES)
    made = only(Audience)
    here = f"/studio/audiences/{made.id}"
    terms = TEN_DAYS | {"target": f"course-{course.id}"}
    at_work.post(f"{here}/rules/new", data=terms | {"seen": seen_in(at_work.post(f"{here}/rules/new", data=terms))})
    assert "RN" in at_work.get(f"{here}/edit").text
    excused = assign(cast.otto.record, course, dt.date(2026, 12, 1), by=cast.milo.viewer)
    close(excused, "exempt", by=cast.milo.viewer, reason="Teaches it")
    db.session.commit()
    wider = {"name": "Staff", "job_roles": ["Technician", "Nurse Manager"]}
    shown = at_work.post(f"{here}/edit", data=wider)
    assert "2 people join" in shown.text and "1 person leaves" in shown.text and "Nothing is saved yet" in shown.text
    assert "not assigned: Is exempt" in shown.text
    assert count(TrainingAssignment) == 2
    db.session.add(Employee(number="E-9", name="New One", sort_name="one new", job_role="Technician", time_zone="UTC"))
    db.session.commit()
    aged = at_work.post(f"{here}/edit", data=wider | {"seen": seen_in(shown)})
    assert "People were changed since you looked" in aged.text and "3 people join" in aged.text
    at_work.post(f"{here}/edit", data=wider | {"seen": seen_in(aged)})
    run = only(AudienceRun)
    assert (run.people_joined, run.people_left, run.assigned, run.withdrawn) == (3, 1, 2, 1)
    history = at_work.get("/studio/audiences/runs").text
    assert "3 joined · 1 left · 2 assigned · 1 withdrawn · 1 not assigned" in history and "Milo Brandt" in history
    left = at_work.get(f"{here}/people?past=1").text
    assert "Lena Fischer" in left and "Otto Nobody" not in left
    assert "Otto Nobody" in at_work.get(f"{here}/people?q=nobody", headers=HTMX).text


def test_exceptions_are_answered_on_the_page(at_work: PageClient, cast: Cast, course: Course) -> None:
    """CRS-5: reason in words and what to do; several at once; errors lose nothing; answered ones vanish."""
    at_work.post("/studio/audiences/new", data={"name": "All", "everybody": "1"})
    made = only(Audience)
    here = f"/studio/audiences/{made.id}"
    terms = TEN_DAYS | {"target": f"course-{course.id}", "kind": "after hire"}
    at_work.post(f"{here}/rules/new", data=terms | {"seen": seen_in(at_work.post(f"{here}/rules/new", data=terms))})
    ids = db.session.scalars(select(RuleException.id).order_by(RuleException.id)).all()
    assert len(ids) == 3
    page = at_work.get("/studio/audiences/exceptions").text
    assert "The record has no day of hire" in page and page.count('name="pick"') == 3
    assert "3 people could not be assigned" in at_work.get("/studio/audiences").text
    for address in ("due-dates", "exemptions", "questions"):
        assert at_work.post(f"/studio/audiences/exceptions/{address}").status_code == 422
    late = at_work.post("/studio/audiences/exceptions/due-dates", data={"pick": ids[:1], "due_on": "2026-11-02"})
    assert late.status_code == 422 and "from tomorrow on" in late.text
    at_work.post("/studio/audiences/exceptions/due-dates", data={"pick": ids[:1], "due_on": "2026-12-02"})
    assert only(TrainingAssignment).due_on == dt.date(2026, 12, 2)
    assert at_work.post("/studio/audiences/exceptions/exemptions", data={"pick": ids[1:2]}).status_code == 422
    at_work.post("/studio/audiences/exceptions/exemptions", data={"pick": ids[1:2], "reason": "Retires"})
    at_work.post("/studio/audiences/exceptions/questions", data={"pick": ids})
    page = at_work.get("/studio/audiences/exceptions").text
    assert page.count('name="pick"') == 1, "asked again, and its reason is still there"
    assert "Nothing fits" in at_work.get("/studio/audiences/exceptions?reason=lapsed").text


def test_pausing_ending_and_archiving_ask(at_work: PageClient, cast: Cast, course: Course) -> None:
    """CRS-5: keep or withdraw what is open, with a reason."""
    at_work.post("/studio/audiences/new", data=NURSES)
    here = f"/studio/audiences/{only(Audience).id}"
    terms = TEN_DAYS | {"target": f"course-{course.id}"}
    at_work.post(f"{here}/rules/new", data=terms | {"seen": seen_in(at_work.post(f"{here}/rules/new", data=terms))})
    rule = f"/studio/audiences/rules/{only(TrainingRule).id}"
    assert "Pause this rule?" in at_work.get(f"{rule}/pause").text
    assert at_work.post(f"{rule}/pause", data={"open_ones": "keep"}).status_code == 422
    at_work.post(f"{rule}/pause", data={"open_ones": "keep", "reason": "Summer"})
    assert "Paused" in at_work.get(here).text
    at_work.post(f"{rule}/resumption")
    at_work.post(f"{rule}/resumption")
    assert only(TrainingAssignment).closed_as is None
    assert "1 open assignment" in at_work.get(f"{here}/archive").text
    at_work.post(f"{here}/archive", data={"open_ones": "withdraw", "reason": "Not used"})
    assert only(TrainingAssignment).closed_as == "withdrawn"
    assert "Archived on" in at_work.get(here).text
    assert at_work.post(f"{here}/edit", data=NURSES | {"name": "Again"}).status_code == 422
    assert "Nurses" in at_work.get("/studio/audiences?archived=1").text


def test_long_work_shows_how_far_it_is(
    at_work: PageClient, cast: Cast, rings: list[Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRS-5: what is for the worker is promised, shown, done and kept; what failed can be tried again."""
    monkeypatch.setattr(work, "FEW", 0)
    answer = at_work.post("/studio/audiences/new", data=NURSES)
    run = only(AudienceRun)
    address = f"/studio/audiences/runs/{run.id}"
    assert address in answer.headers.get("Location", "") or "Waiting" in answer.text
    waiting = at_work.get(address, headers=HTMX).text
    assert "Waiting" in waiting and "hx-get" in waiting
    assert "Waiting" in at_work.get(f"/studio/audiences/{only(Audience).id}").text
    run.state, run.error = "failed", work.OUR_ERROR
    db.session.commit()
    assert "Try again" in at_work.get(address).text
    at_work.post(f"{address}/attempt")
    run_rings(rings)
    assert "1 joined" in at_work.get(address).text and "hx-get" not in at_work.get(address, headers=HTMX).text
    assert count(AudienceMember) == 1


def test_only_moderators_come_here(client: PageClient, cast: Cast) -> None:
    """SEC-4: Otto, who may see nothing, and course creators, who write courses and assign nobody."""
    for person in (cast.otto, cast.carla, cast.hana, cast.lena):
        client.sign_in(person.user.id)
        for address in ("audiences", "audiences/new", "audiences/exceptions", "audiences/runs"):
            assert client.get(f"/studio/{address}").status_code == 403


def test_lists_cost_the_same_at_any_length(at_work: PageClient, cast: Cast, statements: Statements) -> None:
    """NFR: five audiences and twenty-five, in as many statements."""
    costs = []
    for many in (5, 25):
        db.session.add_all(
            Audience(name=f"A {many} {n}", rule={"departments": [cast.lena.record.department_id], "include": [n + 1]})
            for n in range(many)
        )
        db.session.commit()
        statements.clear()
        assert at_work.get("/studio/audiences").status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1]
