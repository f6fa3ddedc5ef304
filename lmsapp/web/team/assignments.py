"""Training assignments of a manager's own line: list, sheets, one change for many (ASG-1, ASG-6, ASG-7)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from lmsapp.web.assigned import assignments_page, assignments_sheet
from lmsapp.web.assigned_acts import acts_page, do_acts, undo_acts
from lmsapp.web.team.wing import bp


@bp.get("/assignments")
def assignments() -> ResponseReturnValue:
    """Of everybody who reports to the viewer, earliest due first."""
    return assignments_page("team", line=True)


@bp.get("/assignments/list.csv")
def assignment_list_csv() -> ResponseReturnValue:
    """Exactly what the list shows."""
    return assignments_sheet("team", "csv", line=True)


@bp.get("/assignments/list.xlsx")
def assignment_list_xlsx() -> ResponseReturnValue:
    """The same as a workbook."""
    return assignments_sheet("team", "xlsx", line=True)


@bp.get("/assignments/changes/new")
def new_assignment_changes() -> ResponseReturnValue:
    """One change for many: who it would be."""
    return acts_page("team", line=True)


@bp.post("/assignments/changes")
def create_assignment_changes() -> ResponseReturnValue:
    """Done, and what came of each."""
    return do_acts("team", line=True)


@bp.post("/assignments/changes/undone")
def undo_assignment_changes() -> ResponseReturnValue:
    """Taken back."""
    return undo_acts("team", line=True)
