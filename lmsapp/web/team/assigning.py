"""A line manager assigns a course to people of their own line (ASG-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.reach import active_by_employee
from lmsapp.assignments.rules import display_number
from lmsapp.courses.catalogue.queries import published_course, published_courses
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.line import line_employees, line_people
from lmsapp.people.employees.chain import person_named
from lmsapp.web.dates import today
from lmsapp.web.fields import TicksField, choices, sure
from lmsapp.web.forms import Form, LineField
from lmsapp.web.lists import numbers
from lmsapp.web.render import page
from lmsapp.web.team.wing import bp

OFFERED = 200  # people to tick; of a longer line the rest is typed
USUAL_DAYS = 30


class AssignForm(Form):
    """Which course, to whom of the line, until when."""

    course_id = SelectField(__("Course"), coerce=int)
    people = TicksField(__("To whom"), coerce=int)
    person = LineField(
        __("Somebody else of your line"),
        [Optional(), Length(max=300)],
        description=__("A name or an employee number."),
    )
    due_on = DateField(__("Due date"), [InputRequired(__("Choose a due date."))])
    note = TextAreaField(
        __("Note"), [Optional(), Length(max=1000)], description=__("The employee reads it beside the assignment.")
    )


@bp.get("/assignments/new")
def new_assignment() -> ResponseReturnValue:
    """The form; the address may name people and the course."""
    wanted = numbers(request.args.getlist("person"))
    form = _form(due_on=today() + dt.timedelta(days=USUAL_DAYS), course_id=request.args.get("course", 0, int),
                 people=list(wanted), wanted=wanted)  # fmt: skip
    return _page(form)


@bp.post("/assignments/new")
def create_assignments() -> ResponseReturnValue:
    """Assign to all who have none, in one transaction, and say what came of it."""
    form = _form(wanted=numbers(request.form.getlist("people")))
    if form.validate():
        with form.rule_errors():
            return _assigned(form)
    return _page(form)


def _assigned(form: AssignForm) -> Response:
    course = published_course(form.course_id.data)
    if course is None:
        raise RuleBroken(N_("Choose a published course."), field="course_id")
    people = _people(form)
    result = assign_many(people, course, sure(form.due_on), by=g.viewer, source="manager", note=form.note.data or "")
    there = active_by_employee(course.id, result.already)
    by_id = {one.id: one for one in people}
    return page(
        "team/assigned.html",
        course_title=course.title,
        due_on=form.due_on.data,
        created=len(result.created),
        already=[(by_id[one], there.get(one)) for one in result.already],
        display_number=display_number,
    )


def _people(form: AssignForm) -> Sequence[Any]:
    """The ticked ones and the one that was typed, each of the line. Raises RuleBroken."""
    ids = set(form.people.data or ())
    if typed := form.person.data:
        person = person_named(g.viewer, typed, "person")
        if person is not None:
            ids.add(person.id)
    if not ids:
        raise RuleBroken(N_("Choose at least one person."), field="people")
    found = line_employees(g.viewer, sorted(ids))
    if len(found) != len(ids):
        raise RuleBroken(N_("You can assign training to people who report to you."), field="person")
    return found


def _form(*, wanted: Sequence[int], **values: Any) -> AssignForm:
    form = AssignForm(data=values, formdata=None) if values else AssignForm()
    form.course_id.choices = choices([(0, _("Choose a course")), *published_courses()])
    rows = line_people(g.viewer, wanted, OFFERED)
    form.people.choices = choices((row.id, " · ".join(filter(None, (row.name, row.job_role)))) for row in rows)
    return form


def _page(form: AssignForm) -> Response:
    back = {"href": url_for("team.assignments"), "label": _("Assignments")}
    return page("team/assign.html", status=422 if form.errors else 200, form=form, back=back)
