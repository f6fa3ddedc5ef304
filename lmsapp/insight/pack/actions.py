"""Asking for a pack, calling it off, asking again, taking it away, throwing it away (EVD-4)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.population import title_of
from lmsapp.insight.pack.queries import folder, may_have, today
from lmsapp.insight.pack.rules import OPEN, WHAT, WRONG, PackState, Scope, Terms
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

PACK_JOB = "evidence pack"
KIND = "evidence_pack"
KEPT_DAYS = "evidence_pack_days"
LEFT_OVER = dt.timedelta(days=1)


def ask_pack(terms: Terms, *, by: Viewer) -> EvidencePack:
    """A row the worker works on. The same one asked for again while it is being made: the row that is there.

    Raises RuleBroken naming the field, NotAllowed.
    """
    if not may_have(by):
        raise NotAllowed(N_("You may not have evidence packs made."))
    terms.check(today())
    title = title_of(terms, by)
    if title is None:
        raise RuleBroken(WRONG.get(terms.scope, WHAT), field=terms.scope.value)
    asked = {
        "scope": terms.scope.value,
        "subject": terms.subject,
        "since": terms.since,
        "until": terms.until,
        "personal": terms.personal,
    }
    promise = insert(EvidencePack).values(
        **asked, title=title, language=by.language, asked_by_id=by.user_id, asked_by_name=by.name
    )
    pack = db.session.scalars(promise.on_conflict_do_nothing().returning(EvidencePack)).one_or_none()
    if pack is None:
        same = [getattr(EvidencePack, name) == value for name, value in asked.items()]
        mine = (EvidencePack.asked_by_id == by.user_id, EvidencePack.state.in_(OPEN))
        return db.session.scalars(select(EvidencePack).where(*same, *mine)).one()
    record_change("evidence pack asked for", (KIND, pack.id), by=by, after={"title": title, **asked})
    ring(PACK_JOB, pack.id, urgent=True)
    return pack


def cancel_pack(pack: EvidencePack, *, by: Viewer) -> None:
    """Not any more; a worker that is at it stops at its next word about the progress."""
    db.session.refresh(pack, ["state"], with_for_update=True)
    if pack.state not in OPEN:
        return
    pack.state, pack.lease_until, pack.finished_at = PackState.CANCELLED, None, clock.now()
    record_change("evidence pack called off", (KIND, pack.id), by=by, after={"title": pack.title})


def ask_again(pack: EvidencePack, *, by: Viewer) -> EvidencePack:
    """The same terms once more: what failed or was called off goes on in its row, else a new one. Raises RuleBroken."""
    terms = terms_of(pack)
    db.session.refresh(pack, ["state"], with_for_update=True)
    others = select(EvidencePack.id).where(
        EvidencePack.asked_by_id == pack.asked_by_id,
        EvidencePack.state.in_(OPEN),
        *(
            getattr(EvidencePack, name) == getattr(pack, name)
            for name in ("scope", "subject", "since", "until", "personal")
        ),
    )
    mine = pack.asked_by_id == by.user_id
    if pack.state not in (PackState.FAILED, PackState.CANCELLED) or not mine or db.session.scalar(others) is not None:
        return ask_pack(terms, by=by)
    pack.state, pack.tries, pack.error, pack.finished_at = PackState.WAITING, 0, None, None
    pack.asked_at = clock.now()
    db.session.flush()
    record_change("evidence pack asked for again", (KIND, pack.id), by=by, after={"title": pack.title})
    ring(PACK_JOB, pack.id, urgent=True)
    return pack


def note_download(pack: EvidencePack, *, by: Viewer) -> None:
    """Somebody took other people's records away: it goes on the trail."""
    after = {"title": pack.title, "since": pack.since, "until": pack.until, "sha256": pack.sha256}
    record_change("downloaded", (KIND, pack.id), by=by, after=after)


def throw_away(pack: EvidencePack, *, by: Viewer | None) -> None:
    """The file goes, by the next sweep, the row stays. `by` None: its days are over."""
    if pack.file_name is None or pack.thrown_away_at is not None:
        return
    pack.thrown_away_at = clock.now()
    record_change("evidence pack thrown away", (KIND, pack.id), by=by, after={"title": pack.title, "size": pack.size})


def throw_away_old() -> None:
    """What was kept for its days, and files no row knows: of workers that were stopped."""
    held = select(EvidencePack).where(EvidencePack.file_name.is_not(None))
    for pack in db.session.scalars(held.where(EvidencePack.thrown_away_at.is_not(None))):
        Path(folder() / (pack.file_name or "")).unlink(missing_ok=True)  # what was decided is committed by now
        pack.file_name = None
    until = clock.now() - dt.timedelta(days=setting(KEPT_DAYS))
    old = held.where(EvidencePack.thrown_away_at.is_(None), EvidencePack.finished_at < until)
    for pack in db.session.scalars(old.with_for_update(skip_locked=True)):
        throw_away(pack, by=None)
    known = set(db.session.scalars(select(EvidencePack.file_name).where(EvidencePack.file_name.is_not(None))))
    for file in folder().iterdir():
        age = clock.now() - dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
        if file.name not in known and age > LEFT_OVER:
            file.unlink(missing_ok=True)


def terms_of(pack: EvidencePack) -> Terms:
    """As they were asked."""
    return Terms(Scope(pack.scope), pack.subject, pack.since, pack.until, pack.personal)
