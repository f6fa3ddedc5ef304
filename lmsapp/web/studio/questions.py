"""Questions of a quiz or a pool, written where they stand (QIZ-1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.bank.actions import restore_questions
from lmsapp.courses.bank.pools import may_change, pool_for
from lmsapp.courses.bank.queries import newest_version, question_for, tags_in_use
from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.catalogue.queries import outline
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.quizzes.actions import (
    add_question,
    archive_question,
    edit_question,
    move_question,
    place_question,
)
from lmsapp.courses.quizzes.authored import quiz_for, quiz_of_question
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.web.forms import Form
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.lessons import form_for, lesson_context, questions_context
from lmsapp.web.studio.question_form import OpenForm, QuestionForm, empty_form, form_of, rest_of
from lmsapp.web.studio.trials import trial_of
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS, choices, refusal_words

STEPS = {"up": -1, "down": 1}


@bp.get("/lessons/<int:lesson_id>/questions/new")
def new_question(lesson_id: int) -> ResponseReturnValue:
    """An empty question of the kind asked for."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    get_or_404(quiz_for(g.viewer, lesson_id))
    return show_form(in_quiz(lesson), with_lessons(empty_form(kind_asked(), "q0"), lesson.course_id))


@bp.post("/lessons/<int:lesson_id>/questions/new")
def create_question(lesson_id: int) -> ResponseReturnValue:
    """A new question at the end."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    quiz = get_or_404(quiz_for(g.viewer, lesson_id))
    form = with_lessons(empty_form(kind_asked(), "q0"), lesson.course_id)
    if to_be_kept(form):
        with form.rule_errors():
            added = write(form, lambda **said: add_question(quiz, by=g.viewer, **said))
            return show_list(lesson, quiz, _("The question was added."), at=added.id)
    return show_form(in_quiz(lesson), form)


@bp.get("/questions/<int:question_id>")
def question(question_id: int) -> ResponseReturnValue:
    """The question to change; where it may only be looked at, what it asks."""
    found = get_or_404(question_for(g.viewer, newest_version(question_id)))
    if not changeable(found):
        return to(url_for("studio.question_history", question_id=found.id))
    return show_form(place_of(found), filled(found), found.id)


@bp.post("/questions/<int:question_id>")
def save_question(question_id: int) -> ResponseReturnValue:
    """Change it; once it may have been asked, a new version takes its place, and is what another author changes."""
    found = to_change(question_id, replaced=True)
    form, stored = filled(found, question_id), filled(found, question_id, formdata=None)
    if to_be_kept(form) and not form.changed_meanwhile(stored, *saved_as(found)):
        with form.rule_errors():
            kept = write(form, lambda **said: edit_question(found, by=g.viewer, **said), found)
            return show_place(kept, _("Saved."), at=kept.id)
    return show_form(place_of(found), form, question_id, found)


@bp.post("/questions/<int:question_id>/place")
def move_question_view(question_id: int) -> ResponseReturnValue:
    """One place up or down (`step`), or to `index`."""
    found = to_change(question_id)
    index = request.form.get("index", "")
    if index.isdecimal() and len(index) < 6:
        place_question(found, int(index), by=g.viewer)
    else:
        move_question(found, STEPS.get(request.form.get("step", ""), 0), by=g.viewer)
    return show_place(found, _("The question was moved."), quiet=True)


@bp.post("/questions/<int:question_id>/archive")
def archive_question_view(question_id: int) -> ResponseReturnValue:
    """Ask it no more."""
    found = to_change(question_id)
    form = Form()
    with form.rule_errors():
        archive_question(found, by=g.viewer)
    if form.broken is None:
        undo = url_for("studio.restore_question", question_id=question_id)
        return show_place(found, _("The question was archived. What was answered stays."), undo=undo)
    lesson = get_or_404(lesson_for(g.viewer, sure_quiz(found).lesson_id))
    context = {**lesson_context(lesson), "refused": refusal_words(form.broken)}
    if wants_fragment():
        return fragment("studio/quiz/_questions.html", status=422, **context)
    return page("studio/lesson/edit.html", status=422, form=form_for(lesson, filled=True, posted=False), **context)


@bp.post("/questions/<int:question_id>/restore")
def restore_question(question_id: int) -> ResponseReturnValue:
    """Undo archiving it: back where it was."""
    found = to_change(question_id, archived=True)
    restore_questions([found], by=g.viewer)
    return show_place(found, _("The question is back."), at=found.id)


def to_change(question_id: int, *, archived: bool = False, replaced: bool = False) -> Any:
    """The question, where the viewer may change it; 403 where they may only look at it. `replaced`: or what took its
    place."""
    wanted = newest_version(question_id) if replaced else question_id
    found = get_or_404(question_for(g.viewer, wanted, archived=archived))
    if not changeable(found):
        raise NotAllowed(N_("The maker of this pool and moderators change its questions. Copy it to change it."))
    return found


def changeable(found: Any) -> bool:
    """Whether the viewer may change it; they may look at it in any case."""
    return found.pool_id is None or may_change(g.viewer, get_or_404(pool_for(g.viewer, found.pool_id)))


def sure_quiz(found: Any) -> Any:
    """The quiz a question stands in."""
    return get_or_404(quiz_of_question(g.viewer, found))


def place_of(found: Any) -> dict[str, Any]:
    """Where it stands, for the form."""
    if found.pool_id is not None:
        return in_pool(get_or_404(pool_for(g.viewer, found.pool_id)))
    return in_quiz(get_or_404(lesson_for(g.viewer, sure_quiz(found).lesson_id)))


def in_quiz(lesson: Any) -> dict[str, Any]:
    """A quiz as a place."""
    new = url_for("studio.create_question", lesson_id=lesson.id, kind=kind_asked())
    back = url_for("studio.lesson", lesson_id=lesson.id)
    return {"title": lesson.title, "back": back, "back_label": _("Quiz"), "action": new, "course_id": lesson.course_id}


def in_pool(pool: Any) -> dict[str, Any]:
    """A pool as a place."""
    new = url_for("studio.create_pool_question", pool_id=pool.id, kind=kind_asked())
    back = url_for("studio.pool", pool_id=pool.id)
    return {"title": pool.title, "back": back, "back_label": _("Pool"), "action": new, "course_id": pool.course_id}


def saved_as(found: Any) -> tuple[tuple[str, int], str]:
    """What the trail has of saving it."""
    course = None if found.pool_id is not None else place_of(found)["course_id"]
    return ("question_pool", found.pool_id) if course is None else ("course", course), "question edited"


def filled(found: Any, shown: int = 0, **sent: Any) -> QuestionForm:
    """Its form; names carry its id, so that several can be open on a page. `shown`: the version that is on the page."""
    course_id = place_of(found)["course_id"]
    form = form_of(found, f"q{shown or found.id}", **sent)
    kept = found.source_lesson_id
    return with_lessons(form, course_id, kept)


def with_lessons(form: QuestionForm, course_id: int | None, kept: int | None = None) -> QuestionForm:
    """The lessons it may name: of its course. `kept`: what a pool for all courses has already."""
    lines: list[tuple[int, str]] = []
    if course_id is not None:
        course = get_or_404(outline(course_id))
        lines = [(line.id, line.title) for line in course.lessons if line.kind != LessonKind.QUIZ]
    if kept is not None and kept not in {key for key, _title in lines}:
        lines.append((kept, _("The lesson it came from")))
    form.source_lesson_id.choices = choices([(0, _("No lesson in particular")), *lines])
    if form.source_lesson_id.data is None:
        form.source_lesson_id.data = 0
    return form


def to_be_kept(form: QuestionForm) -> bool:
    """Whether it was sent to be kept, not for another row or to be tried, and has the shape it should have."""
    return "rows" not in request.form and request.form.get("go") != "try" and validated(form)


def validated(form: QuestionForm) -> bool:
    """Its shape. With a rubric the question is worth what the rubric gives."""
    if isinstance(form, OpenForm) and form.rubric.written():
        form.points.data = form.rubric_points() or form.points.data or Decimal(1)
        form.points.process_errors = []
        form.points.raw_data = [str(form.points.data)]
    return form.validate()


def write(form: QuestionForm, keep: Any, known: Any = None) -> Any:
    """Keep what the form says; the question as it is now."""
    options, detail = form.content(known)
    return keep(kind=form.kind, prompt=sure(form.prompt), options=options, detail=detail, **rest_of(form))


def kind_asked() -> str:
    """The kind in the address, else one right answer."""
    kind = request.args.get("kind", "")
    return kind if kind in QUESTION_KINDS else QuestionKind.SINGLE.value


def show_form(place: dict[str, Any], form: QuestionForm, question_id: int = 0, known: Any = None) -> Response:
    """The form alone for htmx, else on a page of its own; with a row more or less, or tried, where that was asked."""
    trial, focus = None, ""
    if "rows" in request.form:
        focus = form.change_rows(request.form["rows"])
    elif request.form.get("go") == "try" and validated(form):
        with form.rule_errors():
            trial = trial_of(form, question_id, known)
    action = url_for("studio.save_question", question_id=question_id) if question_id else place["action"]
    response = answer(
        "studio/quiz/_question_form.html",
        whole="studio/quiz/question.html",
        form=form,
        place={**place, "action": action},
        kind=form.kind,
        question_id=question_id,
        question_kinds=QUESTION_KINDS,
        tags_in_use=[row.tag for row in tags_in_use(g.viewer)],
        trial=trial,
        focus=focus,
        alone="alone" in request.form or not wants_fragment(),
    )
    if request.method == "POST":
        response.headers |= {"HX-Retarget": f"#question-form-{question_id}", "HX-Reswap": "outerHTML"}
    return response


def show_place(found: Any, said: str, *, quiet: bool = False, at: int = 0, undo: str | None = None) -> Response:
    """The quiz or pool as it is now."""
    if found.pool_id is not None:
        return to(url_for("studio.pool", pool_id=found.pool_id), said=said)
    quiz = sure_quiz(found)
    return show_list(get_or_404(lesson_for(g.viewer, quiz.lesson_id)), quiz, said, quiet=quiet, at=at, undo=undo)


def show_list(
    lesson: Any, quiz: Any, said: str, *, quiet: bool = False, at: int = 0, undo: str | None = None
) -> Response:
    """The questions as they are now. `quiet`: only screen readers are told. `at`: the question to go on from."""
    if wants_fragment() and "alone" not in request.form:
        toast, announce = (None, said) if quiet else (said, None)
        context = questions_context(lesson, quiz) | {"at": at}
        response = fragment("studio/quiz/_questions.html", toast=toast, undo=undo, announce=announce, **context)
        if "index" not in request.form:
            response.headers |= {"HX-Retarget": "#questions", "HX-Reswap": "morph:outerHTML"}
        return response
    anchor = f"question-{at}" if at else "questions"
    return to(url_for("studio.lesson", lesson_id=lesson.id, _anchor=anchor), said=said)
