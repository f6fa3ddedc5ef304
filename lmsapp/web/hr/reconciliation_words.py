"""The differences between learning and the ledger in words: what is off, and what mends it (HRD-6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as __

from lmsapp.compliance.reconciling.rules import Kind, Mend
from lmsapp.web.dates import day

KINDS: dict[str, Any] = {
    Kind.NOT_FILED: __("Completed, not filed"),
    Kind.NOT_MARKED: __("Filed, not marked"),
    Kind.NO_EVIDENCE: __("Marked without evidence"),
    Kind.EXPIRED_HERE: __("Expired here, valid in learning"),
    Kind.EXPIRED_THERE: __("Valid here, expired in learning"),
    Kind.REVOKED: __("Marked, though taken back"),
    Kind.NOT_ASKED: __("Held, not asked"),
    Kind.ASKED_TWICE: __("Asked twice"),
}
MENDS_WORDS: dict[str, Any] = {
    Mend.FILE: __("File it"),
    Mend.MARK: __("Mark Complete with it"),
    Mend.ATTACH: __("Attach the filed certificate"),
    Mend.TAKE_OVER: __("Take over the day from learning"),
    Mend.REQUIRE: __("Ask for it again"),
    Mend.CANCEL: __("Cancel the later assignment"),
}
DID: dict[str, Any] = {
    Mend.FILE: __("Filed."),
    Mend.MARK: __("Marked Complete."),
    Mend.ATTACH: __("The evidence is attached."),
    Mend.TAKE_OVER: __("The day from learning was taken over."),
    Mend.REQUIRE: __("Required again."),
    Mend.CANCEL: __("The later assignment was cancelled."),
}


WORDS: dict[str, Any] = {
    Kind.NOT_FILED: __("Completed on %(day)s; the certificate is not in the employee file."),
    Kind.NOT_MARKED: __("The file shows %(day)s; the ledger does not say that it is held."),
    Kind.NO_EVIDENCE: __("Marked Complete without a document, and one is needed."),
    Kind.EXPIRED_HERE: __("Expired in the ledger since %(renew)s; valid in learning until %(until)s."),
    Kind.EXPIRED_THERE: __("The ledger counts it until %(renew)s; in learning it ended on %(until)s."),
    Kind.REVOKED: __("Marked Complete for %(day)s, and learning has taken that back or revoked it."),
    Kind.NOT_ASKED: __("Held since %(day)s, and not asked of this person."),
    Kind.ASKED_TWICE: __("Assigned more than once, and one is enough: %(titles)s."),
}
NO_END = "9999-12-31"


def what_is_off(kind: str, facts: dict[str, Any]) -> str:
    """One sentence with the days that differ."""
    words = WORDS[kind]
    if kind == Kind.NOT_MARKED and facts.get("known"):
        words = __("The file shows %(day)s; the ledger still says %(known)s.")
    elif kind == Kind.NO_EVIDENCE and facts.get("taken_out"):
        words = __("Marked Complete, and its document was taken out of the file.")
    elif kind == Kind.EXPIRED_HERE and facts.get("until") == NO_END:
        words = __("Expired in the ledger since %(renew)s; valid in learning, without an end.")
    elif kind == Kind.EXPIRED_THERE and not facts.get("renewal_on"):
        words = __("The ledger counts it for good; in learning it ended on %(until)s.")
    return str(words) % {
        "day": _day(facts.get("day")),
        "until": _day(facts.get("until")),
        "renew": _day(facts.get("renewal_on")),
        "known": _day(facts.get("known")),
        "titles": ", ".join(facts.get("titles", ())),
    }


def _day(value: str | None) -> str:
    return day(dt.date.fromisoformat(value)) if value else ""
