"""CRS-5: whom an audience takes, and by when training is due, pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lmsapp.assignments.standing.rules import (
    NOTHING,
    Days,
    Due,
    DueKind,
    Reason,
    Stand,
    Verdict,
    due_date,
    judge,
)
from lmsapp.infra.words import RuleBroken
from lmsapp.people.audiences.rules import AudienceRule, Candidate
from lmsapp.people.forwhom.rules import ForWhom, Place, followed

TODAY = dt.date(2026, 11, 2)  # a Monday
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
NURSE = Place("RN", (3, 1), "Tower B", "North", "2026-A")  # works in 3, which is beneath 1
HOLIDAYS = frozenset({dt.date(2026, 11, 3)})


def nurse(**more: Any) -> Candidate:
    told: dict[str, Any] = {"employee_id": 7, "place": NURSE, "hired_on": dt.date(2026, 8, 4), "active": True}
    return Candidate(**told | {"today": TODAY} | more)


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        (AudienceRule(everybody=True), True),
        (AudienceRule(), False),
        (AudienceRule(who=ForWhom(job_roles=("RN",), regions=("North",), cohorts=("2026-A", "x"))), True),
        (AudienceRule(who=ForWhom(regions=("South",))), False),
        (AudienceRule(who=ForWhom(cohorts=("",))), False),
        (AudienceRule(who=ForWhom(departments=(1,))), True),
        (AudienceRule(who=ForWhom(only_departments=(1,))), False),
        (AudienceRule(who=ForWhom(only_departments=(3,))), True),
        (AudienceRule(who=ForWhom(departments=(9,), only_departments=(3,))), True),
        (AudienceRule(hired_within_days=90), True),
        (AudienceRule(hired_within_days=89), False),
        (AudienceRule(hired_from=dt.date(2026, 8, 4), hired_until=dt.date(2026, 8, 4)), True),
        (AudienceRule(hired_from=dt.date(2026, 8, 5)), False),
        (AudienceRule(hired_until=dt.date(2026, 8, 3)), False),
        (AudienceRule(who=ForWhom(job_roles=("MD",)), include=(7,)), True),
        (AudienceRule(everybody=True, exclude=(7,)), False),
        (AudienceRule(include=(8,)), False),
    ],
)
def test_whom_a_rule_takes(rule: AudienceRule, taken: bool) -> None:
    """CRS-5: job role, department with or without those beneath, region, cohort, hire date, single people."""
    assert rule.takes(nurse()) is taken
    assert not rule.takes(nurse(active=False))
    assert AudienceRule.from_json(rule.as_json()) == rule


def test_who_has_no_day_of_hire_meets_no_condition_on_it() -> None:
    """CRS-5: an unknown date is not a date."""
    assert not AudienceRule(hired_within_days=3000).takes(nurse(hired_on=None))
    assert AudienceRule(hired_within_days=30).takes(nurse(hired_on=TODAY + dt.timedelta(days=9)))


@pytest.mark.parametrize(
    "rule",
    [
        AudienceRule(),
        AudienceRule(everybody=True, hired_within_days=3),
        AudienceRule(hired_from=TODAY, hired_until=TODAY - dt.timedelta(days=1)),
        AudienceRule(hired_within_days=0),
        AudienceRule(everybody=True, include=(1,), exclude=(1,)),
        AudienceRule(include=tuple(range(501))),
    ],
)
def test_a_rule_of_nobody_or_against_itself_is_refused(rule: AudienceRule) -> None:
    """CRS-5, SEC-6."""
    with pytest.raises(RuleBroken):
        rule.check()


def test_words_and_departments_are_followed() -> None:
    """ORG-6: a rule keeps meaning what it meant when words are renamed and departments merged."""
    kept = AudienceRule(who=ForWhom(regions=("N",), departments=(1,), only_departments=(1, 2))).as_json()
    assert followed(kept, "region", "N", "North") == {**kept, "regions": ["North"]}
    assert followed(kept, "department", 1, 2) == {**kept, "departments": [2], "only_departments": [2]}
    assert followed(kept, "cohort", "N", "North") is None


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (Due(DueKind.FIXED, on=dt.date(2026, 12, 1)), dt.date(2026, 12, 1)),
        (Due(DueKind.AFTER_HIRE, 30), dt.date(2026, 11, 29)),
        (Due(DueKind.AFTER_JOINING, 10), dt.date(2026, 11, 11)),
        (Due(DueKind.AFTER_ASSIGNMENT, 5, working=True), dt.date(2026, 11, 10)),  # Tuesday is a holiday
        (Due(DueKind.BEFORE_DATE, 14, on=dt.date(2026, 12, 1)), dt.date(2026, 11, 17)),
        (Due(DueKind.BEFORE_DATE, 1, working=True, on=dt.date(2026, 11, 9)), dt.date(2026, 11, 6)),
    ],
)
def test_every_kind_of_due_date(due: Due, expected: dt.date) -> None:
    """CRS-5: fixed; N days or business days after hire, role change or assignment; N before a date."""
    days = Days(hired_on=dt.date(2026, 10, 30), joined_on=dt.date(2026, 11, 1), today=TODAY)
    assert due_date(due, days, HOLIDAYS) == expected
    assert Due.from_json(due.as_json()) == due


@pytest.mark.parametrize(
    "due",
    [
        Due(DueKind.AFTER_ASSIGNMENT, 0),
        Due(DueKind.AFTER_HIRE, -1),
        Due(DueKind.AFTER_JOINING, 9999),
        Due(DueKind.FIXED),
        Due(DueKind.FIXED, on=TODAY),
        Due(DueKind.BEFORE_DATE, 3, on=TODAY + dt.timedelta(days=4000)),
        Due(DueKind.AFTER_HIRE, 3, late_days=0),
    ],
)
def test_a_due_date_nobody_could_meet_is_refused(due: Due) -> None:
    """CRS-5, SEC-6."""
    with pytest.raises(RuleBroken):
        due.check(TODAY)


def stand(**more: Any) -> Stand:
    days = more.pop("days", Days(dt.date(2026, 10, 30), dt.date(2026, 11, 1), TODAY))
    return Stand(employee_id=7, days=days, since=NOON - dt.timedelta(days=1), **more)


def said(one: Stand, due: Due | None = None, **terms: Any) -> Verdict:
    terms = {"starts_on": TODAY, "joined_from": None} | terms
    return judge(due or Due(DueKind.AFTER_ASSIGNMENT, 7), one, HOLIDAYS, **terms)


LONG_AGO = NOON - dt.timedelta(days=700)
JUST_NOW = NOON - dt.timedelta(hours=1)
DONE = {"completed_at": LONG_AGO, "completed_on": LONG_AGO.date()}


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (stand(**DONE), Reason.COMPLETED),
        (stand(**DONE, valid_until=TODAY), Reason.COMPLETED),
        (stand(**DONE, valid_until=TODAY - dt.timedelta(days=1)), Reason.LAPSED),
        (stand(withdrawn_at=LONG_AGO), Reason.WITHDRAWN),
        (stand(withdrawn_at=LONG_AGO, asked_again_at=JUST_NOW), None),
        (stand(closed_as="exempt", closed_at=LONG_AGO), Reason.EXEMPT),
        (stand(closed_as="exempt", closed_at=LONG_AGO, asked_again_at=JUST_NOW), None),
        (stand(closed_as="cancelled", closed_at=LONG_AGO), None),
        (stand(closed_as="cancelled", closed_at=JUST_NOW), Reason.CANCELLED),
    ],
)
def test_what_was_decided_before_is_an_exception_until_somebody_asks_again(one: Stand, reason: Reason | None) -> None:
    """CRS-5: completed and valid, lapsed, withdrawn, cancelled, exempt; never in silence."""
    assert said(one).reason is reason
    assert (said(one).due_on is not None) is (reason is None)


def test_nothing_to_do_is_no_exception() -> None:
    """CRS-5: who has it, completed it while they belonged, was exempted from the rule, or is not meant yet."""
    for one in (
        stand(open_assignment=3),
        stand(completed_at=JUST_NOW, completed_on=TODAY),
        stand(exempt_at=JUST_NOW),
    ):
        assert said(one) == NOTHING
    assert said(stand(), starts_on=TODAY + dt.timedelta(days=1)) == NOTHING
    assert said(stand(), joined_from=dt.date(2026, 11, 2)) == NOTHING
    assert said(stand(), joined_from=dt.date(2026, 11, 1)).due_on == dt.date(2026, 11, 9)
    assert said(stand(exempt_at=LONG_AGO)).due_on is not None, "an exemption ends with the membership"


def test_a_date_that_is_over_is_an_exception_or_gives_other_days() -> None:
    """CRS-5: due before it can be done: named with the date; or so many days from the assignment, where that is said."""
    after_hire = Due(DueKind.AFTER_HIRE, 2)
    assert said(stand(), after_hire) == Verdict(reason=Reason.TOO_LATE, facts={"day": "2026-11-01"})
    assert said(stand(), Due(DueKind.AFTER_HIRE, 3)).reason is Reason.TOO_LATE, "today is too late as well"
    assert said(stand(), Due(DueKind.AFTER_HIRE, 2, late_days=14)).due_on == dt.date(2026, 11, 16)
    nobody_knows = stand(days=Days(None, TODAY, TODAY))
    assert said(nobody_knows, after_hire).reason is Reason.NO_HIRE_DATE
