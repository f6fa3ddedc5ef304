"""What one's own people were told about their training (REM-7)."""

from __future__ import annotations

from flask import Response, abort, g, url_for
from flask_babel import gettext as _

from lmsapp.insight.team import in_line
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.web.messages import list_context, one_context, sheet_response
from lmsapp.web.render import get_or_404, page
from lmsapp.web.team.wing import bp


@bp.get("/people/<int:employee_id>/messages")
def person_messages(employee_id: int) -> Response:
    """Newest first."""
    employee = _of_line(employee_id)
    return page("team/messages.html", employee=employee, **list_context(employee.id, "team"))


@bp.get("/people/<int:employee_id>/messages.csv")
def person_messages_csv(employee_id: int) -> Response:
    employee = _of_line(employee_id)
    return sheet_response(employee.id, employee.number)


@bp.get("/people/<int:employee_id>/messages/<int:notice_id>")
def person_message(employee_id: int, notice_id: int) -> Response:
    """What it said, word for word."""
    employee = _of_line(employee_id)
    back = {
        "href": url_for("team.person_messages", employee_id=employee.id),
        "label": _("Messages to %(name)s", name=employee.name),
    }
    return page("told/one.html", back=back, **one_context(employee.id, notice_id))


def _of_line(employee_id: int) -> EmployeeView:
    if not in_line(g.viewer, employee_id):
        abort(404)
    return get_or_404(employee_for(g.viewer, employee_id))
