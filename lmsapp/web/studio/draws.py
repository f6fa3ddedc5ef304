"""What a quiz draws from pools (QIZ-2)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.bank.pools import draw_for, list_pools, pool_for
from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.quizzes.authored import quiz_for
from lmsapp.courses.quizzes.pools import add_draw, change_draw, move_draw, remove_draw
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.bank_forms import DrawForm
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.questions import STEPS, show_list
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices


@bp.get("/lessons/<int:lesson_id>/draws/new")
def new_draw(lesson_id: int) -> ResponseReturnValue:
    """An empty draw."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    get_or_404(quiz_for(g.viewer, lesson_id))
    fullest = max(list_pools(g.viewer, course_id=lesson.course_id), key=lambda one: one.questions, default=None)
    return draw_page(lesson, DrawForm(pool_id=fullest.id if fullest else None))


@bp.post("/lessons/<int:lesson_id>/draws/new")
def create_draw(lesson_id: int) -> ResponseReturnValue:
    """Draw from a pool from now on."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    quiz = get_or_404(quiz_for(g.viewer, lesson_id))
    form = with_pools(DrawForm(), lesson)
    if form.validate():
        pool = get_or_404(pool_for(g.viewer, sure(form.pool_id)))
        with form.rule_errors():
            add_draw(quiz, pool, by=g.viewer, **said(form))
            return to(url_for("studio.lesson", lesson_id=lesson_id), said=_("Every attempt draws from the pool now."))
    return draw_page(lesson, form)


@bp.get("/draws/<int:draw_id>")
def draw(draw_id: int) -> ResponseReturnValue:
    """The draw to change."""
    found, quiz = get_or_404(draw_for(g.viewer, draw_id))
    return draw_page(get_or_404(lesson_for(g.viewer, quiz.lesson_id)), DrawForm(obj=found), found)


@bp.post("/draws/<int:draw_id>")
def save_draw(draw_id: int) -> ResponseReturnValue:
    """Another number, tag or worth."""
    found, quiz = get_or_404(draw_for(g.viewer, draw_id))
    lesson = get_or_404(lesson_for(g.viewer, quiz.lesson_id))
    form = with_pools(DrawForm(), lesson, found)
    form.pool_id.data = found.pool_id
    stored, about = with_pools(DrawForm(formdata=None, obj=found), lesson, found), ("course", lesson.course_id)
    if form.validate() and not form.changed_meanwhile(stored, about, "draw changed"):
        with form.rule_errors():
            change_draw(found, by=g.viewer, **said(form))
            return to(url_for("studio.lesson", lesson_id=lesson.id), said=_("Saved."))
    return draw_page(lesson, form, found)


@bp.post("/draws/<int:draw_id>/place")
def move_draw_view(draw_id: int) -> ResponseReturnValue:
    """One place up or down."""
    found, quiz = get_or_404(draw_for(g.viewer, draw_id))
    move_draw(found, STEPS.get(request.form.get("step", ""), 0), by=g.viewer)
    return show_list(get_or_404(lesson_for(g.viewer, quiz.lesson_id)), quiz, _("The draw was moved."), quiet=True)


@bp.post("/draws/<int:draw_id>/removal")
def remove_draw_view(draw_id: int) -> ResponseReturnValue:
    """Draw it no more."""
    found, quiz = get_or_404(draw_for(g.viewer, draw_id))
    remove_draw(found, by=g.viewer)
    words = _("The quiz draws it no more. The questions stay in their pool.")
    return show_list(get_or_404(lesson_for(g.viewer, quiz.lesson_id)), quiz, words)


def said(form: DrawForm) -> dict[str, Any]:
    """What the form says."""
    return {"count": sure(form.count), "points": sure(form.points), "tag": form.tag.data or ""}


def with_pools(form: DrawForm, lesson: Any, found: Any = None) -> DrawForm:
    """The pools of the course and of all; a draw that is there keeps its pool."""
    pools = list_pools(g.viewer, course_id=lesson.course_id)
    lines = [(one.id, f"{one.title} ({one.questions})") for one in pools]
    if found is not None:
        kept = get_or_404(pool_for(g.viewer, found.pool_id))
        lines = [(kept.id, kept.title)]
    form.pool_id.choices = choices(lines)
    return form


def draw_page(lesson: Any, form: DrawForm, found: Any = None) -> Response:
    """The form, and what there is to draw from."""
    with_pools(form, lesson, found)
    pools = list_pools(g.viewer, course_id=lesson.course_id)
    if found is not None:
        action = url_for("studio.save_draw", draw_id=found.id)
    else:
        action = url_for("studio.create_draw", lesson_id=lesson.id)
    return page(
        "studio/quiz/draw.html",
        status=422 if form.errors else 200,
        form=form,
        lesson=lesson,
        action=action,
        pools=[one for one in pools if found is None or one.id == found.pool_id],
        tags=sorted({tag for one in pools for tag, _count in one.tags}),
    )
