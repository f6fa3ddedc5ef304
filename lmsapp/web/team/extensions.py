"""Requests for more time from one's own line (ASG-6)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from lmsapp.web.extending import answer_request, request_page, requests_page
from lmsapp.web.team.wing import bp


@bp.get("/extension-requests")
def extension_requests() -> ResponseReturnValue:
    """What waits for the manager."""
    return requests_page("team", line=True)


@bp.get("/extension-requests/<int:extension_request_id>")
def extension_request(extension_request_id: int) -> ResponseReturnValue:
    """One of them."""
    return request_page("team", extension_request_id, line=True)


@bp.post("/extension-requests/<int:extension_request_id>")
def answer_extension_request(extension_request_id: int) -> ResponseReturnValue:
    """Grant or decline."""
    return answer_request("team", extension_request_id, line=True)
