"""What opens a launch on the content host: a token in the address, since nobody is signed in there (SCO-4, SEC-3).

The token follows from the launch's id and a key of ours, so that the player's page can be loaded again; only its
SHA-256 is kept. It opens files while the player shows signs of life, and takes commits a day longer: content that was
finished without a network must not lose it. It ends at once with what let the person in: account, enrollment, course.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.site import key_for
from lmsapp.infra.words import N_
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch
from lmsapp.people.accounts.models import User

PURPOSE = "scorm launch"
QUIET = dt.timedelta(hours=1)  # files, after the last sign of life
WHOLE = dt.timedelta(hours=12)  # files, after the start: `ScormLaunch.expires_at`
LATE = dt.timedelta(hours=24)  # commits, after the last sign of life, and after WHOLE
KEPT_FOR = dt.timedelta(seconds=5)  # in memory, for files: a page asks for hundreds of them
MOST_KEPT = 4096


class Standing(StrEnum):
    """What a token is worth at the moment."""

    OPEN = "open"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"


WORDS: Mapping[Standing, str] = {
    Standing.UNKNOWN: N_("This address opens nothing. Open the lesson from your training pages."),
    Standing.EXPIRED: N_("This page was left alone too long. Open the lesson again; you go on where you were."),
    Standing.REVOKED: N_("This page was closed: you were signed out, or the course is not open to you any more."),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What stands behind a token. `shut`: account, enrollment or course have ended it."""

    launch_id: int
    package_id: int
    expires_at: dt.datetime
    last_seen_at: dt.datetime
    shut: bool

    def standing(self, now: dt.datetime, *, commits: bool = False) -> Standing:
        """Of its files, or of `commits`."""
        if self.shut:
            return Standing.REVOKED
        quiet, whole = (LATE, self.expires_at + LATE) if commits else (QUIET, self.expires_at)
        return Standing.OPEN if now < min(self.last_seen_at + quiet, whole) else Standing.EXPIRED


# Built once: every commit asks. What has ended is read where it is kept, so that nothing has to be told.
LAUNCH = (
    select(
        ScormLaunch,
        User.active,
        ScormLaunch.attempt_id,
        Enrollment.withdrawn_at,
        Enrollment.locks,
        Course.status,
    )
    .join(User, User.id == ScormLaunch.opened_by_id)
    .outerjoin(ScormAttempt, ScormAttempt.id == ScormLaunch.attempt_id)
    .outerjoin(Enrollment, Enrollment.id == ScormAttempt.enrollment_id)
    .outerjoin(Course, Course.id == Enrollment.course_id)
    .where(ScormLaunch.token_sha256 == bindparam("digest"))
)


def token_of(launch_id: int) -> str:
    """The token of that launch, 43 characters of base64url. The same each time."""
    made = hmac.digest(key_for(PURPOSE), str(launch_id).encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    """What is kept of a token: `ScormLaunch.token_sha256`."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def launch_by_token(token: str, now: dt.datetime) -> ScormLaunch | None:
    """The launch whose page and files the token opens now. Any token costs one look into one index."""
    row = _row(token)
    return row[0] if row and _found(row).standing(now) is Standing.OPEN else None


def launch_for_commit(token: str, now: dt.datetime) -> ScormLaunch | None:
    """The launch that may still report: a day longer than it opens files."""
    row = _row(token)
    return row[0] if row and _found(row).standing(now, commits=True) is Standing.OPEN else None


def words_for(token: str, now: dt.datetime, *, commits: bool = False) -> str:
    """Why the token opens nothing, and what to do; to be translated."""
    row = _row(token)
    standing = _found(row).standing(now, commits=commits) if row else Standing.UNKNOWN
    return WORDS.get(standing, WORDS[Standing.UNKNOWN])


def found_for_files(token: str) -> Found | None:
    """As `launch_by_token` looks it up, remembered for a few seconds. Unknown ones are not: nobody fills our memory."""
    digest, now = digest_of(token), clock.now()
    kept = _kept.get(digest)
    if kept and abs(now - kept[0]) < KEPT_FOR:
        return kept[1]
    row = db.session.execute(LAUNCH, {"digest": digest}).one_or_none()
    if row is None:
        return None
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[digest] = now, _found(row)
    return _kept[digest][1]


def forget_found() -> None:
    """Nothing is remembered any more."""
    _kept.clear()


_kept: dict[str, tuple[dt.datetime, Found]] = {}


def _row(token: str) -> Row[Any] | None:
    return db.session.execute(LAUNCH, {"digest": digest_of(token)}).one_or_none()


def _found(row: Row[Any]) -> Found:
    launch, active, attempt_id, withdrawn_at, locks, status = tuple(row)
    left = attempt_id is not None and (withdrawn_at is not None or bool(locks) or status == CourseStatus.DRAFT)
    shut = not active or left or launch.revoked_at is not None
    return Found(launch.id, launch.package_id, launch.expires_at, launch.last_seen_at, shut)
