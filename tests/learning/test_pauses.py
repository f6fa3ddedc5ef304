"""ENR-10: a pause rests reminders, moves due dates as the policy says, and ends with one letter."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.reminders import note_overdue, remind_due
from lmsapp.assignments.reminding.letters import PAUSED, remind_now, why_unwanted
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.pauses.actions import end_pauses, pause, pause_all, resume
from lmsapp.learning.pauses.models import EnrollmentPause
from lmsapp.learning.pauses.queries import enrollments_to_pause, pauses_of
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written

TODAY = dt.date(2026, 11, 2)
DUE = dt.date(2026, 11, 12)
LAST = dt.date(2026, 11, 15)  # 14 days, both ends included
BACK = dt.date(2026, 11, 16)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def given(cast: Cast, title: str, *, mandatory: bool = False) -> tuple[Enrollment, TrainingAssignment]:
    written = Written(cast.milo.viewer, title=title).publish()
    written.course.mandatory = mandatory
    assignment = assign(cast.lena.record, written.course, DUE, by=cast.milo.viewer)
    enrollment = enrollment_for(cast.lena.viewer, written.course.id)
    assert enrollment is not None
    return enrollment, assignment


def written_to_lena(template: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Notice).where(Notice.template == template)) or 0


def test_reminders_rest_and_due_dates_move(cast: Cast, clock: Clock) -> None:
    """ENR-10, REM-3: nothing is sent in a pause; due later by its days; on return one letter, however often asked."""
    enrollment, assignment = given(cast, "Fire safety")
    other, _second = given(cast, "Hand hygiene")
    lena, mark = cast.lena.viewer, cast.mark.viewer
    for until, kind, why, said in (
        (TODAY - dt.timedelta(days=1), "leave", "Baby", "last day"),
        (TODAY + dt.timedelta(days=400), "leave", "Baby", "at most"),
        (LAST, "holiday", "Baby", "Say why"),
        (LAST, "leave", "  ", "few words"),
    ):
        with pytest.raises(RuleBroken, match=said):
            pause(enrollment, until, kind=kind, reason=why, by=lena)
    everything = enrollments_to_pause(mark, cast.lena.record.id, line_only=True)
    assert pause_all(everything, LAST, kind="leave", reason="Parental leave", by=mark) == 2
    db.session.refresh(assignment)
    assert (assignment.due_on, enrollment.paused_until) == (DUE + dt.timedelta(days=14), BACK)
    with pytest.raises(RuleBroken, match="paused already"):
        pause(enrollment, LAST, kind="leave", reason="Again", by=mark)
    assert enrollments_to_pause(cast.otto.viewer, cast.lena.record.id) == []
    assignment.next_reminder_on = TODAY
    db.session.flush()
    assert why_unwanted(assignment.id) == PAUSED
    with pytest.raises(RuleBroken, match="Reminders rest"):
        remind_now(assignment, by_name="Mark")
    clock.move(days=13)
    assert (remind_due(), end_pauses(), written_to_lena("training_reminder")) == (0, 0, 0)
    clock.move(days=1)
    assert (end_pauses(), end_pauses()) == (2, 0)
    assert written_to_lena("welcome_back") == 2, "one by e-mail and one in the product, for both courses together"
    assert (enrollment.paused_until, other.paused_until, why_unwanted(assignment.id)) == (None, None, None)
    assert remind_due() == 1
    assert [one.ended_how for one in pauses_of(enrollment.id)] == ["over"]


def test_keeping_deadlines_hides_no_lateness(cast: Cast, clock: Clock) -> None:
    """ENR-10: where due dates stay, training becomes overdue in a pause; the news waits for the return."""
    change_settings({"pause_extends_deadlines": False}, cast.sam.viewer, "The law sets the date")
    enrollment, assignment = given(cast, "Fire safety")
    pause(enrollment, LAST, kind="sickness", reason="Broken leg", by=cast.lena.viewer)
    db.session.refresh(assignment)
    assert assignment.due_on == DUE
    clock.move(days=12)
    assert (note_overdue(), written_to_lena("training_overdue")) == (0, 0)
    clock.move(days=2)
    assert (end_pauses(), note_overdue(), written_to_lena("training_overdue")) == (1, 1, 1)


def test_ending_early_gives_back_what_was_not_needed(cast: Cast, clock: Clock) -> None:
    """ENR-10: resumed by the learner on the fifth day: four days were used; no letter to whoever came by themselves."""
    enrollment, assignment = given(cast, "Fire safety")
    pause(enrollment, LAST, kind="work conflict", reason="Inventory", by=cast.lena.viewer)
    clock.move(days=4)
    resume(enrollment, by=cast.lena.viewer)
    db.session.refresh(assignment)
    assert (assignment.due_on, enrollment.paused_until) == (DUE + dt.timedelta(days=4), None)
    assert written_to_lena("welcome_back") == 0
    with pytest.raises(RuleBroken, match="not paused"):
        resume(enrollment, by=cast.lena.viewer)
    pause(enrollment, dt.date(2026, 11, 20), kind="leave", reason="Once more", by=cast.mark.viewer)
    resume(enrollment, by=cast.mark.viewer)
    assert written_to_lena("welcome_back") == 2, "somebody else ended it: told"
    assert db.session.scalar(select(func.count()).select_from(EnrollmentPause)) == 2


def test_mandatory_courses_are_paused_by_others(cast: Cast) -> None:
    """ENR-10: unless the organisation lets learners."""
    enrollment, _assignment = given(cast, "Fire safety", mandatory=True)
    with pytest.raises(NotAllowed, match="ask your manager"):
        pause(enrollment, LAST, kind="leave", reason="Away", by=cast.lena.viewer)
    with pytest.raises(RuleBroken, match="ask your manager"):
        pause_all([enrollment], LAST, kind="leave", reason="Away", by=cast.lena.viewer)
    change_settings({"pause_mandatory_oneself": True}, cast.sam.viewer, "We trust people")
    pause(enrollment, LAST, kind="leave", reason="Away", by=cast.lena.viewer)
    assert enrollment.paused_until == BACK
