"""The question bank: find questions, and do something with several of them (QIZ-1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.courses.bank import actions
from lmsapp.courses.bank.pools import list_pools, pool_to_change
from lmsapp.courses.bank.queries import (
    Wanted,
    find_questions,
    lines_for,
    places,
    questions_for,
    quizzes_of,
    tags_in_use,
    with_tag,
)
from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.quizzes.authored import quiz_for
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.people.roles import May
from lmsapp.web.forms import Form
from lmsapp.web.lists import numbers, options, page_url, readable
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.bank_forms import RenameTagForm, TagsForm, ToPoolForm, ToQuizForm
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS, choices

STATES: dict[str, Any] = {"unused": __("In no quiz yet"), "archived": __("Archived")}
WHAT: dict[str, Any] = {
    "quiz": __("Into a quiz"),
    "pool": __("Into a pool"),
    "tags": __("Tags"),
    "archive": __("Archive"),
}
FORMS: dict[str, type[Form]] = {"quiz": ToQuizForm, "pool": ToPoolForm, "tags": TagsForm, "archive": Form}


@bp.get("/bank")
def bank() -> ResponseReturnValue:
    """Every question the viewer may look at."""
    into = request.args.get("into", "")
    lesson = get_or_404(lesson_for(g.viewer, int(into))) if into.isdecimal() and len(into) < 10 else None
    return answer("studio/bank/_list.html", whole="studio/bank/index.html", into=lesson, **bank_context())


@bp.get("/bank/selection")
def selection() -> ResponseReturnValue:
    """What to do with those ticked."""
    into = request.args.get("into", "")
    form = filled_form(asked_what(), request.args.getlist("pick"))
    if isinstance(form, ToQuizForm) and into.isdecimal() and len(into) < 10:
        form.lesson_id.data = int(into)
    return selection_page(form, request.args.getlist("pick"))


@bp.post("/bank/selection/tags")
def tag_selection() -> ResponseReturnValue:
    """Give and take away tags."""
    form: Any = filled_form("tags", request.form.getlist("pick"))

    def change() -> str:
        found = picked(to_change=True)
        count = actions.tag_questions(found, form.add.data or (), form.take.data or (), by=g.viewer)
        return ngettext("%(num)s question was changed.", "%(num)s questions were changed.", count)

    return done(form, change)


@bp.post("/bank/selection/pool")
def pool_selection() -> ResponseReturnValue:
    """Into a pool, as copies or for good."""
    form: Any = filled_form("pool", request.form.getlist("pick"))

    def put() -> str:
        pool = get_or_404(pool_to_change(g.viewer, sure(form.pool_id)))
        if form.how.data == "move":
            made = actions.move_questions(picked(to_change=True), pool, by=g.viewer)
        else:
            made = actions.copy_questions(picked(), pool, by=g.viewer)
        words: str = ngettext(
            "%(num)s question is in “%(pool)s” now.",
            "%(num)s questions are in “%(pool)s” now.",
            len(made),
            pool=pool.title,
        )
        return words

    return done(form, put)


@bp.post("/bank/selection/quiz")
def quiz_selection() -> ResponseReturnValue:
    """Copies into a quiz, and on to its page."""
    form: Any = filled_form("quiz", request.form.getlist("pick"))

    def put() -> str:
        quiz = get_or_404(quiz_for(g.viewer, sure(form.lesson_id)))
        made = actions.copy_questions(picked(), quiz, by=g.viewer)
        return ngettext("%(num)s question is in the quiz now.", "%(num)s questions are in the quiz now.", len(made))

    back = url_for("studio.lesson", lesson_id=form.lesson_id.data) if form.lesson_id.data else ""
    return done(form, put, back)


@bp.post("/bank/selection/archive")
def archive_selection() -> ResponseReturnValue:
    """Ask them no more; those that are archived come back."""
    form = Form()

    def put_away() -> str:
        found = picked(to_change=True)
        if all(one.archived_at is not None for one in found):
            actions.restore_questions(found, by=g.viewer)
            return ngettext("%(num)s question is back.", "%(num)s questions are back.", len(found))
        actions.archive_questions(found, by=g.viewer)
        return ngettext("%(num)s question was archived.", "%(num)s questions were archived.", len(found))

    return done(form, put_away)


@bp.get("/bank/tags")
def tags() -> ResponseReturnValue:
    """Tags in use, with how many questions have them."""
    found = tags_in_use(g.viewer)
    form = with_known(RenameTagForm(tag=request.args.get("tag", "")))
    return page("studio/bank/tags.html", tags=found, form=form, tabs=bank_tabs("tags"))


@bp.post("/bank/tags")
def rename_tag() -> ResponseReturnValue:
    """Another name, or two tags become one."""
    form = with_known(RenameTagForm())
    if form.validate():
        with form.rule_errors():
            count = actions.rename_tag(with_tag(g.viewer, sure(form.tag)), sure(form.tag), sure(form.into), by=g.viewer)
            words = ngettext("%(num)s question was changed.", "%(num)s questions were changed.", count)
            return to(url_for("studio.tags"), said=words)
    return page("studio/bank/tags.html", status=422, tags=tags_in_use(g.viewer), form=form, tabs=bank_tabs("tags"))


def bank_context(pool_id: int | None = None) -> dict[str, Any]:
    """For the list of questions; of one pool where it is given."""
    args = readable(request.args)
    states = [one for one in args.getlist("state") if one in STATES]
    asked = Wanted(
        q=args.get("q", "")[:100],
        kinds=[one for one in args.getlist("kind") if one in QUESTION_KINDS],
        tags=[one[:60] for one in args.getlist("tag")][:20],
        pools=numbers(args.getlist("pool")) if pool_id is None else (pool_id,),
        courses=numbers(args.getlist("course")),
        unused="unused" in states,
        archived="archived" in states,
        newest=args.get("sort") == "newest",
    )
    pools = [] if pool_id is not None else list_pools(g.viewer)
    return {
        "found": find_questions(g.viewer, asked, number=args.get("page", 1, type=int)),
        "asked": asked,
        "active": asked.active - (pool_id is not None),
        "filtered": bool(asked.q or asked.active - (pool_id is not None)),
        "facets": {
            "kinds": options([(key, str(words)) for key, words in QUESTION_KINDS.items()], asked.kinds),
            "tags": options([(row.tag, row.tag) for row in tags_in_use(g.viewer)], asked.tags),
            "pools": options([(one.id, one.title) for one in pools], asked.pools),
            "courses": [] if pool_id is not None else options([tuple(one) for one in places(g.viewer)], asked.courses),
            "states": options([(key, str(words)) for key, words in STATES.items()], states),
        },
        "sort": {"key": "newest" if asked.newest else "place", "desc": False, "url": sort_url},
        "page_url": page_url,
        "question_kinds": QUESTION_KINDS,
        "sees_all": g.viewer.may(May.MODERATE),
        "tabs": bank_tabs("questions"),
    }


def sort_url(key: str, _desc: bool) -> str:
    """The address of the list in another order; filters stay."""
    kept = {name: request.args.getlist(name) for name in ("q", "kind", "tag", "pool", "course", "state", "into")}
    address: dict[str, Any] = {**kept, "sort": "newest" if key == "newest" else None}
    return url_for(request.endpoint or "studio.bank", **(request.view_args or {}), **address)


def bank_tabs(current: str) -> list[dict[str, Any]]:
    """Questions, pools, tags."""
    pages = {"questions": ("studio.bank", _("Questions")), "pools": ("studio.pools", _("Pools"))}
    pages["tags"] = ("studio.tags", _("Tags"))
    return [{"label": label, "href": url_for(to), "current": key == current} for key, (to, label) in pages.items()]


def asked_what() -> str:
    """What is to be done, else the first."""
    what = request.values.get("what", "")
    return what if what in WHAT else "quiz"


def picked(*, to_change: bool = False) -> list[Any]:
    """The questions ticked. 403 where some of them may be looked at only."""
    ids = numbers(request.values.getlist("pick"))
    found = questions_for(g.viewer, ids, to_change=to_change)
    if to_change and len(found) < len(questions_for(g.viewer, ids)):
        raise NotAllowed(N_("Some of these stand in a pool you may not change. Copy them instead."))
    return found


def filled_form(what: str, picks: list[str]) -> Any:
    """The form with what there is to choose from."""
    form: Any = FORMS[what]()
    if what == "quiz":
        lines = [(row.id, f"{row.course_title}: {row.title}") for row in quizzes_of(g.viewer)]
        form.lesson_id.choices = choices(lines)
    elif what == "pool":
        pools = [one for one in list_pools(g.viewer) if pool_to_change(g.viewer, one.id)]
        form.pool_id.choices = choices([(one.id, one.title) for one in pools])
    elif what == "tags":
        there = sorted({tag for row in lines_for(g.viewer, numbers(picks)) for tag in row.tags})
        form.take.choices = choices([(one, one) for one in there])
    return form


def with_known(form: RenameTagForm) -> RenameTagForm:
    """The tags there are."""
    form.tag.choices = choices([(row.tag, row.tag) for row in tags_in_use(g.viewer)])
    return form


def selection_page(form: Form, picks: list[str]) -> Response:
    """What can be done with those ticked; back to the list where nothing is."""
    lines = lines_for(g.viewer, numbers(picks))
    if not lines:
        return to(url_for("studio.bank"), said=_("Tick the questions first."))
    what, ids = asked_what(), [row.id for row in lines]
    tabs = [
        {"label": label, "href": url_for("studio.selection", what=key, pick=ids), "current": key == what}
        for key, label in WHAT.items()
    ]
    return page(
        "studio/bank/selection.html",
        status=422 if form.errors else 200,
        form=form,
        questions=lines,
        what=what,
        tabs=tabs,
        question_kinds=QUESTION_KINDS,
        tags_in_use=[row.tag for row in tags_in_use(g.viewer)],
        all_archived=all(row.archived_at is not None for row in lines),
    )


def done(form: Form, do: Callable[[], str], back: str = "") -> Response:
    """Do it and go back to the bank, or say why not with everything as it was."""
    if lines_for(g.viewer, numbers(request.form.getlist("pick"))) and form.validate():
        with form.rule_errors():
            said = do()
            return to(back or url_for("studio.bank"), said=said)
    return selection_page(form, request.form.getlist("pick"))
