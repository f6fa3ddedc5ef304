"""Acting on many, further: tell the next level, assign another course to the same people, take the rows out (DSH-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lmsapp.assignments.acts.rules import MOST, Act, Terms
from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.assignments.rules import AssignmentStatus, check_due
from lmsapp.courses.catalogue.queries import published_course, published_courses
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.filters import TeamFilters
from lmsapp.insight.sheets import as_csv
from lmsapp.insight.team import team_sheet
from lmsapp.web.dates import today
from lmsapp.web.fields import choices, sure
from lmsapp.web.forms import Form
from lmsapp.web.labels import sheet_words
from lmsapp.web.lists import csv_response
from lmsapp.web.team.acting import LONGEST_REASON, carried_out, dialog
from lmsapp.web.team.choosing import Choice, choice
from lmsapp.web.team.dashboard import sheet_head
from lmsapp.web.team.wing import bp

USUAL_DAYS = 30
LEVELS: dict[ToWhom, Any] = {
    ToWhom.SECOND_MANAGER: __("The manager above their line manager"),
    ToWhom.MANAGER: __("Their line manager"),
    ToWhom.HR_PARTNER: __("Their HR business partner"),
}


class EscalationsForm(Form):
    """Which level is told, and why."""

    to_whom = RadioField(__("Who is told"), choices=choices(LEVELS), default=ToWhom.SECOND_MANAGER)
    reason = StringField(
        __("What they should know"),
        description=__("It stands beside each person in their letter of the day, with your name."),
        validators=[DataRequired(__("Say why; whoever is told will read it.")), Length(max=LONGEST_REASON)],
    )


class FurtherForm(Form):
    """Another course for the people of what is chosen, each once."""

    course_id = SelectField(__("Course"), coerce=int)
    due_on = DateField(__("Due date"), [InputRequired(__("Choose a due date."))])
    note = TextAreaField(
        __("Note"), [Optional(), Length(max=1000)], description=__("The employee reads it beside the assignment.")
    )


class ChosenSheetForm(Form):
    """What is chosen stands in the fields of `choosing`."""


@bp.get("/escalations/new")
@bp.post("/escalations/new")
def new_escalations() -> Response:
    """The question."""
    return dialog("escalate", EscalationsForm(formdata=None), choice(MOST))


@bp.post("/escalations")
def create_escalations() -> Response:
    """Told in their letter of the day; once a day, however often it is asked."""
    form, given = EscalationsForm(), choice(MOST)
    if form.validate():
        with form.rule_errors():
            to_whom, reason = ToWhom(form.to_whom.data), form.reason.data or ""
            return carried_out(given, Terms(Act.ESCALATE, to_whom=to_whom, reason=reason))
    return dialog("escalate", form, given)


@bp.get("/further-training/new")
@bp.post("/further-training/new")
def new_further_training() -> Response:
    """The question."""
    return dialog("further", _further(due_on=today() + dt.timedelta(days=USUAL_DAYS)), choice(MOST))


@bp.post("/further-training")
def create_further_training() -> Response:
    """Assigned to all who have not got it; who has it says so."""
    form, given = _further(), choice(MOST)
    if form.validate():
        with form.rule_errors():
            return carried_out(given, _terms(form))
    return dialog("further", form, given)


def _terms(form: FurtherForm) -> Terms:
    """Raises RuleBroken for what would be refused for everybody, before the worker finds it out."""
    course, due_on = published_course(form.course_id.data), sure(form.due_on)
    if course is None:
        raise RuleBroken(N_("Choose a published course."), field="course_id")
    check_due(due_on, today())
    return Terms(Act.ASSIGN, due_on=due_on, course_id=course.id, title=course.title, note=form.note.data or "")


def _further(**values: Any) -> FurtherForm:
    form = FurtherForm(data=values, formdata=None) if values else FurtherForm()
    form.course_id.choices = choices([(0, _("Choose a course")), *published_courses()])
    return form


@bp.post("/assignments/chosen.csv")
def chosen_csv() -> Response:
    """The sheet of what is chosen, whatever the filters show by now."""
    form, given = ChosenSheetForm(), choice(MOST)
    if form.validate():
        with form.rule_errors():
            given.check()
            return _sheet(given)
    return dialog("export", form, given)


def _sheet(given: Choice) -> Response:
    labels = sheet_words(AssignmentStatus)
    filters = given.filters if given.everybody else TeamFilters(statuses=tuple(map(str, AssignmentStatus)))
    among = None if given.everybody else given.ids
    statement = team_sheet(g.viewer, filters, clock.now(), labels.general, labels.by_course, among=among)
    note_reading("team assignments", g.viewer, filters={"chosen": [str(given.seen.total)]})
    return csv_response(as_csv(sheet_head(), statement), f"team-assignments-chosen-{today()}.csv")
