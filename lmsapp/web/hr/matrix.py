"""The compliance matrix of everybody, for HR (HRD-7)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.web.hr.wing import bp
from lmsapp.web.matrix import cell_page, matrix_page, matrix_sheet


@bp.get("/matrix")
def matrix() -> ResponseReturnValue:
    return matrix_page("hr", line=False)


@bp.get("/matrix/list.csv")
def matrix_csv() -> Response:
    return matrix_sheet("hr", "csv", line=False)


@bp.get("/matrix/list.xlsx")
def matrix_xlsx() -> Response:
    return matrix_sheet("hr", "xlsx", line=False)


@bp.get("/matrix/<int:employee_id>/<int:type_id>")
def matrix_cell(employee_id: int, type_id: int) -> Response:
    return cell_page("hr", employee_id, type_id, line=False)
