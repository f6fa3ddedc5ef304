"""A manager sees the courses of the line, one with all that happened, and pauses (ENR-7, ENR-10)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.insight.enrollments.filters import Scope
from lmsapp.insight.team import in_line
from lmsapp.learning.pauses.actions import pause, pause_all, resume
from lmsapp.learning.pauses.queries import enrollments_to_pause
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.enrolled import ENROLLMENTS
from lmsapp.web.enrolled_one import PauseForm, find, one_context
from lmsapp.web.fields import sure
from lmsapp.web.pausing import CoursesPauseForm, courses_form, picked
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.team.wing import bp
from lmsapp.web.wing_routes import install

SCOPE = Scope.LINE


install(bp, ENROLLMENTS, scope=SCOPE)


@bp.get("/enrollments/<int:enrollment_id>")
def enrollment(enrollment_id: int) -> ResponseReturnValue:
    """One, with everything that happened."""
    found = get_or_404(find(SCOPE, enrollment_id))
    return page("enrollments/one.html", **one_context("team", SCOPE, found))


@bp.post("/enrollments/<int:enrollment_id>/pause")
def create_pause(enrollment_id: int) -> ResponseReturnValue:
    """Pause one course of somebody in the line."""
    found = get_or_404(find(SCOPE, enrollment_id))
    form = PauseForm(prefix="pause")
    if form.validate():
        with form.rule_errors():
            pause(found.enrollment, sure(form.until_on), kind=sure(form.kind), reason=sure(form.reason), by=g.viewer)
            return to(
                url_for("team.enrollment", enrollment_id=enrollment_id), said=_("Paused. Reminders rest until then.")
            )
    context = {**one_context("team", SCOPE, found), "pause_form": form}
    return page("enrollments/one.html", status=422, **context)


@bp.post("/enrollments/<int:enrollment_id>/pause/end")
def end_pause(enrollment_id: int) -> ResponseReturnValue:
    """End it early."""
    found = get_or_404(find(SCOPE, enrollment_id))
    resume(found.enrollment, by=g.viewer)
    return to(url_for("team.enrollment", enrollment_id=enrollment_id), said=_("The pause is over."))


@bp.get("/people/<int:employee_id>/pause")
def pause_person(employee_id: int) -> ResponseReturnValue:
    """Which courses, until when, why."""
    return _person_page(employee_id, None)


@bp.post("/people/<int:employee_id>/pause")
def create_person_pause(employee_id: int) -> ResponseReturnValue:
    """Pause what is ticked, of one person."""
    there = _theirs(employee_id)
    form = courses_form(there)
    if form.validate():
        with form.rule_errors():
            many = picked(form, there)
            n = pause_all(many, sure(form.until_on), kind=sure(form.kind), reason=sure(form.reason), by=g.viewer)
            said = ngettext("%(num)s course is paused.", "%(num)s courses are paused.", n)
            return to(url_for("team.person", employee_id=employee_id), said=said)
    return _person_page(employee_id, form)


def _theirs(employee_id: int) -> Any:
    if not in_line(g.viewer, employee_id):
        abort(404)
    return enrollments_to_pause(g.viewer, employee_id, line_only=True)


def _person_page(employee_id: int, form: CoursesPauseForm | None) -> Response:
    there = _theirs(employee_id)
    employee = get_or_404(employee_for(g.viewer, employee_id))
    form = form or courses_form(there, formdata=None)
    return page(
        "enrollments/pause.html",
        status=422 if form.errors else 200,
        form=form,
        there=there,
        action=url_for("team.create_person_pause", employee_id=employee_id),
        title=_("Pause courses of %(name)s", name=employee.name),
        back={"href": url_for("team.person", employee_id=employee_id), "label": employee.name},
        ending="team.end_pause",
    )
