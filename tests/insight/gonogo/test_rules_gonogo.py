"""Where somebody stands with a thing on a day, and what makes go (REP-3)."""

from __future__ import annotations

import datetime as dt

import pytest

from lmsapp.infra.words import RuleBroken
from lmsapp.insight.gonogo.rules import (
    MOST_THINGS,
    Facts,
    Standing,
    Thing,
    check_clearance,
    check_day,
    check_things,
    is_go,
    is_ready,
    may_pass,
    readiness,
)  # fmt: skip

TODAY, SPRINT = dt.date(2026, 11, 30), dt.date(2026, 12, 7)


def stands(day: dt.date = SPRINT, **facts: object) -> Standing:
    return readiness(Facts(**{"enrolled": True, **facts}), day=day, today=TODAY)  # type: ignore[arg-type]


def test_valid_on_the_day_not_only_today() -> None:
    """REP-3, CRS-6: the last day of validity counts; the day before the sprint is too short; a day over is today's."""
    assert stands(completed=True) is Standing.COMPLETED
    assert stands(completed=True, valid_until=SPRINT) is Standing.COMPLETED
    assert stands(completed=True, valid_until=SPRINT - dt.timedelta(days=1)) is Standing.LAPSES
    assert stands(completed=True, valid_until=TODAY - dt.timedelta(days=1)) is Standing.EXPIRED
    assert stands(dt.date(2026, 11, 1), completed=True, valid_until=dt.date(2026, 11, 15)) is Standing.EXPIRED
    assert stands(dt.date(2026, 11, 1), completed=True, valid_until=TODAY) is Standing.COMPLETED


def test_what_stands_before_what() -> None:
    """REP-3, ENR-3: a completion that holds, then an exemption, then what became of it, then what is under way."""
    assert stands(completed=True, renewal_from=SPRINT, valid_until=None) is Standing.RENEWAL_REQUIRED
    assert stands(completed=True, renewal_from=SPRINT + dt.timedelta(days=1)) is Standing.COMPLETED
    assert stands(completed=True, valid_until=TODAY, exempt=True) is Standing.EXEMPT
    assert stands(completed=True, valid_until=TODAY, failed=True, started=True) is Standing.LAPSES
    assert stands(failed=True, started=True, paused_until=SPRINT) is Standing.FAILED
    assert stands(started=True, paused_until=SPRINT) is Standing.PAUSED
    assert stands(started=True, paused_until=TODAY) is Standing.IN_PROGRESS
    assert stands() is Standing.NOT_STARTED
    assert stands(withdrawn=True, started=True) is Standing.WITHDRAWN
    assert stands(enrolled=False) is Standing.NOT_ENROLLED


def test_ready_strict_and_cleared() -> None:
    """REP-3: to renew is ready unless the checklist says otherwise; a clearance has to reach the day, and be allowed."""
    ready = {one for one in Standing if is_ready(one)}
    assert ready == {Standing.COMPLETED, Standing.RENEWAL_REQUIRED, Standing.EXEMPT}
    assert not is_ready(Standing.RENEWAL_REQUIRED, strict=True)
    assert may_pass(SPRINT, allowed=True, day=SPRINT, today=TODAY)
    assert not may_pass(SPRINT, allowed=False, day=SPRINT, today=TODAY)
    assert not may_pass(SPRINT - dt.timedelta(days=1), allowed=True, day=SPRINT, today=TODAY)
    assert not may_pass(SPRINT, allowed=True, day=SPRINT, today=SPRINT + dt.timedelta(days=1))
    assert not may_pass(None, allowed=True, day=SPRINT, today=TODAY)


def test_go_fails_closed() -> None:
    """REP-3: an empty list is no go, nor one with somebody the asker may not see."""
    assert is_go(people=3, blocked=0, unseen=0)
    assert not is_go(people=0, blocked=0, unseen=0)
    assert not is_go(people=3, blocked=1, unseen=0)
    assert not is_go(people=3, blocked=0, unseen=1)


@pytest.mark.parametrize(
    ("reason", "until", "field"),
    [("", SPRINT, "reason"), ("Ill", TODAY, "until"), ("Ill", dt.date(2036, 1, 1), "until")],
)
def test_a_clearance_needs_a_reason_and_an_end(reason: str, until: dt.date, field: str) -> None:
    """REP-3: in words, at the field."""
    with pytest.raises(RuleBroken) as broken:
        check_clearance(reason, until, day=SPRINT, today=TODAY)
    assert broken.value.field == field


def test_things_and_days() -> None:
    """REP-3: each thing once, some of them; today or ahead."""
    course = (Thing.COURSE, 1)
    assert check_things([course, (Thing.PATH, 1), course]) == [course, (Thing.PATH, 1)]
    for wrong in ([], [(Thing.COURSE, n) for n in range(MOST_THINGS + 1)]):
        with pytest.raises(RuleBroken):
            check_things(wrong)
    check_day(TODAY, TODAY)
    for day in (TODAY - dt.timedelta(days=1), dt.date(2036, 1, 1)):
        with pytest.raises(RuleBroken):
            check_day(day, TODAY)
