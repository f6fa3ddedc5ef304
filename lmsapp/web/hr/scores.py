"""Attempts of everybody, with every score and the PDFs (QIZ-4, QIZ-6)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from lmsapp.web.attempts import ask_paper, attempt_page, attempts_page, paper_file
from lmsapp.web.hr.wing import bp
from lmsapp.web.reported import reported_page


@bp.get("/enrollments/<int:enrollment_id>/attempts")
def attempts(enrollment_id: int) -> ResponseReturnValue:
    """All of one enrollment, and their PDFs."""
    return attempts_page("hr", enrollment_id)


@bp.get("/enrollments/<int:enrollment_id>/reported")
def reported(enrollment_id: int) -> ResponseReturnValue:
    """What the content of its lessons reported (SCO-5)."""
    return reported_page("hr", enrollment_id)


@bp.get("/enrollments/<int:enrollment_id>/attempts/<int:sealed_id>.pdf")
def attempts_file(enrollment_id: int, sealed_id: int) -> ResponseReturnValue:
    """One of the PDFs."""
    return paper_file("hr", enrollment_id, sealed_id)


@bp.get("/attempts/<int:attempt_id>")
def attempt(attempt_id: int) -> ResponseReturnValue:
    """One, question by question."""
    return attempt_page("hr", attempt_id)


@bp.post("/enrollments/<int:enrollment_id>/attempts/papers")
def ask_attempts_paper(enrollment_id: int) -> ResponseReturnValue:
    """All attempts in one PDF."""
    return ask_paper("hr", enrollment_id)
