"""One change for many employees: the ticked ones, or everybody the filters find (ORG-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField
from wtforms.validators import Length, Optional

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.chain import employees_to_change, person_named, some_of
from lmsapp.people.employees.facts import checked_reason
from lmsapp.people.employees.many import Outcome, change_many, invite_many, leave_many
from lmsapp.people.employees.queries import EmployeeFilters
from lmsapp.people.organisation.queries import department_choices, offered
from lmsapp.people.organisation.rules import Kind, clean_name
from lmsapp.web import dates
from lmsapp.web.forms import Form, LineField, say
from lmsapp.web.hr import employees_asked as asked
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.employees_words import CHANGES, Change
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import page

SHOWN = 200
NAMED = 8
AT_ONCE = 2000  # about five seconds of work in a request; a roster is applied by the worker
TOO_MANY = N_("At most %(most)s people can be changed at once. Narrow the filters, or import a roster.")


class BulkForm(Form):
    """`everybody` is '1' for all the filters in `back` find; `seen` is how many that were."""

    what = HiddenField()
    everybody = HiddenField()
    back = HiddenField()
    seen = HiddenField()
    department = SelectField(__("Department"), coerce=int, validate_choice=False)
    word = LineField(validators=[Optional(), Length(max=600)])
    person = LineField(validators=[Optional(), Length(max=300)], description=__("A name or an employee number."))
    last_day = DateField(__("Last day"), [Optional()], description=__("Today or a day gone by: access ends at once."))
    number = IntegerField(__("How many people lose access"), [Optional()])
    clear = BooleanField(__("Take it away from all of them instead"))
    reason = LineField(__("Reason"), [Optional(), Length(max=600)], description=__("It stands on the audit trail."))


@bp.get("/employees/changes/new")
def new_changes() -> Response:
    """Who it would be, and the new value."""
    form = _form(request.args)
    form.last_day.data = dates.today()
    return _form_page(form, request.args.getlist("pick"))


@bp.post("/employees/changes")
def create_changes() -> Response:
    """Done for whom it can be; the others are named with the reason."""
    form = _form()
    if form.validate():
        with form.rule_errors():
            people = _people(form, request.form.getlist("pick"))
            if form.everybody.data and form.seen.data != str(len(people)):
                raise RuleBroken(N_("%(n)s people are found now. Look at the list, then press again."), n=len(people))
            return _result(form, _do(form, _change(form), people))
    return _form_page(form, request.form.getlist("pick"))


def _do(form: BulkForm, change: Change, people: Sequence[Any]) -> Outcome:
    if not people:
        raise RuleBroken(N_("Tick at least one row first."))
    reason = checked_reason(form.reason.data or "")
    if change.kind == "invite":
        return invite_many(people)
    if change.kind == "leave":
        return _leave(form, people, reason)
    return change_many(people, change.column, _value(form, change), g.viewer, reason)


def _value(form: BulkForm, change: Change) -> Any:
    """What everybody gets. Nothing chosen is a slip, so taking away has a tick of its own."""
    if form.clear.data:
        return "" if change.kind == "word" else None
    if change.kind == "department":
        if form.department.data not in dict(department_choices()):
            raise RuleBroken(N_("Choose a department."), field="department")
        return form.department.data
    if change.kind == "person":
        person = person_named(g.viewer, form.person.data or "", "person")
        if person is None:
            raise RuleBroken(N_("Enter a name or an employee number."), field="person")
        return person.id
    return clean_name(form.word.data or "", field="word")


def _leave(form: BulkForm, people: Sequence[Any], reason: str) -> Outcome:
    working = sum(one.status == "active" for one in people)
    if form.last_day.data is None or form.last_day.data > dates.today():
        raise RuleBroken(N_("Choose today or a day gone by. A day to come is set person by person."), field="last_day")
    if form.number.data != working:
        raise RuleBroken(
            N_("%(n)s people would lose access. Type that number to confirm it."), field="number", n=working
        )
    return leave_many(people, form.last_day.data, g.viewer, reason)


def _form(given: MultiDict[str, str] | None = None) -> BulkForm:
    form = BulkForm() if given is None else BulkForm(formdata=None)
    if given is not None:
        form.what.data = given.get("what", "")
        form.everybody.data = "1" if given.get("everybody") else ""
        form.back.data = given.get("back", "")
    form.department.choices = [(0, _("Choose a department")), *department_choices()]
    for field in (form.word, form.person, form.last_day, form.number):
        field.flags.optional = False
    form.word.label.text = form.person.label.text = _change(form).label
    return form


def _change(form: BulkForm) -> Change:
    return CHANGES[form.what.data] if form.what.data in CHANGES else abort(404)


def _people(form: BulkForm, picks: list[str]) -> Sequence[Any]:
    """Counted before they are read and locked. Raises RuleBroken for more than AT_ONCE."""
    wanted = _filters(form) if form.everybody.data else ids(picks)
    if some_of(g.viewer, wanted, 0)[1] > AT_ONCE:
        raise RuleBroken(TOO_MANY, most=AT_ONCE)
    return employees_to_change(g.viewer, wanted)


def _filters(form: BulkForm) -> EmployeeFilters:
    return asked.read(MultiDict(parse_qsl((form.back.data or "").removeprefix("?"))))


def _back(form: BulkForm) -> str:
    return url_for("hr.employees") + asked.query(_filters(form))


def _form_page(form: BulkForm, picks: list[str]) -> Response:
    change = _change(form)
    people, total = some_of(g.viewer, _filters(form) if form.everybody.data else ids(picks), NAMED)
    form.seen.data = str(total)
    context: dict[str, Any] = {
        "form": form,
        "change": change,
        "people": people,
        "total": total,
        "picks": [] if form.everybody.data else ids(picks),
        "words": offered(Kind(change.column)) if change.kind == "word" else [],
        "back": _back(form),
        "too_many": say(RuleBroken(TOO_MANY, most=AT_ONCE)) if total > AT_ONCE else "",
    }
    return page("hr/employees/change.html", status=422 if form.errors else 200, **context)


def _result(form: BulkForm, outcome: Outcome) -> Response:
    refused = [(employee, say(why)) for employee, why in outcome.refused]
    context: dict[str, Any] = {"change": _change(form), "done": outcome.done, "refused": refused, "back": _back(form)}
    return page("hr/employees/changed.html", shown=SHOWN, **context)
