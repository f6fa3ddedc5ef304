"""Rows of the outbox, the trail and the jobs in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import lazy_pgettext, ngettext

from lmsapp.infra.texting import measure
from lmsapp.outreach.notices.rules import moment_of, without_keys
from lmsapp.web.escalation_words import with_reader
from lmsapp.web.notice_words import NOTICE_STATUSES  # noqa: F401 - pages find it among the words they are given

# By status: the look of the badge, and the word.
FILE_STATUSES: dict[str, Any] = {
    "waiting": __("Waiting"),
    "running": __("In work"),
    "ready": __("Ready"),
    "failed": lazy_pgettext("of work", "Failed"),
}
TEMPLATES: dict[str, Any] = {
    "training_assigned": __("Training assigned"),
    "path_assigned": __("Learning path assigned"),
    "training_reminder": __("Training reminder"),
    "training_overdue": __("Training overdue"),
    "escalation": __("Late training of somebody else"),
    "stalled": __("Training that stands still"),
    "digest_manager": __("A manager's letter of the day"),
    "digest_learner": __("A learner's letter of the day"),
    "training_link": __("Another single-use link"),
    "training_completed": __("Training completed"),
    "completion_told": __("Somebody completed a course"),
    "welcome_back": __("Welcome back"),
    "certificate_ready": __("Certificate ready"),
    "certificate_not_awarded": __("Certificate not awarded"),
    "work_graded": __("Work graded"),
    "instructor_asked": __("Instructor asked for"),
    "extension_asked": __("More time asked for"),
    "extension_answered": __("Answer to a request for more time"),
    "instructor_answered": __("Instructor has answered"),
    "quiz_graded": __("Answers graded"),
    "certification_renewal": __("Certification to renew"),
    "compliance_renewal": __("Something to renew"),
    "compliance_told": __("Something a colleague has to renew"),
    "digest_compliance": __("What ends soon, a letter of the day"),
    "certification_expired": __("Certification expired"),
    "onboarding_started": __("First weeks begin"),
    "onboarding_new_colleague": __("New in the team"),
    "onboarding_task_due": __("Onboarding task due"),
    "onboarding_handed_in": __("Document handed in"),
    "onboarding_sent_back": __("Document sent back"),
    "onboarding_completed": __("Onboarding completed"),
    "invitation": __("Invitation"),
    "password_reset": __("New password"),
    "email_confirm": __("Confirm a new address"),
    "email_in_use": __("Address already in use"),
    "email_changed": __("Sign-in address changed"),
    "mobile_changed": __("Phone number changed"),
    "signature_requested": __("Asked to sign"),
    "signature_reminder": __("Reminder to sign"),
    "reconciliation": __("Reconciliation of the month"),
    "evidence_pack_ready": __("Evidence pack ready"),
    "acts_done": __("Acting on many: done"),
    "evidence_pack_failed": __("Evidence pack not made"),
    "report_ready": __("Report ready"),
    "pdf_ready": __("Signed PDF ready"),
    "report_failed": __("Report not made"),
    "report_sent": __("Report sent regularly"),
    "roster_waits": __("Roster waits"),
    "document_ends": __("Document ends"),
    "documents_end": __("Documents that end"),
    "file_refused": __("File refused by the virus scanner"),
    "scanner_away": __("Virus scanner does not answer"),
    "roster_missing": __("Roster missing"),
    "ledger_trouble": __("Trouble with the ledger"),
    "ledger_checkpoint": __("Checkpoint of the ledger"),
    "retrieval_failed": __("Retrieval test failed"),
    "ledger_changed": __("Completion ledger does not fit"),
    "ledger_unverified": __("Completion ledger not verified"),
    "test": __("Test of a message"),
}
CHANNELS: dict[str, Any] = {
    "email": __("E-mail"),
    "in_app": __("In the product"),
    "sms": __("SMS"),
    "slack": __("Slack"),
    "apprise": __("Other service"),
}
SUPPRESSED: dict[str, Any] = {
    "no address": __("No address"),
    "not wanted": __("Not needed any more"),
    "no consent": __("No consent"),
    "switched off": __("Switched off"),
    "cap": __("Too many messages"),
    "too late": __("Held until too late"),
    "no channel": __("Channel not set up"),
}
KINDS: dict[str, Any] = {
    "assignment": __("Assignment"),
    "audience": __("Audience"),
    "audience_run": __("Run of the audiences"),
    "certificate": __("Certificate"),
    "channel": __("Channel"),
    "certificate_group": __("Certificates of a group"),
    "access_token": __("Access token"),
    "evidence_pack": __("Evidence pack"),
    "go_no_go": __("Go/no-go checklist"),
    "certificate_template": __("Certificate template"),
    "ledger_epoch": __("Completion ledger"),
    "ledger_trouble": __("Completion ledger"),
    "completion_report": __("Report"),
    "report_request": __("Report as PDF"),
    "report_run": __("File of a report"),
    "report_schedule": __("Report sent regularly"),
    "certification_period": __("Certification"),
    "compliance_type": __("Compliance type"),
    "compliance_batch": __("Batch of HR"),
    "assignment_act": __("Acting on many assignments"),
    "waiver_request": __("Waiver asked for"),
    "course": __("Course"),
    "course_import": __("Course file"),
    "course_review": __("Review"),
    "department": __("Department"),
    "document_type": __("Kind of document"),
    "disposal": __("Disposal"),
    "employee": __("Employee"),
    "erasure": __("Erasure request"),
    "legal_hold": __("Legal hold"),
    "retention_policy": __("Retention rule"),
    "retention_review": __("Retention review"),
    "retrieval_test": __("Retrieval test"),
    "employee_compliance": __("Compliance decision"),
    "export": __("Download"),
    "notice": __("Notice"),
    "settings": __("Settings"),
    "employee_document": __("Document"),
    "document_intake": __("File to confirm"),
    "document_bundle": __("Documents as a zip"),
    "refused_file": __("Refused file"),
    "employees": __("List of employees"),
    "enrollment": __("Enrollment"),
    "enrollment_run": __("File of enrollments"),
    "question_import": __("File of questions"),
    "hand_in": __("Hand-in"),
    "holidays": __("Holidays"),
    "ledger_finding": __("Finding of a verification"),
    "ledger_verification_run": __("Verification of the ledger"),
    "lesson": __("Lesson"),
    "message_text": __("Message text"),
    "organisation_value": __("Word of the organisation"),
    "onboarding": __("Onboarding"),
    "path": __("Learning path"),
    "path_enrollment": __("Place on a learning path"),
    "onboarding_template": __("Onboarding template"),
    "question_pool": __("Question pool"),
    "quiz": __("Quiz"),
    "quiz_report": __("Quiz report"),
    "quiz_regrade_report": __("Quiz report, scored anew"),
    "course_quiz_report": __("Course quiz report"),
    "question_analysis": __("Question analysis"),
    "reminder_policy": __("Reminder policy"),
    "reconciliation": __("Row of the reconciliation"),
    "roster_run": __("Roster"),
    "rule_exception": __("Exception of a training rule"),
    "signature": __("Signature"),
    "signature_request": __("Request to sign"),
    "signing_round": __("Signing round"),
    "signing_text": __("Text to sign"),
    "training_rule": __("Training rule"),
    "transcript": __("Transcript"),
    "user": __("Account"),
}
JOBS: dict[str, Any] = {
    "reminders": __("Reminders and overdue training"),
    "verify the ledger": __("Verifying the completion ledger"),
    "forget old sign-ins": __("Forgetting old sign-ins"),
    "retention review": __("Monthly list of what became due"),
    "retrieval test": __("Yearly retrieval test"),
    "audiences": __("Audiences, with what changes by the day"),
    "adopt into the ledger": __("Older records into the completion ledger"),
    "checkpoint to auditors": __("Checkpoint of the day to auditors"),
    "reconciliation": __("Learning and the ledger side by side"),
}


def word(words: Mapping[str, Any], key: str) -> str:
    """The word for `key`; an unknown one as it is, readable."""
    return str(words[key]) if key in words else key.replace("_", " ").capitalize()


def said(text: str) -> str:
    """What a rule or a server said, translated where we know it.

    Not by a template's gettext: that one takes every text for ours, trusts it and fills its % signs. Fixed words may
    stand before what a server said ('The mail server was not reached: ...'): then those are translated.
    """
    fixed, colon, rest = text.partition(": ")
    return str(_(text)) if not colon or str(_(text)) != text else f"{_(fixed)}: {_(rest)}"


def length_of_sms(text: str) -> str:
    """'2 messages (210 characters, GSM-7)': what a text message is paid for as."""
    found = measure(text.strip())
    parts = ngettext("%(num)s message", "%(num)s messages", found.segments)
    return _("%(messages)s (%(units)s places, %(code)s)", messages=parts, units=found.units, code=found.encoding)


def for_others(text: str) -> str:
    """What a message said, for anybody but its reader: without the keys in its links."""
    return without_keys(text)


def why(reason: Mapping[str, Any]) -> str:
    """Policy and offset of a notice as a person says it; '' where nothing was kept."""
    policy, moment = str(reason.get("policy", "")), moment_of(reason)
    if policy == "by hand" and reason.get("words"):
        asked = _("%(name)s asked to look at it: %(words)s", name=reason.get("by", ""), words=reason["words"])
        return with_reader(asked, reason)
    if policy == "by hand":
        return _("Sent by hand by %(name)s", name=reason.get("by", ""))
    if policy == "digest":
        return _("What came together for one day")
    if moment:
        said_so = _with_policy(_moment(moment, reason), str(reason.get("policy_name") or policy), moment)
        return with_reader(said_so, reason)
    if policy in ("escalation", "stalled"):
        return _("Told because training is late") if policy == "escalation" else _("Told because training stands still")
    return "; ".join(
        said(str(value)).capitalize() if key == "why" else f"{key}: {value}"
        for key, value in reason.items()
        if key != "single_use_link" and value not in (None, "", [], {})
    )


def _moment(moment: str, reason: Mapping[str, Any]) -> str:
    days = _number(reason.get("days", reason.get("days_before", 0)))
    told = reason.get("policy") == "escalation" or "to_whom" in reason
    match moment:
        case "before due" if told:
            return ngettext("Told %(num)s day before it is due", "Told %(num)s days before it is due", days)
        case "before due":
            return ngettext("Reminder %(num)s day before it is due", "Reminder %(num)s days before it is due", days)
        case "on due":
            return _("Told on the day it is due") if told else _("Reminder on the day it is due")
        case "after due" if told:
            return ngettext("Told %(num)s day after it was due", "Told %(num)s days after it was due", days)
        case "after due":
            return _nth(
                ngettext("Reminder %(num)s day after it was due", "Reminder %(num)s days after it was due", days),
                reason,
            )
        case "before expiry":
            return ngettext(
                "Reminder %(num)s day before the certification lapses",
                "Reminder %(num)s days before the certification lapses",
                days,
            )
        case _:
            hours = _number(reason.get("hours", 0))
            still = ngettext("No progress for %(num)s hour", "No progress for %(num)s hours", hours)
            return still if hours else _("No progress for some time")


def _nth(words: str, reason: Mapping[str, Any]) -> str:
    """Steps that come again say which time it is."""
    nth = _number(reason.get("nth", 0))
    return _("%(what)s, time %(n)s", what=words, n=nth + 1) if nth else words


def _with_policy(words: str, name: str, moment: str) -> str:
    if name in ("", moment, "escalation", "stalled"):
        return words
    return _("%(what)s (policy %(policy)s)", what=words, policy=said(name))


def _number(value: object) -> int:
    """What older rows or other hands wrote there may be no number."""
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdecimal() else 0


Change = tuple[str, str | None, str | None]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """What differs, as (name, before, after); None where there was or is nothing of that name.

    Numbers of rows and digests say nothing in a list, nor does nothing: the entry's own page has them.
    """
    old, new = before or {}, after or {}
    names = [name for name in {**old, **new} if not name.endswith(("_id", "sha256"))]
    differing = [name for name in names if name not in old or name not in new or old[name] != new[name]]
    told = [(said(name.replace("_", " ")), _plain(old, name), _plain(new, name)) for name in differing]
    return [one for one in told if one[1] is not None or one[2] is not None]


def all_kept(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """Everything an entry keeps, what is the same included."""
    old, new = before or {}, after or {}
    return [(said(name.replace("_", " ")), _plain(old, name), _plain(new, name)) for name in {**old, **new}]


def _plain(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        told = [(said(one.replace("_", " ")), _plain(value, one)) for one in value]
        return "; ".join(f"{word}: {words}" for word, words in told if words is not None)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
