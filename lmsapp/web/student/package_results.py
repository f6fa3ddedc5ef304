"""A learner's own attempts at packages, and what each came to: beside the lesson, and on the course page (SCO-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.learning.enrollments.queries import StudyView
from lmsapp.learning.scorm.seen.seeing import AttemptSeen, LessonSeen, packages_of
from lmsapp.web import scorm_words
from lmsapp.web.dates import moment

if TYPE_CHECKING:
    from lmsapp.learning.enrollments.models import Enrollment

SHOWN = 20


def results_beside(enrollment: Enrollment, lesson_id: int) -> dict[str, Any]:
    """What `student/lesson/_scorm_results.html` shows of the viewer's own enrollment."""
    found = packages_of(enrollment, lesson_id)
    return {"results": results_of(found[0]) if found else {"rows": [], "open": []}}


def results_of(one: LessonSeen) -> dict[str, Any]:
    """Attempts, newest first; why the lesson is still open, once it was begun."""
    return {
        "rows": [_row(made) for made in one.attempts[:SHOWN]],
        "open": scorm_words.open_lines(one) if one.current else [],
        "hand": one.by_hand.get("by", ""),
        "terms": scorm_words.terms_words(one.terms),
    }


def package_rows(view: StudyView) -> list[dict[str, Any]]:
    """As lines of 'Your attempts' on the course page; asked only where the course has a package."""
    if all(line.kind != LessonKind.SCORM for line in view.outline.lessons):
        return []
    return [
        {**_row(made), "href": _address(view.outline.course_id, one), "title": _titled(one, made), "icon": "package"}
        for one in packages_of(view.enrollment)
        for made in one.attempts[:SHOWN]
    ]


def _titled(one: LessonSeen, made: AttemptSeen) -> str:
    return _("%(title)s, attempt %(n)s", title=one.title, n=made.number)


def _address(course_id: int, one: LessonSeen) -> str:
    if not one.here:
        return url_for("student.course", course_id=course_id)
    return url_for("student.lesson", course_id=course_id, lesson_id=one.lesson_id)


def _row(made: AttemptSeen) -> dict[str, Any]:
    status, label = _standing(made)
    return {
        "id": made.id,
        "title": _("Attempt %(n)s", n=made.number),
        "status": status,
        "label": label,
        "meta": [
            scorm_words.attempt_words(made) if made.completion != "unknown" else "",
            moment(made.last_at),
            scorm_words.length(made.seconds) if made.seconds else "",
        ],
    }


def _standing(made: AttemptSeen) -> tuple[str, str]:
    """The look of the badge, and the word."""
    if made.done_at is not None:
        return "Passed", _("Done")
    if made.success == "failed":
        return "Failed", _("Not passed")
    return "In Progress", _("Begun") if made.ended_at is None else _("Ended")
