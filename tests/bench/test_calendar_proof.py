"""The simulation of months at a small size: it runs, and it would find what it looks for (REM-1 to REM-3, REM-8)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from bench.proofs._reminded import BEGIN, Life, lives
from bench.proofs.calendar import beyond_the_cap, doubled, not_as_told, simulate
from tests.clock import Clock


def life() -> Life:
    """Due 40 days on, of the policy with 30, 14 and 3 days; looked at once, on the tenth day."""
    one = next(one for one in lives(50, 3) if one.policy.name == "Privacy" and one.fate == "forgets")
    one.assignment_id, one.due_on = 7, (BEGIN + dt.timedelta(days=40)).date()
    one.assigned_at = BEGIN
    one.begin()
    one.job_runs(BEGIN + dt.timedelta(days=10, hours=20), frozenset())
    return one


def notice(one: Life, offset: str = "before due/30", **changes: Any) -> Any:
    told = {
        "key": f"reminder/assignment/7/{one.due_on}/{offset}/learner/email", "channel": "email", "status": "sent", "id": 1,
        "suppressed_as": None, "sent_at": BEGIN + dt.timedelta(days=10, hours=21), "mandatory": False, "employee_id": 1,
        "about_id": 7, "message_id": "<m>", "next_try_at": BEGIN,
    }  # fmt: skip
    return SimpleNamespace(**{**told, **changes})


@pytest.mark.pure
def test_what_is_wrong_is_seen() -> None:
    """REM-3, REM-8: lost, doubled, unwanted, unexplained, left over, beyond the cap."""
    one = life()
    assert one.keys == {f"{one.due_on}/before due/30/learner/email"}
    right = notice(one)
    assert list(not_as_told([right], [one])) == []
    assert "missing" in next(not_as_told([], [one]))
    assert any("too many" in found for found in not_as_told([right, notice(one, "before due/14")], [one]))
    assert any(
        "FOR NO REASON" in found
        for found in not_as_told([notice(one, status="suppressed", suppressed_as="not wanted")], [one])
    )
    assert any("LEFT OVER" in found for found in not_as_told([notice(one, status="queued")], [one]))
    one.end(BEGIN + dt.timedelta(days=10, hours=20))
    assert any("UNWANTED" in found for found in not_as_told([right], [one]))
    assert list(doubled([right], {"<m>": 1})) == []  # type: ignore[arg-type]
    assert list(doubled([right], {"<m>": 2})) and list(doubled([right], {"<m>": 0}))  # type: ignore[arg-type]
    assert list(beyond_the_cap([right], [one])) == []
    assert list(beyond_the_cap([right, notice(one, "before due/14", id=2)], [one]))
    assert not list(beyond_the_cap([right, notice(one, "on due/0", id=2, mandatory=True)], [one]))


@pytest.mark.slow
def test_two_months_of_a_few_people(own_app: Flask) -> None:
    """REM-1 to REM-3, REM-8: every reminder once, none unwanted, none beyond the cap."""
    with own_app.app_context(), Clock().running() as clock:
        figures = simulate(20, 62, 11, clock)
    assert figures["wrong words"] == []
    assert figures["reminders"] > 20 and figures["handed over"] > 10
