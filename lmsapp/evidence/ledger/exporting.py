"""Checkpoints to another place: once a day, and when somebody asks (EVD-2; ledger.md, section 4).

Whoever may change database and key can make a tree that fits itself. Only a copy that somebody else keeps tells it from
the one there was: the export folder is a mount that others administer, best one that lets nothing be rewritten.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from lmsapp.evidence.ledger.events import CheckpointMade
from lmsapp.evidence.ledger.keeping import current_tree
from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerEpoch, LedgerExport
from lmsapp.evidence.ledger.outside import Refusal, export_name, write_new
from lmsapp.evidence.ledger.proofs import latest_checkpoint
from lmsapp.evidence.ledger.sequencing import tree_that_fits
from lmsapp.evidence.ledger.troubles import EXPORT, SIGNING, end_trouble, note_trouble
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken


class ExportFailed(RuleBroken):
    """What could not be written, and why."""


def export_checkpoint() -> LedgerExport | None:
    """Write the latest checkpoint into the folder: its row, with `error` where it failed. None: there is no folder, or
    nothing was signed yet. Raises Refusal when the tree does not fit what was exported before."""
    folder = current_app.config["LEDGER_EXPORT"]
    epoch, ledger_id = current_tree()
    checkpoint = latest_checkpoint(epoch)
    if not folder or checkpoint is None:
        return None
    tree_that_fits()
    at = clock.now()
    row = _row(checkpoint, folder)
    row.name, row.asked_at = export_name(ledger_id, checkpoint.size, at), at
    try:
        _write_statements(Path(folder))
        write_new(Path(folder), row.name, checkpoint.note)
    except OSError as problem:
        row.error = problem.strerror or str(problem)
        words = N_("The checkpoint could not be written to %(folder)s: %(problem)s")
        note_trouble(EXPORT, ExportFailed(words, folder=folder, problem=row.error), why="failed")
    else:
        row.done_at, row.error = clock.now(), ""
        end_trouble(EXPORT)
    db.session.add(row)
    db.session.flush()
    return row


def export_when_due() -> None:
    """Once on each day (the organisation's) on which something new was signed; what failed is tried again."""
    folder, epoch = current_app.config["LEDGER_EXPORT"], current_tree()[0]
    checkpoint = latest_checkpoint(epoch)
    if not folder or checkpoint is None:
        return
    done = LedgerExport.place == folder, LedgerExport.epoch == epoch, LedgerExport.done_at.is_not(None)
    last = db.session.scalars(select(LedgerExport).where(*done).order_by(LedgerExport.id.desc()).limit(1)).one_or_none()
    if last is not None and not _is_there(last):
        words = N_("%(file)s is not in the export folder any more. The checkpoint is exported again.")
        note_trouble(EXPORT, ExportFailed(words, file=last.name), why="gone")
    elif last is not None and (last.size == checkpoint.size or _day(last.asked_at) == _day(clock.now())):
        return
    try:
        export_checkpoint()
    except Refusal as refusal:
        note_trouble(SIGNING, refusal, why=refusal.why)


def tell_checkpoint() -> None:
    """The checkpoint of the day, for whoever wants to hear of it."""
    epoch, _ledger_id = current_tree()
    if (checkpoint := latest_checkpoint(epoch)) is not None:
        emit(CheckpointMade(epoch, checkpoint.size, checkpoint.note))


def _row(checkpoint: LedgerCheckpoint, folder: str) -> LedgerExport:
    """A new one, or that of the try before."""
    same = LedgerExport.place == folder, LedgerExport.epoch == checkpoint.epoch, LedgerExport.done_at.is_(None)
    row = db.session.scalars(select(LedgerExport).where(*same)).first() or LedgerExport(place=folder)
    row.epoch, row.size = checkpoint.epoch, checkpoint.size
    return row


def _write_statements(folder: Path) -> None:
    """Why a tree began in place of another lies beside its checkpoints. Raises OSError."""
    begun = select(LedgerEpoch.ledger_id, LedgerEpoch.number, LedgerEpoch.note).where(LedgerEpoch.note != "")
    for ledger_id, number, note in db.session.execute(begun).all():
        name = f"{ledger_id}-epoch-{number}.note"
        if not (folder / name).exists():
            write_new(folder, name, note)


def _is_there(row: LedgerExport) -> bool:
    """Whether the folder still holds it; one that is away is another trouble."""
    place = Path(row.place)
    return (place / row.name).exists() or not place.is_dir()


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(clock.zone(current_app.config["TIME_ZONE"])).date()
