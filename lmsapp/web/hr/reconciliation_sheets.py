"""The report as CSV and workbook: every row that the filters leave, in words (HRD-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, request
from flask_babel import gettext as _

from lmsapp.compliance.reconciling.queries import whole_report
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.insight.sheets import rows_as_csv, rows_as_xlsx
from lmsapp.web import dates
from lmsapp.web.hr.reconciliation_shown import filters_of
from lmsapp.web.hr.reconciliation_words import KINDS, what_is_off
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import MOST, csv_response
from lmsapp.web.matrix import EXCEL


@bp.get("/reconciliation/list.csv")
def reconciliation_csv() -> Response:
    return csv_response(iter([rows_as_csv(_heads(), _noted())]), f"{_name()}.csv")


@bp.get("/reconciliation/list.xlsx")
def reconciliation_xlsx() -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{_name()}.xlsx"'}
    return Response(rows_as_xlsx(_heads(), _noted()), content_type=EXCEL, headers=headers)


def _heads() -> list[str]:
    return [_("Kind"), _("Employee number"), _("Name"), _("Department"), _("Compliance type"), _("What is off"),
            _("Found on"), _("Right as it is, because")]  # fmt: skip


def _noted() -> list[Sequence[Any]]:
    """The rows; that somebody took them is noted."""
    kept = {name: request.args.getlist(name)[:MOST] for name in sorted(request.args)[:20]}
    note_reading("reconciliation", g.viewer, filters=kept)
    return [
        (
            str(KINDS[row.kind]),
            row.number,
            row.name,
            row.department or "",
            row.type,
            what_is_off(row.kind, row.facts),
            row.found_at.date(),
            row.reason or "",
        )
        for row in whole_report(g.viewer, filters_of(request.args))
    ]


def _name() -> str:
    return f"reconciliation-{dates.today()}"
