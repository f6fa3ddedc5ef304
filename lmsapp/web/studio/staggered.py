"""A course for several departments, each with a due date of its own: choose, look at the days, assign (ASG-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.assignments.departments import Group, assign_by_department, groups_of
from lmsapp.assignments.reach import active_by_employee
from lmsapp.assignments.rules import check_due, display_number
from lmsapp.assignments.staggering import MOST_BETWEEN, staggered
from lmsapp.courses.catalogue.queries import published_course, published_courses
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.employees.queries import employee_options
from lmsapp.people.roles import May
from lmsapp.web.dates import today
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.render import page
from lmsapp.web.studio.forms import TicksField, sure
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

USUAL_DAYS, USUAL_BETWEEN = 30, 5


class StaggeredForm(Form):
    """The departments in the order of the organisation; `seen` is how many people were looked at."""

    course_id = SelectField(__("Course"), coerce=int)
    departments = TicksField(
        __("Departments"), coerce=int, description=__("With those below them, unless they are ticked too.")
    )
    job_roles = TicksField(__("Job roles"), description=__("Nothing ticked: every job role."))
    first = DateField(__("First due date"), [InputRequired(__("Choose a due date."))])
    between = IntegerField(
        __("Working days between one department and the next"),
        [NumberRange(0, MOST_BETWEEN)],
        description=__("Weekends and holidays do not count. 0: all on the same day."),
    )
    note = TextAreaField(
        __("Note"), [Optional(), Length(max=1000)], description=__("The employee reads it beside the assignment.")
    )
    seen = HiddenField()


@bp.get("/assignments/departments")
@needs(May.MODERATE)
def new_staggered() -> ResponseReturnValue:
    """The choice."""
    first = today() + dt.timedelta(days=USUAL_DAYS)
    return _page(_form(course_id=request.args.get("course", 0, int), first=first, between=USUAL_BETWEEN))


@bp.post("/assignments/departments/days")
@needs(May.MODERATE)
def staggered_days() -> ResponseReturnValue:
    """Departments, people and days, before anything is done."""
    form = _form()
    if form.validate():
        with form.rule_errors():
            groups = _groups(form)
            days = staggered(sure(form.first), sure(form.between), len(groups), holidays())
            due = {group.department_id: day for group, day in zip(groups, days, strict=True)}
            return _days_page(form, groups, {key: day.isoformat() for key, day in due.items()}, {})
    return _page(form)


@bp.post("/assignments/departments")
@needs(May.MODERATE)
def create_staggered() -> ResponseReturnValue:
    """Assign, each department by its day, and say what came of it."""
    form, groups = _form(), list[Group]()
    if form.validate():
        with form.rule_errors():
            groups = _groups(form)
    if not groups:
        return _page(form)
    typed = {group.department_id: request.form.get(f"due-{group.department_id}", "") for group in groups}
    due, wrong = _read_days(typed)
    with form.rule_errors():
        if form.seen.data != _seen(groups):
            raise RuleBroken(N_("Other people work there now. Look at the list, then press again."))
        if not wrong:
            return _assigned(form, groups, due)
    return _days_page(form, groups, typed, wrong)


def _assigned(form: StaggeredForm, groups: Sequence[Group], due: Mapping[int, dt.date]) -> Response:
    course = published_course(form.course_id.data)
    if course is None:
        raise RuleBroken(N_("Choose a published course."), field="course_id")
    result = assign_by_department(groups, course, due, by=g.viewer, note=form.note.data or "")
    there = active_by_employee(course.id, result.already)
    created = len(result.created)
    got = set(result.already)
    return page(
        "studio/assignments/departments_done.html",
        course_title=course.title,
        created=created,
        rows=[
            (group.name, due[group.department_id], sum(one.id not in got for one in group.people)) for group in groups
        ],
        already=[(one, there.get(one.id)) for group in groups for one in group.people if one.id in got],
        display_number=display_number,
    )


def _groups(form: StaggeredForm) -> list[Group]:
    """Raises RuleBroken."""
    if published_course(form.course_id.data) is None:
        raise RuleBroken(N_("Choose a published course."), field="course_id")
    if not form.departments.data:
        raise RuleBroken(N_("Choose at least one department."), field="departments")
    found = groups_of(form.departments.data, form.job_roles.data or (), form.course_id.data)
    if not found:
        raise RuleBroken(N_("Nobody fits. Choose other job roles or departments."), field="departments")
    return found


def _read_days(typed: Mapping[int, str]) -> tuple[dict[int, dt.date], dict[int, str]]:
    """(day by department, what is wrong by department)."""
    due, wrong = {}, {}
    for key, text in typed.items():
        try:
            due[key] = dt.date.fromisoformat(text)
            check_due(due[key], today())
        except ValueError:
            wrong[key] = _("Choose a due date.")
        except RuleBroken as broken:
            wrong[key] = say(broken)
    return due, wrong


def _seen(groups: Sequence[Group]) -> str:
    return ",".join(f"{group.department_id}:{len(group.people)}" for group in groups)


def _form(**values: Any) -> StaggeredForm:
    form = StaggeredForm(data=values, formdata=None) if values else StaggeredForm()
    known = employee_options(g.viewer)
    form.course_id.choices = choices([(0, _("Choose a course")), *published_courses()])
    form.departments.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.departments)
    form.job_roles.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.job_roles)
    return form


def _page(form: StaggeredForm) -> Response:
    status = 422 if form.errors else 200
    back = {"href": url_for("studio.assignments"), "label": _("Assignments")}
    return page("studio/assignments/departments.html", status=status, form=form, back=back)


def _days_page(
    form: StaggeredForm, groups: Sequence[Group], typed: Mapping[int, str], wrong: Mapping[int, str]
) -> Response:
    form.seen.data = _seen(groups)
    return page(
        "studio/assignments/departments_days.html",
        status=422 if wrong or form.errors else 200,
        form=form,
        groups=groups,
        typed=typed,
        wrong=wrong,
        people=sum(len(group.people) for group in groups),
        already=sum(group.already for group in groups),
        course=published_course(form.course_id.data),
    )
