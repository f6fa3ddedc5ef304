"""Pools: stocks of questions from which quizzes draw (QIZ-1, QIZ-2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.bank.pools import count_archived, drawn_by, list_pools, may_change, pool_for, tags_of
from lmsapp.courses.catalogue.authored import course_for, list_courses
from lmsapp.courses.catalogue.queries import outline
from lmsapp.courses.quizzes import pools as actions
from lmsapp.courses.quizzes.actions import add_question
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.web.forms import Form
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.bank import bank_context, bank_tabs
from lmsapp.web.studio.bank_forms import PoolForm
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.question_form import empty_form
from lmsapp.web.studio.questions import (
    in_pool,
    kind_asked,
    show_form,
    to_be_kept,
    with_lessons,
    write,
)
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices, refusal_words


@bp.get("/bank/pools")
def pools() -> ResponseReturnValue:
    """Every pool the viewer may draw from, with its questions by tag."""
    archived = request.args.get("archived") == "1"
    return page(
        "studio/pools/index.html",
        pools=list_pools(g.viewer, archived=archived),
        archived=0 if archived else count_archived(g.viewer),
        tabs=bank_tabs("pools"),
    )


@bp.get("/bank/pools/new")
def new_pool() -> ResponseReturnValue:
    """An empty form."""
    return page("studio/pools/edit.html", form=with_courses(PoolForm(formdata=request.args)), pool=None)


@bp.post("/bank/pools/new")
def create_pool() -> ResponseReturnValue:
    """An empty pool, and on to it."""
    form = with_courses(PoolForm())
    if form.validate():
        with form.rule_errors():
            chosen = form.course_id.data
            course = get_or_404(course_for(g.viewer, chosen)) if chosen else None
            title, description = sure(form.title), form.description.data or ""
            pool = actions.create_pool(title, by=g.viewer, description=description, course=course)
            said = _("The pool is there. Add questions, or copy some from the bank.")
            return to(url_for("studio.pool", pool_id=pool.id), said=said)
    return page("studio/pools/edit.html", status=422, form=form, pool=None)


@bp.get("/bank/pools/<int:pool_id>")
def pool(pool_id: int) -> ResponseReturnValue:
    """Its questions, and the quizzes that draw from it."""
    return pool_page(get_or_404(pool_for(g.viewer, pool_id)))


@bp.get("/bank/pools/<int:pool_id>/settings")
def pool_settings(pool_id: int) -> ResponseReturnValue:
    """Its name and description to change."""
    found = to_change(pool_id)
    return page("studio/pools/edit.html", form=with_courses(PoolForm(obj=found)), pool=found)


@bp.post("/bank/pools/<int:pool_id>/settings")
def save_pool(pool_id: int) -> ResponseReturnValue:
    """Another name, another description."""
    found = to_change(pool_id)
    form = with_courses(PoolForm())
    form.course_id.data = 0
    stored = with_courses(PoolForm(formdata=None, obj=found))
    stored.course_id.data = 0  # for whom it is never changes
    if form.validate() and not form.changed_meanwhile(stored, ("question_pool", pool_id), "question pool edited"):
        with form.rule_errors():
            actions.edit_pool(found, sure(form.title), form.description.data or "", by=g.viewer)
            return to(url_for("studio.pool", pool_id=pool_id), said=_("Saved."))
    return page("studio/pools/edit.html", status=422, form=form, pool=found)


@bp.post("/bank/pools/<int:pool_id>/archive")
def archive_pool(pool_id: int) -> ResponseReturnValue:
    """No quiz draws from it any more."""
    found = to_change(pool_id)
    words = _("The pool was archived. Its questions are kept.")
    return done_or_refused(found, lambda: actions.archive_pool(found, by=g.viewer), words)


@bp.post("/bank/pools/<int:pool_id>/restore")
def restore_pool(pool_id: int) -> ResponseReturnValue:
    """Quizzes may draw from it again."""
    found = to_change(pool_id)
    return done_or_refused(found, lambda: actions.restore_pool(found, by=g.viewer), _("The pool is back."))


@bp.get("/bank/pools/<int:pool_id>/questions/new")
def new_pool_question(pool_id: int) -> ResponseReturnValue:
    """An empty question of the kind asked for."""
    found = to_change(pool_id)
    return show_form(in_pool(found), with_lessons(empty_form(kind_asked(), "q0"), found.course_id))


@bp.post("/bank/pools/<int:pool_id>/questions/new")
def create_pool_question(pool_id: int) -> ResponseReturnValue:
    """A new question in the pool."""
    found = to_change(pool_id)
    form = with_lessons(empty_form(kind_asked(), "q0"), found.course_id)
    if to_be_kept(form):
        with form.rule_errors():
            write(form, lambda **said: add_question(found, by=g.viewer, **said))
            return to(url_for("studio.pool", pool_id=pool_id), said=_("The question was added."))
    return show_form(in_pool(found), form)


def to_change(pool_id: int) -> Any:
    """The pool, where the viewer may change it; 403 where they may only draw from it."""
    found = get_or_404(pool_for(g.viewer, pool_id))
    if not may_change(g.viewer, found):
        raise NotAllowed(N_("The maker of this pool and moderators change it. You may draw from it and copy from it."))
    return found


def with_courses(form: PoolForm) -> PoolForm:
    """For all courses, or one of those the viewer writes."""
    asked = request.args.get("course", "")
    lines = [(row.id, row.title) for row in list_courses(g.viewer).rows]
    form.course_id.choices = choices([(0, _("All courses")), *lines])
    if request.method == "GET":
        chosen = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        form.course_id.data = chosen if chosen in {key for key, _title in lines} else 0
    return form


def pool_page(found: Any, refused: str = "") -> Response:
    """The page as it stands, with the reason why something was not done."""
    course = outline(found.course_id) if found.course_id is not None else None
    return answer(
        "studio/bank/_list.html",
        whole="studio/pools/pool.html",
        pool=found,
        course_title=course.title if course else "",
        may_change=may_change(g.viewer, found),
        drawn_by=drawn_by(g.viewer, found.id),
        tags=tags_of([found.id])[found.id],
        into=None,
        refused=refused,
        **bank_context(found.id),
    )


def done_or_refused(found: Any, do: Callable[[], object], said: str) -> Response:
    """Back to the pool with what was done, or with the reason why not."""
    form = Form()
    with form.rule_errors():
        do()
    if form.broken is None:
        return to(url_for("studio.pool", pool_id=found.id), said=said)
    response = pool_page(found, refusal_words(form.broken))
    response.status_code = 422
    return response
