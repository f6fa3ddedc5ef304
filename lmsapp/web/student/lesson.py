"""The lesson page, what is noted while it is read, and finishing it (ENR-5, CRS-1, CRS-3)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.queries import open_assignment_for
from lmsapp.courses.catalogue.queries import LessonLine, LessonView, file_names
from lmsapp.courses.catalogue.texts import named_files
from lmsapp.courses.completion.facts import MEASURED
from lmsapp.infra import clock
from lmsapp.infra.markdown import with_addresses
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.engagement.actions import note_activity, open_page
from lmsapp.learning.engagement.rules import Beat
from lmsapp.learning.enrollments.actions import mark_lesson_done
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.facts import Standing, lesson_of, line_of, standing_of
from lmsapp.learning.enrollments.held import lock_own
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.queries import LessonState, StudyView, study, study_view
from lmsapp.learning.enrollments.signing import sign_lesson
from lmsapp.learning.quizzes.queries import intro_for
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.web.dates import day
from lmsapp.web.forms import say
from lmsapp.web.render import fragment, get_or_404, in_place, page, to, wants_fragment
from lmsapp.web.student import work
from lmsapp.web.student.achieved import achieved_of
from lmsapp.web.student.instructor import help_beside
from lmsapp.web.student.notes import note_context
from lmsapp.web.student.package_intro import package_beside
from lmsapp.web.student.signing import signing_context, signing_of
from lmsapp.web.student.study import criteria_of, needs_of, show_study
from lmsapp.web.student.wing import bp

LONGEST_REPORT = 20_000  # characters of seen intervals


@bp.get("/courses/<int:course_id>/lessons/<int:lesson_id>")
def lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """The lesson. Opening it is noted: without script, the time since then is all that can be measured."""
    view, state = find(course_id, lesson_id)
    visit = open_page(view.enrollment, state.line)
    return lesson_page(view, state, visit=visit)


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/activity")
def note_lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """A beat of the page. The server credits what can be true, and answers with what is ticked now."""
    enrollment = get_or_404(lock_own(g.viewer, course_id))
    line = get_or_404(line_of(enrollment, lesson_id))
    check_open(enrollment)
    if line.kind not in MEASURED:
        return "", 204
    complete = enrollment.complete
    visit, beat = read_beat(line.kind)
    ticked = note_activity(enrollment, line, visit, beat, by=g.viewer)
    if not wants_fragment():
        return "", 204
    view = study(enrollment)
    achieved = achieved_of(view) if enrollment.complete and not complete else None
    return changed(view, lesson_id, changed=ticked or achieved is not None, achieved=achieved)


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/done")
def finish_lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """'Mark as done', or the signature under an acknowledgement. Says what is missing when it is too early."""
    enrollment = get_or_404(lock_own(g.viewer, course_id))
    line = get_or_404(line_of(enrollment, lesson_id))
    complete = enrollment.complete
    try:
        standing = finish(enrollment, line)
    except TooManyTries as broken:
        view = study(enrollment)
        return lesson_page(view, get_or_404(view.state_of(lesson_id)), said=say(broken), status=429)
    except RuleBroken as broken:
        return too_early(study(enrollment), lesson_id, say(broken))
    completed = not complete and enrollment.complete
    return finished(study(enrollment, standing), lesson_id, completed=completed)


def finish(enrollment: Any, line: LessonLine) -> Standing | None:
    """By signing or by saying so; what is done then, where that is known. The enrollment is the own one, locked."""
    known: Standing | None = standing_of(enrollment)
    check_lesson_open(enrollment, line.id, known)
    if "beat" in request.form and line.kind in MEASURED:
        visit, beat = read_beat(line.kind)
        note_activity(enrollment, line, visit, beat, by=g.viewer, standing=known)
        known = None
    if line.kind == "acknowledgement":
        sign_lesson(enrollment, line, signing_of(study(enrollment, known), line.id), by=g.viewer)
        return None
    return mark_lesson_done(enrollment, line, by=g.viewer, standing=known)


def finished(view: StudyView, lesson_id: int, *, completed: bool) -> ResponseReturnValue:
    """On to the next lesson, in place; when this completed the course, what was achieved. Without script the same page
    again, or the page of the course."""
    state, course_id = get_or_404(view.state_of(lesson_id)), view.outline.course_id
    done = _("Done: %(title)s", title=state.line.title)
    if not wants_fragment():
        here = url_for("student.lesson", course_id=course_id, lesson_id=lesson_id)
        return to(url_for("student.course", course_id=course_id) if completed else here, said=done)
    onward = view.after(lesson_id)
    if completed or onward is None:
        return changed(view, lesson_id, changed=True, achieved=achieved_of(view) if completed else None, fresh=True)
    said = _("Done. Next: %(title)s", title=onward.line.title)
    return in_place(url_for("student.lesson", course_id=course_id, lesson_id=onward.line.id), "study-page", said=said)


def too_early(view: StudyView, lesson_id: int, said: str) -> ResponseReturnValue:
    """The reason in words: in the panel with status 200, because the beat that came with it must be kept."""
    if wants_fragment():
        return changed(view, lesson_id, changed=False, said=said)
    return lesson_page(view, get_or_404(view.state_of(lesson_id)), said=said, status=422)


def find(course_id: int, lesson_id: int) -> tuple[StudyView, LessonState]:
    """The viewer's own course and an open lesson of it."""
    view = get_or_404(study_view(g.viewer, course_id))
    state = get_or_404(view.state_of(lesson_id))
    check_lesson_open(view.enrollment, lesson_id, view.standing)
    return view, state


def read_beat(kind: str) -> tuple[int, Beat]:
    """(visit, beat): what a page says of itself. Anything of another shape is a bad request."""
    try:
        visit, number = (int(request.form[name][:9]) for name in ("visit", "beat"))
        raw = request.form.get("seen", "[]")
        seen: Any = json.loads(raw) if len(raw) <= LONGEST_REPORT else None
        return visit, Beat(number, float(request.form["seconds"][:40]), SEEN.get(kind, lambda _seen: [])(seen))
    except (ValueError, TypeError, OverflowError, RecursionError):
        abort(400)


def stretches(seen: Any) -> list[tuple[float, float]]:
    """Watched stretches of a video, in seconds."""
    found = [(float(start), float(end)) for start, end in seen]
    if not all(math.isfinite(edge) for stretch in found for edge in stretch):
        raise ValueError
    return found


SEEN: dict[str, Callable[[Any], list[Any]]] = {"video": stretches, "pdf": lambda seen: [int(page) for page in seen]}


def lesson_page(
    view: StudyView, state: LessonState, *, said: str = "", status: int = 200, visit: int | None = None
) -> Response:
    """The whole page."""
    body = get_or_404(lesson_of(view.enrollment, state.line.id))
    more = beside(view, state, body)
    assigned = None if view.enrollment.complete else open_assignment_for(g.viewer, body.course_id, clock.now())
    context = what_changes(view, state, said)
    if context["measured"]:
        context["visit"] = visit or open_page(view.enrollment, state.line)
    body = replace(body, body_html=with_addresses(body.body_html, address_in(body)))
    context |= note_context(view.enrollment, body.id)
    context["resources"] = resources_of(body)
    context["due_words"] = _("Due %(day)s", day=day(assigned.due_on)) if assigned else ""
    if body.kind == "acknowledgement":
        context |= signing_context(view, body)
    if body.kind == "assignment":
        context |= work.work_context(view, state)
    return page("student/lesson/page.html", status=status, **{**context, "lesson": body, **more})


def beside(view: StudyView, state: LessonState, body: LessonView) -> dict[str, Any]:
    """What its kind shows beside the text."""
    if body.kind == "quiz":
        return quiz_beside(view, body)
    return package_beside(view, body, state.done_at) if body.kind == "scorm" else media_of(body)


def quiz_beside(view: StudyView, body: LessonView) -> dict[str, Any]:
    """What to know before starting the quiz, when the next attempt opens, and what helps after two fails."""
    intro = intro_for(g.viewer, body.course_id, body.id)
    opens = intro.opens_at if intro and intro.opens_at and intro.opens_at > clock.now() else None
    return {"intro": intro, "opens_at": opens, **help_beside(view.enrollment, body.id)}


def changed(view: StudyView, lesson_id: int, *, changed: bool, said: str = "", **more: Any) -> Response:
    """The panel, and out of band whatever else shows the same facts. `more`: `achieved`, and whether it is `fresh`."""
    state = get_or_404(view.state_of(lesson_id))
    return fragment("student/lesson/_changed.html", changed=changed, **what_changes(view, state, said), **more)


def what_changes(view: StudyView, state: LessonState, said: str) -> dict[str, Any]:
    """What panel, outline, progress and the way onward show."""
    shown = show_study(view, state.line.id)
    at = state.line.position - 1
    needs = needs_of(state)
    done = state.state == "done"
    onward = shown.lines[at + 1] if at + 1 < len(shown.lines) else None
    waits = onward is not None and onward.look == "locked"
    chapter = next(n for n, one in enumerate(view.outline.chapters, 1) if one.id == state.line.chapter_id)
    return {
        "study": shown,
        "lesson": state.line,
        "state": {"done": done, "done_at": state.done_at},
        "place": {"chapter": chapter, "position": state.line.position},
        "needs": needs,
        "criteria": criteria_of(view),
        "ready": all(need.met for need in state.needs),
        "before": shown.lines[at - 1] if at > 0 and shown.lines[at - 1].look != "locked" else None,
        "onward": onward,
        "onward_why": onward_words(onward.why, needs, done=done, waits=waits) if onward else "",
        "measured": state.line.kind in MEASURED and (not done or view.time_asked),
        "said": said,
    }


def onward_words(why: str, needs: list[dict[str, Any]], *, done: bool, waits: bool) -> str:
    """Why the next lesson waits, or what is left here."""
    if waits:
        return _("Next: %(why)s", why=why)
    return "" if done else str(next((need["label"] for need in needs if not need["met"]), ""))


def address_in(body: LessonView) -> Callable[[str], str | None]:
    """Where a file of the text lies for the learner, by its name; None for one that is not part of the lesson."""
    held = named_files(body.body_html, body.detail)

    def address(name: str) -> str | None:
        return file_address(body, held[name]) if name in held else None

    return address


def file_address(body: LessonView, file_id: int) -> str:
    """Through the lesson: no other way leads to a file."""
    return url_for("student.lesson_file", course_id=body.course_id, lesson_id=body.id, file_id=file_id)


def resources_of(body: LessonView) -> list[dict[str, Any]]:
    """What may be taken along, in the author's order."""
    held = body.detail.get("resources", ())
    named = file_names(one.get("file") for one in held)
    return [
        {
            "title": one["title"],
            "url": one.get("url", ""),
            "href": one.get("url") or file_address(body, one["file"]),
            "name": named.get(one.get("file", 0), ("", 0))[0],
            "size": named.get(one.get("file", 0), ("", 0))[1],
        }
        for one in held
    ]


def media_of(body: LessonView) -> dict[str, Any]:
    """Pages and tracks of a lesson, where it has them."""
    captions = body.detail.get("captions") or {}
    by_language = captions if isinstance(captions, dict) else {"en": captions}
    return {
        "pages": body.detail.get("page_files", []),
        "poster": file_address(body, body.detail["poster"]) if body.detail.get("poster") else "",
        "tracks": [
            {
                "language": language,
                "label": {"en": "English", "es": "Español"}.get(language, language),
                "href": file_address(body, file_id),
                "default": number == 0,
            }
            for number, (language, file_id) in enumerate(by_language.items())
        ],
    }
