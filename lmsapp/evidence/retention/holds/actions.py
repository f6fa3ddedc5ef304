"""Setting, lifting and noting."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.retention.holds.models import HoldLifting, HoldNote, LegalHold
from lmsapp.evidence.retention.holds.rules import LONGEST_NOTE, HoldFacts, Scope, check_hold
from lmsapp.evidence.retention.policies.rules import check_reason
from lmsapp.evidence.retention.testimony import HOLDS, LIFTINGS
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken, cleaned_words
from lmsapp.people.viewer import Viewer

CUSTODIANS = text(
    "INSERT INTO legal_hold_custodian (hold_id, employee_id, since) SELECT :hold_id, id, now() FROM employee"
    " WHERE department_id IN (SELECT retention_below(:target_id)) ON CONFLICT DO NOTHING"
)


def set_hold(facts: HoldFacts, *, by: Viewer) -> LegalHold:
    """From now on nothing under it goes. Raises RuleBroken."""
    check_hold(facts)
    hold = LegalHold(
        title=facts.title.strip(),
        reason=facts.reason.strip(),
        scope=facts.scope.value,
        target_id=facts.target_id,
        kind=facts.kind,
        from_on=facts.from_on,
        until_on=facts.until_on,
        set_by_id=by.user_id,
    )
    db.session.add(hold)
    db.session.flush()
    if facts.scope is Scope.DEPARTMENT:
        db.session.execute(CUSTODIANS, {"hold_id": hold.id, "target_id": hold.target_id})
    attest(HOLDS, hold, "held")
    after = {
        "scope": hold.scope,
        "target_id": hold.target_id,
        "kind": hold.kind,
        "from": hold.from_on,
        "to": hold.until_on,
    }
    record_change("hold set", ("legal_hold", hold.id), by=by, after={"title": hold.title, **after}, reason=hold.reason)
    return hold


def lift_hold(hold: LegalHold, *, by: Viewer, reason: str) -> HoldLifting:
    """It holds nothing any more; other holds on the same records stay. Raises RuleBroken."""
    lifting = HoldLifting(hold_id=hold.id, reason=check_reason(reason), lifted_by_id=by.user_id)
    try:
        with db.session.begin_nested():
            db.session.add(lifting)
            db.session.flush()
    except IntegrityError as twice:
        raise RuleBroken(N_("This hold was lifted already.")) from twice
    attest(LIFTINGS, lifting, "lifted")
    record_change("hold lifted", ("legal_hold", hold.id), by=by, before={"title": hold.title}, reason=lifting.reason)
    return lifting


def note_on_hold(hold: LegalHold, words: str, *, employee_id: int | None, by: Viewer) -> HoldNote:
    """What was said or done, about the hold or one custodian. Raises RuleBroken."""
    cleaned = cleaned_words(words, LONGEST_NOTE, "text")
    if not cleaned:
        raise RuleBroken(N_("Write something first."), field="text")
    lifted = db.session.scalar(select(HoldLifting.id).where(HoldLifting.hold_id == hold.id))
    if lifted:
        raise RuleBroken(N_("This hold was lifted already."))
    note = HoldNote(hold_id=hold.id, employee_id=employee_id, text=cleaned, noted_by_id=by.user_id)
    db.session.add(note)
    db.session.flush()
    record_change("noted", ("legal_hold", hold.id), by=by, after={"employee_id": employee_id})
    return note
