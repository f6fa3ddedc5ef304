"""Launches that end with the sessions of their person (SCO-4, ORG-1).

What ends with the account, the enrollment or the course needs nothing here: `tokens` reads those. A session that only
ran out, or a role that was given, ends no launch: what was begun may still be finished (SCO-3).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.scorm.launches.tokens import LATE, WHOLE
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch
from lmsapp.people.accounts.events import AccountChanged
from lmsapp.people.roles import Role

ENDING = frozenset({"sign out everywhere", "set password", "deactivate account"})


def revoke_launches(user_id: int) -> None:
    """No launch of theirs opens or takes anything any more. They are not closed by it: the sweep finishes them."""
    now = clock.now()
    alive = (ScormLaunch.opened_by_id == user_id, ScormLaunch.created_at > now - WHOLE - LATE)
    db.session.execute(update(ScormLaunch).where(*alive, ScormLaunch.revoked_at.is_(None)).values(revoked_at=now))


def revoke_of(enrollment_id: int, since: dt.datetime) -> None:
    """The same for those of one enrollment opened since then: by a single-use link that was revoked (REM-5)."""
    attempts = select(ScormAttempt.id).where(ScormAttempt.enrollment_id == enrollment_id)
    theirs = (ScormLaunch.attempt_id.in_(attempts), ScormLaunch.created_at >= since, ScormLaunch.revoked_at.is_(None))
    db.session.execute(update(ScormLaunch).where(*theirs).values(revoked_at=clock.now()))


def follow_account(event: AccountChanged) -> None:
    """After signing out everywhere, a new password, a closed account, or when they are no learner any more."""
    lost = event.action == "take role" and Role.LMS_STUDENT.value in _roles(event.before) - _roles(event.after)
    if event.action in ENDING or lost:
        revoke_launches(event.user.id)


def _roles(said: dict[str, object]) -> set[str]:
    roles = said.get("roles", ())
    return set(roles) if isinstance(roles, list | tuple) else set()
