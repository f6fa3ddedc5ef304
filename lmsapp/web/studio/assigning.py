"""A moderator assigns a course to job roles and departments (ASG-5).

Choose, see who it reaches, assign, see what came of it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.assignments.actions import assign_many, set_reminder_policy
from lmsapp.assignments.reach import active_by_employee
from lmsapp.assignments.rules import display_number
from lmsapp.courses.catalogue.queries import published_course, published_courses
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.audience import Audience, employees_of, people_of
from lmsapp.people.employees.queries import employee_options
from lmsapp.people.roles import May
from lmsapp.web.dates import today
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.render import fragment, page, wants_fragment
from lmsapp.web.studio.forms import TicksField, sure
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

COMPLIANCE_REMINDERS = "30, 14, 3"
SHOWN = 200  # names on the page; the count is of all


def days_of(text: str) -> tuple[int, ...]:
    """'30, 14, 3' as numbers. Raises ValueError for anything else."""
    return tuple(int(part) for part in text.replace(";", ",").split(",") if part.strip())


class AssignForm(Form):
    """Which course, to whom, until when."""

    course_id = SelectField(__("Course"), coerce=int)
    job_roles = TicksField(__("Job roles"), description=__("Nothing ticked: every job role."))
    departments = TicksField(__("Departments"), coerce=int, description=__("Nothing ticked: every department."))
    locations = TicksField(__("Locations"), description=__("Nothing ticked: every location."))
    due_on = DateField(__("Due date"), [InputRequired(__("Choose a due date."))])
    days_before = StringField(
        __("Remind so many days before"),
        [Optional(), Length(max=100)],
        description=__("For this course from now on. Separate the numbers by commas."),
    )
    note = TextAreaField(
        __("Note"), [Optional(), Length(max=1000)], description=__("The employee reads it beside the assignment.")
    )

    def validate_days_before(self, field: StringField) -> None:
        """Numbers only."""
        try:
            days_of(field.data or "")
        except ValueError:
            raise ValidationError(_("Write numbers separated by commas, for example 30, 14, 3.")) from None

    @property
    def audience(self) -> Audience:
        """What is ticked."""
        chosen = (self.job_roles.data, self.departments.data, self.locations.data)
        return Audience(*(tuple(one or ()) for one in chosen))


@bp.get("/assignments/new")
@needs(May.MODERATE)
def new_assignment() -> ResponseReturnValue:
    """The form; the address may name the course."""
    form = assign_form(
        course_id=request.args.get("course", 0, int),
        due_on=today() + dt.timedelta(days=45),
        days_before=COMPLIANCE_REMINDERS,
    )
    return page("studio/assignments/new.html", form=form, reach=reach_of(form))


@bp.post("/assignments/reach")
@needs(May.MODERATE)
def reach() -> ResponseReturnValue:
    """How many it would reach, while it is chosen; without script a page with the names."""
    form = assign_form()
    found = reach_of(form)
    if wants_fragment():
        return fragment("studio/assignments/_reach.html", reach=found)
    return page("studio/assignments/new.html", form=form, reach=found, open=True)


@bp.post("/assignments/new")
@needs(May.MODERATE)
def create_assignments() -> ResponseReturnValue:
    """Assign to all who have none, in one transaction, and say what came of it."""
    form = assign_form()
    if form.validate():
        with form.rule_errors():
            if not form.audience:
                raise RuleBroken(N_("Choose at least one job role or department."), field="job_roles")
            return assigned(form)
    return page("studio/assignments/new.html", status=422, form=form, reach=reach_of(form))


def assigned(form: AssignForm) -> ResponseReturnValue:
    """Do it, and show the result."""
    course = published_course(form.course_id.data)
    if course is None:
        raise RuleBroken(N_("Choose a published course."), field="course_id")
    employees = employees_of(g.viewer, form.audience)
    if not employees:
        raise RuleBroken(N_("Nobody fits. Choose other job roles or departments."), field="job_roles")
    if (form.days_before.data or "").strip():
        set_reminder_policy(course, days_of(sure(form.days_before)), by=g.viewer)
    result = assign_many(employees, course, sure(form.due_on), by=g.viewer, note=form.note.data or "")
    there = active_by_employee(course.id, result.already)
    people = {one.id: one for one in people_of(g.viewer, form.audience)}
    return page(
        "studio/assignments/result.html",
        course_title=course.title,
        due_on=form.due_on.data,
        created=len(result.created),
        already=[(people[one], there.get(one)) for one in result.already if one in people],
        unreachable=[
            one for key, one in people.items() if key not in result.already and not (one.email and one.has_account)
        ],
        display_number=display_number,
    )


def assign_form(**values: Any) -> AssignForm:
    """The form with its choices."""
    form = AssignForm(data=values) if values else AssignForm()
    known = employee_options(g.viewer)
    form.course_id.choices = choices([(0, _("Choose a course")), *published_courses()])
    form.job_roles.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.job_roles)
    form.departments.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.departments)
    form.locations.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.locations)
    return form


def reach_of(form: AssignForm) -> dict[str, Any] | None:
    """Who is meant, and who of them has the course already; None while nothing is chosen."""
    if not form.audience:
        return None
    people = people_of(g.viewer, form.audience)
    there = active_by_employee(form.course_id.data, [one.id for one in people]) if form.course_id.data else {}
    return {
        "total": len(people),
        "already": len(there),
        "people": people[:SHOWN],
        "there": there,
        "more": max(0, len(people) - SHOWN),
    }
