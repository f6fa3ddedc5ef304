"""The employee record as a form, for hiring and for editing (ORG-3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import available_timezones

from flask import current_app, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import DataRequired, Length, Optional

from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.people.employees.chain import person_named
from lmsapp.people.employees.editing import EDITED, plain
from lmsapp.people.employees.facts import checked_facts
from lmsapp.people.employees.queries import EmployeeView
from lmsapp.people.organisation.naming import usual_words
from lmsapp.people.organisation.queries import department_choices, offered, spellings
from lmsapp.people.organisation.rules import Kind
from lmsapp.web.dates import zone_name
from lmsapp.web.forms import Form, LineField, say
from lmsapp.web.sessions import LANGUAGES

LONG = Length(max=600)
PERSON = __("A name or an employee number.")
# What a field of the form is called in the record.
COLUMN = {"department": "department_id", "manager": "manager_id", "hr_partner": "hr_partner_id"}


class RecordForm(Form):
    """Every fact of ORG-3. Rules say what each may be; here only that it fits on a line."""

    name = LineField(__("Name"), [DataRequired(__("Enter a name.")), LONG])
    number = LineField(__("Employee number"), [DataRequired(__("Enter the employee number.")), LONG])
    email = LineField(
        __("Work e-mail"),
        [Optional(), LONG],
        description=__("With one, there is an account and the invitation is sent."),
    )
    mobile = LineField(__("Mobile"), [Optional(), LONG])
    department = SelectField(__("Department"), coerce=int)
    job_role = LineField(__("Job role"), [Optional(), LONG])
    location = LineField(__("Location"), [Optional(), LONG])
    region = LineField(__("Region"), [Optional(), LONG])
    cohort = LineField(__("Hire cohort"), [Optional(), LONG])
    hire_date = DateField(__("Hire date"), [Optional()])
    manager = LineField(__("Manager"), [Optional(), LONG], description=PERSON)
    hr_partner = LineField(__("HR business partner"), [Optional(), LONG], description=PERSON)
    time_zone = LineField(
        __("Time zone"), [DataRequired(__("Choose a time zone.")), LONG], description=__("Such as America/Chicago.")
    )
    language = SelectField(__("Language"))
    reason = LineField(__("Reason for the change"), [Optional(), LONG], description=__("It stands on the audit trail."))
    opened = HiddenField()


def record_form(person: EmployeeView | None = None, *, empty: bool = False) -> RecordForm:
    """With what `person` is; blank for somebody new; `empty` False takes what was sent."""
    if not empty:
        form = RecordForm()
    elif person is not None:
        form = RecordForm(formdata=None, data=told(person))
    else:
        blank = {
            "time_zone": zone_name() if g.viewer.employee_id else current_app.config["TIME_ZONE"],
            "language": "en",
        }
        form = RecordForm(formdata=None, data=blank)
    choices = department_choices()
    chosen = person.department_id if person else None
    if person and chosen and chosen not in dict(choices):
        choices.append((chosen, person.department or ""))
    form.department.choices = [(0, _("None")), *choices]
    form.language.choices = list(LANGUAGES.items())
    if empty:
        form.department.data = chosen or 0
    return form


def lists() -> dict[str, list[str]]:
    """What the fields offer while one types."""
    found = {kind.value: offered(kind) for kind in Kind}
    found["time_zone"] = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return found


def told(person: EmployeeView) -> dict[str, Any]:
    """The record as the fields show it."""
    values = {name: getattr(person, name) for name in EDITED if name not in COLUMN.values()}
    values["manager"] = f"{person.manager} ({person.manager_number})" if person.manager else ""
    values["hr_partner"] = f"{person.hr_partner} ({person.hr_partner_number})" if person.hr_partner else ""
    return values


def seen_of(person: Any) -> str:
    """What the editor is shown, carried by the form: see `editing.settle`."""
    return json.dumps({"at": clock.now().isoformat(), **plain({name: getattr(person, name) for name in EDITED})})


def read_seen(form: RecordForm) -> dict[str, Any]:
    """That again; nothing when somebody bent it."""
    try:
        values = json.loads(form.opened.data or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def wanted(form: RecordForm, present: EmployeeView | None = None) -> dict[str, Any]:
    """The columns as the form wants them. Raises RuleBroken with the field; the form says every fact that is wrong.

    A manager or HR partner who was there before and is left alone stays, also when they do not work here any more.
    """
    values: dict[str, Any] = {}
    broken: list[RuleBroken] = []
    facts: dict[str, Any] = {name: getattr(form, name).data for name in EDITED if name not in COLUMN.values()}
    for name, typed in facts.items():
        with _noted(broken):
            values |= checked_facts({name: typed if name == "hire_date" else typed or ""})
    before = told(present) if present else {}
    for field in ("manager", "hr_partner"):
        typed = " ".join((getattr(form, field).data or "").split())
        if present and typed and typed == before[field]:
            values[COLUMN[field]] = getattr(present, COLUMN[field])
            continue
        with _noted(broken):
            person = person_named(g.viewer, typed, field)
            values[COLUMN[field]] = person.id if person else None
    _refuse(form, broken)
    values |= usual_words({kind.value: values[kind.value] for kind in Kind}, spellings())
    values["department_id"] = form.department.data or None
    return values


@contextmanager
def _noted(broken: list[RuleBroken]) -> Iterator[None]:
    """Go on to the next fact, so that all that is wrong is said at once."""
    try:
        yield
    except RuleBroken as one:
        broken.append(one)


def _refuse(form: RecordForm, broken: list[RuleBroken]) -> None:
    """The last is raised, so that the form says it as it does any broken rule; those before it beside their fields."""
    for one in broken[:-1]:
        field = form[one.field or "name"]
        field.errors = [*field.errors, say(one)]
    if broken:
        raise broken[-1]
