"""Writing lessons of every kind. A quiz has its settings and questions on the same page."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import Any

from flask import abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.bank.pools import draws_of, points_drawn
from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.attachments import WITH_FILES
from lmsapp.courses.catalogue.authored import chapter_for, file_of, lesson_for
from lmsapp.courses.catalogue.lessons import WrittenMeanwhile
from lmsapp.courses.catalogue.queries import file_names, files_of, outline
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.quizzes.actions import create_quiz
from lmsapp.courses.quizzes.authored import quiz_for
from lmsapp.courses.quizzes.queries import questions_as_asked
from lmsapp.courses.tasks.actions import set_task
from lmsapp.infra.markdown import to_html, with_addresses
from lmsapp.web.dates import figure
from lmsapp.web.lists import numbers
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import fragment, get_or_404, page, to
from lmsapp.web.student.files import send
from lmsapp.web.studio.forms import LessonForm, QuizForm, sent_file, sure
from lmsapp.web.studio.lesson_files import address_in, files_context, resources_context
from lmsapp.web.studio.package_forms import NewPackageForm
from lmsapp.web.studio.packages_new import create_package_lesson
from lmsapp.web.studio.packages_shown import MOST_MB, package_context, scorm_is_on
from lmsapp.web.studio.task_form import TaskForm
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import LESSON_ICONS, LESSON_KINDS, QUESTION_KINDS

CENT = Decimal("0.01")
LESSON_SAVED = ("lesson edited", "quiz set", "assignment set")  # as the trail has it
QUIZ = (
    "passing_percent",
    "max_attempts",
    "minutes",
    "show_answers",
    "shuffle",
    "wait_minutes",
    "negative_percent",
    "practice",
)


@bp.get("/chapters/<int:chapter_id>/lessons/new")
def new_lesson(chapter_id: int) -> ResponseReturnValue:
    """An empty form of the kind asked for."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    kind = kind_asked()
    form: Any = empty_form(kind) or LessonForm(min_seconds=15 if kind == LessonKind.ACKNOWLEDGEMENT else 30)
    return page("studio/lesson/new.html", form=form, **new_context(chapter, kind))


@bp.post("/chapters/<int:chapter_id>/lessons/new")
def create_lesson(chapter_id: int) -> ResponseReturnValue:
    """A new lesson at the end of the chapter."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    kind = kind_asked()
    form: Any = empty_form(kind) or LessonForm()
    if isinstance(form, NewPackageForm):
        made = create_package_lesson(chapter, form)
        return made or page("studio/lesson/new.html", status=422, form=form, **new_context(chapter, kind))
    if form.validate():
        with form.rule_errors():
            if isinstance(form, TaskForm):
                lesson = actions.add_lesson(chapter, kind, by=g.viewer, **form.written())
                set_task(lesson, form.task(), by=g.viewer, uploads=form.uploads_sent())
            elif isinstance(form, QuizForm):
                lesson = actions.add_lesson(
                    chapter, kind, sure(form.title), by=g.viewer, minutes=sure(form.minutes_expected)
                )
                create_quiz(lesson, by=g.viewer, **quiz_settings(form))
            else:
                lesson = actions.add_lesson(chapter, kind, by=g.viewer, **written(form, kind))
            return to(url_for("studio.lesson", lesson_id=lesson.id), said=_("The lesson was added."))
    return page("studio/lesson/new.html", status=422, form=form, **new_context(chapter, kind))


@bp.get("/lessons/<int:lesson_id>")
def lesson(lesson_id: int) -> ResponseReturnValue:
    """The lesson to change."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    return page("studio/lesson/edit.html", form=form_for(lesson, filled=True), **lesson_context(lesson))


@bp.post("/lessons/<int:lesson_id>")
def save_lesson(lesson_id: int) -> ResponseReturnValue:
    """Change it."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    form = form_for(lesson, filled=False)
    if form.validate() and not meanwhile(form, lesson):
        with form.rule_errors():
            if isinstance(form, TaskForm):
                actions.edit_lesson(lesson, by=g.viewer, **form.written())
                sent, gone = form.uploads_sent(), numbers(request.form.getlist("take_away"))
                set_task(lesson, form.task(lesson), by=g.viewer, uploads=sent, take_away=gone)
            elif isinstance(form, QuizForm):
                actions.edit_lesson(lesson, by=g.viewer, title=form.title.data, minutes=form.minutes_expected.data)
                create_quiz(lesson, by=g.viewer, **quiz_settings(form))
            else:
                actions.edit_lesson(lesson, by=g.viewer, revision=revision_of(form), **written(form, lesson.kind))
            return to(url_for("studio.lesson", lesson_id=lesson_id), said=_("Saved."))
    both = form.broken if isinstance(form.broken, WrittenMeanwhile) else None
    if both is not None and isinstance(form, LessonForm):
        form.revision.data = str(both.revision)
    return page("studio/lesson/edit.html", status=422, **{**lesson_context(lesson), "form": form, "both": both})


@bp.post("/text-preview")
def preview_text() -> ResponseReturnValue:
    """What Markdown will look like, while it is written."""
    return fragment("studio/lesson/_text_preview.html", body_html=to_html(request.form.get("body", "")))


@bp.get("/lessons/<int:lesson_id>/files/<int:file_id>")
def lesson_file(lesson_id: int, file_id: int) -> ResponseReturnValue:
    """A file of the lesson; no other file is reached through it."""
    found = file_of(get_or_404(lesson_for(g.viewer, lesson_id)), file_id)
    if found is None:
        abort(404)
    return send(found, attachment=False)


def kind_asked() -> str:
    """The kind in the address, else text."""
    kind = request.args.get("kind", "")
    return kind if kind in LESSON_KINDS else LessonKind.TEXT.value


def written(form: LessonForm, kind: str) -> dict[str, Any]:
    """What the form says, as far as the kind has it."""
    values: dict[str, Any] = {"title": form.title.data, "body": form.body.data or "", "minutes": form.minutes.data}
    if kind == LessonKind.SCORM:
        return values
    if kind in {LessonKind.TEXT, LessonKind.ACKNOWLEDGEMENT}:
        values["min_seconds"] = form.min_seconds.data
        return values
    values["share"] = form.share.data
    values["seconds"] = form.seconds.data
    return values | {name: sent for name in ("upload", "captions", "poster") if (sent := sent_file(name)) is not None}


def quiz_settings(form: QuizForm) -> dict[str, Any]:
    """The settings of a quiz; nothing typed where a number may be missing is none."""
    return {name: form[name].data for name in QUIZ} | {"negative_percent": form.negative_percent.data or 0}


def revision_of(form: LessonForm) -> int | None:
    """The revision that was read, where the form says it."""
    said = str(form.revision.data or "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def empty_form(kind: str) -> QuizForm | TaskForm | NewPackageForm | None:
    """The form of a kind that has one of its own; None: the form of all the others."""
    own: dict[str, Any] = {
        LessonKind.QUIZ: QuizForm,
        LessonKind.ASSIGNMENT: TaskForm,
        LessonKind.SCORM: NewPackageForm,
    }
    return own[kind]() if kind in own else None


def form_for(lesson: Any, *, filled: bool, posted: bool = True) -> LessonForm | QuizForm | TaskForm:
    """The form of a lesson's kind, with what is stored where nothing was typed. `posted`: what came is for it."""
    sent: dict[str, Any] = {} if posted else {"formdata": None}
    if lesson.kind == LessonKind.ASSIGNMENT:
        return TaskForm.of(lesson, **sent) if filled else TaskForm()
    if lesson.kind != LessonKind.QUIZ:
        return LessonForm(obj=lesson, **sent) if filled else LessonForm()
    quiz = get_or_404(quiz_for(g.viewer, lesson.id))
    if not filled:
        return QuizForm()
    return QuizForm(obj=quiz, title=lesson.title, minutes_expected=lesson.minutes, **sent)


def meanwhile(form: LessonForm | QuizForm | TaskForm, lesson: Any) -> bool:
    """Whether somebody else saved a quiz or a task since it was opened. Texts say so by their revision."""
    stored = form_for(lesson, filled=True, posted=False)
    if not isinstance(form, SharedForm) or not isinstance(stored, SharedForm):
        return False
    return form.changed_meanwhile(stored, ("course", lesson.course_id), *LESSON_SAVED, lesson=lesson.title)


def new_context(chapter: Any, kind: str) -> dict[str, Any]:
    """For the page of a new lesson."""
    return {
        "chapter": chapter,
        "kind": kind,
        "kinds": LESSON_KINDS,
        "icons": LESSON_ICONS,
        "body_html": "",
        "named": {},
        "lesson": None,
        "scorm_on": scorm_is_on(),
        "most_mb": MOST_MB,
    }


def lesson_context(lesson: Any) -> dict[str, Any]:
    """For the page of a lesson, its questions included."""
    quiz = quiz_for(g.viewer, lesson.id) if lesson.kind == LessonKind.QUIZ else None
    return {
        "lesson": lesson,
        "kind": lesson.kind,
        "kinds": LESSON_KINDS,
        "icons": LESSON_ICONS,
        "body_html": with_addresses(lesson.body_html, address_in(lesson)),
        "named": file_names(files_of(lesson.file_id, lesson.detail)),
        "with_files": lesson.kind in WITH_FILES,
        **files_context(lesson),
        **resources_context(lesson),
        "course": outline(lesson.course_id),
        **(questions_context(lesson, quiz) if quiz is not None else {}),
        **(package_context(lesson) if lesson.kind == LessonKind.SCORM else {}),
    }


def questions_context(lesson: Any, quiz: Any) -> dict[str, Any]:
    """For the list of questions and its fragment."""
    course = get_or_404(outline(lesson.course_id))
    questions = questions_as_asked(quiz.id)
    drawn, drawn_points = points_drawn(quiz.id)
    points = drawn_points + sum((Decimal(one["points"]) for one in questions), Decimal(0))
    return {
        "lesson": lesson,
        "quiz": quiz,
        "questions": questions,
        "draws": draws_of(quiz.id),
        "totals": {
            "asked": len(questions) + drawn,
            "points": figure(points),
            "needed": None if quiz.practice else figure((points * quiz.passing_percent / 100).quantize(CENT, ROUND_UP)),
        },
        "question_kinds": QUESTION_KINDS,
        "lesson_titles": {line.id: line.title for line in course.lessons},
    }
