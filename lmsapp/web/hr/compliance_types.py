"""What must be held: the compliance types of the organisation, one of them, and changing it in numbers (HRD-3)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from lmsapp.compliance.batches.queries import settling
from lmsapp.compliance.ledger.actions import TypeFacts, archive_type, change_type, create_type
from lmsapp.compliance.ledger.duties import count_asked, preview
from lmsapp.compliance.ledger.people import counts_of
from lmsapp.compliance.ledger.queries import compliance_types as types_in_use
from lmsapp.compliance.ledger.queries import type_by_id
from lmsapp.compliance.ledger.types import (
    any_type,
    archived_types,
    audience_choices,
    audience_rule,
    course_titles,
    document_type_choices,
    linked_courses,
    switches_of,
    trail_of,
)
from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.web.dates import today
from lmsapp.web.forms import Form, say
from lmsapp.web.hr.compliance_type_form import KINDS, TypeForm, type_form
from lmsapp.web.hr.compliance_words import CHANGES, sentences
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import answer, get_or_404, page, to


class ArchivingForm(Form):
    """Why it is not needed any more."""

    reason = StringField(__("Reason"), validators=[DataRequired(__("Say why.")), Length(max=500)])


@bp.get("/compliance-types")
def compliance_types() -> Response:
    return page("hr/compliance_types/list.html", types=types_in_use(), archived=archived_types(), kinds=KINDS)


@bp.get("/compliance-types/new")
def new_compliance_type() -> Response:
    return _form_page(type_form(posted=False))


@bp.post("/compliance-types")
def create_compliance_type() -> Response:
    form = type_form(posted=True)
    if form.validate():
        with form.rule_errors():
            made = create_type(form.facts(), g.viewer)
            asked = count_asked(made.id)
            said = _("%(name)s is asked of %(n)s people from now on.", name=made.name, n=asked)
            return to(url_for("hr.compliance_type", type_id=made.id), said=said)
    return _form_page(form, status=422)


@bp.post("/compliance-types/sentence")
def compliance_type_sentence() -> ResponseReturnValue:
    """The type in plain words and in numbers, while it is being written; nothing is saved."""
    form = type_form(posted=True)
    form.validate()
    asked = ids([request.args.get("type", "")])
    known = type_by_id(asked[0]) if asked else None
    return answer("hr/compliance_types/_sentence.html", **_in_words(form, known))


@bp.get("/compliance-types/<int:type_id>")
def compliance_type(type_id: int) -> Response:
    """In words, who holds it, what happens by itself, and what was changed."""
    type_ = get_or_404(any_type(g.viewer, type_id))
    switches = switches_of(type_id)
    return page(
        "hr/compliance_types/one.html",
        type=type_,
        kinds=KINDS,
        sentences=_said(type_form(type_, posted=False).facts(), list(switches)),
        courses=linked_courses(type_id),
        switches=switches,
        counts=counts_of(g.viewer, type_id, clock.now()),
        asked=count_asked(type_id),
        settling=settling(type_id),
        trail=trail_of(type_id),
        changes=CHANGES,
    )


@bp.get("/compliance-types/<int:type_id>/edit")
def edit_compliance_type(type_id: int) -> Response:
    type_ = get_or_404(type_by_id(type_id))
    return _form_page(type_form(type_, posted=False), type_)


@bp.post("/compliance-types/<int:type_id>")
def change_compliance_type(type_id: int) -> Response:
    """Where other people would be asked, the numbers first; once those were seen, it is done."""
    type_ = get_or_404(type_by_id(type_id))
    form, stored = type_form(type_, posted=True), type_form(type_, posted=False)
    if form.validate() and not form.changed_meanwhile(stored, ("compliance_type", type_id), "changed"):
        with form.rule_errors():
            facts = form.facts()
            _asked, moves = preview(type_id, rule_of(facts))
            seen = _fingerprint(facts, moves)
            if moves and form.seen.data != seen:
                return _numbers_page(type_, form, moves, seen)
            change_type(type_, facts, g.viewer)
            return to(url_for("hr.compliance_type", type_id=type_id), said=_("Saved."))
    return _form_page(form, type_, 422)


@bp.get("/compliance-types/<int:type_id>/archive")
def ask_archive_compliance_type(type_id: int) -> Response:
    return _archive_page(type_id, ArchivingForm(formdata=None))


@bp.post("/compliance-types/<int:type_id>/archive")
def archive_compliance_type(type_id: int) -> Response:
    type_, form = get_or_404(type_by_id(type_id)), ArchivingForm()
    if form.validate():
        with form.rule_errors():
            archive_type(type_, g.viewer, form.reason.data or "")
            return to(url_for("hr.compliance_types"), said=_("%(name)s is archived.", name=type_.name))
    return _archive_page(type_id, form)


def rule_of(facts: TypeFacts) -> AudienceRule:
    """Whom it would ask."""
    if facts.audience_id is not None:
        return audience_rule(facts.audience_id)
    return AudienceRule.from_json(facts.rule)


def _archive_page(type_id: int, form: ArchivingForm) -> Response:
    type_, status = get_or_404(type_by_id(type_id)), 422 if form.errors else 200
    counts = counts_of(g.viewer, type_id, clock.now())
    return page(
        "hr/compliance_types/archive.html",
        status=status,
        form=form,
        type=type_,
        asked=count_asked(type_id),
        counts=counts,
    )


def _numbers_page(type_: Any, form: TypeForm, moves: Any, seen: str) -> Response:
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "seen")]
    aged = bool(form.seen.data)
    return page("hr/compliance_types/numbers.html", type=type_, moves=moves, seen=seen, kept=kept, aged=aged)


def _form_page(form: TypeForm, type_: Any = None, status: int = 200) -> Response:
    words = _in_words(form, type_)
    return page("hr/compliance_types/form.html", status=status, form=form, type=type_, today=today(), **words)


def _in_words(form: TypeForm, type_: Any) -> dict[str, Any]:
    """The sentences of what is in the form, or why it cannot be meant; and the numbers."""
    if form.broken is None and any(errors for name, errors in form.errors.items() if name != "name"):
        return {"sentences": [], "refused": "", "asked": None, "moves": None}
    try:
        facts = form.facts()
        asked, moves = preview(type_.id if type_ is not None else None, rule_of(facts))
        switched = list(switches_of(type_.id)) if type_ is not None else []
        said = _said(facts, switched)
    except RuleBroken as broken:
        return {"sentences": [], "refused": say(broken), "asked": None, "moves": None}
    return {"sentences": said, "refused": "", "asked": asked, "moves": moves if type_ is not None else None}


def _said(facts: TypeFacts, on: list[str]) -> list[str]:
    audience = dict(audience_choices(facts.audience_id)).get(facts.audience_id or 0, "")
    kind = dict(document_type_choices()).get(facts.document_type_id or 0, "")
    return sentences(facts, audience, course_titles(facts.course_ids), _(kind) if kind else "", on)


def _fingerprint(facts: TypeFacts, moves: Any) -> str:
    told = json.dumps([facts.audience_id, dict(facts.rule), moves.asked, moves.released], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]
