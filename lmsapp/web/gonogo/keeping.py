"""Making and changing a checklist (REP-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.queries import published_courses
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.insight.gonogo.actions import (
    KIND,
    archive_checklist,
    bring_back_checklist,
    change_checklist,
    keep_checklist,
)
from lmsapp.insight.gonogo.queries import (
    KEEPERS,
    audiences_to_choose,
    checklist_for,
    lead_of,
    may_keep,
    named_on,
    paths_to_choose,
    things_of,
    types_to_choose,
)
from lmsapp.insight.gonogo.rules import Group
from lmsapp.people.employees.chain import offer_people
from lmsapp.people.roles import May
from lmsapp.web.fields import choices
from lmsapp.web.forms import NothingForm
from lmsapp.web.gates import needs
from lmsapp.web.gonogo.form import THINGS, ListForm
from lmsapp.web.gonogo.wing import bp
from lmsapp.web.gonogo.words import GROUPS
from lmsapp.web.render import fragment, get_or_404, page, to

MAKERS = (May.MODERATE, May.KEEP_RECORDS, May.LEAD)


@bp.get("/new")
@needs(*MAKERS)
def new_checklist() -> Response:
    """An empty form."""
    first = Group.AUDIENCE if g.viewer.may(*KEEPERS) else Group.LINE
    return _page(_form(formdata=None, data={"who": first.value, "clearing": True}))


@bp.post("")
@needs(*MAKERS)
def create_checklist() -> ResponseReturnValue:
    """Kept; on to its page."""
    form = _form()
    if form.validate():
        with form.rule_errors():
            made = keep_checklist(form.facts(), by=g.viewer)
            return to(url_for("gonogo.checklist", checklist_id=made.id), said=_("The checklist is kept."))
    return _page(form)


@bp.get("/<int:checklist_id>/edit")
@needs(*MAKERS)
def edit_checklist(checklist_id: int) -> Response:
    """What it says now, to be changed."""
    found = _kept(checklist_id)
    return _page(_stored(found), found)


def _stored(found: Any) -> ListForm:
    data: dict[str, Any] = {
        "name": found.name,
        "day": found.day,
        "who": found.who,
        "audience": found.audience_id or 0,
        "people": "\n".join(row.number for row in named_on(found.id)) if found.who == Group.PEOPLE else "",
        "lead": _lead_words(found.lead_id) if found.who == Group.LINE else "",
        "strict": found.strict,
        "clearing": found.clearing,
    }
    things = things_of(found.id)
    for kind, name in THINGS:
        data[name] = [one.subject_id for one in things if one.kind == kind]
    return _form(found.id, formdata=None, data=data)


@bp.post("/<int:checklist_id>")
@needs(*MAKERS)
def save_checklist(checklist_id: int) -> ResponseReturnValue:
    """Changed; back to its page."""
    found, form = _kept(checklist_id), _form(checklist_id)
    if form.validate() and not form.changed_meanwhile(_stored(found), (KIND, checklist_id), "changed"):
        with form.rule_errors():
            change_checklist(found, form.facts(), by=g.viewer)
            return to(url_for("gonogo.checklist", checklist_id=found.id), said=_("Saved."))
    return _page(form, found)


@bp.post("/<int:checklist_id>/end")
@needs(*MAKERS)
def end_checklist(checklist_id: int) -> ResponseReturnValue:
    """Archived: off the list, and no answer to other systems any more."""
    found = _kept(checklist_id)
    if NothingForm().validate():
        archive_checklist(found, by=g.viewer)
    return to(url_for("gonogo.checklist", checklist_id=found.id), said=_("The checklist is archived."))


@bp.post("/<int:checklist_id>/return")
@needs(*MAKERS)
def return_checklist(checklist_id: int) -> ResponseReturnValue:
    """In use again."""
    found = _kept(checklist_id)
    if NothingForm().validate():
        bring_back_checklist(found, by=g.viewer)
    return to(url_for("gonogo.checklist", checklist_id=found.id), said=_("The checklist is in use again."))


@bp.get("/people")
@needs(*MAKERS)
def offered_people() -> Response:
    """Names for the field of the line, while somebody types."""
    typed = request.args.get("lead", "")[:100]
    return fragment("hr/people/_offered.html", people=offer_people(g.viewer, typed))


def _kept(checklist_id: int) -> Any:
    found = get_or_404(checklist_for(g.viewer, checklist_id))
    if not may_keep(g.viewer, found):
        raise NotAllowed(N_("%(name)s keeps this checklist; ask them to change it."), name=found.kept_by_name)
    return found


def _form(checklist_id: int | None = None, **more: Any) -> ListForm:
    form = ListForm(**more)
    keeps = g.viewer.may(*KEEPERS)
    groups = {name: words for name, words in GROUPS.items() if keeps or name != Group.AUDIENCE.value}
    form.who.choices = choices(groups)
    chosen = _chosen_before(checklist_id)
    _offer(form, "courses", published_courses(), chosen)
    _offer(form, "paths", paths_to_choose(), chosen)
    _offer(form, "types", types_to_choose(g.viewer), chosen)
    if keeps:
        form.audience.choices = choices([(0, _("Choose an audience")), *audiences_to_choose(g.viewer)])
    else:
        del form.audience
    return form


def _offer(form: ListForm, name: str, rows: Sequence[tuple[int, str]], chosen: dict[str, dict[int, str]]) -> None:
    """What is in use, and what the checklist asks already, retired or not; no field where there is nothing."""
    offered = dict(rows) | chosen.get(name, {})
    if offered:
        form[name].choices = choices(sorted(offered.items(), key=lambda one: one[1].casefold()))
    else:
        del form[name]


def _chosen_before(checklist_id: int | None) -> dict[str, dict[int, str]]:
    chosen: dict[str, dict[int, str]] = {}
    fields = {kind.value: name for kind, name in THINGS}
    for one in things_of(checklist_id) if checklist_id else ():
        chosen.setdefault(fields[one.kind], {})[one.subject_id] = one.title
    return chosen


def _lead_words(lead_id: int | None) -> str:
    return next((f"{row.name} ({row.number})" for row in lead_of(lead_id)), "")


def _page(form: ListForm, found: Any = None) -> Response:
    back = (
        {"href": url_for("gonogo.checklist", checklist_id=found.id), "label": found.name}
        if found
        else {"href": url_for("gonogo.index"), "label": _("Go/no-go")}
    )
    return page("gonogo/form.html", status=422 if form.errors else 200, form=form, checklist=found, back=back)
