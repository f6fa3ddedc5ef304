"""Learning paths: the list, a new one, its settings, publishing with a preview, retiring (CRS-4)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from lmsapp.courses.paths import actions
from lmsapp.courses.paths.queries import (
    asked_of,
    draft_of,
    items_of,
    list_paths,
    path_for,
    problems_of,
    versions_of,
)
from lmsapp.courses.paths.rules import Asked, Item, Locked, Ordering, Role, stages
from lmsapp.courses.paths.soundness import PathNotReady
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.paths.people import counts_of
from lmsapp.learning.paths.preview import preview_of
from lmsapp.people.roles import May
from lmsapp.web.forms import Form, say
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.paths import opens_after
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.forms import TITLE, ReasonForm
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import STATUSES, choices, options

ORDERINGS: dict[str, Any] = {
    Ordering.GATED: __("Gated: each course says after which others it opens"),
    Ordering.IN_ORDER: __("In order: each opens after the required ones before it"),
    Ordering.FREE: __("Free: everything is open from the start"),
}
ORDER_WORDS: dict[str, Any] = {
    Ordering.GATED: __("Gated"),
    Ordering.IN_ORDER: __("In order"),
    Ordering.FREE: __("Free order"),
}
ROLES: dict[str, Any] = {
    Role.REQUIRED: __("Required"),
    Role.ELECTIVE: __("Elective"),
    Role.OPTIONAL: __("Optional"),
}


class PathForm(SharedForm):
    """What a path is called, and how its courses open."""

    title = StringField(__("Title"), TITLE)
    summary = TextAreaField(
        __("Summary"), [Optional(), Length(max=2000)], description=__("What somebody can do who has completed it.")
    )
    ordering = RadioField(__("How courses open"), choices=choices(ORDERINGS), default=Ordering.GATED.value)
    electives = IntegerField(
        __("How many of the elective courses"),
        [Optional(), NumberRange(0, 60)],
        default=0,
        description=__("0 where no course is elective."),
    )
    due_days = IntegerField(
        __("Days to complete it"),
        [Optional(), NumberRange(1, 3650)],
        description=__("What assigning proposes as the due date. Empty: nothing is proposed."),
    )


@bp.get("/paths")
def paths() -> ResponseReturnValue:
    """Every path the viewer may change, with how many are on it."""
    q, statuses = request.args.get("q", "")[:100], [one for one in request.args.getlist("status") if one in STATUSES]
    rows = list_paths(g.viewer, q, statuses)
    return answer(
        "studio/paths/_list.html",
        whole="studio/paths/index.html",
        paths=rows,
        people=counts_of(row.id for row in rows),
        q=q,
        filtered=bool(q or statuses),
        facet=options(STATUSES, statuses),
        statuses=STATUSES,
        orderings=ORDER_WORDS,
        sees_all=g.viewer.may(May.MODERATE),
    )


@bp.get("/paths/new")
def new_path() -> ResponseReturnValue:
    """An empty form."""
    return page("studio/paths/new.html", form=PathForm())


@bp.post("/paths/new")
def create_path() -> ResponseReturnValue:
    """A draft, and on to its courses."""
    form = PathForm()
    if form.validate():
        with form.rule_errors():
            path = actions.create_path(by=g.viewer, **settings_of(form))
            return to(url_for("studio.path", path_id=path.id), said=_("The path is a draft. Add its courses."))
    return page("studio/paths/new.html", status=422, form=form)


@bp.get("/paths/<int:path_id>/settings")
def path_settings(path_id: int) -> ResponseReturnValue:
    """Title, order, days."""
    path = get_or_404(path_for(g.viewer, path_id))
    return page("studio/path/settings.html", form=settings_form(path), **path_context(path, "settings"))


@bp.post("/paths/<int:path_id>/settings")
def save_path_settings(path_id: int) -> ResponseReturnValue:
    """Change them; the order reaches learners once it is published."""
    path = get_or_404(path_for(g.viewer, path_id))
    form = PathForm()
    if form.validate() and not form.changed_meanwhile(settings_form(path), ("path", path.id), "path edited"):
        with form.rule_errors():
            actions.edit_path(path, by=g.viewer, **settings_of(form))
            return to(url_for("studio.path_settings", path_id=path_id), said=_("Saved."))
    return page("studio/path/settings.html", status=422, form=form, **path_context(path, "settings"))


@bp.get("/paths/<int:path_id>/publication")
def path_preview(path_id: int) -> ResponseReturnValue:
    """Whose progress and locks would change, before anything does."""
    path = get_or_404(path_for(g.viewer, path_id))
    return page("studio/path/publication.html", preview=preview_of(path), **path_context(path, "publication"))


@bp.post("/paths/<int:path_id>/publication")
def publish_path(path_id: int) -> ResponseReturnValue:
    """Hold learners to the draft, or say what is missing."""
    path = get_or_404(path_for(g.viewer, path_id))
    form, version = Form(), None
    with form.rule_errors():
        version = actions.publish_path(path, by=g.viewer)
    if form.broken is None:
        words = _("Published. It can be assigned now.") if version else _("It is published; nothing else has changed.")
        return to(url_for("studio.path", path_id=path_id), said=words)
    context = path_context(path, "publication") | {"refused": refusal(form.broken)}
    return page("studio/path/publication.html", status=422, preview=preview_of(path), **context)


@bp.post("/paths/<int:path_id>/retirement")
def retire_path(path_id: int) -> ResponseReturnValue:
    """Close it to new learners."""
    path = get_or_404(path_for(g.viewer, path_id))
    form = ReasonForm()
    with form.rule_errors():
        actions.retire_path(path, by=g.viewer, reason=form.reason.data or "")
    if form.broken is None:
        said = _("Retired. Who is on it may finish; records stay.")
        return to(url_for("studio.path", path_id=path_id), said=said)
    context = path_context(path, "publication") | {"refused": refusal(form.broken)}
    return page("studio/path/publication.html", status=422, preview=preview_of(path), **context)


def settings_form(path: Any) -> PathForm:
    """The form as the path stands."""
    return PathForm(formdata=None, obj=path)


def settings_of(form: PathForm) -> dict[str, Any]:
    """What the form says; what was not sent is empty."""
    return {
        "title": form.title.data,
        "summary": form.summary.data or "",
        "ordering": form.ordering.data,
        "electives": form.electives.data or 0,
        "due_days": form.due_days.data,
    }


def path_context(path: Any, tab: str) -> dict[str, Any]:
    """What every page of a path shows: head, tabs, state of publication."""
    tabs = [
        ("path", _("Courses"), "studio.path"),
        ("publication", _("Publication"), "studio.path_preview"),
        ("settings", _("Settings"), "studio.path_settings"),
        ("certificate", _("Certificate"), "studio.path_certificate"),
    ]
    if g.viewer.may(May.MODERATE):
        tabs.insert(1, ("people", _("People"), "studio.path_people"))
    draft, in_force = draft_of(path), asked_of(path.id, path.version, path.sha256)
    problems = [(_(one.words, **one.values), one.course_id) for one in problems_of(path)]
    return {
        "path": path,
        "tabs": [
            {"label": label, "href": url_for(where, path_id=path.id), "current": name == tab}
            for name, label, where in tabs
        ],
        "statuses": STATUSES,
        "roles": ROLES,
        "orderings": ORDER_WORDS,
        "problems": problems,
        "in_force": in_force,
        "unpublished": bool(path.version) and not draft.looks_as(in_force),
        "electives_words": electives_words(draft),
        "stages": [[stage_item(draft, one) for one in row] for row in stages(draft)],
        "versions": versions_of(path.id) if tab == "publication" else [],
        "people": counts_of([path.id]).get(path.id, (0, 0)),
        "may_see_people": g.viewer.may(May.MODERATE),
        "may_assign": g.viewer.may(May.MODERATE) and path.status == "published",
    }


def outline_context(path: Any, **more: Any) -> dict[str, Any]:
    """For the page of courses and its fragment."""
    draft = draft_of(path)
    by_course = {one.course_id: one for one in draft.items}
    items = [{"row": row, "opens": after_words(draft, by_course[row.course_id])} for row in items_of(path.id)]
    return path_context(path, "path") | {"items": items} | more


def stage_item(asked: Asked, item: Item) -> dict[str, Any]:
    """A course in the picture of the path."""
    return {"title": item.title, "role": item.role.value, "opens": after_words(asked, item)}


def after_words(asked: Asked, item: Item) -> str:
    """'Opens after …', or that it is open from the start."""
    needs, count = asked.needs_of(item)
    if not needs or not count:
        return _("Open from the start")
    titles = {one.course_id: one.title for one in asked.items}
    return opens_after([titles[one] for one in needs], Locked(needs, count))


def electives_words(draft: Asked) -> str:
    """'2 of 5 elective courses are asked for', where there are any."""
    there = len(draft.of_role(Role.ELECTIVE))
    if not there and not draft.electives:
        return ""
    return ngettext(
        "%(asked)s of %(num)s elective course is asked for.",
        "%(asked)s of %(num)s elective courses are asked for.",
        there,
        asked=draft.electives,
    )


def refusal(broken: RuleBroken | None) -> str:
    """Why not; what is missing is translated piece by piece."""
    if isinstance(broken, PathNotReady):
        missing = " ".join(_(one.words, **one.values) for one in broken.problems)
        return _("The path cannot be published like this: %(missing)s", missing=missing)
    return say(broken) if broken else ""
