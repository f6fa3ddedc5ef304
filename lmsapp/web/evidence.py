"""One signature as HR and auditors see it: what it says, and whether it still fits (11.70). Both wings show it."""

from __future__ import annotations

from flask import Response, abort, g, url_for

from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.evidence.signatures.actions import KIND, note_read
from lmsapp.evidence.signatures.queries import signature_for
from lmsapp.evidence.signatures.verification import verify
from lmsapp.infra import files
from lmsapp.web.account.signature import show_signature
from lmsapp.web.render import get_or_404, page
from lmsapp.web.sending import send_stored


def signature_page(wing: str, signature_id: int) -> Response:
    """Everything is computed anew each time the page is asked for."""
    found = get_or_404(signature_for(g.viewer, signature_id))
    sealed = sealed_for(KIND, signature_id)
    ready = sealed is not None and sealed.file is not None
    return page(
        "reports/signature.html",
        signed=show_signature(found, own=False),
        signature=found,
        version=found.version,
        verdict=verify(signature_id),
        pdf=url_for(f"{wing}.signature_file", signature_id=signature_id) if ready else None,
        person=url_for("hr.employee", employee_id=found.employee_id) if wing == "hr" else None,
        every=url_for("admin.signatures") if wing == "admin" else None,
    )


def signature_pdf(signature_id: int) -> Response:
    """As a download; who fetched it is on the trail."""
    found = get_or_404(signature_for(g.viewer, signature_id))
    sealed = sealed_for(KIND, signature_id)
    if sealed is None or sealed.file is None or not files.exists(sealed.file.sha256):
        abort(404)
    note_read(found, g.viewer)
    return send_stored(sealed.file.sha256, name=sealed.file.name, media_type="application/pdf")
