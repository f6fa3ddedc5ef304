"""Requests for more time, for moderators: everybody's (ASG-6)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from lmsapp.people.roles import May
from lmsapp.web.extending import answer_request, request_page, requests_page
from lmsapp.web.gates import needs
from lmsapp.web.studio.wing import bp


@bp.get("/extension-requests")
@needs(May.MODERATE)
def extension_requests() -> ResponseReturnValue:
    """What waits for an answer."""
    return requests_page("studio", line=False)


@bp.get("/extension-requests/<int:extension_request_id>")
@needs(May.MODERATE)
def extension_request(extension_request_id: int) -> ResponseReturnValue:
    """One of them."""
    return request_page("studio", extension_request_id, line=False)


@bp.post("/extension-requests/<int:extension_request_id>")
@needs(May.MODERATE)
def answer_extension_request(extension_request_id: int) -> ResponseReturnValue:
    """Grant or decline."""
    return answer_request("studio", extension_request_id, line=False)
