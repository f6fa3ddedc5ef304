"""The certificate our PDFs are signed with, for whoever wants their reader to trust it (CRT-4)."""

from __future__ import annotations

from flask import Response

from lmsapp.evidence.seals.sealing import signing_certificate as certificate_of_key
from lmsapp.web.public.wing import bp


@bp.get("/verify/signing.crt")
def signing_certificate() -> Response:
    """PEM. Public by nature: it lies in every PDF."""
    headers = {"Content-Disposition": 'attachment; filename="signing.crt"'}
    return Response(certificate_of_key(), content_type="application/x-pem-file", headers=headers)
