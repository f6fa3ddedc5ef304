"""DSH-2: acting on many from the team dashboard: ticks of several pages, all that match, doubled and hostile requests."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.insight.assignments import chosen as chosen_module
from lmsapp.outreach.notices.models import Notice
from lmsapp.web.team import choosing
from tests.cast import Person
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written
from tests.insight.crowd import Crowd, assign_raw

HTMX = {"HX-Request": "true"}
ALL = {"everybody": "1", "back": "?status=Overdue"}


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(28)


def enter(client: PageClient, person: Person) -> PageClient:
    client.sign_in(person.user.id, person.user.session_epoch)
    return client


def count(template: str) -> int:
    return db.session.scalar(select(func.count()).where(Notice.template == template)) or 0


def mark_in(text: str) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', text)
    assert found, text
    return found[1]


def ids(**conditions: object) -> list[int]:
    return list(db.session.scalars(select(TrainingAssignment.id).filter_by(**conditions).order_by("id")))


def test_all_that_match_are_shown_first(client: PageClient, crowd: Crowd) -> None:
    """DSH-2: the number and the first few before anything is done; then done for all; pressed twice, nobody is reminded
    twice, and the totals say so."""
    enter(client, crowd.cast.mark)
    question = client.post("/team/reminders", data=ALL, headers=HTMX)
    assert question.headers["HX-Retarget"] == "#dialogs"
    assert "Remind about 14 assignments?" in question.text
    assert "and 9 more" in question.text
    assert count("training_reminder") == 0
    data = ALL | {"mark": mark_in(question.text)}
    done = client.post("/team/reminders", data=data, headers=HTMX).text
    assert "Done for 14 assignments." in done
    assert done.count("Reminded 06:00") == 14
    again = client.post("/team/reminders", data=data, headers=HTMX).text
    assert "Not done for 14:" in again
    assert "14 × Reminded today already" in again
    assert count("training_reminder") == 14
    assert client.post("/team/reminders", data=data).location.endswith("/team?status=Overdue"), "without script"
    assert "Remind about 14 assignments?" in client.post("/team/reminders", data=ALL).text, "without script"


def test_another_list_than_was_looked_at(client: PageClient, crowd: Crowd) -> None:
    """DSH-2: one more is overdue by now: nothing is done, and the new number is asked about."""
    enter(client, crowd.cast.mark)
    mark = mark_in(client.post("/team/extensions/new", data=ALL, headers=HTMX).text)
    assign_raw(crowd.cast.lena.record, crowd.courses[0], state=0)
    db.session.commit()
    asked = ALL | {"mark": mark, "due_on": "2026-12-18", "reason": "Ill"}
    refused = client.post("/team/extensions", data=asked, headers=HTMX)
    assert refused.status_code == 422
    assert "The list has changed: 15 match now." in refused.text
    assert 'value="2026-12-18"' in refused.text, "nothing typed is lost"
    done = client.post("/team/extensions", data=asked | {"mark": mark_in(refused.text)}, headers=HTMX)
    assert "Done for 15 assignments." in done.text
    assert "Due date moved to Fri 18 Dec" in done.text, "the first of those that left the page stand on top"
    moved = select(func.count()).where(AuditEntry.action == "due date changed")
    assert db.session.scalar(moved) == 15
    twice = {"chosen": ",".join(map(str, ids(due_on=dt.date(2026, 12, 18)))), "due_on": "2026-12-18", "reason": "Ill"}
    again = client.post("/team/extensions", data=twice, headers=HTMX)
    assert "15 × Due on Fri 18 Dec already" in again.text
    assert db.session.scalar(moved) == 15


def test_more_than_one_request_may_do(client: PageClient, crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """DSH-2: it says how many are too many and what to do, does nothing, and offers no button."""
    for module in (choosing, chosen_module):
        monkeypatch.setattr(module, "AT_ONCE", 10)
    enter(client, crowd.cast.mark)
    for address in ("/team/reminders", "/team/extensions/new", "/team/escalations/new", "/team/further-training/new"):
        text = client.post(address, data=ALL, headers=HTMX).text
        assert "At most 10 assignments can be acted on at once, and 14 are chosen." in text
        assert "btn-primary" not in text
    many = {"chosen": ",".join(map(str, ids(closed_as=None)))}
    assert client.post("/team/reminders", data=many, headers=HTMX).status_code == 422
    assert client.post("/team/assignments/chosen.csv", data=many).status_code == 422
    assert count("training_reminder") == 0
    assert client.post("/team/reminders", data={"chosen": "x,,-1"}, headers=HTMX).status_code == 422


def test_ticks_of_other_pages(client: PageClient, crowd: Crowd) -> None:
    """DSH-2: rows of another page, and rows the filters no longer show, are acted on and taken out all the same; who is
    on the page and among the ticks is meant once; the refused are named."""
    enter(client, crowd.cast.mark)
    late, done = ids(started_at=None, completed_at=None)[-1], ids(completed_at=None, closed_as=None)[0]
    finished = db.session.scalars(
        select(TrainingAssignment.id).where(TrainingAssignment.completed_at.is_not(None))
    ).first()
    data = {"chosen": f"{late},{done},{finished}", "pick": [done], "back": "?q=zebra"}
    answer = client.post("/team/reminders", data=data, headers=HTMX).text
    assert "Done for 2 assignments." in answer
    assert "1 × This is not open any more." in answer
    assert f'id="assignment-{late}"' in answer
    sheet = client.post("/team/assignments/chosen.csv", data=data)
    assert sheet.headers["Content-Disposition"].startswith("attachment")
    assert sheet.text.count("\n") == 4
    whole = client.post("/team/assignments/chosen.csv", data=ALL)
    assert whole.text.count("\n") == 15


def test_another_course_and_the_next_level(client: PageClient, crowd: Crowd) -> None:
    """DSH-2: each person gets the course once, who has it says so; the next level is told and the row says who."""
    enter(client, crowd.cast.mark)
    course = Written(crowd.cast.milo.viewer, title="Fire safety").publish().course
    db.session.commit()
    both = ids(employee_id=crowd.employees[0].id)
    data = {"chosen": ",".join(map(str, both)), "course_id": course.id, "due_on": "2026-12-18", "note": ""}
    assert "Fire safety" in client.post("/team/further-training/new", data=data, headers=HTMX).text
    first = client.post("/team/further-training", data=data, headers=HTMX).text
    assert first.count("“Fire safety” assigned") == 2
    assert "Done for 1 person." in first
    assert len(ids(course_id=course.id)) == 1
    assert "Has “Fire safety” already" in client.post("/team/further-training", data=data, headers=HTMX).text
    assert client.post("/team/further-training", data=data | {"course_id": 0}, headers=HTMX).status_code == 422
    told = {"chosen": str(both[0]), "to_whom": "hr partner", "reason": "Late for weeks"}
    assert "Hana Novák will be told" in client.post("/team/escalations", data=told, headers=HTMX).text
    assert "Escalated today already" in client.post("/team/escalations", data=told, headers=HTMX).text
    alone = client.post("/team/escalations", data=told | {"to_whom": "manager"}, headers=HTMX).text
    assert "That would be you." in alone
    assert client.post("/team/escalations", data=told | {"reason": ""}, headers=HTMX).status_code == 422
    assert count("escalation") == 1


def test_nobody_elses(client: PageClient, crowd: Crowd) -> None:
    """SEC-4: one id of another line, and nothing is done at all; who leads nobody is outside."""
    foreign = assign_raw(crowd.cast.otto.record, crowd.courses[0], state=0)
    db.session.commit()
    enter(client, crowd.cast.mark)
    addresses = ("reminders", "extensions", "extensions/new", "escalations", "escalations/new", "further-training",
                 "further-training/new", "assignments/chosen.csv")  # fmt: skip
    data = {"chosen": f"{ids(closed_as=None)[0]},{foreign.id}", "due_on": "2026-12-18", "reason": "x", "to_whom": "manager",
            "course_id": crowd.courses[0].id}  # fmt: skip
    for address in addresses:
        assert client.post(f"/team/{address}", data=data, headers=HTMX).status_code == 404, address
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    enter(client, crowd.cast.otto)
    for address in addresses:
        assert client.post(f"/team/{address}", data=data).status_code == 403, address
    assert client.get("/team/mark").status_code == 403
