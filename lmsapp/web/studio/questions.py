"""Questions of a quiz, written where they stand."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.catalogue.queries import outline
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.quizzes.actions import add_question, archive_question, edit_question, move_question
from lmsapp.courses.quizzes.authored import question_for, quiz_for
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.web.forms import Form
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.forms import QuestionForm, sure
from lmsapp.web.studio.lessons import form_for, lesson_context, questions_context
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS, choices, refusal_words

STEPS = {"up": -1, "down": 1}


def true_false() -> list[dict[str, Any]]:
    """The two options to begin with, in the author's language."""
    return [{"key": "a", "text": _("True"), "correct": True}, {"key": "b", "text": _("False"), "correct": False}]


@bp.get("/lessons/<int:lesson_id>/questions/new")
def new_question(lesson_id: int) -> ResponseReturnValue:
    """An empty question of the kind asked for."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    get_or_404(quiz_for(g.viewer, lesson_id))
    kind = kind_asked()
    empty = question_form(lesson, 0, options=true_false() if kind == QuestionKind.TRUE_FALSE else [])
    return show_form(lesson, empty, kind)


@bp.post("/lessons/<int:lesson_id>/questions/new")
def create_question(lesson_id: int) -> ResponseReturnValue:
    """A new question at the end."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    quiz = get_or_404(quiz_for(g.viewer, lesson_id))
    form, kind = question_form(lesson, 0), kind_asked()
    if form.validate():
        with form.rule_errors():
            add_question(quiz, kind, sure(form.prompt), form.options.data, by=g.viewer, **rest_of(form))
            return show_list(lesson, quiz, _("The question was added."))
    return show_form(lesson, form, kind)


@bp.get("/questions/<int:question_id>")
def question(question_id: int) -> ResponseReturnValue:
    """The question to change."""
    found, quiz = get_or_404(question_for(g.viewer, question_id))
    lesson = get_or_404(lesson_for(g.viewer, quiz.lesson_id))
    form = question_form(lesson, question_id, obj=found)
    return show_form(lesson, form, found.kind, question_id)


@bp.post("/questions/<int:question_id>")
def save_question(question_id: int) -> ResponseReturnValue:
    """Change it; once it may have been asked, a new version takes its place."""
    found, quiz = get_or_404(question_for(g.viewer, question_id))
    lesson = get_or_404(lesson_for(g.viewer, quiz.lesson_id))
    form, kind = question_form(lesson, question_id), found.kind
    if form.validate():
        with form.rule_errors():
            edit_question(found, kind, sure(form.prompt), form.options.data, by=g.viewer, **rest_of(form))
            return show_list(lesson, quiz, _("Saved."))
    return show_form(lesson, form, kind, question_id)


@bp.post("/questions/<int:question_id>/place")
def move_question_view(question_id: int) -> ResponseReturnValue:
    """One place up or down."""
    found, quiz = get_or_404(question_for(g.viewer, question_id))
    lesson = get_or_404(lesson_for(g.viewer, quiz.lesson_id))
    move_question(found, STEPS.get(request.form.get("step", ""), 0), by=g.viewer)
    return show_list(lesson, quiz, _("The question was moved."))


@bp.post("/questions/<int:question_id>/archive")
def archive_question_view(question_id: int) -> ResponseReturnValue:
    """Ask it no more."""
    found, quiz = get_or_404(question_for(g.viewer, question_id))
    lesson = get_or_404(lesson_for(g.viewer, quiz.lesson_id))
    form = Form()
    with form.rule_errors():
        archive_question(found, by=g.viewer)
    if form.broken is None:
        return show_list(lesson, quiz, _("The question was archived. What was answered stays."))
    context = {**lesson_context(lesson), "refused": refusal_words(form.broken)}
    if wants_fragment():
        return fragment("studio/quiz/_questions.html", status=422, **context)
    return page("studio/lesson/edit.html", status=422, form=form_for(lesson, filled=True), **context)


def question_form(lesson: Any, question_id: int, **values: Any) -> QuestionForm:
    """The form of one question; names carry its id, so that several can be open on a page."""
    form = QuestionForm(prefix=f"q{question_id}", **values)
    course = get_or_404(outline(lesson.course_id))
    lines = [(line.id, line.title) for line in course.lessons if line.kind != LessonKind.QUIZ]
    form.source_lesson_id.choices = choices([(0, _("No lesson in particular")), *lines])
    if form.source_lesson_id.data is None:
        form.source_lesson_id.data = 0
    return form


def rest_of(form: QuestionForm) -> dict[str, Any]:
    """What else a question has."""
    return {
        "explanation": form.explanation.data or "",
        "points": form.points.data,
        "source_lesson_id": form.source_lesson_id.data or None,
    }


def kind_asked() -> str:
    """The kind in the address, else one right answer."""
    kind = request.args.get("kind", "")
    return kind if kind in QUESTION_KINDS else QuestionKind.SINGLE.value


def show_form(lesson: Any, form: QuestionForm, kind: str, question_id: int = 0) -> ResponseReturnValue:
    """The form alone for htmx, else on a page of its own."""
    return answer(
        "studio/quiz/_question_form.html",
        whole="studio/quiz/question.html",
        form=form,
        lesson=lesson,
        kind=kind,
        question_id=question_id,
        question_kinds=QUESTION_KINDS,
    )


def show_list(lesson: Any, quiz: Any, said: str) -> ResponseReturnValue:
    """The questions as they are now."""
    if wants_fragment():
        return fragment("studio/quiz/_questions.html", toast=said, **questions_context(lesson, quiz))
    return to(url_for("studio.lesson", lesson_id=lesson.id) + "#questions", said=said)
