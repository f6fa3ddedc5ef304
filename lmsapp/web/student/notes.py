"""One's own notes: kept as typed beside a lesson, found again on the course page (ENR-5)."""

from __future__ import annotations

from typing import Any

from flask import abort, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.facts import line_of
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.notes.actions import save_note
from lmsapp.learning.notes.queries import note_on, notes_in
from lmsapp.learning.notes.rules import LONGEST_NOTE, excerpt
from lmsapp.web.dates import moment
from lmsapp.web.forms import say
from lmsapp.web.render import answer, get_or_404, to, wants_fragment
from lmsapp.web.student.wing import bp
from lmsapp.web.student.words import saved_words

SHOWN = 3


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/note")
def keep_note(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """What the page sends while it is typed, as JSON; the button of a page without script. A lock closes no note."""
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    get_or_404(line_of(enrollment, lesson_id))
    text, revision = request.form.get("text", ""), request.form.get("revision", "0")
    if len(text) > 4 * LONGEST_NOTE or not revision.isdecimal() or len(revision) > 9:
        abort(400)
    here = url_for("student.lesson", course_id=course_id, lesson_id=lesson_id, _anchor="note")
    number = int(revision) + (0 if wants_fragment() else 1)
    try:
        saved = save_note(enrollment, lesson_id, text, number, by=g.viewer)
    except RuleBroken as broken:
        return (jsonify(said=say(broken)), 422) if wants_fragment() else to(here, said=say(broken))
    if wants_fragment():
        return jsonify(kept=saved.kept, revision=saved.revision, said=saved_words(saved.at))
    newer = _("Something newer was saved meanwhile; it is shown here.")
    return to(here, said=saved_words(saved.at) if saved.kept else newer)


@bp.get("/courses/<int:course_id>/notes")
def notes(course_id: int) -> ResponseReturnValue:
    """All of one's own in a course, or those that hold some words."""
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    asked = request.args.get("q", "")[:100]
    return answer(
        "student/course/_notes_found.html",
        whole="student/course/notes.html",
        course_id=course_id,
        title=enrollment.course.title,
        asked=asked,
        notes=notes_shown(enrollment, asked),
    )


def notes_shown(enrollment: Any, asked: str = "") -> list[dict[str, Any]]:
    """The newest first. A lesson that is no longer part of the course has its note, but no address."""
    words = asked.casefold().split()
    return [
        {
            "title": row.title,
            "text": excerpt(row.text, asked),
            "when": moment(row.saved_at),
            "href": url_for("student.lesson", course_id=enrollment.course_id, lesson_id=row.lesson_id, _anchor="note")
            if line_of(enrollment, row.lesson_id)
            else None,
        }
        for row in notes_in(g.viewer, enrollment.course_id)
        if all(word in f"{row.title} {row.text}".casefold() for word in words)
    ]


def notes_beside(enrollment: Any) -> dict[str, Any]:
    """For the course page: the newest few, and how many there are."""
    mine = notes_shown(enrollment)
    return {"notes": mine[:SHOWN], "note_count": len(mine)}


def note_context(enrollment: Any, lesson_id: int) -> dict[str, Any]:
    """For the lesson page."""
    note = note_on(g.viewer, enrollment.id, lesson_id)
    return {
        "note": {
            "text": note.text,
            "revision": note.revision,
            "saved": saved_words_of(note.saved_at),
            "longest": LONGEST_NOTE,
        }
    }


def saved_words_of(at: Any) -> str:
    """'Saved Fri 4 Dec, 09:41': it may be long ago."""
    return _("Saved %(when)s", when=moment(at)) if at else ""
