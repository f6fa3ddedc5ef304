"""The worker's part: wait until everything is under a checkpoint, write the file, keep it (EVD-4).

Whatever stops a worker, the lease runs out and the sweep rings again; the file is written beside its place, so half of
one is never taken for a pack.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from flask import current_app
from slugify import slugify
from sqlalchemy import select

from lmsapp.evidence.ledger.models import LedgerSubject
from lmsapp.infra import clock
from lmsapp.infra.claims import Claim, mark_failed, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.pack.actions import PACK_JOB, terms_of, throw_away_old
from lmsapp.insight.pack.events import PackFailed, PackReady
from lmsapp.insight.pack.ledger import some_wait
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.population import chosen_by
from lmsapp.insight.pack.queries import folder, may_have
from lmsapp.insight.pack.rules import PackState, Scope
from lmsapp.insight.pack.story import Story
from lmsapp.insight.pack.writing import Packing
from lmsapp.people.queries import viewer_now
from lmsapp.people.viewer import Viewer

MOST_TRIES = 3
PATIENCE_S = 60.0
LOOK_AGAIN_S = 0.5
CHUNK = 1 << 20
OUR_ERROR = N_("Something went wrong on our side. Nothing is lost; try again, or tell your administrator.")
WORKER_LOST = N_("The worker stopped several times while working on this. Try again.")
NOT_SIGNED = N_("The completion ledger is not being signed at present. Tell your administrator, then try again.")
NO_RIGHT = N_("Whoever asked for this may not have it any more.")
NOBODY = N_("Nobody fits: there are no people for these days, so there is nothing to pack.")


def work_on_pack(pack_id: int) -> bool:
    """Make it, unless another worker does already. Never raises; a failure is noted on the row, and told."""
    return work(EvidencePack, pack_id, _make, our_error=OUR_ERROR, note=_note)


def _make(claim: Claim[EvidencePack]) -> None:
    _wait(claim)
    _work(claim)


def sweep_packs() -> None:
    """Free the claims of dead workers, ring again for what waits, let go of what was kept long enough."""
    for pack in sweep(EvidencePack, PACK_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST):
        emit(PackFailed(pack))
    throw_away_old()


def _wait(claim: Claim[EvidencePack]) -> None:
    """Until the sequencer has given every event about these people its place."""
    begun = time.monotonic()
    while True:
        with unit_of_work():
            pack = db.session.get_one(EvidencePack, claim.run_id, populate_existing=True)
            chosen = chosen_by(terms_of(pack), _asker(pack), current_app.config["TIME_ZONE"])
            if not chosen.people:
                raise RuleBroken(NOBODY)
            if not some_wait(chosen.people, pack.asked_at):
                return
        if time.monotonic() - begun > PATIENCE_S:
            raise RuleBroken(NOT_SIGNED)
        claim(0, 20)
        time.sleep(LOOK_AGAIN_S)


def _work(claim: Claim[EvidencePack]) -> None:
    with tempfile.NamedTemporaryFile(dir=folder(), prefix=".", delete=False) as out:
        made = Path(out.name)
        try:
            with unit_of_work():
                counts = _write(claim, out)
            sha256, size = _digest(out)
            with unit_of_work():
                _keep(claim.run(), made, counts, sha256, size)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


def _write(claim: Claim[EvidencePack], out: IO[bytes]) -> dict[str, Any]:
    pack = db.session.get_one(EvidencePack, claim.run_id, populate_existing=True)
    viewer, terms, zone = _asker(pack), terms_of(pack), current_app.config["TIME_ZONE"]
    story = Story(_asked(pack, zone), clock.now(), pack.language, file_name_of(pack), zone)
    packing = Packing(terms, chosen_by(terms, viewer, zone), viewer, story, out, claim)
    counts: Mapping[str, int] = packing.write()
    more = {"newer": story.newer, "unproven": story.unproven, "lost": len(story.lost), "approved": story.approved}
    return {**counts, **more}


def _asked(pack: EvidencePack, zone: str) -> dict[str, Any]:
    """As the manifest says it; without personal facts neither who asked nor, of a person, the name."""
    title, by = pack.title, {"by": pack.asked_by_name}
    if not pack.personal:
        by = {}
        if pack.scope == Scope.PERSON:
            named = select(LedgerSubject.commitment).where(LedgerSubject.employee_id == int(pack.subject))
            title = db.session.scalar(named) or "nobody of the ledger"
    kept = {"scope": pack.scope, "title": title, "since": pack.since.isoformat(), "until": pack.until.isoformat()}
    return {**kept, "zone": zone, "personal": "yes" if pack.personal else "no", **by}


def file_name_of(pack: EvidencePack) -> str:
    """What it is called when it is downloaded."""
    words = slugify(pack.title, max_length=50) if pack.personal or pack.scope != Scope.PERSON else "person"
    return f"evidence-{words or 'pack'}-{pack.since}-{pack.until}-{pack.id}.zip"


def _digest(out: IO[bytes]) -> tuple[str, int]:
    out.flush()
    out.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := out.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _keep(pack: EvidencePack, made: Path, counts: dict[str, Any], sha256: str, size: int) -> None:
    name = f"{pack.id}-{secrets.token_hex(8)}.zip"
    made.replace(folder() / name)
    pack.file_name, pack.sha256, pack.size, pack.counts = name, sha256, size, counts
    pack.state, pack.lease_until, pack.finished_at, pack.error = PackState.READY, None, clock.now(), None
    pack.done = pack.total = 20
    emit(PackReady(pack))


def _asker(pack: EvidencePack) -> Viewer:
    """Whoever asked, with what they may see now."""
    viewer = viewer_now(pack.asked_by_id)
    if viewer is None or not may_have(viewer):
        raise RuleBroken(NO_RIGHT)
    return viewer


def _note(pack: EvidencePack, broken: RuleBroken) -> None:
    mark_failed(pack, broken)
    pack.finished_at = clock.now()
    emit(PackFailed(pack))
