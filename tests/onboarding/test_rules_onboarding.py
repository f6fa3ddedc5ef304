"""ORG-6: which template, which courses, when due, who may, when complete. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.onboarding.courses.rules import Applies, CourseFacts, PersonFacts, Reason, TrainingFacts, WhyNot, applies
from lmsapp.onboarding.running import rules
from lmsapp.onboarding.running.rules import Doer, Standing, WhyNotStarted
from lmsapp.onboarding.templates.rules import Kind, TaskFacts, Who, checked_task, due_date
from lmsapp.people.forwhom.rules import ForWhom, Place, best_for, own_and_above, with_beneath

MONDAY = dt.date(2026, 11, 2)
PARENTS = {1: None, 2: 1, 3: 2, 9: None}
NURSE = Place("RN", own_and_above(3, PARENTS), "Tower B")
LENA = PersonFacts(7, NURSE)
FIRE = CourseFacts(1, "Fire", published=True)


def test_departments_count_with_those_beneath() -> None:
    """ORG-6: a course for the hospital is for its wards."""
    assert own_and_above(3, PARENTS) == (3, 2, 1)
    assert with_beneath([2], PARENTS) == (2, 3)
    assert ForWhom(departments=(1,)).misses(NURSE) == ""
    assert ForWhom(departments=(9,)).misses(NURSE) == "department"
    assert own_and_above(1, {1: 2, 2: 1}) == (1, 2), "a circle ends"


def test_the_closest_template_is_taken() -> None:
    """ORG-6: the most specific that fits; the default for everybody else."""
    candidates = [
        (1, ForWhom()),
        (2, ForWhom(departments=(1,))),
        (3, ForWhom(departments=(3,))),
        (4, ForWhom(job_roles=("RN",), departments=(1,))),
        (5, ForWhom(job_roles=("Clerk",))),
    ]
    assert best_for(NURSE, candidates, 1) == 4
    assert best_for(NURSE, candidates[:3], 1) == 3
    assert best_for(Place("Cook"), candidates, 1) == 1
    assert best_for(Place("Cook"), candidates, None) is None


@pytest.mark.parametrize(
    ("course", "person", "training", "reason"),
    [
        (FIRE, PersonFacts(7, NURSE, active=False), TrainingFacts(), Reason.LEFT),
        (CourseFacts(1, "", True, ForWhom(("Clerk",))), LENA, TrainingFacts(), Reason.NOT_MEANT),
        (CourseFacts(1, "", False, ForWhom(("Clerk",))), LENA, TrainingFacts(), Reason.NOT_MEANT),
        (CourseFacts(1, "", False), LENA, TrainingFacts(), Reason.NOT_PUBLISHED),
        (FIRE, LENA, TrainingFacts(completed_on=MONDAY), Reason.COMPLETED),
        (FIRE, LENA, TrainingFacts(assignment_id=42), Reason.ASSIGNED),
        (FIRE, LENA, TrainingFacts(withdrawn=True), Reason.WITHDRAWN),
        (FIRE, LENA, TrainingFacts(exempt=True), Reason.EXEMPT),
    ],
)
def test_why_not(course: CourseFacts, person: PersonFacts, training: TrainingFacts, reason: Reason) -> None:
    """ORG-6: where nothing was enrolled, it says why."""
    found = applies(course, person, training, default_days=30)
    assert isinstance(found, WhyNot)
    assert found.reason is reason


def test_it_applies_within_its_own_days_or_the_setting() -> None:
    """ORG-6: thirty days, a setting, and per course."""
    assert applies(FIRE, LENA, default_days=30) == Applies(30)
    assert applies(CourseFacts(1, "", True, due_days=7), LENA, default_days=30) == Applies(7)


@given(st.integers(-60, 200), st.integers(0, 40))
def test_nobody_begins_late(days: int, started_after: int) -> None:
    """ORG-6: whatever the template counts from, no task is due before the start, nor on a free day."""
    started = MONDAY + dt.timedelta(days=started_after)
    due = due_date(days, "hire", hired=MONDAY, started=started, holidays={dt.date(2026, 11, 26)})
    assert due >= started
    assert due.weekday() < 5
    assert due != dt.date(2026, 11, 26)


def test_due_dates_count_working_days_from_the_hire_date_or_the_start() -> None:
    """ORG-6: Friday is four working days after Monday; a holiday moves it to Monday; before a future hire date too."""
    asked = {"hired": MONDAY, "started": MONDAY, "holidays": frozenset[dt.date]()}
    assert due_date(4, "hire", **asked) == dt.date(2026, 11, 6)
    assert due_date(4, "hire", **{**asked, "holidays": {dt.date(2026, 11, 5)}}) == dt.date(2026, 11, 9)
    ahead = dt.date(2026, 12, 1)
    assert due_date(-2, "hire", hired=ahead, started=MONDAY, holidays=()) == dt.date(2026, 11, 27)
    long_ago = {"hired": dt.date(2020, 1, 1), "started": MONDAY, "holidays": ()}
    assert due_date(3, "hire", **long_ago) == dt.date(2026, 11, 5), "who was hired long ago is given the same time"
    assert due_date(1, "start", hired=ahead, started=MONDAY, holidays=()) == dt.date(2026, 11, 3)


def test_tasks_keep_only_what_their_kind_uses() -> None:
    with pytest.raises(RuleBroken):
        checked_task(TaskFacts(title="Card", kind=Kind.UPLOAD))
    signed = checked_task(TaskFacts(title=" Sign  it ", kind=Kind.SIGNATURE, signing_text_id=3, who=Who.HR))
    assert (signed.title, signed.who, signed.document_type_id) == ("Sign it", Who.EMPLOYEE, None)


def test_who_may_do_what() -> None:
    """ORG-6: each only their own."""
    assert rules.is_theirs("employee", Doer(own=True))
    assert not rules.is_theirs("employee", Doer(leads=True, hr=True))
    assert rules.is_theirs("manager", Doer(leads=True))
    assert not rules.is_theirs("hr", Doer(own=True, leads=True, partner=True))
    assert rules.is_theirs("partner", Doer(partner=True)) and rules.is_theirs("partner", Doer(hr=True))


def test_complete_when_all_that_is_required_is_done() -> None:
    assert rules.is_complete([(True, "done"), (True, "waived"), (False, "open")])
    assert not rules.is_complete([(True, "done"), (True, "waiting")])
    assert not rules.is_complete([])
    assert not rules.is_complete([(False, "open")])


def test_what_is_optional_may_still_be_done_once_all_is_complete() -> None:
    """ORG-6: required tasks rest then; after cancelling or leaving nothing changes."""
    assert rules.may_change(None, required=True) and rules.may_change(None, required=False)
    assert rules.may_change("completed", required=False) and not rules.may_change("completed", required=True)
    assert not any(rules.may_change(how, required=False) for how in ("cancelled", "left"))


def test_standings_and_who_begins_by_itself() -> None:
    """ORG-6: a start that lies ahead is visible; joiners hired long ago are not begun with."""
    day = {"first_day": MONDAY, "today": MONDAY}
    assert rules.standing(None, late=True, **day) is Standing.LATE
    assert rules.standing("cancelled", late=True, **day) is Standing.CANCELLED
    assert rules.standing(None, late=False, first_day=MONDAY + dt.timedelta(days=1), today=MONDAY) is Standing.AHEAD
    known = {"today": MONDAY, "window_days": 90, "switched_on": True}
    assert rules.why_not_started(MONDAY - dt.timedelta(days=90), **known) is None
    assert rules.why_not_started(MONDAY - dt.timedelta(days=91), **known) is WhyNotStarted.HIRED_BEFORE
    assert rules.why_not_started(None, **known) is WhyNotStarted.NO_HIRE_DATE
    assert rules.why_not_started(MONDAY, **{**known, "switched_on": False}) is WhyNotStarted.SWITCHED_OFF
