"""Training in progress that stands still (REM-6): told once a standstill, found without looking at everything."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select, update

from lmsapp.assignments.actions import assign
from lmsapp.assignments.escalation.letters import words
from lmsapp.assignments.escalation.lines import team_letter
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.models import ReminderPolicy, ReminderStep
from lmsapp.infra.db import db
from lmsapp.jobs import look_at_standstills
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.pauses.actions import pause, resume
from lmsapp.outreach.digests.actions import send_digests
from lmsapp.outreach.notices.models import Notice
from tests.cast import Cast, make_cast
from tests.clock import NOON, Clock
from tests.conftest import Statements
from tests.courses.authors import Written

DUE = dt.date(2026, 12, 20)
TWO_DAYS = dt.timedelta(hours=48)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def policy(*steps: dict[str, Any], working_days: bool = False) -> ReminderPolicy:
    """The organisation's."""
    row = ReminderPolicy(name="Reps", is_organisation=True, working_days=working_days)
    row.steps = [ReminderStep(position=n, moment="stalled", **step) for n, step in enumerate(steps)]
    db.session.add(row)
    db.session.flush()
    return row


def begun(cast: Cast, title: str = "Objections") -> tuple[TrainingAssignment, Enrollment]:
    """Lena's, begun at noon."""
    written = Written(cast.milo.viewer, title=title).publish()
    one = assign(cast.lena.record, written.course, DUE, by=cast.milo.viewer, source="demo")
    enrollment = db.session.get_one(Enrollment, one.enrollment_id)
    enrollment.started_at = one.started_at = enrollment.last_active_at = NOON
    enrollment.current_lesson_id = written.text.id
    db.session.commit()
    return one, enrollment


def look() -> int:
    """As the job does, every ten minutes; how many notices it wrote."""
    before = db.session.scalar(select(func.count(Notice.id))) or 0
    look_at_standstills()
    return (db.session.scalar(select(func.count(Notice.id))) or 0) - before


def told() -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.template == "stalled").order_by(Notice.id)))


def test_once_a_standstill(cast: Cast, clock: Clock) -> None:
    """REM-6, story 2: after 48 hours without a step the manager hears of it by Slack, once; who goes on and stops again
    is a new standstill; who went on before it is sent is not told of."""
    policy({"hours": 48, "to_whom": "manager", "channels": ["slack"]})
    one, enrollment = begun(cast)
    assert look() == 0
    clock.set(NOON + TWO_DAYS - dt.timedelta(minutes=10))
    assert look() == 0
    clock.set(NOON + TWO_DAYS)
    assert [look(), look()] == [1, 0]
    clock.move(days=4)
    assert look() == 0, "the same standstill"
    (notice,) = told()
    assert (notice.channel, notice.status, notice.to_name, notice.about_id) == (
        "slack",
        "queued",
        "Mark Okafor",
        one.id,
    )
    said = words(notice)
    assert said is not None
    assert (said["employee"], said["title"], said["lesson"], said["hours"]) == (
        "Lena Fischer", "Objections", "Why it matters", 48
    )  # fmt: skip
    assert said["since"] == NOON.date()
    enrollment.last_active_at = clock.instant
    db.session.commit()
    assert words(notice) is None, "she went on meanwhile"
    clock.move(hours=47)
    assert look() == 0
    clock.move(hours=1)
    assert look() == 1
    assert len({n.key for n in told()}) == 2
    one.completed_at = clock.instant
    db.session.commit()
    assert words(told()[1]) is None
    clock.move(days=9)
    assert look() == 0


def test_steps_readers_and_days_off(cast: Cast, clock: Clock) -> None:
    """REM-6: further steps in turn; on days off where the policy says so nothing; by e-mail it is part of the digest."""
    cast.lena.record.hr_partner_id = cast.otto.record.id
    policy(
        {"hours": 48, "to_whom": "manager", "channels": ["email"]},
        {"hours": 48, "to_whom": "learner", "channels": ["email"]},
        {"hours": 72, "to_whom": "hr partner", "channels": ["slack"]},
        working_days=True,
    )
    clock.set(dt.datetime(2026, 11, 5, 12, tzinfo=dt.UTC))  # Thursday
    _one, enrollment = begun(cast)
    enrollment.last_active_at = clock.instant
    db.session.commit()
    look()
    clock.move(days=2, hours=1)
    assert look() == 0, "Saturday"
    clock.set(dt.datetime(2026, 11, 9, 5, 59, tzinfo=dt.UTC))
    assert look() == 0, "Sunday in Chicago"
    clock.set(dt.datetime(2026, 11, 9, 13, tzinfo=dt.UTC))
    assert look() == 3
    rows = select(Notice.template, Notice.to_name, Notice.status).order_by(Notice.template, Notice.to_name)
    assert [tuple(row) for row in db.session.execute(rows)] == [
        ("stalled", "Mark Okafor", "gathered"),
        ("stalled", "Otto Nobody", "queued"),
        ("training_reminder", "Lena Fischer", "queued"),
    ]
    assert send_digests() == 1
    digest = db.session.scalars(select(Notice).where(Notice.template == "digest_manager")).one()
    values = team_letter(digest)
    assert values is not None
    assert [(section.key, section.count) for section in values["sections"]] == [("stalled", 1)]
    assert values["link"] == "/team"


def test_pauses_overdue_and_old_ones(cast: Cast, clock: Clock) -> None:
    """REM-6: time in a pause does not count, what is overdue is told as that, and what stood still for weeks before
    anybody asked makes no flood; without such a step in any policy one statement is all."""
    _one, enrollment = begun(cast)
    assert look() == 0
    clock.move(days=20)
    policy({"hours": 48, "to_whom": "manager", "channels": ["slack"]})
    assert look() == 0, "old"
    pause(enrollment, dt.date(2026, 12, 1), kind="leave", reason="Away", by=cast.milo.viewer)
    clock.move(days=3)
    assert look() == 0
    resume(enrollment, by=cast.milo.viewer)
    db.session.commit()
    clock.move(hours=47)
    assert look() == 0
    clock.move(hours=1)
    assert look() == 1
    enrollment.last_active_at = clock.instant
    db.session.execute(update(TrainingAssignment).values(due_at=clock.instant + dt.timedelta(hours=1)))
    db.session.commit()
    clock.move(days=3)
    assert look() == 0


def test_a_look_with_nothing_due(cast: Cast, clock: Clock, statements: Statements) -> None:
    """REM-6: a dozen statements, whatever there is."""
    policy({"hours": 48, "to_whom": "manager", "channels": ["slack"]})
    begun(cast)
    look()
    clock.move(hours=1)
    statements.clear()
    assert look() == 0
    assert len(statements) <= 14, statements
