"""A new tree in place of one that must not be signed any more: on purpose, with a reason (ledger.md, section 4)."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.keeping import current_tree, ledger_key
from lmsapp.evidence.ledger.models import LedgerEpoch
from lmsapp.evidence.ledger.outside import Refusal
from lmsapp.evidence.ledger.proofs import latest_checkpoint
from lmsapp.evidence.ledger.rules import CheckpointText, epoch_text, origin_of
from lmsapp.evidence.ledger.sequencing import LOCK_KEY, tree_that_fits
from lmsapp.evidence.ledger.troubles import SIGNING, end_trouble
from lmsapp.infra.db import db
from lmsapp.infra.merkle import EMPTY
from lmsapp.infra.words import N_, NotAllowed, RuleBroken, cleaned_words
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LONGEST_REASON = 500
WAY_OUT = frozenset({"shorter", "differs", "altered", "unknown key", "missing"})


def begin_epoch(by: Viewer, reason: str) -> LedgerEpoch:
    """The tree in use is closed as it is; an empty one begins with a signed statement of why. What waits goes there.

    Only when the tree in use is refused for good. Raises NotAllowed, RuleBroken, LedgerKeyTrouble.
    """
    if not by.may(May.CONFIGURE):
        raise NotAllowed(N_("Only system managers begin a new tree."))
    why = " ".join(cleaned_words(reason, LONGEST_REASON, "reason").split())
    if not why:
        raise RuleBroken(N_("Say why a new tree is needed."), field="reason")
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    refusal = _refusal()
    number, before = current_tree()
    last = latest_checkpoint(number)
    held = CheckpointText("", last.size, last.root) if last else CheckpointText("", 0, EMPTY)
    seen = CheckpointText(refusal.seen.where, refusal.seen.size, refusal.seen.root) if refusal.seen else None
    ledger_id = uuid4()
    said = epoch_text(ledger_id, number + 1, before, seen=seen, held=held, why=why)
    epoch = LedgerEpoch(number=number + 1, ledger_id=ledger_id, reason=why, note=ledger_key(ledger_id).note(said))
    db.session.add(epoch)
    db.session.flush()
    end_trouble(SIGNING)
    record_change(
        "began a new tree",
        ("ledger_epoch", epoch.number),
        by=by,
        before={"tree": origin_of(before), "size": held.size, "seen": seen.size if seen else None, "why": str(refusal)},
        after={"tree": origin_of(ledger_id)},
        reason=why,
    )
    return epoch


def _refusal() -> Refusal:
    """Why the tree in use is not signed. Raises RuleBroken when it is, or will be again."""
    try:
        tree_that_fits()
    except Refusal as refusal:
        if refusal.why in WAY_OUT:
            return refusal
        raise RuleBroken(N_("This passes once its cause is mended: no new tree is needed.")) from refusal
    raise RuleBroken(N_("The ledger is whole: no new tree is needed."))
