"""One's own documents, as far as their kinds are shown to employees (HRD-1)."""

from __future__ import annotations

from flask import Response, g, url_for

from lmsapp.compliance.documents.reading import documents_of
from lmsapp.web import documents
from lmsapp.web.account.wing import bp
from lmsapp.web.documents_shown import shown
from lmsapp.web.render import page


@bp.get("/documents")
def own_documents() -> Response:
    mine = g.viewer.employee_id
    rows = documents_of(g.viewer, mine, scope="own") if mine is not None else []
    return page("account/documents.html", documents=shown("account", rows, g.viewer.zone))


@bp.get("/documents/<int:document_id>")
def document(document_id: int) -> Response:
    """As an attachment; that it was opened is on the record."""
    return documents.download("account", document_id)


@bp.get("/documents/<int:document_id>/versions/<int:version>")
def document_version_file(document_id: int, version: int) -> Response:
    return documents.download("account", document_id, version)


@bp.get("/documents/<int:document_id>/view")
def document_view(document_id: int) -> Response:
    return documents.viewer("account", document_id, url_for("account.own_documents"))


@bp.get("/documents/<int:document_id>/pages/<int:number>")
def document_picture(document_id: int, number: int) -> Response:
    return documents.picture("account", document_id, number)
