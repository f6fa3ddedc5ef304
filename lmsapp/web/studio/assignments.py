"""Moderators look after assignments: list, timeline, another due date, closing with a reason (ASG-6, ASG-7)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.assignments.actions import change_due_date, close
from lmsapp.assignments.extensions.queries import count_open_extensions, open_extension_of
from lmsapp.assignments.foresight.queries import next_of
from lmsapp.assignments.queries import ALL, PAGE, AssignmentFilters, assignment_for, list_assignments
from lmsapp.assignments.rules import AssignmentStatus, display_number, status
from lmsapp.courses.catalogue.queries import published_courses
from lmsapp.evidence.audit.timeline import changes_of
from lmsapp.infra import clock
from lmsapp.outreach.notices.queries import notices_about
from lmsapp.people.employees.queries import employee_options
from lmsapp.people.roles import May
from lmsapp.web import coming_words
from lmsapp.web.dates import due_words, today
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.labels import status_word
from lmsapp.web.lists import numbers, page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.timeline import entries_of
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

REASON = [InputRequired(__("Give a reason; the employee will read it.")), Length(max=1000)]
SHOWN_STATUSES = (
    AssignmentStatus.PENDING,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.COMPLETED,
    AssignmentStatus.OVERDUE,
    AssignmentStatus.CANCELLED,
    AssignmentStatus.EXEMPT,
)


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
    filters = filters_asked()
    rows, total = list_assignments(g.viewer, filters, clock.now())
    return answer(
        "studio/assignments/_list.html",
        whole="studio/assignments/index.html",
        rows=rows,
        paging={"number": filters.page, "size": PAGE, "total": total},
        page_url=page_url,
        display_number=display_number,
        due_words=due_words,
        today=today(),
        q=filters.search,
        facets=facets_of(filters),
        active=sum(map(bool, (filters.status, filters.course_id, filters.department_id))),
        more_time=count_open_extensions(g.viewer, line=False),
    )


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


def filters_asked() -> AssignmentFilters:
    """From the address; what makes no sense is left out."""
    asked = request.args
    wanted = asked.get("status", "")
    return AssignmentFilters(
        status=wanted if wanted in SHOWN_STATUSES or wanted == ALL else "",
        course_id=next(iter(numbers(asked.getlist("course"))), None),
        department_id=next(iter(numbers(asked.getlist("department"))), None),
        search=asked.get("q", "")[:100],
        page=min(max(1, asked.get("page", 1, int)), 100_000),
    )


def facets_of(filters: AssignmentFilters) -> list[dict[str, Any]]:
    """What can be filtered by; one choice each."""
    departments = employee_options(g.viewer).departments
    return [
        facet(_("Status"), "status", status_choices(), filters.status, _("Open")),
        facet(
            _("Course"),
            "course",
            [(str(key), title) for key, title in published_courses()],
            str(filters.course_id or ""),
        ),
        facet(
            _("Department"),
            "department",
            [(one.value, one.label) for one in departments],
            str(filters.department_id or ""),
        ),
    ]


def status_choices() -> list[tuple[str, Any]]:
    """The standard statuses, in the organisation's words."""
    return [*((str(one), status_word(one)) for one in SHOWN_STATUSES), (ALL, _("All, completed too"))]


def facet(label: str, name: str, pairs: list[tuple[str, Any]], chosen: str, first: str = "") -> dict[str, Any]:
    """One facet; the first choice sets no filter."""
    everything = [("", first or _("All")), *pairs]
    options = [
        {"value": value, "label": text, "checked": value == chosen and value != ""} for value, text in everything
    ]
    return {"label": label, "name": name, "options": options}


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
        "is_open": found.completed_at is None and found.closed_as is None,
        "more_time": open_extension_of(found.id),
        "to_come": next_of(found),
        "words": coming_words,
    }
