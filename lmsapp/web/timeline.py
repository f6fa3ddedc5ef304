"""What happened, as sentences for a timeline. Entries keep words of the trail; here they become the reader's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from lmsapp.evidence.audit.actions import SYSTEM
from lmsapp.insight.person import Happened
from lmsapp.web.admin.words import said, why
from lmsapp.web.dates import day, moment
from lmsapp.web.escalation_words import escalated
from lmsapp.web.timeline_learning import LEARNING, of_completion, of_learning
from lmsapp.web.timeline_people import of_person
from lmsapp.web.timeline_proofs import PROOFS, of_proof


@dataclass(frozen=True, slots=True)
class Line:
    """As `ui.event` takes it. `text` says in which course, when, who and why."""

    title: str
    text: str
    icon: str
    tone: str = ""
    href: str | None = None


def lines(happened: Iterable[Happened], message: Callable[[int], str] | None = None) -> list[Line]:
    """One line each, in the order given. `message`: where a notice of that id is read."""
    return [_line(one, message) for one in happened]


def _line(one: Happened, message: Callable[[int], str] | None) -> Line:
    title, icon, tone = _title(one)
    notice_id = one.detail.get("notice_id") if one.kind == "notice" else None
    parts = [
        one.course,
        moment(one.at),
        named(one.who),
        _("Reason: %(reason)s", reason=one.reason) if one.reason else "",
    ]
    href = message(notice_id) if message and notice_id else None
    return Line(title, " · ".join(part for part in parts if part), icon, tone, href)


def named(actor: str) -> str:
    """The name of who did it; what jobs do, the system did."""
    return _("The system") if actor == SYSTEM else actor


def _title(one: Happened) -> tuple[str, str, str]:
    detail, name = one.detail, str(one.detail.get("title") or one.detail.get("type") or "")
    if one.kind == "completed":
        return of_completion(one.what, detail)
    if one.kind in LEARNING:
        return of_learning(one.kind, one.what, detail)
    if one.kind == "notice":
        return _notice(one)
    if one.kind in ("employee", "user"):
        return of_person(one.what, detail)
    if one.kind in PROOFS:
        return of_proof(one.kind, one.what, detail)
    known = {
        ("employee_document", "filed"): (_("Filed %(name)s", name=name), "inbox", "good"),
        ("employee_document", "opened"): (_("Opened %(name)s", name=name), "eye", ""),
        ("employee_document", "looked at"): (_("Looked at %(name)s", name=name), "eye", ""),
        ("employee_document", "new version"): (_("New version of %(name)s", name=name), "upload", "good"),
        ("employee_document", "changed"): (_("Changed the facts of %(name)s", name=name), "edit", ""),
        ("employee_document", "replaced"): (_("%(name)s replaced by a newer document", name=name), "archive", ""),
        ("employee_document", "put back"): (_("Put %(name)s back into the file", name=name), "undo", ""),
        ("employee_document", "found infected"): (_("Virus found in %(name)s", name=name), "alert", "bad"),
        ("employee_document", "taken out"): (_("Took %(name)s out of the file", name=name), "archive", ""),
        ("employee_compliance", "complete"): (_("%(name)s marked Complete", name=name), "shield", "good"),
        ("employee_compliance", "waived"): (_("%(name)s waived", name=name), "wave", ""),
        ("employee_compliance", "decision taken back"): (_("%(name)s: decision taken back", name=name), "undo", ""),
        ("employee_compliance", "renewal assigned"): (_("%(name)s: renewal assigned", name=name), "renew", ""),
        ("employee_compliance", "required"): (_("%(name)s required", name=name), "ring", ""),
        ("assignment", "assigned"): (_("Training assigned, due %(day)s", day=_date(detail.get("due_on"))), "plus", ""),
        ("assignment", "due date changed"): (_due_change(one), "calendar", ""),
        ("assignment", "cancelled"): (_("Assignment cancelled"), "cancel", ""),
        ("path_enrollment", "put on the path"): (_("On the path %(name)s", name=detail.get("path", "")), "path", ""),
        ("path_enrollment", "taken off the path"): (_("Taken off a learning path"), "cancel", ""),
        ("assignment", "exempt"): (_("Exempted from training"), "minus", ""),
    }
    return known.get((one.kind, one.what), (_(one.what).capitalize(), "circle", ""))


def _notice(one: Happened) -> tuple[str, str, str]:
    """Something they were sent, or that was sent to others about them."""
    detail = one.detail
    if "to" in detail:
        return escalated(
            detail["to"], detail["template"], detail["status"], why(detail["reason"]), said(detail["error"])
        )
    failed = detail.get("status") in ("failed", "suppressed")
    by_mail = detail.get("channel") == "email"
    words = _("Notice: %(subject)s") if not by_mail else _("E-mail: %(subject)s")
    words = _("Not sent: %(subject)s") if failed else words
    kind = str(detail.get("template", "")).replace("_", " ").capitalize()  # of a promise not yet in words
    return words % {"subject": one.what or _(kind)}, "mail", "bad" if failed else ""


def _due_change(one: Happened) -> str:
    before = _date(one.detail.get("before", {}).get("due_on"))
    return _("Due date moved from %(old)s to %(new)s", old=before, new=_date(one.detail.get("due_on")))


def _date(kept: object) -> str:
    """The trail keeps ISO 8601."""
    try:
        return day(dt.date.fromisoformat(str(kept)))
    except ValueError:
        return str(kept or "")
