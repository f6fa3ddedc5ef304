"""For how long each kind of record is kept (EVD-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lmsapp.evidence.retention.policies.actions import add_policy, change_policy, withdraw_policy
from lmsapp.evidence.retention.policies.queries import (
    changes_of,
    policies_in_force,
    policy_following,
    policy_in_force,
    would_become_due,
)
from lmsapp.evidence.retention.policies.rules import LONGEST_LAW, LONGEST_REASON, MOST_MONTHS, Start, Terms
from lmsapp.insight.keeping.kinds import KINDS
from lmsapp.insight.keeping.targets import document_types, part_words
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.retention_words import STARTS, kind_words, sentence, tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import fragment, get_or_404, page, to


class PolicyForm(SharedForm):
    """A rule. `months` empty: for ever."""

    asked_once = frozenset({"part", "reason"})

    part = SelectField(__("Which of them"), validate_choice=False)
    months = IntegerField(
        __("Months"),
        [Optional(), NumberRange(1, MOST_MONTHS, __("Between 1 and 1200 months; leave it empty to keep for ever."))],
        description=__("12 is one year, 72 are six. Empty: for ever."),
    )
    start = RadioField(
        __("Counted from"),
        choices=choices({one.value: words for one, words in STARTS.items()}),
        default=Start.EFFECT.value,
    )
    duty = BooleanField(
        __("A law asks for it"),
        description=__("Then it also stands against a request to be erased. Otherwise it is your own choice."),
    )
    law = LineField(__("Law"), [Optional(), Length(max=LONGEST_LAW)], description=__("For example 45 CFR 164.530(j)."))
    reason = TextAreaField(
        __("Why you change it"), [DataRequired(__("Say why.")), Length(max=LONGEST_REASON)],
        description=__("It stands on the audit trail."),
    )  # fmt: skip

    def terms(self) -> Terms:
        """What was typed, for the action."""
        law = (self.law.data or "").strip()
        return Terms(self.months.data, Start(self.start.data or Start.EFFECT), bool(self.duty.data), law)


class ReasonForm(Form):
    """Only why."""

    reason = TextAreaField(__("Why"), [DataRequired(__("Say why.")), Length(max=LONGEST_REASON)])


@bp.get("/retention")
def retention() -> ResponseReturnValue:
    return redirect(url_for("hr.retention_policies"))


@bp.get("/retention/policies")
def retention_policies() -> Response:
    rules: dict[str, list[Any]] = {name: [] for name in KINDS}
    for policy in policies_in_force(g.viewer):
        rules.setdefault(policy.kind, []).append(policy)
    names = _part_names(list(rules))
    own = [(_(name), years) for _id, name, years in document_types() if years]
    return page("hr/retention/policies.html", rules=rules, names=names, own=own, kinds=KINDS, **_words())


@bp.get("/retention/policies/<kind>")
def retention_kind(kind: str) -> Response:
    """One kind: its rules, and every change of them."""
    get_or_404(KINDS.get(kind))
    rules = [policy for policy in policies_in_force(g.viewer) if policy.kind == kind]
    changes = changes_of(g.viewer, kind)
    names = _part_names([kind])
    return page("hr/retention/kind.html", kind=kind, rules=rules, changes=changes, names=names, kinds=KINDS, **_words())


@bp.get("/retention/policies/<kind>/new")
def new_retention_rule(kind: str) -> Response:
    get_or_404(KINDS.get(kind))
    return _form_page(kind, _form(kind, empty=True))


@bp.post("/retention/policies/<kind>")
def create_retention_rule(kind: str) -> Response:
    get_or_404(KINDS.get(kind))
    form = _form(kind)
    if form.validate():
        with form.rule_errors():
            add_policy(kind, _part(form), form.terms(), by=g.viewer, reason=form.reason.data or "")
            return to(url_for("hr.retention_kind", kind=kind), said=_("The rule holds from now on."))
    return _form_page(kind, form, status=422)


@bp.get("/retention/rules/<int:retention_rule_id>")
def retention_policy(retention_rule_id: int) -> Response:
    policy = get_or_404(policy_following(retention_rule_id))
    return _form_page(policy.kind, _stored(policy), policy)


@bp.post("/retention/rules/<int:retention_rule_id>")
def save_retention_rule(retention_rule_id: int) -> Response:
    """Where somebody changed it meanwhile, what they made of it is what is changed."""
    policy, form = get_or_404(policy_following(retention_rule_id)), PolicyForm()
    if form.validate() and not form.changed_meanwhile(_stored(policy), ("retention_policy", policy.id), "rule changed"):
        with form.rule_errors():
            change_policy(policy, form.terms(), by=g.viewer, reason=form.reason.data or "")
            return to(url_for("hr.retention_kind", kind=policy.kind), said=_("The rule holds from now on."))
    return _form_page(policy.kind, form, policy, status=422)


@bp.get("/retention/rules/<int:retention_rule_id>/withdrawal")
def new_withdrawal(retention_rule_id: int) -> Response:
    return _withdrawal_page(get_or_404(policy_in_force(retention_rule_id)), ReasonForm(formdata=None))


@bp.post("/retention/rules/<int:retention_rule_id>/withdrawal")
def withdraw_rule(retention_rule_id: int) -> Response:
    policy, form = get_or_404(policy_in_force(retention_rule_id)), ReasonForm()
    if form.validate():
        with form.rule_errors():
            withdraw_policy(policy, by=g.viewer, reason=form.reason.data or "")
            return to(url_for("hr.retention_kind", kind=policy.kind), said=_("The rule is withdrawn."))
    return _withdrawal_page(policy, form, status=422)


@bp.post("/retention/policies/<kind>/preview")
def preview_rule(kind: str) -> Response:
    """What the rule being typed would do; changes nothing."""
    get_or_404(KINDS.get(kind))
    form, replaces = _form(kind), request.args.get("replaces", "")
    policy = policy_in_force(int(replaces)) if replaces.isdecimal() and len(replaces) < 10 else None
    form.validate()
    good = not form.months.errors and not form.start.errors
    part = policy.part if policy else _part(form)
    found = would_become_due(kind, part, form.terms(), replaces_id=policy.id if policy else None) if good else None
    return fragment("hr/retention/_preview.html", words=effect_words(*found) if found else "")


def effect_words(more: int, fewer: int) -> str:
    """'14 records would become due for review.'"""
    words = []
    if more:
        words.append(ngettext("%(num)s record would become due for review.", "%(num)s records would become due for review.", more))  # fmt: skip  # noqa: E501
    if fewer:
        words.append(ngettext("%(num)s record that is due would be kept.", "%(num)s records that are due would be kept.", fewer))  # fmt: skip  # noqa: E501
    return " ".join(words) or _("No record would become due, and none that is due would be kept.")


def _stored(policy: Any) -> PolicyForm:
    facts = {name: getattr(policy, name) for name in ("months", "start", "duty", "law")}
    return PolicyForm(formdata=None, data=facts)


def _form(kind: str, *, empty: bool = False) -> PolicyForm:
    form = PolicyForm(formdata=None) if empty else PolicyForm()
    form.part.choices = _parts(kind)
    return form


def _parts(kind: str) -> list[tuple[str, str]]:
    everything = [("", _("All of them"))]
    if kind == "employee_document":
        return everything + [(part, _(name)) for part, name, _years in document_types()]
    return everything + [(part, _(words)) for part, words in (KINDS[kind].parts or {}).items()]


def _part(form: PolicyForm) -> str:
    part = form.part.data or ""
    known: Any = form.part.choices or ()
    return part if part in {value for value, _label in known} else abort(422)


def _part_names(kinds: list[str]) -> dict[tuple[str, str], str]:
    names = {(kind, part): words for kind in kinds for part, words in (KINDS[kind].parts or {}).items()}
    if "employee_document" in kinds:
        found = part_words("employee_document", [part for part, _name, _years in document_types()])
        names |= {("employee_document", part): name for part, name in found.items()}
    return names


def _words() -> dict[str, Any]:
    return {"tabs": tabs(), "sentence": sentence, "kind_words": kind_words}


def _form_page(kind: str, form: PolicyForm, policy: Any = None, status: int = 200) -> Response:
    form.part.choices = form.part.choices or _parts(kind)
    names = _part_names([kind])
    return page("hr/retention/policy.html", status=status, kind=kind, form=form, policy=policy, names=names, **_words())


def _withdrawal_page(policy: Any, form: ReasonForm, status: int = 200) -> Response:
    effect = effect_words(*would_become_due(policy.kind, policy.part, None, replaces_id=policy.id))
    return page("hr/retention/withdrawal.html", status=status, policy=policy, form=form, effect=effect, **_words())
