"""Attempts as auditors read them, with every score and the PDFs (QIZ-4)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.attempts import attempt_page, attempts_page, paper_file
from lmsapp.web.gates import needs
from lmsapp.web.reported import reported_page


@bp.get("/enrollments/<int:enrollment_id>/attempts")
@needs(May.AUDIT)
def attempts(enrollment_id: int) -> ResponseReturnValue:
    """All of one enrollment, and their PDFs."""
    return attempts_page("admin", enrollment_id)


@bp.get("/enrollments/<int:enrollment_id>/reported")
@needs(May.AUDIT)
def reported(enrollment_id: int) -> ResponseReturnValue:
    """What the content of its lessons reported (SCO-5)."""
    return reported_page("admin", enrollment_id)


@bp.get("/enrollments/<int:enrollment_id>/attempts/<int:sealed_id>.pdf")
@needs(May.AUDIT)
def attempts_file(enrollment_id: int, sealed_id: int) -> ResponseReturnValue:
    """One of the PDFs."""
    return paper_file("admin", enrollment_id, sealed_id)


@bp.get("/attempts/<int:attempt_id>")
@needs(May.AUDIT)
def attempt(attempt_id: int) -> ResponseReturnValue:
    """One, question by question."""
    return attempt_page("admin", attempt_id)
