"""The compliance matrix of everybody, for auditors (HRD-7)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.gates import needs
from lmsapp.web.matrix import cell_page, matrix_page, matrix_sheet


@bp.get("/compliance-matrix")
@needs(May.AUDIT)
def matrix() -> ResponseReturnValue:
    return matrix_page("admin", line=False)


@bp.get("/compliance-matrix/list.csv")
@needs(May.AUDIT)
def matrix_csv() -> Response:
    return matrix_sheet("admin", "csv", line=False)


@bp.get("/compliance-matrix/list.xlsx")
@needs(May.AUDIT)
def matrix_xlsx() -> Response:
    return matrix_sheet("admin", "xlsx", line=False)


@bp.get("/compliance-matrix/<int:employee_id>/<int:type_id>")
@needs(May.AUDIT)
def matrix_cell(employee_id: int, type_id: int) -> Response:
    return cell_page("admin", employee_id, type_id, line=False)
