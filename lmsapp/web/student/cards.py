"""Courses and certificates as cards of this wing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.validity.rules import window_is_open
from lmsapp.infra import clock
from lmsapp.learning.certificates.rules import CertificateStatus
from lmsapp.learning.certificates.rules import status as certificate_status
from lmsapp.web.dates import day as in_words
from lmsapp.web.dates import minutes
from lmsapp.web.labels import status_word

EXPIRING_DAYS = 60


def count_words(row: Any) -> str:
    """'3 of 9 lessons'."""
    return ngettext(
        "%(done)s of %(num)s lesson", "%(done)s of %(num)s lessons", row.lesson_count, done=row.done_lessons
    )


def resume(row: Any) -> dict[str, Any]:
    """The one marigold button: it lands on the current lesson."""
    if row.lesson_id is None:
        href = url_for("student.course", course_id=row.course_id)
        where = count_words(row)
    else:
        href = url_for("student.resume", course_id=row.course_id)
        where = _("‘%(title)s’. %(count)s", title=row.lesson_title, count=count_words(row))
    left = round(row.minutes * (1 - row.done_lessons / row.lesson_count)) if row.lesson_count else row.minutes
    after = _("%(where)s done. About %(time)s left.", where=where, time=minutes(left)) if left else where
    return {
        "title": row.title,
        "href": href,
        "before": _("Pick up where you left off"),
        "after": after,
        "done": row.done_lessons,
        "total": row.lesson_count,
    }


def under_way(row: Any) -> bool:
    """Whether a course is being taken, for the first time or again."""
    return row.completed_at is None or row.renewal_started_at is not None


def renewable(row: Any) -> bool:
    """Whether the learner may renew it today, where they are."""
    if under_way(row) or row.course_status != CourseStatus.PUBLISHED or row.locks:
        return False
    return window_is_open(row.window_opens_on, row.valid_until, clock.today(row.time_zone))


def course(row: Any) -> dict[str, Any]:
    """A card in 'My courses'."""
    ends = _("Valid until %(day)s.", day=in_words(row.valid_until)) if row.valid_until else ""
    running = under_way(row)
    if renewable(row):
        note = _("Renew now. %(valid)s", valid=ends)
    elif not running:
        note = ends or _("Finished %(day)s.", day=in_words(row.completed_at))
    elif row.failed_at:
        note = _("All attempts are used. Your training team can help.")
    elif row.lesson_title and row.started_at:
        note = _("Next: %(title)s", title=row.lesson_title)
    else:
        note = _("Not started. About %(time)s", time=minutes(row.minutes))
    if running and ends and not row.failed_at:
        note = _("You are renewing it. %(valid)s", valid=ends)
    return {
        "course_id": row.course_id,
        "title": row.title,
        "href": url_for("student.course", course_id=row.course_id),
        "note": note,
        "badge": row.status if not running or row.failed_at else None,
        "started": row.started_at is not None,
        "done": row.done_lessons,
        "total": row.lesson_count,
        "count": count_words(row),
    }


def certificates(rows: Iterable[Any], day: dt.date) -> list[dict[str, Any]]:
    """Newest first. One that ended and has a newer one of the same course beside it alarms nobody: it is earlier."""
    found, seen = [], set()
    for row in rows:
        one = certificate(row, day)
        if row.course_id in seen and one["status"] == CertificateStatus.EXPIRED.value:
            one |= {"status": "Superseded", "label": _("Earlier")}
        if row.revoked_at is None:
            seen.add(row.course_id)
        found.append(one)
    return found


def certificate(row: Any, day: dt.date, until: dt.date | None = None) -> dict[str, Any]:
    """A certificate with its status in words; `pdf` is the address once it can be fetched. `until`: where the row does
    not know what holds today."""
    until = until or row.valid_until
    status = certificate_status(valid_until=until, revoked=row.revoked_at is not None, today=day)
    expiring = until is not None and 0 <= (until - day).days <= EXPIRING_DAYS
    if status is CertificateStatus.VALID:
        shown = "Expiring" if expiring else "Certified"
        label = status_word("Expiring" if expiring else "Valid", row.course_id, standard=_(shown))
    else:
        shown, label = status.value, status_word(status, row.course_id)
    words = _("Valid to %(day)s", day=in_words(until)) if until else _("No expiry")
    ready = getattr(row, "pdf", None) == "ready"
    return {
        "id": row.id,
        "title": row.title,
        "number": row.number,
        "status": shown,
        "label": label,
        "words": words if status is not CertificateStatus.REVOKED else _("No longer valid"),
        "href": url_for("student.certificate", certificate_id=row.id),
        "pdf": url_for("student.paper_file", kind="certificate", subject_id=row.id) if ready else None,
    }
