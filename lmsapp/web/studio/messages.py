"""What an assignment's learner, and others, were told about it (REM-7)."""

from __future__ import annotations

from flask import abort, g, url_for
from flask.typing import ResponseReturnValue

from lmsapp.assignments.queries import assignment_for
from lmsapp.assignments.rules import display_number
from lmsapp.people.roles import May
from lmsapp.web.gates import needs
from lmsapp.web.messages import one_context
from lmsapp.web.render import get_or_404, page
from lmsapp.web.studio.wing import bp


@bp.get("/assignments/<int:assignment_id>/messages/<int:notice_id>")
@needs(May.MODERATE)
def assignment_message(assignment_id: int, notice_id: int) -> ResponseReturnValue:
    """What it said, word for word."""
    found = get_or_404(assignment_for(g.viewer, assignment_id))
    back = {
        "href": url_for("studio.assignment", assignment_id=assignment_id),
        "label": f"{display_number(found.id)} · {found.employee.name}",
    }
    told = one_context(found.employee_id, notice_id)
    if (told["row"].about_kind, told["row"].about_id) != ("assignment", assignment_id):
        abort(404)
    return page("told/one.html", back=back, **told)
