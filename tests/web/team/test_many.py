"""DSH-2: acting on many from the team dashboard: ticks of several pages, all that match, doubled and hostile requests."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import delete, func, select

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.acts import work
from lmsapp.assignments.acts.actions import forget_acts
from lmsapp.assignments.acts.models import AssignmentAct, AssignmentActLine
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.claims import LostError, take
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import ReportingLine
from lmsapp.web.team import acting, choosing, further
from tests.cast import Person
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written
from tests.insight.crowd import Crowd, assign_raw
from tests.jobs import run_rings

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


def test_more_than_one_request_may_do(
    client: PageClient, crowd: Crowd, monkeypatch: pytest.MonkeyPatch, rings: list[Ring], clock: Clock
) -> None:
    """DSH-2: more than a request does itself are done by the worker, chunk by chunk, each with its result; asked twice it
    is one; nobody is reminded twice; who left the line is named; whoever asked is told. Of others it is not there."""
    monkeypatch.setattr(choosing, "AT_ONCE", 10)
    monkeypatch.setattr(work, "CHUNK", 5)
    enter(client, crowd.cast.mark)
    question = client.post("/team/reminders", data=ALL, headers=HTMX).text
    assert "done in the background" in question
    data = ALL | {"mark": mark_in(question)}
    gone = client.post("/team/reminders", data=data, headers=HTMX).headers["HX-Redirect"]
    assert client.post("/team/reminders", data=data).location == gone, "pressed twice: one"
    assert "Waiting." in client.get(gone).text
    assert count("training_reminder") == 0
    left = crowd.employees[0]
    db.session.execute(ReportingLine.__table__.delete().where(ReportingLine.employee_id == left.id))
    done_before = db.session.scalars(
        select(TrainingAssignment).where(TrainingAssignment.employee_id == crowd.employees[4].id)
    ).first()
    assert done_before is not None
    done_before.completed_at = product_clock.now()
    db.session.commit()
    run_rings(rings)
    act = db.session.scalars(select(AssignmentAct)).one()
    assert (act.state, act.lines) == ("ready", 14)
    said = dict(
        db.session.execute(select(AssignmentActLine.result, func.count()).group_by(AssignmentActLine.result)).all()
    )
    assert said == {"done": 11, "refused": 3}
    assert count("training_reminder") == 11
    page = client.get(gone).text
    assert "This is not open any more." in page
    assert "Reminded 06:00" in page
    assert left.name not in page, "who is not of the line is not named"
    refused = client.get(gone + "?result=refused", headers=HTMX).text
    assert "This is not open any more." in refused
    assert "Reminded 06:00" not in refused
    assert count("acts_done") == 1
    told = db.session.scalars(select(Notice).where(Notice.template == "acts_done")).one()
    assert (told.user_id, told.link) == (crowd.cast.mark.user.id, gone)
    noted = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "assignment_act").order_by(AuditEntry.id)
    ).all()
    assert sorted(noted) == ["act on many asked", "act on many done"]
    for somebody in (crowd.cast.aki, crowd.cast.otto):
        assert enter(client, somebody).get(gone).status_code in (403, 404)
    clock.move(days=91)
    forget_acts()
    assert not db.session.scalars(select(AssignmentActLine.id)).all()


def test_called_off_and_gone_on_with(
    client: PageClient, crowd: Crowd, monkeypatch: pytest.MonkeyPatch, rings: list[Ring]
) -> None:
    """DSH-2: a due date for many and the next level for many; called off in between, what was done stays done and the
    rest waits; gone on with, it is done to the end and nothing twice; a worker that breaks leaves a word; too many even
    for the worker are refused in words."""
    monkeypatch.setattr(choosing, "AT_ONCE", 10)
    monkeypatch.setattr(work, "CHUNK", 5)
    enter(client, crowd.cast.mark)
    moved = select(func.count()).where(AuditEntry.action == "due date changed")
    mark = mark_in(client.post("/team/extensions/new", data=ALL, headers=HTMX).text)
    empty = client.post(
        "/team/extensions", data=ALL | {"mark": mark, "due_on": "2026-12-18", "reason": ""}, headers=HTMX
    )
    assert empty.status_code == 422
    gone = client.post("/team/extensions", data=ALL | {"mark": mark, "due_on": "2026-12-18", "reason": "Ill"}).location
    act = db.session.scalars(select(AssignmentAct)).one()

    chunk = work._chunk
    with monkeypatch.context() as patched:
        patched.setattr(work, "_chunk", lambda one: broken(chunk(one)))
        run_rings(rings)
    db.session.refresh(act)
    assert (act.state, act.error) == ("failed", work.OUR_ERROR)
    assert db.session.scalar(moved) == 0, "the chunk was undone"
    assert "Try again" in client.get(gone).text
    client.post(f"{gone}/attempt")
    with unit_of_work():
        claim = take(AssignmentAct, act.id)
        assert claim is not None
        work._chunk(claim.run())
    client.post(f"{gone}/cancellation")
    with pytest.raises(LostError):
        claim.run()
    page = client.get(gone).text
    assert "What was done by then stays done: 5 of 14." in page
    assert "Due date moved to Fri 18 Dec" in page
    client.post(f"{gone}/attempt")
    run_rings(rings)
    db.session.refresh(act)
    assert (act.state, db.session.scalar(moved)) == ("ready", 14)

    many = {"chosen": ",".join(map(str, ids(due_on=dt.date(2026, 12, 18)))), "to_whom": "hr partner", "reason": "Ill"}
    gone = client.post("/team/escalations", data=many).location
    run_rings(rings)
    assert "There is nobody to tell." in client.get(gone).text or "will be told" in client.get(gone).text
    for module in (acting, further):
        monkeypatch.setattr(module, "MOST", 12)
    for address in ("/team/reminders", "/team/extensions/new", "/team/escalations/new", "/team/further-training/new"):
        text = client.post(address, data={"everybody": "1", "back": ""}, headers=HTMX).text
        assert "At most 12 assignments can be acted on at once, and 42 are chosen." in text
        assert "btn-primary" not in text
    assert client.post("/team/assignments/chosen.csv", data=many).status_code == 422
    assert client.post("/team/reminders", data={"chosen": "x,,-1"}, headers=HTMX).status_code == 422


def test_another_course_for_many(
    client: PageClient, crowd: Crowd, monkeypatch: pytest.MonkeyPatch, rings: list[Ring]
) -> None:
    """DSH-2: another course for more than a request does itself: by the worker, a line for each person however many of
    their assignments were chosen; who has it, who left the line and who left are named; what would be refused for
    everybody is refused at once; nothing is doubled."""
    monkeypatch.setattr(choosing, "AT_ONCE", 10)
    monkeypatch.setattr(work, "CHUNK", 5)
    course = Written(crowd.cast.milo.viewer, title="Fire safety").publish().course
    db.session.commit()
    enter(client, crowd.cast.mark)
    everything = {"everybody": "1", "back": ""}
    question = client.post("/team/further-training/new", data=everything, headers=HTMX).text
    assert "done in the background" in question
    asked = everything | {
        "mark": mark_in(question),
        "course_id": course.id,
        "due_on": "2026-12-18",
        "note": "For the audit",
    }
    for wrong in ({"course_id": 0}, {"course_id": course.id + 99}, {"due_on": "2026-11-02"}):
        assert client.post("/team/further-training", data=asked | wrong, headers=HTMX).status_code == 422, wrong
    assert not ids(course_id=course.id)
    gone = client.post("/team/further-training", data=asked, headers=HTMX).headers["HX-Redirect"]
    assert client.post("/team/further-training", data=asked).location == gone, "pressed twice: one"
    act = db.session.scalars(select(AssignmentAct)).one()
    people = set(
        db.session.scalars(
            select(TrainingAssignment.employee_id).join(
                AssignmentActLine, AssignmentActLine.assignment_id == TrainingAssignment.id
            )
        )
    )
    assert act.lines == len(people) < 42, "once a person"
    has, leaver, other = (one for one in crowd.employees if one.id in people and one.id in sorted(people)[:3])
    assign_many([has], course, dt.date(2026, 12, 1), by=crowd.cast.milo.viewer)
    leaver.status = "left"
    db.session.execute(ReportingLine.__table__.delete().where(ReportingLine.employee_id == other.id))
    db.session.commit()
    run_rings(rings)
    db.session.refresh(act)
    assert act.state == "ready"
    found = select(AssignmentActLine.result, AssignmentActLine.message, func.count()).group_by(
        AssignmentActLine.result, AssignmentActLine.message
    )
    came = {(row[0], row[1]): row[2] for row in db.session.execute(found)}
    assert came == {
        ("done", "“%(title)s” assigned"): len(people) - 3,
        ("left", "Has “%(title)s” already"): 1,
        ("refused", "Does not work here any more"): 1,
        ("refused", "This person is not on your line any more."): 1,
    }
    assert len(ids(course_id=course.id)) == len(people) - 2
    page = client.get(gone).text
    for words in (
        f"For {len(people)} people of your line.",
        "Fire safety",
        "For the audit",
        "Has “Fire safety” already",
    ):
        assert words in page
    told = db.session.scalars(select(Notice).where(Notice.template == "acts_done")).one()
    assert (told.subject, told.link) == ("Done for many people", gone)


def broken(_more: bool) -> bool:
    raise ValueError("a bug")


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
    """SEC-4: ids of another line alone do not exist; who leads nobody is outside."""
    foreign = assign_raw(crowd.cast.otto.record, crowd.courses[0], state=0)
    db.session.commit()
    enter(client, crowd.cast.mark)
    addresses = ("reminders", "extensions", "extensions/new", "escalations", "escalations/new", "further-training",
                 "further-training/new", "assignments/chosen.csv")  # fmt: skip
    data = {"chosen": f"{foreign.id},999999", "due_on": "2026-12-18", "reason": "x", "to_whom": "manager",
            "course_id": crowd.courses[0].id}  # fmt: skip
    for address in addresses:
        assert client.post(f"/team/{address}", data=data, headers=HTMX).status_code == 404, address
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    enter(client, crowd.cast.otto)
    for address in addresses:
        assert client.post(f"/team/{address}", data=data).status_code == 403, address
    assert client.get("/team/mark").status_code == 403


def test_somebody_moved_while_they_were_ticked(client: PageClient, crowd: Crowd) -> None:
    """DSH-2, SEC-4: whoever left the line since is left out, said so without a name, before and after; the others are done."""
    enter(client, crowd.cast.mark)
    mine, *_others, moved = ids(started_at=None, completed_at=None)
    gone = db.session.get_one(TrainingAssignment, moved).employee_id
    db.session.execute(delete(ReportingLine).where(ReportingLine.employee_id == gone))
    db.session.commit()
    data = {"chosen": f"{mine},{moved}", "due_on": "2026-12-18", "reason": "A flood."}
    asked = client.post("/team/extensions/new", data=data, headers=HTMX).text
    assert "1 selected row is not on your line any more and is left out." in asked
    for address in ("reminders", "extensions"):
        done = client.post(f"/team/{address}", data=data, headers=HTMX).text
        assert "Done for 1 assignment." in done, address
        assert "1 × Not on your line any more." in done, address
    assert client.post("/team/assignments/chosen.csv", data=data).text.count("\n") == 2
    told = db.session.scalars(select(Notice.about_id).where(Notice.template == "training_reminder"))
    assert set(told) == {mine}
    db.session.expire_all()
    assert db.session.get_one(TrainingAssignment, moved).due_on != dt.date(2026, 12, 18)
