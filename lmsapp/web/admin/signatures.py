"""All signatures for auditors, and one of them with its verification (ORG-7, EVD-4)."""

from __future__ import annotations

from flask import Response, g, request

from lmsapp.evidence.signatures.document import signature_number
from lmsapp.evidence.signatures.queries import signatures_page
from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.evidence import signature_page, signature_pdf
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url
from lmsapp.web.render import page


@bp.get("/signatures")
@needs(May.AUDIT)
def signatures() -> Response:
    """Newest first, fifty a page."""
    q = request.args.get("q", "").strip()[:100]
    found = signatures_page(g.viewer, q, min(request.args.get("page", 1, type=int), 100_000))
    return page("admin/signatures/list.html", found=found, q=q, page_url=page_url, numbered=signature_number)


@bp.get("/signatures/<int:signature_id>")
@needs(May.AUDIT)
def signature(signature_id: int) -> Response:
    return signature_page("admin", signature_id)


@bp.get("/signatures/<int:signature_id>.pdf")
@needs(May.AUDIT)
def signature_file(signature_id: int) -> Response:
    return signature_pdf(signature_id)
