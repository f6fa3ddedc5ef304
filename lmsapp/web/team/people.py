"""A person of the line: their training, what happened, and why something is not complete (DSH-1, ENR-8)."""

from __future__ import annotations

from flask import Response, abort, g, url_for

from lmsapp.infra import clock
from lmsapp.insight.person import timeline_of, training_of
from lmsapp.insight.team import in_line
from lmsapp.learning.enrollments.queries import why_not_complete
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.paths import person_paths
from lmsapp.web.render import get_or_404, page
from lmsapp.web.student.study import criteria_of
from lmsapp.web.team.wing import bp
from lmsapp.web.timeline import lines


@bp.get("/people/<int:employee_id>")
def person(employee_id: int) -> Response:
    if not in_line(g.viewer, employee_id):
        abort(404)
    employee = get_or_404(employee_for(g.viewer, employee_id))
    return page(
        "team/person.html",
        employee=employee,
        training=training_of(g.viewer, employee_id, clock.now()),
        paths=person_paths(g.viewer, employee_id),
        today=clock.today(employee.time_zone),
        timeline=lines(timeline_of(g.viewer, employee_id)),
    )


@bp.get("/enrollments/<int:enrollment_id>/why")
def why(enrollment_id: int) -> Response:
    view = get_or_404(why_not_complete(g.viewer, enrollment_id))
    if not in_line(g.viewer, view.enrollment.employee_id):
        abort(404)
    back = url_for("team.person", employee_id=view.enrollment.employee_id)
    return page("team/why.html", view=view, criteria=criteria_of(view), back=back)
