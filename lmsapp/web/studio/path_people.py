"""Who is on a path and where they are; putting people on it, and taking them off (CRS-4, ASG-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.assignments.paths import assign_path_many, move_path_due
from lmsapp.courses.paths.queries import path_for, published_path
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.paths.actions import withdraw_from_path
from lmsapp.learning.paths.people import PAGE, on_path_already, people_of, where_people_are
from lmsapp.learning.paths.queries import path_enrollment_for
from lmsapp.people.employees.audience import Audience, employees_of
from lmsapp.people.employees.audience import people_of as people_meant
from lmsapp.people.employees.queries import employee_options
from lmsapp.people.roles import May
from lmsapp.web.dates import due_words, today
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers, page_url
from lmsapp.web.paths import elective_words, item_rows, path_facts, progress_words, standing_words
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.assigning import SHOWN
from lmsapp.web.studio.assignments import DueDateForm
from lmsapp.web.studio.forms import TicksField, sure
from lmsapp.web.studio.paths import path_context
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

USUAL_DAYS = 60


class AssignPathForm(Form):
    """To whom, until when."""

    job_roles = TicksField(__("Job roles"), description=__("Nothing ticked: every job role."))
    departments = TicksField(__("Departments"), coerce=int, description=__("Nothing ticked: every department."))
    due_on = DateField(__("Due date"), [InputRequired(__("Choose a due date."))])
    note = TextAreaField(
        __("Note"), [Optional(), Length(max=1000)], description=__("The employee reads it in the letter.")
    )

    @property
    def audience(self) -> Audience:
        """What is ticked."""
        return Audience(tuple(self.job_roles.data or ()), tuple(self.departments.data or ()))


class WithdrawalForm(Form):
    """Why somebody is taken off."""

    reason = TextAreaField(__("Reason"), [InputRequired(__("Give a reason; it stays on record.")), Length(max=500)])


@bp.get("/paths/<int:path_id>/people")
@needs(May.MODERATE)
def path_people(path_id: int) -> ResponseReturnValue:
    """Who is on it, how far, and at which course people are stuck."""
    path = get_or_404(path_for(g.viewer, path_id))
    context = path_context(path, "people")
    at, q = next(iter(numbers(request.args.getlist("at"))), None), request.args.get("q", "")[:100]
    number = min(max(1, request.args.get("page", 1, int)), 100_000)
    found = people_of(g.viewer, path_id, q, at, number)
    counts = where_people_are(g.viewer, path)
    steps = [
        {"id": one.course_id, "title": one.title, **counts.get(one.course_id, NOBODY)}
        for one in context["in_force"].items
    ]
    return answer(
        "studio/path/_people.html",
        whole="studio/path/people.html",
        rows=[person_row(one) for one in found.people],
        paging={"number": number, "size": PAGE, "total": found.total},
        page_url=page_url,
        steps=steps,
        at=at,
        at_title=next((one["title"] for one in steps if one["id"] == at), ""),
        q=q,
        today=today(),
        **context,
    )


@bp.get("/paths/<int:path_id>/people/<int:row_id>")
@needs(May.MODERATE)
def path_person(path_id: int, row_id: int) -> ResponseReturnValue:
    """One person's way, course by course."""
    get_or_404(path_for(g.viewer, path_id))
    return person_page(path_id, row_id, WithdrawalForm())


@bp.post("/paths/<int:path_id>/people/<int:row_id>/withdrawal")
@needs(May.MODERATE)
def withdraw_from(path_id: int, row_id: int) -> ResponseReturnValue:
    """Take somebody off, with a reason."""
    get_or_404(path_for(g.viewer, path_id))
    row = get_or_404(path_enrollment_for(g.viewer, path_id, row_id))
    form = WithdrawalForm()
    if form.validate():
        with form.rule_errors():
            withdraw_from_path(row, by=g.viewer, reason=sure(form.reason))
            said = _("%(name)s is not on the path any more.", name=row.employee.name)
            return to(url_for("studio.path_people", path_id=path_id), said=said)
    return person_page(path_id, row_id, form, status=422)


@bp.post("/paths/<int:path_id>/people/<int:row_id>/due-date")
@needs(May.MODERATE)
def save_path_due(path_id: int, row_id: int) -> ResponseReturnValue:
    """Another due date for the whole path, with a reason."""
    get_or_404(path_for(g.viewer, path_id))
    row = get_or_404(path_enrollment_for(g.viewer, path_id, row_id))
    form = DueDateForm(prefix="due")
    if form.validate():
        with form.rule_errors():
            move_path_due(row, sure(form.due_on), by=g.viewer, reason=sure(form.reason))
            here = url_for("studio.path_person", path_id=path_id, row_id=row_id)
            return to(here, said=_("The due date was changed."))
    return person_page(path_id, row_id, WithdrawalForm(formdata=None), due_form=form, status=422)


@bp.get("/paths/<int:path_id>/assignment")
@needs(May.MODERATE)
def new_path_assignment(path_id: int) -> ResponseReturnValue:
    """The form; the date is what the path proposes."""
    path = get_or_404(path_for(g.viewer, path_id))
    form = assign_form(due_on=today() + dt.timedelta(days=path.due_days or USUAL_DAYS))
    return page("studio/path/assign.html", form=form, reach=None, **path_context(path, "people"))


@bp.post("/paths/<int:path_id>/assignment/reach")
@needs(May.MODERATE)
def path_reach(path_id: int) -> ResponseReturnValue:
    """How many it would reach, while it is chosen; without script a page with the names."""
    path = get_or_404(path_for(g.viewer, path_id))
    form = assign_form()
    found = reach_of(path_id, form)
    if wants_fragment():
        return fragment("studio/assignments/_reach.html", reach=found)
    return page("studio/path/assign.html", form=form, reach=found, open=True, **path_context(path, "people"))


@bp.post("/paths/<int:path_id>/assignment")
@needs(May.MODERATE)
def assign_path(path_id: int) -> ResponseReturnValue:
    """Put all of them on the path, in one transaction, and say what came of it."""
    path = get_or_404(path_for(g.viewer, path_id))
    form = assign_form()
    if form.validate():
        with form.rule_errors():
            return assigned(path_id, form)
    context = path_context(path, "people")
    return page("studio/path/assign.html", status=422, form=form, reach=reach_of(path_id, form), **context)


def assigned(path_id: int, form: AssignPathForm) -> ResponseReturnValue:
    """Do it, and show the result."""
    path = published_path(path_id)
    if path is None:
        raise RuleBroken(N_("This path is not published. Publish it first."))
    if not form.audience:
        raise RuleBroken(N_("Choose at least one job role or department."), field="job_roles")
    employees = employees_of(g.viewer, form.audience)
    if not employees:
        raise RuleBroken(N_("Nobody fits. Choose other job roles or departments."), field="job_roles")
    result = assign_path_many(employees, path, sure(form.due_on), by=g.viewer, note=form.note.data or "")
    people = {one.id: one for one in people_meant(g.viewer, form.audience)}
    return page(
        "studio/path/assigned.html",
        created=len(result.created),
        assignments=result.assignments,
        already=[people[one] for one in result.already if one in people],
        unreachable=[
            one for key, one in people.items() if key in result.created and not (one.email and one.has_account)
        ],
        due_on=form.due_on.data,
        **path_context(path, "people"),
    )


NOBODY = {"done": 0, "begun": 0, "open": 0, "locked": 0}


def person_row(one: Any) -> dict[str, Any]:
    """A person in the list."""
    return {"view": one, "where": standing_words(one), "count": progress_words(one), "due": due_note(one)}


def due_note(one: Any) -> str:
    """'3 days late', while it is not completed."""
    return due_words(one.due_on, today()) if one.due_on and one.completed_at is None else ""


def person_page(
    path_id: int, row_id: int, form: WithdrawalForm, *, due_form: DueDateForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """One person on the path."""
    path = get_or_404(path_for(g.viewer, path_id))
    row = get_or_404(path_enrollment_for(g.viewer, path_id, row_id))
    view = get_or_404(next(iter(people_of(g.viewer, path_id, only=row.id).people), None))
    context = path_context(path, "people") | person_row(view)
    context |= {"items": item_rows(view), "facts": path_facts(view), "electives": elective_words(view)}
    due_form = due_form or DueDateForm(formdata=None, prefix="due", due_on=row.due_on)
    return page("studio/path/person.html", status=status, form=form, due_form=due_form, **context)


def assign_form(**values: Any) -> AssignPathForm:
    """The form with its choices."""
    form = AssignPathForm(data=values) if values else AssignPathForm()
    known = employee_options(g.viewer)
    form.job_roles.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.job_roles)
    form.departments.choices = choices((one.value, f"{one.label} ({one.count})") for one in known.departments)
    return form


def reach_of(path_id: int, form: AssignPathForm) -> dict[str, Any] | None:
    """Who is meant, and who of them is on the path already; None while nothing is chosen."""
    if not form.audience:
        return None
    people = people_meant(g.viewer, form.audience)
    there = on_path_already(path_id, [one.id for one in people])
    return {
        "total": len(people),
        "already": len(there),
        "people": people[:SHOWN],
        "there": there,
        "more": max(0, len(people) - SHOWN),
    }
