"""REM-1 to REM-3, REM-8: the daily job on PostgreSQL, through the calendar of an assignment."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import select, update

from bench.proofs.due_dates import calendars, zones
from lmsapp.assignments import actions, reminders
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.actions import choose_for_course, create_policy
from lmsapp.assignments.policies.models import LookAgain
from lmsapp.assignments.policies.rules import STANDARD, Moment, Policy, Step
from lmsapp.assignments.reminding.letters import remind_now, why_unwanted
from lmsapp.assignments.reminding.looking import look_again
from lmsapp.assignments.renewals import SOURCE
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock as infra_clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.jobs import in_batches, run_job
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.calendar.models import Holiday
from lmsapp.people.employees.actions import update_employee
from tests.cast import ZONE, Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written
from tests.kept import kept
from tests.outreach.post import mail_server

TODAY = dt.date(2026, 11, 2)  # where the clock fixture stands
DAY = dt.timedelta(days=1)
DUE = TODAY + 30 * DAY
STEPS = (
    Step(Moment.BEFORE_DUE, 14),
    Step(Moment.BEFORE_DUE, 3, channels=("email", "in_app")),
    Step(Moment.ON_DUE, mandatory=True),
    Step(Moment.AFTER_DUE, 7, every=7, most=2, mandatory=True),
)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def course(cast: Cast) -> Course:
    course = Written(cast.milo.viewer, title="HIPAA Privacy Basics").publish().course
    place(cast, course, Policy("Hospital", STEPS))
    return course


def place(cast: Cast, course: Course, policy: Policy) -> None:
    choose_for_course(course, create_policy(policy, by=cast.milo.viewer), by=cast.milo.viewer)
    in_batches(look_again)


def six(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(6), tzinfo=infra_clock.zone(ZONE)).astimezone(dt.UTC)


def run(clock: Clock, first: dt.date, last: dt.date, *, twice: bool = False) -> None:
    """The job each morning from `first` to `last`."""
    for n in range((last - first).days + 1):
        clock.set(six(first + n * DAY))
        for _again in range(1 + twice):
            in_batches(look_again, reminders.remind_due, reminders.note_overdue)


def told() -> list[tuple[str, str]]:
    """Which step by which channel, in the order of promising."""
    keys = db.session.scalars(
        select(Notice.key).where(Notice.template == "training_reminder").order_by(Notice.queued_at, Notice.id)
    )
    found = [key.removeprefix("reminder/assignment/").split("/", 2)[2] for key in keys]
    return [(one.rsplit("/", 2)[0], one.rsplit("/", 1)[1]) for one in found]


def fresh(one: TrainingAssignment) -> TrainingAssignment:
    db.session.expire(one)
    return db.session.get_one(TrainingAssignment, one.id)


def test_every_moment_once(cast: Cast, course: Course, clock: Clock) -> None:
    """REM-1, REM-2, REM-3: before, on and after the due date, by each channel, once, however often the job runs; the
    overdue event once; nothing at night."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    assert one.next_reminder_on == DUE - 14 * DAY
    clock.set(six(DUE - 14 * DAY) - dt.timedelta(minutes=1))
    assert reminders.remind_due() == 0
    for day in (-20, -14, -13, -3, -2, 0, 1, 7, 8, 14, 21, 28, 60):
        run(clock, DUE + day * DAY, DUE + day * DAY, twice=True)
    assert told() == [
        ("before due/14", "email"),
        ("before due/3", "email"),
        ("before due/3", "in_app"),
        ("on due/0", "email"),
        ("after due/7", "email"),
        ("after due/7.1", "email"),
    ]
    one = fresh(one)
    assert (one.reminders_sent, one.next_reminder_on, one.reminded_through) == (5, None, DUE + 14 * DAY)
    first, last = db.session.scalars(
        select(Notice).where(Notice.key.like("reminder/%"), Notice.key.like("%due/%/learner/email")).order_by(Notice.id)
    ).all()[::4]
    assert first.reason == {"policy": "Hospital", "moment": "before due", "days": 14, "day": "2026-11-18"}
    assert (last.reason["days"], last.mandatory, first.mandatory) == (14, True, False)
    overdue = db.session.scalars(select(Notice).where(Notice.template == "training_overdue")).all()
    assert [(row.channel, row.queued_at) for row in overdue] == [("in_app", six(DUE + DAY))]


def test_missed_days_and_a_clock_that_stood_wrong(cast: Cast, course: Course, clock: Clock) -> None:
    """REM-1, REM-3: after days without the job one letter, the latest; after a year ahead and back nothing twice, and
    what is yet to come still comes."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    clock.set(six(DUE - 2 * DAY))
    in_batches(reminders.remind_due)
    assert told() == [("before due/3", "email"), ("before due/3", "in_app")]
    for back in (dt.timedelta(hours=1), DAY):
        clock.set(six(DUE - 2 * DAY) - back)
        in_batches(reminders.remind_due)
        assert len(told()) == 2
    clock.set(six(DUE + 365 * DAY))
    in_batches(reminders.remind_due)
    assert told()[2:] == [("after due/7.1", "email")]
    clock.set(six(DUE - DAY))
    in_batches(reminders.remind_due)
    assert fresh(one).next_reminder_on == DUE
    for day in (0, 7, 14, 21):
        run(clock, DUE + day * DAY, DUE + day * DAY)
    third = ("after due/7.1", "email")  # by mistake a year early, and not again
    assert told()[2:] == [("on due/0", "email"), ("after due/7", "email"), third]


def test_a_moved_date_and_another_policy(cast: Cast, course: Course, clock: Clock) -> None:
    """REM-2, ASG-6: steps of the new date come, passed ones do not; open assignments follow another policy without a
    flood; a promise about the old date is not sent."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    run(clock, DUE - 14 * DAY, DUE - 14 * DAY)
    old = db.session.scalars(select(Notice).where(Notice.template == "training_reminder")).one()
    actions.change_due_date(fresh(one), DUE + 5 * DAY, by=cast.mark.viewer, reason="Leave")
    assert fresh(one).next_reminder_on == DUE - 9 * DAY
    run_job("send_notice", old.id)
    old = _reminder(old.key)
    assert (old.status, old.error) == ("suppressed", "What it was to tell has changed since.")
    run(clock, DUE - 13 * DAY, DUE - 9 * DAY)
    assert told() == [("before due/14", "email")] * 2
    place(cast, course, Policy("Other", (Step(Moment.BEFORE_DUE, 60), Step(Moment.BEFORE_DUE, 20), *STANDARD.steps)))
    assert db.session.scalar(select(LookAgain)) is None
    assert fresh(one).next_reminder_on == DUE - 2 * DAY
    run(clock, DUE - 9 * DAY, DUE - 3 * DAY)
    assert len(told()) == 2, "60 and 20 days before are past"
    for day in (-2, 0, 5):
        run(clock, DUE + day * DAY, DUE + day * DAY)
    assert told()[2:] == [("before due/7", "email"), ("on due/0", "email")]


def test_a_pause_and_an_end(cast: Cast, course: Course, clock: Clock) -> None:
    """REM-3, ENR-10: nothing in a pause and one letter on return, also when the policy changed meanwhile; nothing after
    completion, not even what was promised before."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    resting = update(Enrollment).where(Enrollment.id == one.enrollment_id)
    db.session.execute(resting.values(paused_until=DUE + 9 * DAY))
    for day in (-14, -3, 0, 1, 7, 8):
        run(clock, DUE + day * DAY, DUE + day * DAY)
    place(cast, course, Policy("Hospital again", STEPS))
    assert told() == []
    db.session.execute(resting.values(paused_until=None))
    run(clock, DUE + 9 * DAY, DUE + 9 * DAY)
    assert told() == [("after due/7", "email")]
    promised = db.session.scalars(select(Notice).where(Notice.template == "training_reminder")).one()
    fresh(one).completed_at = infra_clock.now()
    assert why_unwanted(one.id) == "The training was completed meanwhile."
    db.session.flush()
    run(clock, DUE + 14 * DAY, DUE + 14 * DAY)
    assert len(told()) == 1
    run_job("send_notice", promised.id)
    promised = _reminder(promised.key)
    assert (promised.status, promised.error) == ("suppressed", "The training was completed meanwhile.")


def test_days_off_digests_and_renewals(cast: Cast, course: Course, clock: Clock) -> None:
    """REM-2, REM-8: on working days only when the policy says so; gathered for who wants one letter a day; a renewal
    counts from its expiry, and may be due when it is assigned."""
    place(cast, course, Policy("On working days", STEPS, working_days=True))
    db.session.add_all(
        [Holiday(day=DUE, name="Founders' day"), ContactPreference(employee_id=cast.lena.record.id, digest=True)]
    )
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    for day in (-15, -14, -5, -3, -1, 0):
        run(clock, DUE + day * DAY, DUE + day * DAY)
    days = [
        dt.date.fromisoformat(row["day"])
        for row in db.session.scalars(
            select(Notice.reason)
            .where(Notice.channel == "email", Notice.template == "training_reminder")
            .order_by(Notice.id)
        )
    ]
    assert days == [DUE - 14 * DAY, DUE - 5 * DAY, DUE - DAY], "Sunday's on Friday, the holiday's the day before"
    gathered = dict(
        db.session.execute(select(Notice.channel, Notice.status).where(Notice.key.like("reminder/%"))).all()
    )
    assert gathered == {"email": "gathered", "in_app": "queued"}
    other = Written(cast.milo.viewer, title="CPR").publish().course
    actions.close(fresh(one), "cancelled", by=cast.milo.viewer, reason="Not needed")
    renewal = actions.assign(cast.lena.record, other, DUE + 30 * DAY, by=cast.milo.viewer, source=SOURCE)
    assert renewal.next_reminder_on == DUE
    for day in (0, 23, 30):
        run(clock, DUE + day * DAY, DUE + day * DAY)
    assert [step for step, _way in told()[4:]] == ["before expiry/30", "before expiry/7", "on due/0"]


def test_what_a_reminder_says(app: Flask, cast: Cast, course: Course, clock: Clock, rings: list[Ring]) -> None:
    """REM-2: subject, days left as of sending, own progress and one link to the right lesson; by hand once a day."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    run(clock, DUE - 14 * DAY, DUE - 14 * DAY)
    (waiting,) = [ring for ring in rings if ring.job == "send_notice" and ring.args == (_reminder().id,)]
    clock.move(days=2)
    with mail_server(app) as server:
        run_job(waiting.job, *waiting.args)
    (letter,) = server.mails
    assert letter["Subject"] == "Training Reminder: HIPAA Privacy Basics"
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "12 days left" in text
    assert f"/learn/courses/{course.id}" in text
    with_all = db.session.get_one(TrainingAssignment, one.id, populate_existing=True)
    db.session.refresh(with_all, ["employee", "enrollment"])
    assert remind_now(with_all, by_name="Mark")
    assert not remind_now(with_all, by_name="Mark")
    for due_on, said in ((infra_clock.today(ZONE), "due today"), (infra_clock.today(ZONE) - 3 * DAY, "3 days ago")):
        db.session.execute(update(TrainingAssignment).values(due_on=due_on))
        by_hand = _reminder("by-hand")
        by_hand.status, by_hand.next_try_at = "queued", infra_clock.now()
        by_hand.sent_at = by_hand.message_id = (
            None  # as if it had never been handed over: a second copy says what the first one said
        )
        db.session.flush()
        with mail_server(app) as server:
            run_job("send_notice", by_hand.id)
        assert said in _reminder("by-hand").body_text


def test_the_proof_in_small() -> None:
    """ASG-2, REM-3: each zone once, through clock changes, missed days and clocks that stood wrong."""
    figures, problems = calendars(600)
    assert not problems, problems[:5]
    assert figures["zones"] == len(zones()) > 500


def _reminder(which: str = "before due") -> Notice:
    wanted = select(Notice).where(Notice.key.contains(which)).order_by(Notice.id.desc()).limit(1)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def test_somebody_moves_to_another_zone(cast: Cast, course: Course, clock: Clock) -> None:
    """ASG-2, REM-1: a due date lasts to the end of the day where they work now, and the morning is theirs."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    update_employee(cast.lena.record, {"time_zone": "Pacific/Auckland"}, cast.hana.viewer)
    there = infra_clock.zone("Pacific/Auckland")
    assert fresh(one).due_at == infra_clock.end_of_day(DUE, "Pacific/Auckland") < infra_clock.end_of_day(DUE, ZONE)
    clock.set(dt.datetime.combine(DUE, dt.time(6), tzinfo=there).astimezone(dt.UTC))
    in_batches(reminders.remind_due)
    assert told() == [("on due/0", "email")]


def test_two_workers_at_once(own_app: Flask) -> None:
    """REM-1, REM-3: what one of them holds the other passes over; nothing is promised twice."""
    with own_app.app_context():
        cast = make_cast()
        course = Written(cast.milo.viewer).publish().course
        today = infra_clock.today(ZONE)
        for person in (cast.lena, cast.otto, cast.mark):
            actions.assign(person.record, course, today + 7 * DAY, by=cast.milo.viewer)
        missed = {"next_reminder_on": today - DAY, "reminded_through": today - 2 * DAY}
        db.session.execute(update(TrainingAssignment).values(**missed, due_on=today + 6 * DAY))
        db.session.commit()
    barrier, looked = threading.Barrier(4), []

    def work() -> None:
        with own_app.app_context():
            barrier.wait()
            for _again in range(3):
                with unit_of_work():
                    looked.append(reminders.remind_due())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with own_app.app_context():
        assert sum(looked) == 3
        assert db.session.scalars(select(TrainingAssignment.reminders_sent)).all() == [1, 1, 1]
