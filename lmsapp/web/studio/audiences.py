"""Audiences: the list, one of them, its people; writing and changing it with the number it hits in sight (CRS-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.standing.actions import archive_audience, change_audience, create_audience
from lmsapp.assignments.standing.preview import preview_audience
from lmsapp.assignments.standing.queries import (
    count_undecided,
    counts_by_audience,
    rules_of,
    run_under_way,
    runs_page,
)
from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.people.audiences.queries import audience_for, audiences_for, members_page, reach_of
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.roles import May
from lmsapp.web.forms import say
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url, readable
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.audience_forms import AudienceForm, EndingForm, audience_form
from lmsapp.web.studio.audience_runs import run_context
from lmsapp.web.studio.audience_words import REASONS, RULE_STATUSES, due_in_words, rules_in_words, run_in_words
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.wing import bp

LATEST = 5


@bp.get("/audiences")
@needs(May.MODERATE)
def audiences() -> ResponseReturnValue:
    """All in use, or those archived, by name."""
    q, archived = readable(request.args).get("q", "")[:100], request.args.get("archived") == "1"
    rows = audiences_for(g.viewer, q, archived=archived)
    return answer(
        "studio/audiences/_list.html",
        whole="studio/audiences/index.html",
        rows=rows,
        lines=rules_in_words({row.id: AudienceRule.from_json(row.rule) for row in rows}),
        counts=counts_by_audience(g.viewer, [row.id for row in rows]),
        undecided=count_undecided(g.viewer),
        q=q,
        archived=archived,
    )


@bp.get("/audiences/new")
@needs(May.MODERATE)
def new_audience() -> ResponseReturnValue:
    return edit_page(audience_form("", AudienceRule()), None)


@bp.post("/audiences/new")
@needs(May.MODERATE)
def save_new_audience() -> ResponseReturnValue:
    form = audience_form()
    if form.validate():
        with form.rule_errors():
            audience, run = create_audience(form.name.data or "", form.rule(), g.viewer)
            return after_run(run, audience.id, _("The audience was created. Now say what it has to take."))
    return edit_page(form, None)


@bp.post("/audiences/reach")
@needs(May.MODERATE)
def audience_reach() -> ResponseReturnValue:
    """How many it would take, while it is chosen; without script a page with the first names."""
    form = audience_form()
    if wants_fragment():
        return fragment("studio/audiences/_reach.html", reach=reach_in(form))
    found = audience_for(g.viewer, request.args.get("audience", 0, int))
    return edit_page(form, found, status=200)


@bp.get("/audiences/<int:audience_id>")
@needs(May.MODERATE)
def audience(audience_id: int) -> ResponseReturnValue:
    """Its rule in words, its people, what it has to take, the latest runs."""
    found = get_or_404(audience_for(g.viewer, audience_id))
    under_way = run_under_way(g.viewer, audience_id)
    return page(
        "studio/audiences/one.html",
        audience=found,
        lines=rules_in_words({found.id: AudienceRule.from_json(found.rule)})[found.id],
        people=members_page(g.viewer, audience_id),
        rules=rules_of(g.viewer, audience_id),
        statuses=RULE_STATUSES,
        due_words=due_in_words,
        runs=runs_page(g.viewer, audience_id, size=LATEST).rows,
        said=run_in_words,
        job=run_context(under_way) if under_way else None,
    )


@bp.get("/audiences/<int:audience_id>/people")
@needs(May.MODERATE)
def audience_people(audience_id: int) -> ResponseReturnValue:
    """Who belongs, and who did."""
    found = get_or_404(audience_for(g.viewer, audience_id))
    q, past = readable(request.args).get("q", "")[:100], request.args.get("past") == "1"
    people = members_page(g.viewer, audience_id, past=past, q=q, number=min(request.args.get("page", 1, int), 100_000))
    context: dict[str, Any] = {"audience": found, "people": people, "past": past, "q": q, "page_url": page_url}
    return answer("studio/audiences/_people.html", whole="studio/audiences/people.html", **context)


@bp.get("/audiences/<int:audience_id>/edit")
@needs(May.MODERATE)
def edit_audience(audience_id: int) -> ResponseReturnValue:
    found = get_or_404(audience_for(g.viewer, audience_id))
    return edit_page(stored_form(found), found)


@bp.post("/audiences/<int:audience_id>/edit")
@needs(May.MODERATE)
def save_audience(audience_id: int) -> ResponseReturnValue:
    """Show what it would do; once that was seen, do it."""
    found = get_or_404(audience_for(g.viewer, audience_id))
    form, stored = audience_form(), stored_form(found)
    if form.validate() and not form.changed_meanwhile(stored, ("audience", audience_id), "audience changed"):
        with form.rule_errors():
            rule = form.rule()
            preview = preview_audience(found, rule)
            if preview.changes and form.seen.data != preview.fingerprint:
                return preview_page(found, form, preview)
            run = change_audience(found, form.name.data or "", rule, g.viewer)
            return after_run(run, audience_id, _("The audience was saved."))
    return edit_page(form, found)


@bp.get("/audiences/<int:audience_id>/archive")
@needs(May.MODERATE)
def ask_archive_audience(audience_id: int) -> ResponseReturnValue:
    found = get_or_404(audience_for(g.viewer, audience_id))
    return archive_page(found, EndingForm(formdata=None))


@bp.post("/audiences/<int:audience_id>/archive")
@needs(May.MODERATE)
def save_archive_audience(audience_id: int) -> ResponseReturnValue:
    """Not used any more; its rules end."""
    found, form = get_or_404(audience_for(g.viewer, audience_id)), EndingForm()
    if form.validate():
        with form.rule_errors():
            withdraws = form.open_ones.data == "withdraw"
            archive_audience(found, by=g.viewer, reason=sure(form.reason), withdraws=withdraws)
            return to(url_for("studio.audience", audience_id=audience_id), said=_("The audience was archived."))
    return archive_page(found, form)


def stored_form(audience: Any) -> AudienceForm:
    """The form as the audience stands."""
    return audience_form(audience.name, AudienceRule.from_json(audience.rule))


def after_run(run: Any, audience_id: int, said: str) -> ResponseReturnValue:
    """To the work that goes on, or to the audience where it is done already."""
    if run is not None and run.state == "waiting":
        return to(url_for("studio.audience_run", audience_run_id=run.id), said=said)
    return to(url_for("studio.audience", audience_id=audience_id), said=said)


def edit_page(form: AudienceForm, audience: Any, status: int | None = None) -> Response:
    status = status or (422 if form.errors else 200)
    return page("studio/audiences/edit.html", status=status, form=form, audience=audience, reach=reach_in(form))


def preview_page(audience: Any, form: AudienceForm, preview: Any) -> Response:
    """What would come of it, with the form carried along."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "seen")]
    aged = bool(form.seen.data)
    return page("studio/audiences/preview.html", audience=audience, form=form, preview=preview, kept=kept, aged=aged,
                reasons=REASONS)  # fmt: skip


def archive_page(audience: Any, form: EndingForm) -> Response:
    status = 422 if form.errors else 200
    rules = [one for one in rules_of(g.viewer, audience.id) if one.status != "archived"]
    return page("studio/audiences/archive.html", status=status, audience=audience, form=form, rules=rules)


def reach_in(form: AudienceForm) -> dict[str, Any] | None:
    """Whom the form means at the moment, or the words why nobody; None while nothing is chosen."""
    try:
        rule = form.rule()
    except RuleBroken as broken:
        return {"why": say(broken)} if any(value for name, value in form.data.items() if name in CHOICES) else None
    return {"reach": reach_of(g.viewer, rule, clock.now()), "everybody": rule.everybody}


CHOICES = ("everybody", "job_roles", "departments", "only_departments", "locations", "regions", "cohorts",
           "hired_from", "hired_until", "hired_within_days", "include", "exclude")  # fmt: skip
