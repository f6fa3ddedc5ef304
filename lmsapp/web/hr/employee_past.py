"""One person's whole record as it was at the end of a day: who they were, training, compliance, documents (EVD-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.compliance.documents.queries import documents_of
from lmsapp.compliance.ledger.queries import ledger_of
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import clock, site
from lmsapp.insight.person import training_of
from lmsapp.insight.sheets import rows_as_csv
from lmsapp.learning.transcripts.queries import lines_of
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.as_of import Asked, asked, past_context, quick_choices
from lmsapp.web.hr.wing import bp
from lmsapp.web.labels import status_word
from lmsapp.web.lists import csv_response
from lmsapp.web.render import get_or_404, page, to


@bp.get("/employees/<int:employee_id>/past")
def employee_past(employee_id: int) -> ResponseReturnValue:
    """As it was on the day asked; without one, at the end of last month."""
    there = get_or_404(employee_for(g.viewer, employee_id))
    seen = asked()
    if seen.day is None and not seen.problem:
        day = quick_choices(clock.today(site.time_zone()))[0][1]
        return to(url_for("hr.employee_past", employee_id=employee_id, as_of=day.isoformat()))
    found = _record(employee_id, seen) if seen.day else {"then": None}
    sheet = url_for("hr.employee_past_csv", employee_id=employee_id, as_of=str(seen.day or ""))
    context = past_context(seen)
    context["past"]["today"] = url_for("hr.employee", employee_id=employee_id)
    return page("hr/employee/past.html", employee=there, sheet=sheet, **found, **context)


@bp.get("/employees/<int:employee_id>/past.csv")
def employee_past_csv(employee_id: int) -> ResponseReturnValue:
    """Training, completions, compliance and documents of that day, a row each; without one the page, to choose it."""
    get_or_404(employee_for(g.viewer, employee_id))
    seen = asked()
    if seen.day is None:
        return to(url_for("hr.employee_past", employee_id=employee_id))
    found = _record(employee_id, seen)
    note_reading("employee as of", g.viewer, filters={"employee_id": employee_id, "as_of": str(seen.day)})
    heads = [_("Part"), _("Title"), _("Status"), _("Day"), _("Until"), _("Number")]
    sheet = rows_as_csv(heads, _rows(found) if found["then"] else [], first_line=seen.first_line())
    return csv_response(iter([sheet]), f"{seen.file_name(f'employee-{employee_id}')}.csv")


def _record(employee_id: int, seen: Asked) -> dict[str, Any]:
    """What was on record; `then` None where the person was not yet."""
    with seen.reading():
        then = employee_for(g.viewer, employee_id)
        if then is None:
            return {"then": None}
        return {
            "then": then,
            "training": training_of(g.viewer, employee_id, seen.now),
            "completions": lines_of(employee_id),
            "ledger": ledger_of(g.viewer, employee_id, seen.today(then.time_zone)),
            "documents": documents_of(g.viewer, employee_id),
            "day_of": lambda value: dt.date.fromisoformat(value) if value else None,
        }


def _rows(found: dict[str, Any]) -> list[tuple[object, ...]]:
    training, completion, compliance, document = _("Training"), _("Completion"), _("Compliance"), _("Document")
    return [
        *(
            (training, one.course, status_word(one.status or one.standing), one.due_on, one.valid_until, "")
            for one in found["training"]
        ),
        *(
            (completion, one["title"], "", one["completed_on"], one["valid_until"], one["certificate"])
            for one in found["completions"]
        ),
        *(
            (compliance, one.name, status_word(one.status), one.completed_on, one.renewal_on, "")
            for one in found["ledger"]
        ),
        *((document, one.title, one.type, one.issued_on, one.expires_on, one.sha256) for one in found["documents"]),
    ]
