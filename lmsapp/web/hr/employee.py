"""The employee file: documents first, then profile, training, compliance and timeline (HRD-1 to HRD-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from wtforms import DateField, MultipleFileField, SelectField
from wtforms.validators import Optional

from lmsapp.compliance.documents.queries import documents_of, type_names, types_with_expiry, unfiled_of
from lmsapp.compliance.documents.rules import LARGEST
from lmsapp.compliance.ledger.deciding import note_looked
from lmsapp.compliance.ledger.queries import LedgerLine, ledger_of
from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.evidence.retention.holds.queries import holds_on_person
from lmsapp.infra import clock
from lmsapp.insight.ledger_marks import completions_on_ledger
from lmsapp.insight.person import timeline_of, training_of
from lmsapp.learning.certificates.document import unprintable
from lmsapp.learning.enrollments.why import why_not_complete
from lmsapp.learning.links.queries import links_of
from lmsapp.learning.particulars.queries import completions_of
from lmsapp.learning.transcripts.queries import transcripts_of
from lmsapp.people.accounts.queries import link_expires
from lmsapp.people.accounts.rules import Purpose
from lmsapp.people.employees.chain import place_of
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.roster.queries import run_that_touched
from lmsapp.web.dates import day
from lmsapp.web.documents_shown import shown as shown_documents
from lmsapp.web.documents_shown import title_of
from lmsapp.web.forms import Form
from lmsapp.web.hr.wing import bp
from lmsapp.web.link_words import shown as link_shown
from lmsapp.web.paths import person_paths
from lmsapp.web.render import get_or_404, page
from lmsapp.web.timeline import lines
from lmsapp.web.transcripts import shown
from lmsapp.web.why import why_context

__all__ = ["title_of"]
TABS = ("profile", "training", "documents", "compliance", "messages", "timeline")


class UploadForm(Form):
    """Several files of one kind. `files` is checked by content, not here."""

    files = MultipleFileField()
    type = SelectField()
    expires_on = DateField(validators=[Optional()])


@bp.get("/employees/<int:employee_id>")
def employee(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    return page("hr/employee/documents.html", **(file_context(person) | head(person, "documents")))


@bp.get("/employees/<int:employee_id>/profile")
def employee_profile(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    return page("hr/employee/profile.html", **profile_context(person))


@bp.get("/employees/<int:employee_id>/training")
def employee_training(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    training = training_of(g.viewer, employee_id, clock.now())
    paths = person_paths(g.viewer, employee_id)
    transcripts = shown(transcripts_of(g.viewer, employee_id), "hr")
    more: dict[str, Any] = {"transcripts": transcripts, "latin": unprintable(person.name)}
    more["on_ledger"] = completions_on_ledger(g.viewer, employee_id)
    return page("hr/employee/training.html", training=training, paths=paths, **more, **head(person, "training"))


@bp.get("/employees/<int:employee_id>/compliance")
def employee_compliance(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    today = clock.today(person.time_zone)
    ledger = ledger_of(g.viewer, employee_id, today)
    note_looked(person.id, g.viewer)
    return page("hr/employee/compliance.html", ledger=ledger, **head(person, "compliance"))


@bp.get("/employees/<int:employee_id>/timeline")
def employee_timeline(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    message = partial(url_for, "hr.employee_message", employee_id=employee_id)
    timeline = lines(timeline_of(g.viewer, employee_id), lambda notice_id: message(notice_id=notice_id))
    return page("hr/employee/timeline.html", timeline=timeline, **head(person, "timeline"))


@bp.get("/enrollments/<int:enrollment_id>/why")
def employee_why(enrollment_id: int) -> Response:
    found = get_or_404(why_not_complete(g.viewer, enrollment_id))
    enrollment = found.view.enrollment
    person = get_or_404(employee_for(g.viewer, enrollment.employee_id))
    explained: dict[str, Any] = {"enrollment": enrollment, "why": why_context(found, staff=True)}
    explained["completions"] = completions_of(enrollment.employee_id, enrollment.course_id)
    return page("hr/employee/why.html", **explained, **head(person, "training"))


def head(person: EmployeeView, current: str) -> dict[str, Any]:
    """What the top of every page of the file shows."""
    labels = (_("Profile"), _("Training"), _("Documents"), _("Compliance"), _("Messages"), _("Timeline"))
    return {
        "employee": person,
        "today": clock.today(person.time_zone),
        "holds": holds_on_person(g.viewer, person.id),
        "tabs": [
            {"label": label, "href": address(person.id, tab), "current": tab == current}
            for tab, label in zip(TABS, labels, strict=True)
        ],
    }


def profile_context(person: EmployeeView) -> dict[str, Any]:
    """The record, the account and the place in the organisation."""
    return head(person, "profile") | {
        "place": place_of(g.viewer, person.id),
        "department": department_tree().words(person.department_id),
        "links": [link_shown(row) for row in links_of(g.viewer, person.id)],
        "roster": run_that_touched(g.viewer, person.id),
        "invited_until": live_invitation(person.user_id) if person.account == "invited" else None,
    }


def live_invitation(user_id: int | None) -> dt.datetime | None:
    """Until when the invitation works; None when it does not any more."""
    until = link_expires(user_id, Purpose.INVITATION.value) if user_id else None
    return until if until and until > clock.now() else None


def address(employee_id: int, tab: str) -> str:
    """Documents are the file itself."""
    name = "hr.employee" if tab == "documents" else f"hr.employee_{tab}"
    return url_for(name, employee_id=employee_id)


def file_context(person: EmployeeView, form: Form | None = None) -> dict[str, Any]:
    """Unfiled results, documents and ledger: the region every filing answers with. `form` is one with errors."""
    zone = person.time_zone
    return {
        "employee": person,
        "unfiled": unfiled_of(g.viewer, person.id),
        "documents": shown_documents("hr", documents_of(g.viewer, person.id), zone),
        "earlier": shown_documents("hr", documents_of(g.viewer, person.id, which="earlier"), zone),
        "taken_out": documents_of(g.viewer, person.id, which="out"),
        "results": [],
        "most_bytes": LARGEST,
        "ledger": ledger_of(g.viewer, person.id, clock.today(person.time_zone)),
        "types": type_names(),
        "form": form,
        "upload": form if isinstance(form, UploadForm) else upload_form(),
        "ledger_words": ledger_words,
        "expiry_types": sorted(types_with_expiry()),
    }


def ledger_words(line: LedgerLine) -> list[str]:
    """What stands below a type: until when, and why."""
    if line.status == ComplianceStatus.WAIVED:
        until = _("Until %(day)s", day=day(line.renewal_on)) if line.renewal_on else _("For good")
        until = _("Does not concern this person") if line.not_applicable else until
        return [until, _("%(reason)s, decided by %(name)s", reason=line.reason, name=line.decided_by)]
    if line.decision != "complete":
        return [_("Nothing shown yet")]
    if line.renewal_on is None:
        return [_("No renewal")]
    expired = line.status == ComplianceStatus.EXPIRED
    words = _("Renewal was due %(day)s") if expired else _("Renew by %(day)s")
    return [words % {"day": day(line.renewal_on)}]


def upload_form(*, empty: bool = True) -> UploadForm:
    """The form with the organisation's document types."""
    form = UploadForm(formdata=None) if empty else UploadForm()
    form.type.choices = [(name, _(name)) for name in type_names()]
    return form


def ids(values: Sequence[str]) -> list[int]:
    """Ids of a form's values; what is no id is left out."""
    return [int(value) for value in values[:500] if value.isdecimal() and len(value) < 10]
