"""What an audience has to take: writing a rule with its due dates in sight, pausing and ending it (CRS-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.standing.actions import add_rule, change_rule, end_rule, pause_rule, resume_rule
from lmsapp.assignments.standing.preview import RulePreview, preview_rule
from lmsapp.assignments.standing.queries import target_for_rule, training_rule_for
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.audiences.queries import audience_for, count_members
from lmsapp.people.roles import May
from lmsapp.web.forms import LARGEST_NUMBER, say
from lmsapp.web.gates import needs
from lmsapp.web.render import fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.audience_forms import EndingForm, TrainingRuleForm, training_rule_form
from lmsapp.web.studio.audience_words import REASONS, due_in_words, reason_in_words
from lmsapp.web.studio.audiences import after_run
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.wing import bp


@bp.get("/audiences/<int:audience_id>/rules/new")
@needs(May.MODERATE)
def new_training_rule(audience_id: int) -> ResponseReturnValue:
    return rule_page(get_or_404(audience_for(g.viewer, audience_id)), training_rule_form(posted=False))


@bp.post("/audiences/<int:audience_id>/rules/preview")
@needs(May.MODERATE)
def training_rule_preview(audience_id: int) -> ResponseReturnValue:
    """What it would do, while it is written; without script the page again with it."""
    found = get_or_404(audience_for(g.viewer, audience_id))
    rule = training_rule_for(g.viewer, request.args.get("rule", 0, int))
    rule = rule if rule is not None and rule.audience_id == audience_id else None
    form = training_rule_form(rule)
    if wants_fragment():
        return fragment("studio/audiences/_rule_preview.html", **preview_in(found, form, rule))
    return rule_page(found, form, rule, status=200)


@bp.post("/audiences/<int:audience_id>/rules/new")
@needs(May.MODERATE)
def save_new_training_rule(audience_id: int) -> ResponseReturnValue:
    """Once what it does was seen, do it."""
    found, form = get_or_404(audience_for(g.viewer, audience_id)), training_rule_form()
    if form.validate():
        with form.rule_errors():
            facts, target = form.facts(), target_in(form)
            if not seen(preview_rule(found.id, target, facts)):
                return rule_page(found, form, ask=True)
            run = add_rule(found, target, facts, by=g.viewer)
            return after_run(run, audience_id, _("The rule was saved."))
    return rule_page(found, form)


@bp.get("/audiences/rules/<int:training_rule_id>/edit")
@needs(May.MODERATE)
def edit_training_rule(training_rule_id: int) -> ResponseReturnValue:
    rule = get_or_404(training_rule_for(g.viewer, training_rule_id))
    return rule_page(rule.audience, training_rule_form(rule, posted=False), rule)


@bp.post("/audiences/rules/<int:training_rule_id>/edit")
@needs(May.MODERATE)
def save_training_rule(training_rule_id: int) -> ResponseReturnValue:
    """Other terms for whoever is assigned from now on."""
    rule = get_or_404(training_rule_for(g.viewer, training_rule_id))
    form, stored = training_rule_form(rule), training_rule_form(rule, posted=False)
    if form.validate() and not form.changed_meanwhile(stored, ("training_rule", rule.id), "training rule changed"):
        with form.rule_errors():
            facts = form.facts()
            if not seen(preview_rule(rule.audience_id, rule.target, facts, rule)):
                return rule_page(rule.audience, form, rule, ask=True)
            return after_run(change_rule(rule, facts, by=g.viewer), rule.audience_id, _("The rule was saved."))
    return rule_page(rule.audience, form, rule)


@bp.get("/audiences/rules/<int:training_rule_id>/<any(pause, end):what>")
@needs(May.MODERATE)
def ask_end_training_rule(training_rule_id: int, what: str) -> ResponseReturnValue:
    rule = get_or_404(training_rule_for(g.viewer, training_rule_id))
    return page("studio/audiences/end_rule.html", rule=rule, form=EndingForm(formdata=None), what=what)


@bp.post("/audiences/rules/<int:training_rule_id>/<any(pause, end):what>")
@needs(May.MODERATE)
def save_end_training_rule(training_rule_id: int, what: str) -> ResponseReturnValue:
    """Paused, or ended for good; what is open is kept or withdrawn."""
    rule, form = get_or_404(training_rule_for(g.viewer, training_rule_id)), EndingForm()
    if form.validate():
        with form.rule_errors():
            act, said = (pause_rule, _("The rule is paused.")) if what == "pause" else (end_rule, _("The rule ended."))
            act(rule, by=g.viewer, reason=sure(form.reason), withdraws=form.open_ones.data == "withdraw")
            return to(url_for("studio.audience", audience_id=rule.audience_id), said=said)
    return page("studio/audiences/end_rule.html", status=422, rule=rule, form=form, what=what)


@bp.post("/audiences/rules/<int:training_rule_id>/resumption")
@needs(May.MODERATE)
def resume_training_rule(training_rule_id: int) -> ResponseReturnValue:
    """It goes on. A second click changes nothing."""
    rule = get_or_404(training_rule_for(g.viewer, training_rule_id))
    if rule.status == "paused":
        resume_rule(rule, by=g.viewer)
    return to(url_for("studio.audience", audience_id=rule.audience_id), said=_("The rule goes on."))


def rule_page(
    audience: Any, form: TrainingRuleForm, rule: Any = None, *, status: int | None = None, ask: bool = False
) -> Response:
    """`ask`: look at what it does, then save."""
    status = status or (422 if form.errors else 200)
    return page("studio/audiences/rule.html", status=status, audience=audience, form=form, rule=rule, ask=ask,
                people=count_members(audience.id), **preview_in(audience, form, rule))  # fmt: skip


def preview_in(audience: Any, form: TrainingRuleForm, rule: Any) -> dict[str, Any]:
    """What the form would do at the moment, or why that cannot be said."""
    found: dict[str, Any] = {"preview": None, "why": "", "reasons": REASONS, "due_words": due_in_words,
                             "reason_words": reason_in_words}  # fmt: skip
    if not form.target.data or not form.starts_on.data:
        return found
    try:
        facts = form.facts()
        return found | {"preview": preview_rule(audience.id, target_in(form), facts, rule)}
    except (RuleBroken, ValueError) as broken:
        return found | {"why": say(broken) if isinstance(broken, RuleBroken) else ""}


def target_in(form: TrainingRuleForm) -> Any:
    """The course or path that is chosen; the form offers those there are."""
    kind, _dash, number = (form.target.data or "").partition("-")
    target = target_for_rule(g.viewer, kind, min(int(number), LARGEST_NUMBER)) if number.isdecimal() else None
    if target is None:
        raise RuleBroken(N_("Choose a course or a learning path."), field="target")
    return target


def seen(preview: RulePreview) -> bool:
    """Whether somebody looked at just this, or there is nothing to look at."""
    harmless = not (preview.assigned or preview.new)
    return harmless or request.form.get("seen", "") == preview.fingerprint
