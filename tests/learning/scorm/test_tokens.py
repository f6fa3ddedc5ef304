"""SCO-4: what a token opens, how long, and what ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import current_app

from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.access import revoke_access
from lmsapp.learning.enrollments.door import set_lock
from lmsapp.learning.scorm.launches import tokens
from lmsapp.learning.scorm.launches.tokens import (
    LATE,
    QUIET,
    WHOLE,
    WORDS,
    Standing,
    digest_of,
    found_for_files,
    launch_by_token,
    launch_for_commit,
    token_of,
    words_for,
)
from lmsapp.people.accounts.actions import deactivate, end_sessions, grant_role, set_password, sign_out_everywhere
from lmsapp.people.employees.leaving import leave
from lmsapp.people.roles import Role
from tests.cast import staff
from tests.clock import Clock
from tests.scorm.launched import Launched

MINUTE = dt.timedelta(minutes=1)


def test_tokens_are_their_launchs_own(clock: Clock) -> None:
    """SCO-4: the same each time, another for each launch and key, not to be had from what is stored."""
    first, second = token_of(1), token_of(2)
    assert first == token_of(1) != second
    assert len(first) == 43
    assert first not in digest_of(first)
    current_app.config["SECRET_KEY"], kept = "another-key-0123456789-abcdefghijkl", current_app.config["SECRET_KEY"]
    try:
        assert token_of(1) != first
    finally:
        current_app.config["SECRET_KEY"] = kept


def test_how_long_a_token_lasts(clock: Clock) -> None:
    """SCO-4, SCO-3: files an hour after the last sign of life and 12 hours at most; commits a day longer."""
    scene = Launched()
    now, token = product_clock.now, scene.token
    start = now()
    assert launch_by_token(token, now()) is scene.launch is launch_for_commit(token, now())
    assert launch_by_token(token, start + QUIET - MINUTE) is scene.launch
    assert launch_by_token(token, start + QUIET) is None
    assert launch_for_commit(token, start + LATE - MINUTE) is scene.launch
    assert launch_for_commit(token, start + LATE) is None
    scene.launch.last_seen_at = start + WHOLE - MINUTE
    db.session.flush()
    assert launch_by_token(token, start + WHOLE - MINUTE) is scene.launch, "life goes on"
    assert launch_by_token(token, start + WHOLE) is None
    assert launch_for_commit(token, start + WHOLE + LATE - 2 * MINUTE) is scene.launch
    scene.launch.last_seen_at = start + WHOLE + LATE
    db.session.flush()
    assert launch_for_commit(token, start + WHOLE + LATE) is None, "no beats keep a token for ever"
    assert words_for(token, start + WHOLE) == WORDS[Standing.EXPIRED]


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 5000, "é\udcff", "../..", "' OR 1=1"])
def test_guessed_tokens(clock: Clock, token: str) -> None:
    """SCO-4: nothing, in words that say what to do, and nothing is remembered of it."""
    now = product_clock.now()
    assert launch_by_token(token, now) is launch_for_commit(token, now) is None
    assert found_for_files(token) is None
    assert digest_of(token) not in tokens._kept
    assert words_for(token, now) == WORDS[Standing.UNKNOWN]


def _leave(scene: Launched) -> None:
    leave(scene.person.record, product_clock.now().date(), None, "moved")


def _withdraw(scene: Launched) -> None:
    revoke_access(scene.enrollment, by=staff("Milo Brandt", Role.MODERATOR).viewer, reason="by mistake")


def _lock(scene: Launched) -> None:
    set_lock(scene.enrollment, "path", waits_for=[[1, "Other"]])


def _draft(scene: Launched) -> None:
    scene.course.status = "draft"


ENDS: dict[str, Callable[[Launched], object]] = {
    "left": _leave,
    "locked": lambda scene: deactivate(scene.person.user, None),
    "signed out everywhere": lambda scene: sign_out_everywhere(scene.person.user, None),
    "new password": lambda scene: set_password(scene.person.user, "a much longer phrase 17"),
    "withdrawn": _withdraw,
    "course closed": _lock,
    "course taken back": _draft,
}


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_a_token(clock: Clock, end: str) -> None:
    """SCO-4: files, page and commits at once; another learner's launch goes on."""
    scene, other = Launched(), Launched("Fred Other", number="S-2")
    ENDS[end](scene)
    db.session.flush()
    db.session.expire_all()
    now = product_clock.now()
    assert launch_by_token(scene.token, now) is launch_for_commit(scene.token, now) is None
    assert words_for(scene.token, now, commits=True) == WORDS[Standing.REVOKED]
    found = found_for_files(scene.token)
    assert found is not None
    assert found.standing(now) is Standing.REVOKED
    assert launch_by_token(other.token, now) is other.launch
    assert scene.launch.closed_at is None, "the sweep finishes what was reported"


def test_what_ends_no_token(clock: Clock) -> None:
    """SCO-3: a session that ends by itself, or a role that is given, takes no finish away."""
    scene = Launched()
    end_sessions(scene.person.user)
    grant_role(scene.person.user, Role.MODERATOR, None)
    assert launch_for_commit(scene.token, product_clock.now()) is scene.launch
    trial = scene.open(trial=True)
    assert launch_by_token(token_of(trial.id), product_clock.now()) is trial


def test_files_are_remembered_for_seconds_only(clock: Clock, statements: list[str]) -> None:
    """SCO-4: a page of hundreds of files asks once; an end is felt within five seconds."""
    scene = Launched()
    found_for_files(scene.token)
    statements.clear()
    for _file in range(20):
        assert found_for_files(scene.token) is not None
    assert not statements
    sign_out_everywhere(scene.person.user, None)
    db.session.flush()
    db.session.expire_all()
    clock.move(seconds=6)
    found = found_for_files(scene.token)
    assert found is not None
    assert found.shut
