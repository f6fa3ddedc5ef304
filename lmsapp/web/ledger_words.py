"""The ledger in words: how it is, what a run is at, what a finding is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.evidence.verifications.rules import Health
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer
from lmsapp.web.forms import error_words


@dataclass(frozen=True, slots=True)
class Look:
    """A sentence, what to do, and how it looks: never by colour alone."""

    sentence: Any
    text: Any
    tone: str
    icon: str


HEALTH: dict[Health, Look] = {
    Health.WELL: Look(
        __("All is as it was put on record."),
        __("The last verification looked at everything and found nothing changed, removed or slipped in."),
        "good",
        "shield",
    ),
    Health.BROKEN: Look(
        __("Something is not as it was put on record."),
        __("Do not mend anything before it was looked into: what is there now is evidence."),
        "bad",
        "alert",
    ),
    Health.ANSWERED: Look(
        __("Something is not as it was put on record, and somebody has said why."),
        __("It stays visible, with the reason, until it fits again."),
        "warn",
        "alert",
    ),
    Health.STUCK: Look(
        __("New records wait for their places in the ledger."),
        __("They are on record and signed. Places are given by the scheduler: look at Jobs whether it runs."),
        "warn",
        "sand",
    ),
    Health.UNKNOWN: Look(
        __("The ledger was never verified."),
        __("It is verified every night. You can have it done now."),
        "info",
        "help",
    ),
    Health.OVERDUE: Look(
        __("The ledger was not verified for more than a day."),
        __("It should be every night: look at Jobs whether the worker runs, or have it verified now."),
        "warn",
        "clock",
    ),
}
HOW = {"daily": __("Every night"), "asked": __("Asked for"), "command": __("Command line")}
RECORDS: dict[str, Any] = {
    "completion_record": __("Completion record"),
    "sealed_file": __("PDF"),
    "stored_file": __("File"),
    "audit_entry": __("Entry of the audit trail"),
    "ledger_event": __("Event of the ledger"),
    "ledger_salt": __("Salt of an event"),
    "ledger_checkpoint": __("Checkpoint"),
    "ledger_epoch": __("Tree"),
    "ledger_verification": __("Verification"),
    "table_seal": __("Seal"),
    "signing_text_version": __("Version of a text"),
    "grading": __("Grading"),
    "quiz_grading": __("Grading of a quiz"),
    "employee": __("Employee"),
    "certificate": __("Certificate"),
    "signature": __("Signature"),
    "employee_document": __("Document"),
    "employee_compliance": __("Compliance decision"),
}


def record_link(wing: str, viewer: Viewer, kind: str, record_id: int, employee_id: int | None) -> dict[str, Any]:
    """What a finding is about: its name, and the page where this viewer finds it, if there is one.

    `employee_id`: whom the ledger names with it."""
    label = f"{RECORDS.get(kind, kind)} {record_id}" if record_id else str(RECORDS.get(kind, kind))
    return {"label": label, "href": _page_of(wing, viewer, kind, record_id, employee_id)}


def _page_of(wing: str, viewer: Viewer, kind: str, record_id: int, employee_id: int | None) -> str | None:
    if kind == "audit_entry" and wing == "admin":
        return url_for("admin.audit_entry", entry_id=record_id) if record_id > 0 else None
    if kind == "signature" and (wing == "hr" or viewer.may(May.AUDIT)):
        return url_for(f"{wing}.signature", signature_id=record_id)
    person = record_id if kind == "employee" else employee_id
    if wing == "hr" and person:
        return url_for("hr.employee_training", employee_id=person)
    return None


def run_words(run: Any) -> str:
    if run.state == "failed":
        return error_words(run)
    if run.state == "waiting":
        return _("The worker takes it next.")
    if run.total:
        return _("%(done)s of %(total)s parts.", done=run.done, total=run.total)
    return _("Sealing what is new.")
