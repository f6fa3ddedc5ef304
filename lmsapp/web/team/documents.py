"""Documents of the line, as far as their kinds are shown to managers (HRD-1)."""

from __future__ import annotations

from flask import Response, abort, g, url_for

from lmsapp.compliance.documents.reading import documents_of
from lmsapp.insight.team import in_line
from lmsapp.people.employees.queries import employee_for
from lmsapp.web import documents
from lmsapp.web.documents_shown import shown
from lmsapp.web.render import get_or_404, page
from lmsapp.web.team.wing import bp


@bp.get("/people/<int:employee_id>/documents")
def person_documents(employee_id: int) -> Response:
    if not in_line(g.viewer, employee_id):
        abort(404)
    employee = get_or_404(employee_for(g.viewer, employee_id))
    rows = documents_of(g.viewer, employee_id, scope="line")
    return page("team/documents.html", employee=employee, documents=shown("team", rows, employee.time_zone))


@bp.get("/documents/<int:document_id>")
def document(document_id: int) -> Response:
    """As an attachment; who opened it is on the record."""
    return documents.download("team", document_id)


@bp.get("/documents/<int:document_id>/versions/<int:version>")
def document_version_file(document_id: int, version: int) -> Response:
    return documents.download("team", document_id, version)


@bp.get("/documents/<int:document_id>/view")
def document_view(document_id: int) -> Response:
    found = documents.find("team", document_id)
    back = url_for("team.person_documents", employee_id=found.employee_id)
    return documents.viewer("team", document_id, back)


@bp.get("/documents/<int:document_id>/pages/<int:number>")
def document_picture(document_id: int, number: int) -> Response:
    return documents.picture("team", document_id, number)
