"""Making, changing, archiving a kind of document."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from lmsapp.compliance.documents.actions import only_hr
from lmsapp.compliance.documents.kinds.queries import reach_of_change
from lmsapp.compliance.documents.models import DocumentType
from lmsapp.compliance.documents.rules import ACKNOWLEDGMENT, KEEP_FROM, TRAINING_RECORD, VISIBLE
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken, cleaned_words
from lmsapp.people.viewer import Viewer

LONGEST_NAME = 80
TAKEN = N_("Another kind of document has that name.")
FILED_BY_ITSELF = N_("The product files papers of this kind by itself. Give it another name instead.")


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What can be chosen about a kind; the words as in `DocumentType`."""

    name: str
    visible_to: str = "hr"
    keep_years: int | None = None
    keep_from: str = "filed"
    needs_expiry: bool = False
    several: bool = True
    position: int = 0


def create_kind(facts: KindFacts, by: Viewer) -> DocumentType:
    """Raises RuleBroken."""
    only_hr(by)
    facts = _checked(facts, None)
    last = db.session.scalar(select(func.max(DocumentType.position))) or 0
    kind = DocumentType(**asdict(facts) | {"position": facts.position or last + 1})
    db.session.add(kind)
    db.session.flush()
    record_change("created", ("document_type", kind.id), by=by, after=_facts(kind))
    return kind


def change_kind(kind: DocumentType, facts: KindFacts, by: Viewer, *, agreed: str = "") -> None:
    """`agreed`: the new `visible_to`, where somebody has read whom that opens or closes documents to.

    Raises RuleBroken (field 'visible_to') where nobody has, and documents are concerned.
    """
    only_hr(by)
    facts = _checked(facts, kind)
    if facts.visible_to not in (kind.visible_to, agreed) and reach_of_change(kind, facts.visible_to).documents:
        raise RuleBroken(N_("Read whom this opens or closes documents to, then save once more."), field="visible_to")
    before = _facts(kind)
    for name, value in asdict(facts).items():
        setattr(kind, name, value)
    after = _facts(kind)
    if after != before:
        record_change("changed", ("document_type", kind.id), by=by, before=before, after=after)


def archive_kind(kind: DocumentType, by: Viewer) -> None:
    """It is offered no more; what is filed under it stays. Raises RuleBroken."""
    only_hr(by)
    if kind.standard in (TRAINING_RECORD, ACKNOWLEDGMENT):
        raise RuleBroken(FILED_BY_ITSELF)
    if kind.archived_at is None:
        kind.archived_at = clock.now()
        record_change("archived", ("document_type", kind.id), by=by, after={"name": kind.name})


def restore_kind(kind: DocumentType, by: Viewer) -> None:
    only_hr(by)
    if kind.archived_at is not None:
        kind.archived_at = None
        record_change("restored", ("document_type", kind.id), by=by, after={"name": kind.name})


def _checked(facts: KindFacts, kind: DocumentType | None) -> KindFacts:
    name = " ".join(cleaned_words(facts.name, LONGEST_NAME, "name").split())
    if not name:
        raise RuleBroken(N_("Give it a name."), field="name")
    if facts.visible_to not in VISIBLE or facts.keep_from not in KEEP_FROM:
        raise RuleBroken(N_("Choose one of the answers."))
    if facts.keep_from == "expiry" and facts.keep_years is not None and not facts.needs_expiry:
        raise RuleBroken(
            N_("The years can run from the last valid day only where each document has one."), field="keep_from"
        )
    same = select(DocumentType.id).where(func.lower(DocumentType.name) == name.lower())
    other = db.session.scalar(same.where(DocumentType.id != kind.id) if kind else same)
    if other is not None:
        raise RuleBroken(TAKEN, field="name", link=("document_type", other))
    return KindFacts(**asdict(facts) | {"name": name})


def _facts(kind: DocumentType) -> dict[str, object]:
    return {name: getattr(kind, name) for name in KindFacts.__dataclass_fields__}
