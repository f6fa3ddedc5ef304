"""Escalations gathered into one letter a day, on a real database and through a real mail server (REM-6, REM-8)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lmsapp.assignments.actions import assign, change_due_date, close
from lmsapp.assignments.completions.actions import tell_of_completions
from lmsapp.assignments.completions.letters import tell_of_completion
from lmsapp.assignments.escalation.promises import rows_for, rows_for_all
from lmsapp.assignments.events import AssignmentCompleted
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.rules import Moment, Step, ToWhom, Turn
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.jobs import remind
from lmsapp.outreach.digests.actions import send_digests
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.promising import promise_many
from tests.cast import Cast, Person, employee, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written
from tests.jobs import run_rings
from tests.outreach.post import MailServer, mail_server

DUE = dt.date(2026, 11, 9)  # a Monday
LATE = Turn(DUE + dt.timedelta(days=1), 0, Step(Moment.AFTER_DUE, 1, ToWhom.MANAGER))
AGAIN = Turn(DUE + dt.timedelta(days=8), 1, Step(Moment.AFTER_DUE, 1, ToWhom.MANAGER, every=7, most=4))
SOON = Turn(DUE - dt.timedelta(days=3), 0, Step(Moment.BEFORE_DUE, 3, ToWhom.MANAGER))
SECOND = Turn(DUE + dt.timedelta(days=3), 0, Step(Moment.AFTER_DUE, 3, ToWhom.SECOND_MANAGER))
PARTNER = Turn(DUE + dt.timedelta(days=3), 0, Step(Moment.AFTER_DUE, 3, ToWhom.HR_PARTNER))
SEVEN = dt.datetime(2026, 11, 10, 13, tzinfo=dt.UTC)  # in Chicago, on the day after the due date


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server(app) as running:
        yield running


def course(cast: Cast, title: str = "HIPAA Privacy Basics") -> Course:
    return Written(cast.milo.viewer, title=title).publish().course


def assigned(cast: Cast, who: Person, what: Course, due_on: dt.date | None = None) -> TrainingAssignment:
    """As the demo assigns: nobody is told of it."""
    return assign(who.record, what, due_on or DUE, by=cast.milo.viewer, source="demo")


def team(cast: Cast, size: int, manager: Person | None = None) -> list[Person]:
    boss = (manager or cast.mark).record
    return [
        employee(f"Nurse{n} Tester", f"N-{boss.id}-{n}", department="Cardiology", job_role="RN", manager=boss)
        for n in range(size)
    ]


class Made(NamedTuple):
    id: int


def escalate(ones: Sequence[TrainingAssignment | Made], turn: Turn = LATE) -> int:
    wanted = select(TrainingAssignment.id, TrainingAssignment.employee_id, TrainingAssignment.due_on)
    rows = db.session.execute(wanted.where(TrainingAssignment.id.in_([one.id for one in ones]))).all()
    made = promise_many(rows_for_all([(row, turn) for row in rows]))
    db.session.commit()
    return made


def send(rings: list[Ring]) -> int:
    """As the schedule and the worker do."""
    made = 0
    while more := send_digests():
        db.session.commit()
        made += more
    db.session.commit()
    run_rings(rings)
    return made


def notices(template: str = "escalation") -> list[Notice]:
    wanted = select(Notice).where(Notice.template == template).order_by(Notice.about_id, Notice.id)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def test_one_letter_a_day_that_says_what_is_true(
    cast: Cast, clock: Clock, rings: list[Ring], server: MailServer
) -> None:
    """REM-6: five late people are one letter at seven; who finished, was given more time or exempted since is not in it,
    with the reason on record; run twice it goes once; the next day says 'still'."""
    what, people = course(cast), team(cast, 6)
    ones = [assigned(cast, one, what) for one in people]
    clock.set(SEVEN - dt.timedelta(hours=1))
    assert escalate(ones) == 6
    assert escalate(ones) == 0, "REM-3"
    assert {(one.status, one.to_name, one.subject) for one in notices()} == {("gathered", "Mark Okafor", "")}
    assert send(rings) == 0, "not before seven"
    clock.set(SEVEN)
    ones[0].completed_at, ones[0].completed_on = clock.instant, DUE
    close(ones[1], "exempt", by=cast.milo.viewer, reason="Leave")
    change_due_date(ones[2], DUE + dt.timedelta(days=9), by=cast.milo.viewer, reason="Night shifts")
    db.session.commit()
    assert send(rings) == 1
    assert send(rings) == 0
    assert [(one.status, one.error) for one in notices("digest_manager")] == [("sent", None)]
    assert [one.status for one in notices()] == ["suppressed", "suppressed", "suppressed", *["carried"] * 3]
    assert [one.error for one in notices()][:3] == [
        "The training was completed meanwhile.",
        "The training was cancelled or exempted meanwhile.",
        "The due date was moved meanwhile.",
    ]
    (digest,) = notices("digest_manager")
    assert (digest.key, digest.status, digest.to_name) == (
        f"digest/{cast.mark.record.id}/2026-11-10/email", "sent", "Mark Okafor"
    )  # fmt: skip
    assert {one.carried_by_id for one in notices()} == {None, digest.id}
    (mail,) = [one for one in server.mails if one["To"].addresses[0].addr_spec == cast.mark.record.email]
    assert mail["Subject"] == "Late training of your people: 3"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Newly overdue (3)" in text
    assert "- Nurse3 Tester: HIPAA Privacy Basics – 1 day late, was due Mon 9 Nov; not begun" in text
    assert "Nurse0" not in text
    assert "http://localhost/team?due=late" in text
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f'href="http://localhost/team/enrollments/{ones[3].enrollment_id}"' in html

    clock.move(days=7, hours=-1)
    escalate(ones[3:4], AGAIN)
    other = assigned(cast, people[0], course(cast, "Fire safety"), DUE + dt.timedelta(days=90))
    db.session.execute(update(TrainingAssignment).where(TrainingAssignment.id == other.id).values(due_on=DUE))
    db.session.refresh(other)
    escalate([other])
    clock.move(hours=1)
    assert send(rings) == 1
    text = server.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.index("Newly overdue (1)") < text.index("Fire safety") < text.index("Still overdue (1)")
    assert "Nurse3 Tester: HIPAA Privacy Basics – 8 days late" in text


def test_what_was_completed_stands_in_the_same_letter(
    cast: Cast, clock: Clock, rings: list[Ring], server: MailServer
) -> None:
    """ASG-8, REM-6: where a course tells the manager of completions, the digest carries them; alone they need nobody,
    and one that was taken back is left out."""
    what, (ann, ben) = course(cast), team(cast, 2)
    tell_of_completions(what, manager=True, people=[], by=cast.milo.viewer)
    ones = [assign(one.record, what, DUE, by=cast.milo.viewer) for one in (ann, ben)]
    clock.set(SEVEN - dt.timedelta(hours=1))
    for one in ones:
        one.completed_at, one.completed_on = clock.instant, DUE
        tell_of_completion(AssignmentCompleted(one))
    assert [one.status for one in notices("completion_told") if one.channel == "email"] == ["gathered"] * 2
    ones[1].completed_at = ones[1].completed_on = None
    db.session.commit()
    clock.set(SEVEN)
    assert send(rings) == 1
    told = {one.about_id: (one.status, one.error) for one in notices("completion_told") if one.channel == "email"}
    assert told == {
        ones[0].id: ("carried", None),
        ones[1].id: ("suppressed", "The completion was taken back meanwhile."),
    }
    (mail,) = [one for one in server.mails if one["To"].addresses[0].addr_spec == cast.mark.record.email]
    assert mail["Subject"] == "Training completed: 1"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Completed (1)" in text and "Nurse0 Tester: HIPAA Privacy Basics – completed Tue 10 Nov" in text
    assert "Nurse1" not in text and "Nothing needs you" in text


def test_nothing_to_say_is_no_letter(cast: Cast, clock: Clock, rings: list[Ring], server: MailServer) -> None:
    """REM-6: everybody finished in between: no mail; the record says why. Two days missed are one letter."""
    what, (first, second) = course(cast), team(cast, 2)
    one, other = assigned(cast, first, what), assigned(cast, second, what)
    clock.set(SEVEN)
    escalate([one])
    one.completed_at, one.completed_on = clock.instant, DUE
    db.session.commit()
    assert send(rings) == 1
    assert [(n.status, n.error) for n in notices("digest_manager")] == [
        ("suppressed", "What it was to tell has changed since.")
    ]
    assert not server.mails
    clock.move(days=1)
    escalate([other])
    escalate([assigned(cast, second, course(cast, "Fire safety"), DUE + dt.timedelta(days=7))], SOON)
    clock.move(days=2, hours=3)  # nobody ran anything on the day it was meant for
    assert send(rings) == 1
    text = server.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Due soon (1)\r\n- Nurse1 Tester: Fire safety – due Mon 16 Nov, 3 days left" in text
    assert send(rings) == 0
    assert len(server.mails) == 1
    assert [n.key.split("/")[2] for n in notices("digest_manager")] == ["2026-11-10", "2026-11-13"]


def test_in_the_managers_morning_and_for_whoever_manages_then(
    cast: Cast, clock: Clock, rings: list[Ring], server: MailServer
) -> None:
    """REM-6: seven where the manager is, on working days; a new manager gets it in theirs, and the record says so."""
    ines = employee("Ines Vidal", "E-300", department="Cardiology", job_role="Nurse Manager")
    ines.record.time_zone = "Europe/Madrid"
    (nurse, *_), what = team(cast, 1, ines), course(cast)
    one = assigned(cast, nurse, what)
    clock.set(dt.datetime(2026, 11, 14, 7, tzinfo=dt.UTC))  # Saturday morning in Madrid
    escalate([one])
    assert send(rings) == 0
    clock.set(dt.datetime(2026, 11, 16, 5, 59, tzinfo=dt.UTC))
    assert send(rings) == 0
    clock.set(dt.datetime(2026, 11, 16, 6, tzinfo=dt.UTC))
    nurse.record.manager_id = cast.mark.record.id
    db.session.commit()
    assert send(rings) == 1, "hers has nothing to say any more"
    assert not server.mails
    (handed,) = notices()
    assert (handed.status, handed.to_name, handed.employee_id) == ("gathered", "Mark Okafor", cast.mark.record.id)
    assert handed.reason["instead_of"] == "Ines Vidal"
    clock.set(dt.datetime(2026, 11, 16, 13, tzinfo=dt.UTC))
    assert send(rings) == 1
    assert [mail["To"].addresses[0].addr_spec for mail in server.mails] == ["mark@northgate.example"]
    assert notices()[0].status == "carried"


def test_holes_in_the_line_in_the_database(cast: Cast, clock: Clock, rings: list[Ring], server: MailServer) -> None:
    """REM-6: Otto reports to nobody: HR, who opens his file and not the team page; the record says why. Mark's own late
    training never comes to him. Nobody with an address: in the product, one notice with the count."""
    what = course(cast)
    ottos, marks, lenas = (assigned(cast, one, what) for one in (cast.otto, cast.mark, cast.lena))
    cast.lena.record.hr_partner_id = cast.otto.record.id
    clock.set(SEVEN)
    found = {who.to_name: who for who in (Notice(**row) for row in rows_for(ottos, LATE) + rows_for(marks, LATE))}
    assert set(found) == {"Hana Novák"}
    assert found["Hana Novák"].reason["because"] == "no line manager on record"
    (second,) = rows_for(lenas, SECOND)
    assert (second["to_name"], second["reason"]["via"]) == ("Otto Nobody", "hr partner")
    (partner,) = rows_for(lenas, PARTNER)
    assert (partner["to_name"], partner["reason"]["because"]) == ("Otto Nobody", "")
    cast.mark.record.email = None
    db.session.commit()
    (mine,) = rows_for(lenas, LATE)
    assert (mine["channel"], mine["status"], mine["reason"]["because"]) == (
        "in_app", "gathered", "no e-mail address on file"
    )  # fmt: skip
    escalate([ottos, marks, lenas])
    assert send(rings) == 2
    (mail,) = server.mails
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["To"].addresses[0].addr_spec == "hana@northgate.example"
    assert "Otto Nobody: HIPAA" in text
    assert "Mark Okafor: HIPAA" in text
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f"/hr/employees/{cast.otto.record.id}/training" in html
    there = next(one for one in notices("digest_manager") if one.channel == "in_app")
    assert (there.user_id, there.status, there.subject) == (
        cast.mark.user.id, "sent", "Late training of your people: 1"
    )  # fmt: skip


def test_the_second_manager_and_slack(cast: Cast, clock: Clock) -> None:
    """REM-6: everybody above in turn; Slack goes at once and is worded by what is true then."""
    boss = employee("Dora Director", "E-900", department="Board", job_role="Director")
    cast.mark.record.manager_id = boss.record.id
    one = assigned(cast, cast.lena, course(cast))
    assert [row["to_name"] for row in rows_for(one, SECOND)] == ["Dora Director"]
    both = Turn(LATE.day, 0, Step(Moment.AFTER_DUE, 1, ToWhom.MANAGER, ("email", "slack", "in_app")))
    rows = rows_for(one, both)
    assert [(row["channel"], row["status"]) for row in rows] == [
        ("email", "gathered"), ("slack", "queued"), ("in_app", "gathered")
    ]  # fmt: skip
    assert rows[1]["key"] == f"escalation/assignment/{one.id}/2026-11-09/after due/1/manager/slack"


def test_many_people_cost_no_more(
    cast: Cast, clock: Clock, rings: list[Ring], server: MailServer, statements: Statements
) -> None:
    """REM-6: 40 late people are 25 lines, the worst first, and how many more; as many statements as for five."""
    what, people = course(cast), team(cast, 40)
    ones = [Made(assigned(cast, one, what).id) for one in people]
    clock.set(SEVEN)
    counts = []
    for some in (ones[:5], ones):
        statements.clear()
        escalate(some)
        rings.clear()
        while send_digests():
            db.session.commit()
        run_rings(rings)
        counts.append(len(statements))
        clock.move(days=1)
        # By another key each: PostgreSQL holds row by row, in its own order, that no two are alike.
        old = Notice.key + func.concat("/", Notice.id)
        db.session.execute(update(Notice).where(Notice.template == "escalation").values(key=old))
    assert counts[1] <= counts[0] + 2, counts
    text = server.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Newly overdue (35)" in text
    assert "Still overdue (5)" in text
    assert "- and 10 more" in text
    assert text.count("Nurse") == 25


def test_from_the_daily_job_to_the_timeline(
    cast: Cast, clock: Clock, client: PageClient, rings: list[Ring], server: MailServer
) -> None:
    """REM-6, REM-7, the hospital's story: the supervisor hears of it on the day after the deadline, once; the timeline
    says who was told, as what and why. Who may not see Lena sees nothing of it."""
    one = assigned(cast, cast.lena, course(cast))
    for day in range(5, 10):
        clock.set(dt.datetime(2026, 11, 2, 12, 30, tzinfo=dt.UTC) + dt.timedelta(days=day))
        remind()
        clock.move(minutes=45)
        send(rings)
    assert [(n.key, n.status) for n in notices()] == [
        (f"escalation/assignment/{one.id}/2026-11-09/after due/1/manager/email", "carried")
    ]
    to_mark = [mail for mail in server.mails if mail["To"].addresses[0].addr_spec == "mark@northgate.example"]
    assert [mail["Subject"] for mail in to_mark] == ["Late training of your people: 1"]
    lena, told = cast.lena.record.id, "Mark Okafor was told: Told 1 day after it was due (line manager)"
    client.sign_in(cast.mark.user.id)
    assert told in client.get(f"/team/people/{lena}").text
    client.sign_in(cast.hana.user.id)
    assert told in client.get(f"/hr/employees/{lena}/timeline").text
    assert "Late training of somebody else" not in client.get(f"/hr/employees/{cast.mark.record.id}/timeline").text
    client.sign_in(cast.milo.user.id)
    assert "Told 1 day after it was due (line manager)" in client.get(f"/studio/assignments/{one.id}").text
    client.sign_in(cast.otto.user.id)
    assert client.get(f"/team/people/{lena}").status_code in (403, 404)


def test_workers_side_by_side_make_one_letter(own_app: Flask, clock: Clock) -> None:
    """REM-3, REM-6: eight schedulers at the same instant: one digest, everything carried by it."""
    with own_app.app_context():
        cast = make_cast()
        what = course(cast)
        ones = [assigned(cast, one, what) for one in team(cast, 4)]
        clock.set(SEVEN)
        escalate(ones)
    barrier, made = threading.Barrier(8), []

    def run() -> None:
        with own_app.app_context():
            barrier.wait()
            with unit_of_work():
                made.append(send_digests())

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == [0] * 7 + [1]
    with own_app.app_context():
        (digest,) = notices("digest_manager")
        assert {one.carried_by_id for one in notices()} == {digest.id}
