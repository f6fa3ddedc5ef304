"""The outline: chapters, and the places of lessons; by buttons, by keyboard, by dragging, several at once (CRS-1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.courses.catalogue import actions, arranging
from lmsapp.courses.catalogue.authored import chapter_for, course_for, lesson_for, lessons_for
from lmsapp.courses.catalogue.queries import outline
from lmsapp.infra.words import RuleBroken
from lmsapp.web.forms import Form
from lmsapp.web.lists import numbers
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.courses import outline_context
from lmsapp.web.studio.forms import QuickForm, TitleForm, sure
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
    context = {**outline_context(course_id), "chapter_form": form}
    return answer("studio/course/_outline.html", whole="studio/course/outline.html", form=form, **context)


@bp.post("/chapters/<int:chapter_id>/lessons/quick")
def create_lesson_quickly(chapter_id: int) -> ResponseReturnValue:
    """A lesson by its title alone, at the end of the chapter; the next one can be typed at once."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    form = QuickForm()
    if form.validate():
        with form.rule_errors():
            lesson = arranging.add_quickly(chapter, sure(form.kind), sure(form.title), by=g.viewer)
            return show(chapter.course_id, _("“%(title)s” was added.", title=lesson.title), at=f"chapter-{chapter_id}")
    context = {**outline_context(chapter.course_id), "quick_form": form, "quick_at": chapter_id}
    return answer("studio/course/_outline.html", whole="studio/course/outline.html", form=form, **context)


@bp.get("/chapters/<int:chapter_id>")
def chapter(chapter_id: int) -> ResponseReturnValue:
    """Rename it, in its place or on a page."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    return rename_page(
        chapter, TitleForm(obj=chapter), "chapter", url_for("studio.save_chapter", chapter_id=chapter_id)
    )


@bp.post("/chapters/<int:chapter_id>")
def save_chapter(chapter_id: int) -> ResponseReturnValue:
    """Another title."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    form = TitleForm()
    if form.validate():
        with form.rule_errors():
            actions.rename_chapter(chapter, sure(form.title), by=g.viewer)
            return show(chapter.course_id, _("Now called “%(title)s”.", title=chapter.title))
    return rename_page(chapter, form, "chapter", url_for("studio.save_chapter", chapter_id=chapter_id))


@bp.get("/lessons/<int:lesson_id>/title")
def lesson_title(lesson_id: int) -> ResponseReturnValue:
    """Rename it, in its place or on a page."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    return rename_page(
        lesson, TitleForm(obj=lesson), "lesson", url_for("studio.save_lesson_title", lesson_id=lesson_id)
    )


@bp.post("/lessons/<int:lesson_id>/title")
def save_lesson_title(lesson_id: int) -> ResponseReturnValue:
    """Another title."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    form = TitleForm()
    if form.validate():
        with form.rule_errors():
            actions.edit_lesson(lesson, by=g.viewer, title=sure(form.title))
            return show(lesson.course_id, _("Now called “%(title)s”.", title=lesson.title))
    return rename_page(lesson, form, "lesson", url_for("studio.save_lesson_title", lesson_id=lesson_id))


@bp.post("/chapters/<int:chapter_id>/place")
def move_chapter(chapter_id: int) -> ResponseReturnValue:
    """One place up or down (`step`), or to `index`."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    if request.form.get("index", "").isdecimal():
        arranging.place_chapter(chapter, request.form.get("index", 0, int), by=g.viewer)
    else:
        actions.move_chapter(chapter, STEPS.get(request.form.get("step", ""), 0), by=g.viewer)
    shown = get_or_404(outline(chapter.course_id))
    place = [one.id for one in shown.chapters].index(chapter_id) + 1
    words = _("“%(title)s” is now chapter %(n)s of %(all)s.", title=chapter.title, n=place, all=len(shown.chapters))
    return show(chapter.course_id, words)


@bp.post("/chapters/<int:chapter_id>/archive")
def archive_chapter(chapter_id: int) -> ResponseReturnValue:
    """Take an empty chapter out."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id))
    undo = url_for("studio.restore_chapter", chapter_id=chapter_id)
    return done_or_refused(
        lambda: actions.archive_chapter(chapter, by=g.viewer), chapter.course_id, _("The chapter was archived."), undo
    )


@bp.post("/chapters/<int:chapter_id>/restore")
def restore_chapter(chapter_id: int) -> ResponseReturnValue:
    """Undo archiving it."""
    chapter = get_or_404(chapter_for(g.viewer, chapter_id, archived=True))
    arranging.put_back_chapter(chapter, by=g.viewer)
    return show(chapter.course_id, _("“%(title)s” is back.", title=chapter.title))


@bp.post("/lessons/<int:lesson_id>/place")
def move_lesson(lesson_id: int) -> ResponseReturnValue:
    """One place up or down (`step`), or to `index` of `chapter`."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    if request.form.get("chapter", "").isdecimal():
        target = get_or_404(chapter_for(g.viewer, int(request.form["chapter"])))
        actions.move_lesson(lesson, target, request.form.get("index", 0, int), by=g.viewer)
    else:
        actions.shift_lesson(lesson, STEPS.get(request.form.get("step", ""), 0), by=g.viewer)
    return show(lesson.course_id, place_words(lesson))


@bp.post("/courses/<int:course_id>/lessons/place")
def move_lessons(course_id: int) -> ResponseReturnValue:
    """Those ticked, to the end of a chapter."""
    get_or_404(course_for(g.viewer, course_id))
    picked = lessons_for(g.viewer, course_id, numbers(request.form.getlist("pick")))
    target = get_or_404(chapter_for(g.viewer, request.form.get("chapter", 0, int)))
    words = ngettext("%(num)s lesson was moved.", "%(num)s lessons were moved.", len(picked))
    return done_or_refused(lambda: arranging.move_lessons(picked, target, by=g.viewer), course_id, words)


@bp.post("/courses/<int:course_id>/lessons/archive")
def archive_lessons(course_id: int) -> ResponseReturnValue:
    """Those ticked, out of the course."""
    get_or_404(course_for(g.viewer, course_id))
    picked = lessons_for(g.viewer, course_id, numbers(request.form.getlist("pick")))
    words = ngettext("%(num)s lesson was archived.", "%(num)s lessons were archived.", len(picked))
    undo = url_for("studio.restore_lessons", course_id=course_id, pick=[one.id for one in picked])
    return done_or_refused(lambda: arranging.archive_lessons(picked, by=g.viewer), course_id, words, undo)


@bp.post("/courses/<int:course_id>/lessons/restored")
def restore_lessons(course_id: int) -> ResponseReturnValue:
    """Undo archiving: back where they were."""
    get_or_404(course_for(g.viewer, course_id))
    picked = lessons_for(g.viewer, course_id, numbers(request.values.getlist("pick")))
    words = ngettext("%(num)s lesson is back.", "%(num)s lessons are back.", len(picked))
    return done_or_refused(lambda: arranging.put_back_lessons(picked, by=g.viewer), course_id, words)


@bp.post("/lessons/<int:lesson_id>/archive")
def archive_lesson(lesson_id: int) -> ResponseReturnValue:
    """Take it out of the course."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    undo = url_for("studio.restore_lessons", course_id=lesson.course_id, pick=[lesson_id])
    words = _("The lesson was archived. What learners did in it stays.")
    return done_or_refused(lambda: actions.archive_lesson(lesson, by=g.viewer), lesson.course_id, words, undo)


@bp.post("/lessons/<int:lesson_id>/restore")
def restore_lesson(lesson_id: int) -> ResponseReturnValue:
    """Bring it back."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    words = _("The lesson is back in the course.")
    return done_or_refused(lambda: actions.restore_lesson(lesson, by=g.viewer), lesson.course_id, words)


def show(course_id: int, said: str, *, at: str = "", undo: str | None = None) -> Response:
    """The outline as it is now, for htmx; else the page by a redirect. A toast only where something can be undone."""
    if not wants_fragment():
        return to(url_for("studio.course", course_id=course_id, _anchor=at or None), said=said)
    context = outline_context(course_id)
    response = fragment(
        "studio/course/_outline.html",
        toast=said if undo else None,
        undo=undo,
        announce=None if undo else said,
        **context,
    )
    response.headers |= {"HX-Retarget": "#outline", "HX-Reswap": "morph:outerHTML"}
    return response


def done_or_refused(do: Callable[[], object], course_id: int, said: str, undo: str | None = None) -> Response:
    """The outline with what was done, or with the reason why not."""
    form = Form()
    with form.rule_errors():
        do()
    return refused_or_shown(form.broken, course_id, said, undo)


def refused_or_shown(broken: RuleBroken | None, course_id: int, said: str, undo: str | None = None) -> Response:
    """The outline with what was done, or with the reason why not."""
    if broken is None:
        return show(course_id, said, undo=undo)
    context = {**outline_context(course_id), "refused": refusal_words(broken)}
    if not wants_fragment():
        return page("studio/course/outline.html", status=422, **context)
    response = fragment("studio/course/_outline.html", status=422, **context)
    response.headers |= {"HX-Retarget": "#outline", "HX-Reswap": "morph:outerHTML"}
    return response


def rename_page(named: Any, form: TitleForm, what: str, action: str) -> Response:
    """A title to write: in its place for htmx, else a page."""
    context = {"named": named, "form": form, "what": what, "action": action}
    return answer("studio/course/_rename.html", whole="studio/course/rename.html", **context)


def place_words(lesson: Any) -> str:
    """Where a lesson stands now."""
    shown = get_or_404(outline(lesson.course_id))
    chapter = next((one for one in shown.chapters if one.id == lesson.chapter_id), None)
    if chapter is None:
        return ""
    place = [line.id for line in chapter.lessons].index(lesson.id) + 1 if lesson.archived_at is None else 0
    return _(
        "“%(title)s” is now lesson %(n)s of %(all)s in “%(chapter)s”.",
        title=lesson.title,
        n=place,
        all=len(chapter.lessons),
        chapter=chapter.title,
    )
