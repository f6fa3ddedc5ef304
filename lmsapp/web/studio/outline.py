"""Chapters, and the places of lessons: by buttons, by keyboard, by dragging."""

from __future__ import annotations

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.authored import chapter_for, course_for, lesson_for
from lmsapp.infra.words import RuleBroken
from lmsapp.web.forms import Form
from lmsapp.web.render import fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.courses import outline_context
from lmsapp.web.studio.forms import TitleForm, sure
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import refusal_words

STEPS = {"up": -1, "down": 1}


@bp.post("/courses/<int:course_id>/chapters")
def create_chapter(course_id: int) -> ResponseReturnValue:
    """A new chapter at the end."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = TitleForm()
    if form.validate():
        with form.rule_errors():
            chapter = actions.add_chapter(course, sure(form.title), by=g.viewer)
            return show(course_id, _("“%(title)s” was added.", title=chapter.title))
    return page("studio/course/outline.html", status=422, chapter_form=form, **outline_context(course_id))


@bp.get("/chapters/<int:chapter_id>")
def chapter(chapter_id: int) -> ResponseReturnValue:
    """Rename it."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    return page("studio/course/chapter.html", chapter=chapter, form=TitleForm(obj=chapter))


@bp.post("/chapters/<int:chapter_id>")
def save_chapter(chapter_id: int) -> ResponseReturnValue:
    """Another title."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    form = TitleForm()
    if form.validate():
        with form.rule_errors():
            actions.rename_chapter(chapter, sure(form.title), by=g.viewer)
            return to(url_for("studio.course", course_id=chapter.course_id), said=_("Saved."))
    return page("studio/course/chapter.html", status=422, chapter=chapter, form=form)


@bp.post("/chapters/<int:chapter_id>/place")
def move_chapter(chapter_id: int) -> ResponseReturnValue:
    """One place up or down."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    actions.move_chapter(chapter, STEPS.get(request.form.get("step", ""), 0), by=g.viewer)
    return show(chapter.course_id, _("“%(title)s” was moved.", title=chapter.title))


@bp.post("/chapters/<int:chapter_id>/archive")
def archive_chapter(chapter_id: int) -> ResponseReturnValue:
    """Take an empty chapter out."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    form = Form()
    with form.rule_errors():
        actions.archive_chapter(chapter, by=g.viewer)
    return refused_or_shown(form.broken, chapter.course_id, _("The chapter was archived."))


@bp.post("/lessons/<int:lesson_id>/place")
def move_lesson(lesson_id: int) -> ResponseReturnValue:
    """One place up or down (`step`), or to `index` of `chapter`."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    if request.form.get("chapter", "").isdecimal():
        target = get_or_404(chapter_for(g.viewer, int(request.form["chapter"])))
        actions.move_lesson(lesson, target, request.form.get("index", 0, int), by=g.viewer)
    else:
        actions.shift_lesson(lesson, STEPS.get(request.form.get("step", ""), 0), by=g.viewer)
    return show(lesson.course_id, _("“%(title)s” was moved.", title=lesson.title))


@bp.post("/lessons/<int:lesson_id>/archive")
def archive_lesson(lesson_id: int) -> ResponseReturnValue:
    """Take it out of the course."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    form = Form()
    with form.rule_errors():
        actions.archive_lesson(lesson, by=g.viewer)
    return refused_or_shown(form.broken, lesson.course_id, _("The lesson was archived. What learners did in it stays."))


@bp.post("/lessons/<int:lesson_id>/restore")
def restore_lesson(lesson_id: int) -> ResponseReturnValue:
    """Bring it back."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    form = Form()
    with form.rule_errors():
        actions.restore_lesson(lesson, by=g.viewer)
    return refused_or_shown(form.broken, lesson.course_id, _("The lesson is back in the course."))


def show(course_id: int, said: str) -> ResponseReturnValue:
    """The outline as it is now, for htmx; else the page by a redirect."""
    if wants_fragment():
        return fragment("studio/course/_outline.html", toast=said, **outline_context(course_id))
    return to(url_for("studio.course", course_id=course_id), said=said)


def refused_or_shown(broken: RuleBroken | None, course_id: int, said: str) -> ResponseReturnValue:
    """The outline with what was done, or with the reason why not."""
    if broken is None:
        return show(course_id, said)
    context = {**outline_context(course_id), "refused": refusal_words(broken)}
    if wants_fragment():
        return fragment("studio/course/_outline.html", status=422, **context)
    return page("studio/course/outline.html", status=422, **context)
