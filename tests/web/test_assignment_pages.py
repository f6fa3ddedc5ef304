"""The list of assignments in studio and team wing: views, sheets, one change for many, ways in (ASG-1, ASG-5 to ASG-7)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department
from lmsapp.people.views.models import SavedView
from tests.cast import Person
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written
from tests.guards import without_guard
from tests.insight.crowd import Crowd, assign_raw

HTMX = {"HX-Request": "true"}


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(8)


def enter(client: PageClient, person: Person) -> PageClient:
    client.sign_in(person.user.id, person.user.session_epoch)
    return client


def found(text: str) -> int:
    return int(re.search(r'role="status">\s*(\d+) assignment', text)[1])  # type: ignore[index]


def hidden(text: str, name: str) -> str:
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', text)[1]  # type: ignore[index]


@pytest.mark.owner
def test_one_list_for_moderators_and_managers(client: PageClient, crowd: Crowd, statements: Statements) -> None:
    """ASG-1, ASG-7: columns, counts by status, filters in the address, in place; managers see their line only, Otto
    and learners nothing; as many statements for 50 rows as for 5."""
    otto = crowd.cast.otto
    foreign = assign_raw(otto.record, crowd.courses[0], state=0)
    without_guard("training_assignment")
    foreign.note, foreign.assigned_by_name, foreign.source = "Ask Facilities", "Milo Brandt", "import"
    foreign.reminders_sent = 3
    db.session.commit()
    enter(client, crowd.cast.milo)
    page = client.get("/studio/assignments").text
    assert found(page) == 13
    row = page[page.index(f'id="assignment-{foreign.id}"') :]
    for shown in (
        "Otto Nobody",
        "Alpha",
        f"TA-{foreign.id:04d}",
        "Ask Facilities",
        "Import · Milo Brandt",
        "Overdue",
        ">3<",
    ):
        assert shown in row[:4000], shown
    part = client.get("/studio/assignments?status=Overdue&q=otto", headers=HTMX).text
    assert part.lstrip().startswith("<section")
    assert found(part) == 1
    for odd in ("?page=0", "?page=99999999999999999999", "?status=x&late=x&due=9", "?manager=x&since=soon&sort=--"):
        assert client.get("/studio/assignments" + odd).status_code == 200, odd
    assert "No assignment fits" in client.get("/studio/assignments?course=999999").text
    costs = []
    for target in (8, 26):
        for n in range(len(crowd.employees), target):
            crowd._add(n)
        client.get("/studio/assignments", headers=HTMX)
        statements.clear()
        client.get("/studio/assignments?status=All", headers=HTMX)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 9
    enter(client, crowd.cast.mark)
    mine = client.get("/team/assignments?status=All").text
    assert "Otto" not in mine
    assert found(mine) == 52
    assert "Otto" not in client.get("/team/assignments/list.csv?status=All").text
    assert "Nothing is selected" in client.get("/team/assignments/changes/new?what=move").text
    assert client.get(f"/team/assignments/changes/new?what=move&pick={foreign.id}").status_code == 404
    for name in ("lena", "otto", "hana"):
        enter(client, getattr(crowd.cast, name))
        assert client.get("/studio/assignments").status_code == client.get("/team/assignments").status_code == 403


def test_sheets_hold_what_is_shown_and_carry_the_name_of_the_view(client: PageClient, crowd: Crowd) -> None:
    """ASG-7: CSV and workbook of the same rows, in the reader's words; the trail knows; a kept view names the file."""
    enter(client, crowd.cast.milo)
    asked = f"?status=Overdue&department={crowd.departments[0].id}"
    kept = {"list": "studio.assignments", "filters": asked, "name": "Spät in Ward A", "shared": "1"}
    assert client.post("/account/views", data=kept).location.startswith("/studio/assignments?")
    assert "Views: Spät in Ward A" in client.get("/studio/assignments" + asked).text
    sheet = client.get("/studio/assignments/list.csv" + asked)
    assert 'filename="assignments-spat-in-ward-a-2026-11-02.csv"' in sheet.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
    assert len(rows) == found(client.get("/studio/assignments" + asked).text) == 4
    assert {row["Status"] for row in rows} == {"Overdue"}
    assert list(rows[0])[:4] == ["Number", "Employee number", "Name", "Department"]
    book = client.get("/studio/assignments/list.xlsx" + asked)
    assert book.data[:2] == b"PK"
    assert "assignments-2026-11-02.xlsx" in client.get("/studio/assignments/list.xlsx").headers["Content-Disposition"]
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "downloaded")) == 3


def test_views_are_own_shared_first_renamed_and_deleted(client: PageClient, crowd: Crowd) -> None:
    """ASG-7: a view keeps filters under a name; shared ones are found by others and changed by their owner alone; one
    opens the list; a list nobody may open has no views for them."""
    milo, mark, sam = crowd.cast.milo, crowd.cast.mark, crowd.cast.sam
    enter(client, milo)
    form = {"list": "studio.assignments", "filters": "?status=Overdue&page=3", "name": "  Late \n ones "}
    assert "Late ones" not in client.get("/studio/assignments").text
    assert client.get("/account/views/new?list=studio.assignments&filters=status%3DOverdue").status_code == 200
    assert client.post("/account/views", data=form | {"name": " "}).status_code == 422
    assert client.post("/account/views", data=form | {"first": "1"}).location == "/studio/assignments?status=Overdue"
    view = db.session.scalars(select(SavedView)).one()
    assert (view.name, view.query, view.shared) == ("Late ones", "status=Overdue", False)
    assert client.get("/studio/assignments").location == "/studio/assignments?status=Overdue", "seen first"
    assert client.get("/studio/assignments?view=0").status_code == 200
    assert client.get("/studio/assignments", headers=HTMX).status_code == 200
    client.post("/account/views", data=form | {"filters": "late=7", "name": "late ONES"})
    db.session.expire_all()
    assert (view.query, db.session.scalar(select(func.count()).select_from(SavedView))) == ("late=7", 1)
    enter(client, sam)
    assert client.get(f"/account/views/{view.id}").status_code == 404, "not shared"
    enter(client, milo)
    client.post(f"/account/views/{view.id}", data={"name": "Very late", "shared": "1"})
    assert client.get("/studio/assignments").status_code == 200, "no longer first"
    enter(client, sam)
    assert "shared by Milo Brandt" in client.get("/studio/assignments").text
    assert client.post(f"/account/views/{view.id}/first", data={"first": "1"}).status_code == 303
    assert client.get("/studio/assignments").location == "/studio/assignments?late=7"
    enter(client, mark)
    assert client.get(f"/account/views/{view.id}").status_code == 404, "a list he may not open"
    assert client.post("/account/views", data=form).status_code == 404
    assert (
        client.post("/account/views", data=form | {"list": "team.assignments", "filters": "late=1"}).status_code == 303
    )
    assert "Late ones" in client.get("/account/views").text
    enter(client, milo)
    assert client.post(f"/account/views/{view.id}/deletion").status_code == 303
    enter(client, sam)
    assert client.get("/studio/assignments").status_code == 200, "gone for who saw it first"
    kept = select(AuditEntry.action).where(AuditEntry.subject_kind == "saved_view").order_by(AuditEntry.id)
    actions = ["view saved", "view changed", "view changed", "view saved", "view deleted"]
    assert list(db.session.scalars(kept)) == actions


def test_all_that_match_are_changed_and_taken_back(client: PageClient, crowd: Crowd) -> None:
    """ASG-6: a page with count and names first; done for the ones that were looked at and for no others; undone from
    the page that says so; a reason each time."""
    enter(client, crowd.cast.milo)
    back = "?status=Overdue"
    question = client.get(
        "/studio/assignments/changes/new", query_string={"what": "cancelled", "everybody": "1", "back": back}
    )
    assert "For 4 assignments." in question.text
    assert "Person 0000" in question.text
    asked = {"what": "cancelled", "everybody": "1", "back": back, "mark": hidden(question.text, "mark"), "how": "days"}
    assert client.post("/studio/assignments/changes", data=asked | {"reason": ""}).status_code == 422
    late = db.session.scalars(select(TrainingAssignment).order_by(TrainingAssignment.due_on)).first()
    assert late is not None
    late.due_on, late.due_at = dt.date(2026, 12, 24), late.due_at + dt.timedelta(days=90)
    db.session.commit()
    changed = client.post("/studio/assignments/changes", data=asked | {"reason": "Wrong list"})
    assert changed.status_code == 422
    assert "3 match now" in changed.text
    done = client.post(
        "/studio/assignments/changes", data=asked | {"reason": "Wrong list", "mark": hidden(changed.text, "mark")}
    )
    assert "Done for 3 assignments." in done.text
    assert db.session.scalar(select(func.count()).where(TrainingAssignment.closed_as == "cancelled")) == 3
    undo = {name: hidden(done.text, name) for name in ("what", "back", "ids")}
    assert client.post("/studio/assignments/changes/undone", data=undo | {"reason": " "}).status_code == 422
    undone = client.post("/studio/assignments/changes/undone", data=undo | {"reason": "Right list"})
    assert "Done for 3 assignments." in undone.text
    assert db.session.scalar(select(func.count()).where(TrainingAssignment.closed_as == "cancelled")) == 0
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "reopened")) == 3
    one = undo["ids"].split(",")[0]
    client.post(f"/studio/assignments/{one}/closing", data={"close-closed_as": "exempt", "close-reason": "Retires"})
    assert "Open it again" in client.get(f"/studio/assignments/{one}").text
    assert client.post(f"/studio/assignments/{one}/reopening", data={"reopen-reason": ""}).status_code == 422
    assert client.post(f"/studio/assignments/{one}/reopening", data={"reopen-reason": "Stays"}).status_code == 303
    assert client.post("/studio/assignments/changes/undone", data={"what": "reopen", "ids": "1,x"}).status_code == 404
    assert client.get("/studio/assignments/changes/new?what=delete&pick=1").status_code == 404


def test_a_manager_changes_and_assigns_for_the_own_line(client: PageClient, crowd: Crowd) -> None:
    """ASG-5, ASG-6, SEC-4: due dates of ticked rows move and move back; a course goes to one's own people with who and
    from where; others cannot be named, doubles lead to the first, exempting is the moderators'."""
    mark, otto = crowd.cast.mark, crowd.cast.otto
    enter(client, mark)
    picks = list(
        db.session.scalars(select(TrainingAssignment.id).where(TrainingAssignment.completed_at.is_(None)).limit(2))
    )
    asked = {"what": "move", "pick": picks, "how": "to a day", "day": "2026-12-18", "reason": "Ill", "back": "?late=1"}
    assert client.get(f"/team/assignments/changes/new?what=exempt&pick={picks[0]}").status_code == 404
    assert client.post("/team/assignments/changes", data=asked | {"day": ""}).status_code == 422
    done = client.post("/team/assignments/changes", data=asked)
    assert "due Fri 18 Dec, before" in done.text
    cancel = client.post("/team/assignments/changes", data=asked | {"what": "cancelled"})
    assert "Only a moderator can close what somebody else assigned." in cancel.text

    course = Written(crowd.cast.milo.viewer, title="Lifting").publish().course
    person = crowd.employees[0]
    form = client.get(f"/team/assignments/new?person={person.id}").text
    assert re.search(rf'checked[^>]*value="{person.id}"|value="{person.id}"[^>]*checked', form)
    assert "Otto" not in form
    new = {
        "course_id": course.id,
        "people": [person.id],
        "due_on": "2026-12-11",
        "note": "Before the move",
        "person": "",
    }
    for wrong in (
        {"people": []},
        {"course_id": 0},
        {"due_on": ""},
        {"due_on": "2026-11-01"},
        {"people": [otto.record.id]},
    ):
        refused = client.post("/team/assignments/new", data=new | wrong)
        assert refused.status_code == 422, wrong
        assert "Before the move" in refused.text
    assert client.post("/team/assignments/new", data=new | {"person": "E-102"}).status_code == 422, "Otto is nobody's"
    result = client.post("/team/assignments/new", data=new | {"person": "C-0001"}).text
    assert "Assigned to 2 people" in result
    made = db.session.scalars(select(TrainingAssignment).where(TrainingAssignment.course_id == course.id)).all()
    assert {(one.assigned_by_name, one.source, one.note) for one in made} == {
        ("Mark Okafor", "manager", "Before the move")
    }
    again = client.post("/team/assignments/new", data=new).text
    assert "1 person already had it" in again
    assert f"q=TA-{made[0].id:04d}" in again
    mine = client.post(
        "/team/assignments/changes", data={"what": "cancelled", "pick": [made[0].id], "how": "days", "reason": "Slip"}
    )
    assert "Done for 1 assignment." in mine.text
    enter(client, crowd.cast.lena)
    assert client.get("/team/assignments/new").status_code == 403
    assert client.post("/team/assignments/new", data=new).status_code == 403


def test_departments_are_assigned_day_by_day(client: PageClient, crowd: Crowd) -> None:
    """ASG-5: a table of departments, people and days before anything is done; each day can be changed; then each
    department is due on its own day."""
    course = Written(crowd.cast.milo.viewer, title="Lifting").publish().course
    db.session.add(Department(name="Empty ward"))
    db.session.commit()
    enter(client, crowd.cast.milo)
    ward_a, ward_b = (one.id for one in crowd.departments)
    chosen = {"course_id": course.id, "departments": [ward_a, ward_b], "first": "2026-12-04", "between": "3"}
    assert client.get("/studio/assignments/departments").status_code == 200
    for wrong in ({"course_id": 0}, {"departments": []}, {"first": ""}, {"between": "-1"}, {"between": "999"}):
        assert client.post("/studio/assignments/departments/days", data=chosen | wrong).status_code == 422, wrong
    days = client.post("/studio/assignments/departments/days", data=chosen).text
    assert "8 people" in days
    assert "Person 0000" in days
    assert 'value="2026-12-04"' in days and 'value="2026-12-09"' in days, "a weekend between"
    assert not db.session.scalar(select(func.count()).where(TrainingAssignment.course_id == course.id))
    go = chosen | {"seen": hidden(days, "seen"), f"due-{ward_a}": "2026-12-04", f"due-{ward_b}": "2026-11-01"}
    past = client.post("/studio/assignments/departments", data=go)
    assert past.status_code == 422
    assert "from tomorrow on" in past.text
    stale = client.post("/studio/assignments/departments", data=go | {"seen": "1:1", f"due-{ward_b}": "2026-12-15"})
    assert "Other people work there now" in stale.text
    done = client.post("/studio/assignments/departments", data=go | {f"due-{ward_b}": "2026-12-15"}).text
    assert "Assigned to 8 people" in done
    made = select(TrainingAssignment.due_on, func.count()).where(TrainingAssignment.course_id == course.id)
    per_day = dict(db.session.execute(made.group_by(TrainingAssignment.due_on)).all())
    assert per_day == {dt.date(2026, 12, 4): 4, dt.date(2026, 12, 15): 4}
    again = client.post("/studio/assignments/departments", data=go | {f"due-{ward_b}": "2026-12-15"}).text
    assert "8 people already had it" in again
    news = client.post(
        f"/studio/courses/{course.id}/completion-news", data={"manager": "y", "people": "E-102\nNobody At All"}
    )
    assert news.status_code == 422
    assert (
        client.post(
            f"/studio/courses/{course.id}/completion-news", data={"manager": "y", "people": "E-102"}
        ).status_code
        == 303
    )
    assert "Otto Nobody (E-102)" in client.get(f"/studio/courses/{course.id}/completion-news").text
    enter(client, crowd.cast.carla)
    for address in ("/studio/assignments/departments", f"/studio/courses/{course.id}/completion-news"):
        assert client.get(address).status_code == 403
