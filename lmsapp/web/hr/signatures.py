"""One signature for HR (ORG-7)."""

from __future__ import annotations

from flask import Response

from lmsapp.web.evidence import signature_page, signature_pdf
from lmsapp.web.hr.wing import bp


@bp.get("/signatures/<int:signature_id>")
def signature(signature_id: int) -> Response:
    return signature_page("hr", signature_id)


@bp.get("/signatures/<int:signature_id>.pdf")
def signature_file(signature_id: int) -> Response:
    return signature_pdf(signature_id)
