"""The assignment lesson: work saved as it is typed, files as they are chosen, and handing in (CRS-1, QIZ-5)."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.queries import file_names
from lmsapp.courses.tasks.rules import Gives
from lmsapp.learning.enrollments.queries import LessonState, StudyView
from lmsapp.learning.handins.actions import Work, add_files, hand_in, remove_file, save_draft
from lmsapp.learning.handins.facts import Place, place_of
from lmsapp.learning.handins.queries import WorkView, draft_file, own_file, work_of
from lmsapp.learning.handins.rules import LONGEST_TEXT, HandInState
from lmsapp.web.dates import moment
from lmsapp.web.forms import Form, say
from lmsapp.web.render import fragment, get_or_404, to, wants_fragment
from lmsapp.web.student import lesson as lessons
from lmsapp.web.student.files import send
from lmsapp.web.student.wing import bp
from lmsapp.web.student.words import saved_words
from lmsapp.web.work_words import accepted, asked_facts, files_words, show_given, show_rubric

MOST_KEPT = 20


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/work")
def give_work(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Hand in. The same page twice is one hand-in."""
    view, state, place = find_place(course_id, lesson_id)
    form = Form()
    with form.rule_errors():
        given = hand_in(place, read_work(), by=g.viewer)
    if form.broken:
        return lessons.lesson_page(view, state, said=said_by(form), status=422)
    said = _("Handed in. You hear from us as soon as somebody has looked at it.")
    here = url_for("student.lesson", course_id=course_id, lesson_id=lesson_id, _anchor=f"given-{given.id}")
    return to(here, said=said)


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/work/draft")
def save_work(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """What the page sends while it is typed, as JSON; 'Save for later' of a page without script."""
    view, state, place = find_place(course_id, lesson_id)
    work, form = read_work(), Form()
    with form.rule_errors():
        saved = save_draft(place, work.text, work.link, work.revision, by=g.viewer)
        if work.uploads:
            add_files(place, work.uploads, by=g.viewer)
    if form.broken:
        said = said_by(form)
        return (
            (jsonify(said=said), 422) if wants_fragment() else lessons.lesson_page(view, state, said=said, status=422)
        )
    if wants_fragment():
        return jsonify(kept=saved.kept, revision=saved.revision, said=saved_words(saved.at))
    return to(url_for("student.lesson", course_id=course_id, lesson_id=lesson_id, _anchor="work"), said=_("Saved."))


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/work/files")
def add_work_files(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Files as they are chosen or dropped."""
    view, state, place = find_place(course_id, lesson_id)
    form = Form()
    with form.rule_errors():
        add_files(place, uploads_sent(), by=g.viewer)
    return files_shown(view, state, place, said_by(form))


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/work/files/<int:work_file_id>/removal")
def remove_work_file(course_id: int, lesson_id: int, work_file_id: int) -> ResponseReturnValue:
    """Take one away. Without script the whole form comes along, and what was typed is kept."""
    view, state, place = find_place(course_id, lesson_id)
    form = Form()
    with form.rule_errors():
        if not wants_fragment():
            work = read_work()
            save_draft(place, work.text, work.link, work.revision, by=g.viewer)
        remove_file(place, work_file_id, by=g.viewer)
    return files_shown(view, state, place, said_by(form))


@bp.get("/work-files/<int:work_file_id>")
def work_file(work_file_id: int) -> ResponseReturnValue:
    """A file that is not handed in yet, to look at again."""
    return send(get_or_404(draft_file(g.viewer, work_file_id)), attachment=True)


@bp.get("/hand-ins/<int:hand_in_id>/files/<int:hand_in_file_id>")
def given_file(hand_in_id: int, hand_in_file_id: int) -> ResponseReturnValue:
    """A file one handed in; always a download."""
    return send(get_or_404(own_file(g.viewer, hand_in_id, hand_in_file_id)), attachment=True)


def said_by(form: Form) -> str:
    """Why not, or nothing."""
    return say(form.broken) if form.broken else ""


def find_place(course_id: int, lesson_id: int) -> tuple[StudyView, LessonState, Place]:
    """The viewer's own assignment lesson, unlocked."""
    view, state = lessons.find(course_id, lesson_id)
    return view, state, get_or_404(place_of(view.enrollment, lesson_id))


def read_work() -> Work:
    """What the form says. Anything of another shape is a bad request."""
    form = request.form
    revision, keep = form.get("revision", ""), form.getlist("keep")
    text = form.get("text", "")
    if (
        len(text) > 2 * LONGEST_TEXT
        or len(keep) > MOST_KEPT
        or any(not one.isdecimal() or len(one) > 9 for one in keep)
    ):
        abort(400)
    if revision and (not revision.isdecimal() or len(revision) > 9):
        abort(400)
    return Work(
        key=form.get("key", "")[:64] or secrets.token_hex(8),
        text=text,
        link=form.get("link", "")[:4000],
        uploads=uploads_sent(),
        keep=[int(one) for one in keep],
        revision=int(revision or 0) + (0 if wants_fragment() else 1),
    )


def uploads_sent() -> list[Upload]:
    """The files of the request; an input left empty sends one without a name."""
    sent: list[Any] = request.files.getlist("files")
    return [Upload(one.stream, one.filename) for one in sent if one.filename]


def files_shown(view: StudyView, state: LessonState, place: Place, said: str) -> ResponseReturnValue:
    """The list of files, for script; else the page."""
    if wants_fragment():
        study = {"course_id": view.outline.course_id}
        work = show_work(work_of(place))
        return fragment("student/lesson/_work_files.html", lesson=state.line, files_said=said, study=study, work=work)
    if said:
        return lessons.lesson_page(view, state, said=said, status=422)
    return to(url_for("student.lesson", course_id=view.outline.course_id, lesson_id=state.line.id, _anchor="work"))


def work_context(view: StudyView, state: LessonState) -> dict[str, Any]:
    """What the lesson page shows of the work; `needs` says how far it is."""
    found = work_of(get_or_404(place_of(view.enrollment, state.line.id)))
    note = _("Handed in %(when)s", when=moment(found.last.hand_in.handed_in_at)) if found.last else ""
    need = {"label": _("Have your work passed"), "met": state.state == "done", "note": note}
    return {"work": show_work(found), "needs": [need], "file_url": given_file_url}


def given_file_url(hand_in_id: int, file_id: int) -> str:
    """Where one's own file lies."""
    return url_for("student.given_file", hand_in_id=hand_in_id, hand_in_file_id=file_id)


def attached_files(place: Place) -> list[dict[str, Any]]:
    """Files that belong to the task."""
    named = file_names(place.task.attached)
    lesson = place.lesson
    return [
        {
            "name": named[one][0],
            "size": named[one][1],
            "href": url_for("student.lesson_file", course_id=lesson.course_id, lesson_id=lesson.id, file_id=one),
        }
        for one in place.task.attached
        if one in named
    ]


def show_work(found: WorkView) -> dict[str, Any]:
    """The task, what was given, and the form with what is kept, in words."""
    task, last, typed = found.place.task, found.last, request.form if request.method == "POST" else {}
    again = last.hand_in if last and last.state in (HandInState.WAITING, HandInState.REWORK) else None
    before = again if again and found.draft.saved_at is None else found.draft
    return {
        "facts": asked_facts(task, found.left),
        "rubric": show_rubric(task.rubric),
        "max_points": task.max_points,
        "gives": [one.value for one in task.gives],
        "files_words": files_words(task) if Gives.FILE in task.gives else "",
        "accept": accepted(task),
        "attached": attached_files(found.place),
        "last": show_given(last) if last else None,
        "state": found.state,
        "earlier": [show_given(one) for one in reversed(found.given) if one is not last],
        "may_give": found.may_give,
        "text": typed.get("text", before.text),
        "link": typed.get("link", before.link),
        "files": found.draft.files,
        "kept": again.files if again else [],
        "revision": found.draft.revision,
        "saved": saved_words(found.draft.saved_at),
        "key": typed.get("key") or secrets.token_hex(8),
        "longest": LONGEST_TEXT,
    }
