"""The compliance matrix of the own line, to read (HRD-7)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.web.matrix import cell_page, matrix_page, matrix_sheet
from lmsapp.web.team.wing import bp


@bp.get("/matrix")
def matrix() -> ResponseReturnValue:
    return matrix_page("team", line=True)


@bp.get("/matrix/list.csv")
def matrix_csv() -> Response:
    return matrix_sheet("team", "csv", line=True)


@bp.get("/matrix/list.xlsx")
def matrix_xlsx() -> Response:
    return matrix_sheet("team", "xlsx", line=True)


@bp.get("/matrix/<int:employee_id>/<int:type_id>")
def matrix_cell(employee_id: int, type_id: int) -> Response:
    return cell_page("team", employee_id, type_id, line=True)
