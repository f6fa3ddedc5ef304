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
from lmsapp.learning.enrollments.rules import EnrollmentStatus
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


def can_resume(row: Any) -> bool:
    """Whether Resume may lead there: begun, still to do, and nothing in the way."""
    stopped = row.failed_at or row.locks or row.status == EnrollmentStatus.PAUSED
    return row.started_at is not None and under_way(row) and not stopped


def first_step(rows: Iterable[Any], renewals: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Where nothing is begun and nothing is due: what to renew (taken from its list), else the first open course."""
    before = _("Your next step")
    if renewals:
        return {"before": before, "after": renewals[0]["words"], **renewals.pop(0)}
    waiting = (row for row in rows if under_way(row) and not row.locks and not row.failed_at)
    row = next((row for row in waiting if row.status != EnrollmentStatus.PAUSED), None)
    if row is None:
        return None
    return {
        "title": row.title,
        "before": before,
        "after": _("About %(time)s", time=minutes(row.minutes)),
        "href": url_for("student.resume", course_id=row.course_id),
    }


def renewals(rows: Iterable[Any], assigned: set[int]) -> list[dict[str, Any]]:
    """What may be renewed today, the earliest end first, without what stands under 'Due' already."""
    found = sorted(
        (row for row in rows if renewable(row) and row.course_id not in assigned), key=lambda r: r.valid_until
    )
    today = clock.today(found[0].time_zone) if found else None
    return [
        {
            "title": row.title,
            "href": url_for("student.course", course_id=row.course_id),
            "renew": url_for("student.create_renewal", course_id=row.course_id),
            "words": _("Valid until %(day)s", day=in_words(row.valid_until))
            if today and row.valid_until >= today
            else _("Expired: it was valid until %(day)s", day=in_words(row.valid_until)),
            "late": bool(today and row.valid_until < today),
        }
        for row in found
    ]


def renewable(row: Any) -> bool:
    """Whether the learner may renew it today, where they are."""
    if under_way(row) or row.course_status != CourseStatus.PUBLISHED or row.locks:
        return False
    return window_is_open(row.window_opens_on, row.valid_until, clock.today(row.time_zone))


def course(row: Any) -> dict[str, Any]:
    """A card in 'My courses'."""
    running = under_way(row)
    return {
        "course_id": row.course_id,
        "title": row.title,
        "href": url_for("student.course", course_id=row.course_id),
        "note": note_of(row),
        "badge": row.status if not running or row.failed_at else None,
        "started": row.started_at is not None,
        "done": row.done_lessons,
        "total": row.lesson_count,
        "count": count_words(row),
    }


def note_of(row: Any) -> str:
    """Where it stands and what comes next, in one line."""
    ends = _("Valid until %(day)s.", day=in_words(row.valid_until)) if row.valid_until else ""
    if renewable(row):
        return _("Renew now. %(valid)s", valid=ends)
    if not under_way(row):
        return ends or _("Finished %(day)s.", day=in_words(row.completed_at))
    stopped = stopped_by(row)
    if stopped or row.completed_at:
        return stopped or _("You are renewing it. %(valid)s", valid=ends)
    if row.lesson_title and row.started_at:
        return _("Next: %(title)s", title=row.lesson_title)
    return _("Not started. About %(time)s", time=minutes(row.minutes))


def stopped_by(row: Any) -> str:
    """What is in the way of going on; nothing where nothing is."""
    if row.failed_at:
        return _("All attempts are used. Your training team can help.")
    if row.locks:
        return _("Locked: its page says what comes first")
    if row.status == EnrollmentStatus.PAUSED:
        return _("Paused until %(day)s", day=in_words(row.paused_until))
    return ""


def certificates(rows: Iterable[Any], day: dt.date) -> list[dict[str, Any]]:
    """Newest first. One that ended and has a newer one of the same course beside it alarms nobody: it is earlier."""
    found: list[dict[str, Any]] = []
    seen: set[tuple[str, int]] = set()
    for row in rows:
        one = certificate(row, day)
        about = ("course", row.course_id) if row.course_id else ("path", row.path_id)
        if about in seen and one["status"] == CertificateStatus.EXPIRED.value:
            one |= {"status": "Superseded", "label": _("Earlier")}
        if row.revoked_at is None:
            seen.add(about)
        found.append(one)
    return found


def certificate(row: Any, day: dt.date, until: dt.date | None = None) -> dict[str, Any]:
    """A certificate with its status in words; `pdf` is the address once it can be fetched. `until`: where the row does
    not know what holds today."""
    until = until or row.valid_until
    replaced = row.replaced_at is not None
    status = certificate_status(valid_until=until, revoked=row.revoked_at is not None, replaced=replaced, today=day)
    expiring = until is not None and 0 <= (until - day).days <= EXPIRING_DAYS
    if status is CertificateStatus.VALID:
        shown = "Expiring" if expiring else "Certified"
        label = status_word("Expiring" if expiring else "Valid", row.course_id, standard=_(shown))
    elif status is CertificateStatus.REPLACED:
        shown, label = "Superseded", _("Replaced")
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
        "kind": _("Learning path") if row.path_id else "",
        "href": url_for("student.certificate", certificate_id=row.id),
        "pdf": url_for("student.paper_file", kind="certificate", subject_id=row.id) if ready else None,
    }
