"""Legal holds: what nothing may remove until each is lifted (EVD-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from lmsapp.evidence.retention.holds.actions import lift_hold, note_on_hold, set_hold
from lmsapp.evidence.retention.holds.queries import (
    count_held,
    custodians_of,
    hold_entity,
    hold_for,
    holds_for,
    notes_of,
)
from lmsapp.evidence.retention.holds.rules import LONGEST_NOTE, LONGEST_REASON, LONGEST_TITLE, HoldFacts, Scope
from lmsapp.insight.keeping.kinds import KINDS
from lmsapp.insight.keeping.targets import person_meant, target_words, targets
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.retention import ReasonForm
from lmsapp.web.hr.retention_words import SCOPES, kind_words, tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to

SCOPE_WORDS = {one.value: words for one, words in SCOPES.items()}


class HoldForm(Form):
    """What lies under it, and why."""

    title = LineField(
        __("Matter"), [DataRequired(__("Give the matter a name.")), Length(max=LONGEST_TITLE)],
        description=__("As your lawyers call it."),
    )  # fmt: skip
    reason = TextAreaField(__("Why"), [DataRequired(__("Say why.")), Length(max=LONGEST_REASON)])
    scope = RadioField(
        __("What lies under it"),
        choices=choices(SCOPE_WORDS),
        default=Scope.PERSON.value,
    )
    person = LineField(
        __("Person"), [Optional(), Length(max=300)], description=__("An employee number or a name; also of leavers.")
    )
    course = SelectField(__("Course"), coerce=int, validate_choice=False)
    department = SelectField(__("Department, with all below it"), coerce=int, validate_choice=False)
    type = SelectField(__("Compliance type"), coerce=int, validate_choice=False)
    kind = SelectField(__("Only records of this kind"), validate_choice=False)
    from_on = DateField(__("Only records made from"), [Optional()])
    until_on = DateField(__("Only records made until"), [Optional()])

    def facts(self) -> HoldFacts:
        """What was typed. Raises RuleBroken for a person nobody is called."""
        scope = Scope(self.scope.data)
        return HoldFacts(
            title=self.title.data or "",
            reason=self.reason.data or "",
            scope=scope,
            target_id=self._target(scope),
            kind=self.kind.data if self.kind.data in KINDS else "",
            from_on=self.from_on.data,
            until_on=self.until_on.data,
        )

    def _target(self, scope: Scope) -> int | None:
        if scope is Scope.EVERYTHING:
            return None
        if scope is Scope.PERSON:
            return person_meant(g.viewer, self.person.data or "")
        chosen: int | None = self[scope.value].data
        return chosen if chosen in {key for key, _name in targets(scope)} else None


class NoteForm(Form):
    """What was said or done, about one custodian or the hold."""

    text = TextAreaField(__("Note"), [DataRequired(__("Write something first.")), Length(max=LONGEST_NOTE)])
    employee_id = SelectField(__("About"), coerce=int, validate_choice=False)


@bp.get("/retention/holds")
def legal_holds() -> Response:
    holds = holds_for(g.viewer)
    return page("hr/retention/holds.html", holds=holds, targets=target_words(holds), **_words())


@bp.get("/retention/holds/new")
def new_legal_hold() -> Response:
    form = _form(empty=True)
    asked = request.args.get("employee", "")
    person = employee_for(g.viewer, int(asked)) if asked.isdecimal() and len(asked) < 10 else None
    if person is not None:
        form.person.data = f"{person.name} ({person.number})"
    return page("hr/retention/new_hold.html", form=form, **_words())


@bp.post("/retention/holds")
def create_legal_hold() -> Response:
    form = _form()
    if form.validate():
        with form.rule_errors():
            hold = set_hold(form.facts(), by=g.viewer)
            return to(url_for("hr.legal_hold", hold_id=hold.id), said=_("Nothing under this hold goes from now on."))
    return page("hr/retention/new_hold.html", status=422, form=form, **_words())


@bp.get("/retention/holds/<int:hold_id>")
def legal_hold(hold_id: int) -> Response:
    return _page(hold_id, ReasonForm(formdata=None), NoteForm(formdata=None))


@bp.post("/retention/holds/<int:hold_id>/lifting")
def lift_legal_hold(hold_id: int) -> Response:
    hold, form = get_or_404(hold_entity(g.viewer, hold_id)), ReasonForm()
    if form.validate():
        with form.rule_errors():
            lift_hold(hold, by=g.viewer, reason=form.reason.data or "")
            return to(url_for("hr.legal_hold", hold_id=hold_id), said=_("The hold is lifted. Other holds stay."))
    return _page(hold_id, form, NoteForm(formdata=None), status=422)


@bp.post("/retention/holds/<int:hold_id>/notes")
def note_legal_hold(hold_id: int) -> Response:
    hold, form = get_or_404(hold_entity(g.viewer, hold_id)), NoteForm()
    if form.validate():
        with form.rule_errors():
            known = {row.id for row in custodians_of(g.viewer, hold_id)} | {hold.target_id}
            about = form.employee_id.data if form.employee_id.data in known and hold.scope != "course" else None
            note_on_hold(hold, form.text.data or "", employee_id=about or None, by=g.viewer)
            return to(url_for("hr.legal_hold", hold_id=hold_id), said=_("Noted."))
    return _page(hold_id, ReasonForm(formdata=None), form, status=422)


def _form(*, empty: bool = False) -> HoldForm:
    form = HoldForm(formdata=None) if empty else HoldForm()
    none = [(0, _("Choose one"))]
    for scope in (Scope.COURSE, Scope.DEPARTMENT, Scope.TYPE):
        form[scope.value].choices = none + targets(scope)
    form.kind.choices = [("", _("All kinds"))] + [(name, _(kind.many)) for name, kind in KINDS.items()]
    return form


def _page(hold_id: int, lifting: ReasonForm, noting: NoteForm, status: int = 200) -> Response:
    row = get_or_404(hold_for(g.viewer, hold_id))
    people = custodians_of(g.viewer, hold_id)
    noting.employee_id.choices = [(0, _("The hold as a whole"))] + [
        (one.id, f"{one.name} ({one.number})") for one in people
    ]
    context: dict[str, Any] = {
        "row": row,
        "hold": row.LegalHold,
        "target": target_words([row]).get(hold_id, ""),
        "counts": count_held(hold_id),
        "people": people,
        "notes": notes_of(g.viewer, hold_id),
        "lifting": lifting,
        "noting": noting,
    }
    return page("hr/retention/hold.html", status=status, **context, **_words())


def _words() -> dict[str, Any]:
    return {"tabs": tabs(), "scopes": SCOPE_WORDS, "kind_words": kind_words}
