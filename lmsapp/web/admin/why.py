"""'Why not complete?' for auditors: every enrollment (ENR-8)."""

from __future__ import annotations

from flask import Response, g

from lmsapp.learning.enrollments.why import why_not_complete
from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.gates import needs
from lmsapp.web.render import get_or_404, page
from lmsapp.web.why import why_context


@bp.get("/enrollments/<int:enrollment_id>/why")
@needs(May.AUDIT)
def why(enrollment_id: int) -> Response:
    """Every criterion with its evidence, and what was measured."""
    found = get_or_404(why_not_complete(g.viewer, enrollment_id))
    return page("reports/why.html", enrollment=found.view.enrollment, why=why_context(found, staff=True))
