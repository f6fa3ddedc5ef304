"""Moderators look after assignments: list, timeline, another due date, closing with a reason (ASG-6, ASG-7)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.assignments.actions import change_due_date, close
from lmsapp.assignments.extensions.queries import count_open_extensions, open_extension_of
from lmsapp.assignments.foresight.queries import next_of
from lmsapp.assignments.queries import assignment_for
from lmsapp.assignments.reopening import BY_PEOPLE, reopen
from lmsapp.assignments.rules import display_number, status
from lmsapp.evidence.audit.timeline import changes_of
from lmsapp.infra import clock
from lmsapp.outreach.notices.queries import notices_about
from lmsapp.people.roles import May
from lmsapp.web import coming_words
from lmsapp.web.assigned import assignments_page, assignments_sheet
from lmsapp.web.assigned_acts import acts_page, do_acts, undo_acts
from lmsapp.web.assigned_words import SOURCES
from lmsapp.web.dates import due_words
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.timeline import entries_of
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

REASON = [InputRequired(__("Give a reason; the employee will read it.")), Length(max=1000)]


class ReopeningForm(Form):
    """Open again what was cancelled or exempt."""

    reason = TextAreaField(__("Reason"), REASON)


class DueDateForm(Form):
    """Another due date."""

    due_on = DateField(__("New due date"), [InputRequired(__("Choose a due date."))])
    reason = TextAreaField(__("Reason"), REASON)


class ClosingForm(Form):
    """Cancel or exempt."""

    closed_as = RadioField(
        __("What to do"),
        choices=choices(
            {
                "cancelled": __("Cancel: it was not meant for this person"),
                "exempt": __("Exempt: this person need not take it"),
            }
        ),
        default="cancelled",
    )
    reason = TextAreaField(__("Reason"), REASON)


@bp.get("/assignments")
@needs(May.MODERATE)
def assignments() -> ResponseReturnValue:
    """Everybody's, earliest due first."""
    return assignments_page("studio", line=False, more_time=count_open_extensions(g.viewer, line=False))


@bp.get("/assignments/list.csv")
@needs(May.MODERATE)
def assignment_list_csv() -> ResponseReturnValue:
    """Exactly what the list shows."""
    return assignments_sheet("studio", "csv", line=False)


@bp.get("/assignments/list.xlsx")
@needs(May.MODERATE)
def assignment_list_xlsx() -> ResponseReturnValue:
    """The same as a workbook."""
    return assignments_sheet("studio", "xlsx", line=False)


@bp.get("/assignments/changes/new")
@needs(May.MODERATE)
def new_assignment_changes() -> ResponseReturnValue:
    """One change for many: who it would be."""
    return acts_page("studio", line=False)


@bp.post("/assignments/changes")
@needs(May.MODERATE)
def create_assignment_changes() -> ResponseReturnValue:
    """Done, and what came of each."""
    return do_acts("studio", line=False)


@bp.post("/assignments/changes/undone")
@needs(May.MODERATE)
def undo_assignment_changes() -> ResponseReturnValue:
    """Taken back."""
    return undo_acts("studio", line=False)


@bp.get("/assignments/<int:assignment_id>")
@needs(May.MODERATE)
def assignment(assignment_id: int) -> ResponseReturnValue:
    """One, with all that happened to it."""
    found = get_or_404(assignment_for(g.viewer, assignment_id))
    return page("studio/assignments/one.html", **context_of(found))


@bp.post("/assignments/<int:assignment_id>/due-date")
@needs(May.MODERATE)
def save_due_date(assignment_id: int) -> ResponseReturnValue:
    """Another due date, with a reason."""
    found = get_or_404(assignment_for(g.viewer, assignment_id))
    form = DueDateForm(prefix="due")
    if form.validate():
        with form.rule_errors():
            change_due_date(found, sure(form.due_on), by=g.viewer, reason=sure(form.reason))
            return to(url_for("studio.assignment", assignment_id=assignment_id), said=_("The due date was changed."))
    return page("studio/assignments/one.html", status=422, **{**context_of(found), "due_form": form})


@bp.post("/assignments/<int:assignment_id>/closing")
@needs(May.MODERATE)
def close_assignment(assignment_id: int) -> ResponseReturnValue:
    """Cancel or exempt, with a reason."""
    found = get_or_404(assignment_for(g.viewer, assignment_id))
    form = ClosingForm(prefix="close")
    if form.validate():
        with form.rule_errors():
            close(found, form.closed_as.data, by=g.viewer, reason=sure(form.reason))
            return to(url_for("studio.assignment", assignment_id=assignment_id), said=_("The assignment was closed."))
    return page("studio/assignments/one.html", status=422, **{**context_of(found), "close_form": form})


@bp.post("/assignments/<int:assignment_id>/reopening")
@needs(May.MODERATE)
def reopen_assignment(assignment_id: int) -> ResponseReturnValue:
    """Open again, with a reason."""
    found = get_or_404(assignment_for(g.viewer, assignment_id))
    form = ReopeningForm(prefix="reopen")
    if form.validate():
        with form.rule_errors():
            reopen(found, by=g.viewer, reason=sure(form.reason))
            said = _("The assignment is open again.")
            return to(url_for("studio.assignment", assignment_id=assignment_id), said=said)
    return page("studio/assignments/one.html", status=422, **{**context_of(found), "reopen_form": form})


def context_of(found: Any) -> dict[str, Any]:
    """For the page of one assignment."""
    there = clock.today(found.employee.time_zone)
    now = status(
        started=found.started_at is not None,
        completed_on=found.completed_on,
        closed_as=found.closed_as,
        due_on=found.due_on,
        today=there,
    )
    return {
        "assignment": found,
        "number": display_number(found.id),
        "state": now,
        "due_note": due_words(found.due_on, there) if found.completed_on is None and found.closed_as is None else "",
        "entries": entries_of(found, changes_of("assignment", found.id), notices_about("assignment", found.id)),
        "due_form": DueDateForm(formdata=None, prefix="due", due_on=found.due_on),
        "close_form": ClosingForm(formdata=None, prefix="close"),
        "reopen_form": ReopeningForm(formdata=None, prefix="reopen") if found.closed_as in BY_PEOPLE else None,
        "sources": SOURCES,
        "is_open": found.completed_at is None and found.closed_as is None,
        "more_time": open_extension_of(found.id),
        "to_come": next_of(found),
        "words": coming_words,
    }
