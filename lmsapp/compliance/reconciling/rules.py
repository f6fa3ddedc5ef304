"""The kinds of difference between learning, file and ledger, and what mends each (HRD-6). Pure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """In the order HR works through them: what only waits for a click first."""

    NOT_FILED = "not filed"  # completed in learning, its PDF is not in the file
    NOT_MARKED = "not marked"  # in the file, the ledger does not know of it
    NO_EVIDENCE = "no evidence"  # marked, a document is needed, there is none or it was taken out
    EXPIRED_HERE = "expired here"  # expired in the ledger, valid in learning
    EXPIRED_THERE = "expired there"  # valid in the ledger, expired in learning
    REVOKED = "revoked"  # marked, and learning has taken it back since
    NOT_ASKED = "not asked"  # held by somebody it is not asked of
    ASKED_TWICE = "asked twice"  # more than one open assignment for the same type


class Mend(StrEnum):
    """What can be done about a row from the report."""

    FILE = "file"
    MARK = "mark"  # complete, with the evidence there is and the renewal date of the type
    ATTACH = "attach"  # the same day, with evidence
    TAKE_OVER = "take over"  # the day learning has
    REQUIRE = "require"
    CANCEL = "cancel"  # the assignment that is due later


MENDS: dict[Kind, Mend] = {
    Kind.NOT_FILED: Mend.FILE,
    Kind.NOT_MARKED: Mend.MARK,
    Kind.NO_EVIDENCE: Mend.ATTACH,
    Kind.EXPIRED_HERE: Mend.TAKE_OVER,
    Kind.EXPIRED_THERE: Mend.REQUIRE,
    Kind.REVOKED: Mend.REQUIRE,
    Kind.ASKED_TWICE: Mend.CANCEL,
}


def can_mend(kind: Kind, facts: dict[str, object]) -> bool:
    """Whether everything is there that mending in one step takes; else somebody decides on the decision's page."""
    mend = MENDS.get(kind)
    if mend in (Mend.MARK, Mend.ATTACH):
        return facts.get("document_id") is not None
    if mend is Mend.TAKE_OVER:
        return facts.get("document_id") is not None or not facts.get("evidence_needed")
    return mend is not None


def needs_reason(kind: Kind, facts: dict[str, object]) -> bool:
    """Whether an earlier decision is changed by it, or something is taken from somebody."""
    return kind not in (Kind.NOT_FILED, Kind.NOT_MARKED) or bool(facts.get("decided"))
