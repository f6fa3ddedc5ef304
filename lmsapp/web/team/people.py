"""A person of the line: their training, what happened, and why something is not complete (DSH-1, ENR-8)."""

from __future__ import annotations

from flask import Response, abort, g, url_for

from lmsapp.infra import clock
from lmsapp.insight.person import timeline_of, training_of
from lmsapp.insight.team import in_line
from lmsapp.learning.enrollments.why import why_not_complete
from lmsapp.learning.transcripts.queries import transcripts_of
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.paths import person_paths
from lmsapp.web.render import get_or_404, page
from lmsapp.web.team.wing import bp
from lmsapp.web.timeline import lines
from lmsapp.web.transcripts import shown
from lmsapp.web.why import why_context


@bp.get("/people/<int:employee_id>")
def person(employee_id: int) -> Response:
    if not in_line(g.viewer, employee_id):
        abort(404)
    employee = get_or_404(employee_for(g.viewer, employee_id))
    return page(
        "team/person.html",
        employee=employee,
        acting=employee.id,
        training=training_of(g.viewer, employee_id, clock.now()),
        paths=person_paths(g.viewer, employee_id),
        transcripts=shown(transcripts_of(g.viewer, employee_id), "team"),
        today=clock.today(employee.time_zone),
        timeline=lines(timeline_of(g.viewer, employee_id)),
    )


@bp.get("/enrollments/<int:enrollment_id>/why")
def why(enrollment_id: int) -> Response:
    """For one's own people."""
    found = get_or_404(why_not_complete(g.viewer, enrollment_id))
    enrollment = found.view.enrollment
    if not in_line(g.viewer, enrollment.employee_id):
        abort(404)
    back = {"href": url_for("team.person", employee_id=enrollment.employee_id), "label": enrollment.employee.name}
    return page("reports/why.html", enrollment=enrollment, why=why_context(found, staff=True), back=back)
