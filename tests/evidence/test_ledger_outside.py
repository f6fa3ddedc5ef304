"""A ledger never signs two trees that do not fit: exports, marks, refusal, a new tree on purpose (EVD-2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.ledger.epochs import begin_epoch
from lmsapp.evidence.ledger.exporting import export_checkpoint, export_when_due
from lmsapp.evidence.ledger.keeping import current_tree, ledger_keys
from lmsapp.evidence.ledger.models import (
    LedgerCheckpoint,
    LedgerEpoch,
    LedgerExport,
    LedgerLeaf,
    LedgerPending,
    LedgerTrouble,
)
from lmsapp.evidence.ledger.outside import Refusal
from lmsapp.evidence.ledger.sequencing import sequence, tree_that_fits
from lmsapp.evidence.ledger.watching import look_after
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import opened
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.evidence.ledger_events import many
from tests.undoing import forget_signed, undone

MANAGER = Viewer(1, None, "Sia", "sia@example.org", roles=frozenset({Role.SYSTEM_MANAGER}))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The place exports go to."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    current_app.config["LEDGER_EXPORT"] = str(place)
    yield place
    current_app.config["LEDGER_EXPORT"] = ""


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.checkpoint"))


def why() -> str:
    """What keeps it from being signed now, '' for nothing; the tree is asked, and what was noted says the same."""
    try:
        tree_that_fits()
    except Refusal as caught:
        refusal = caught
    else:
        return ""
    noted = select(LedgerTrouble.facts).where(LedgerTrouble.kind == "signing", LedgerTrouble.until.is_(None))
    assert db.session.scalars(noted).one()["why"] == refusal.why
    return refusal.why


def waiting() -> int:
    return db.session.scalar(select(func.count()).select_from(LedgerPending)) or 0


def test_exports(clock: Clock, folder: Path) -> None:
    """EVD-2: once a day where something new was signed, and when asked; never over another; what fails is said, shown
    and tried again."""
    export_when_due()
    assert files(folder) == [] and export_checkpoint() is None
    many(1)
    assert sequence() == 2
    for _again in range(2):
        export_when_due()
    (first,) = files(folder)
    assert opened(first.read_text(), ledger_keys()) == db.session.scalars(select(LedgerCheckpoint.note)).one().partition("\n\n")[0] + "\n"  # fmt: skip
    many(1)
    sequence()
    export_when_due()
    assert files(folder) == [first], "today's is there"
    clock.move(days=1)
    folder.chmod(0o500)
    current_app.config["LEDGER_EXPORT"] = str(folder / "gone")
    for _again in range(2):
        with pytest.raises(Refusal, match="cannot be read"):
            export_checkpoint()
    export_when_due()
    assert why() == "away"
    current_app.config["LEDGER_EXPORT"] = str(folder)
    folder.chmod(0o700)
    look_after()
    assert why() == ""
    clock.move(days=-3)  # set back: another day, so it is due
    export_when_due()
    assert [one.name.partition("-00")[2][:10] for one in files(folder)] == ["0000000002", "0000000003"]
    assert export_checkpoint() is not None
    assert len(files(folder)) == 3


def test_what_cannot_be_written_is_said(clock: Clock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EVD-2: a full or closed place; one row, an alarm, and a file cut off is taken for none."""
    many(1)
    sequence()

    def full(place: Path, name: str, text: str) -> None:
        (place / name).write_text(text[:100])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("lmsapp.evidence.ledger.exporting.write_new", full)
        for _again in range(2):
            clock.move(seconds=1)
            export_when_due()
    row = db.session.scalars(select(LedgerExport)).one()
    assert (row.done_at, row.error) == (None, "No space left on device")
    trouble = db.session.scalars(select(LedgerTrouble)).one()
    assert (trouble.kind, trouble.until) == ("export", None)
    assert len(files(folder)) == 2 and why() == "", "cut off"
    clock.move(seconds=1)
    export_when_due()
    assert row.done_at and not row.error and trouble.until
    files(folder)[-1].rename(folder / "away")
    (folder / f"{current_tree()[1]}.signed").unlink()
    forget_signed(current_app)
    many(1)
    assert sequence() == 0
    assert why() == "missing"
    (folder / "away").rename(folder / row.name)
    assert sequence() == 1
    (folder / row.name).unlink()
    export_when_due()
    gone = select(LedgerTrouble.facts).where(LedgerTrouble.kind == "export").order_by(LedgerTrouble.id.desc())
    assert db.session.scalars(gone).first()["file"] == row.name
    assert files(folder)[-1].name.startswith(f"{current_tree()[1]}-{3:012d}")


def test_a_database_from_a_backup_signs_nothing(clock: Clock, folder: Path) -> None:
    """EVD-2: shorter than the mark beside the key, than the exports, or another tree; its completions still count.
    A new tree is begun by a system manager with a reason, and says what was there."""
    many(1)
    sequence()
    db.session.commit()
    with undone():  # what the backup does not know
        many(5)
        assert sequence() == 5
        export_checkpoint()
        lost = db.session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc())).first()
        assert lost is not None
        lost_root = bytes(lost.root)
    for forgotten in (0, 1):  # by the mark; and by the export alone
        many(1)
        assert sequence() == 0
        assert why() == "shorter"
        assert waiting() == forgotten + 1, "events are still taken"
        forget_signed(current_app)
        (folder / f"{current_tree()[1]}.signed").unlink(missing_ok=True)
    reason = "The database came back\nfrom the backup of Sunday."
    with pytest.raises(NotAllowed):
        begin_epoch(Viewer(2, None, "Otto", "o@example.org"), reason)
    with pytest.raises(RuleBroken, match="why"):
        begin_epoch(MANAGER, " ")
    before = current_tree()[1]
    epoch = begin_epoch(MANAGER, reason)
    said = opened(epoch.note, ledger_keys())
    assert said is not None
    lines = said.splitlines()
    assert lines[1:3] == ["new epoch 2", f"before training-ledger/{before}"]
    assert lines[3].startswith("seen 7 ") and lines[4].startswith("held 2 ")
    assert lines[5] == "reason The database came back from the backup of Sunday."
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "ledger_epoch")).one()
    assert entry.actor_name == "Sia" and entry.before is not None and entry.before["seen"] == 7
    assert len(lost_root) == 32 and db.session.get_one(LedgerEpoch, 2).note == epoch.note
    with pytest.raises(RuleBroken, match="whole"):
        begin_epoch(MANAGER, reason)
    assert sequence() == 2 and why() == ""
    places = db.session.execute(select(LedgerLeaf.epoch, LedgerLeaf.position)).all()
    assert sorted(tuple(one) for one in places) == [(1, 0), (1, 1), (2, 0), (2, 1)]
    export_checkpoint()
    assert len(files(folder)) == 2 and len(list(folder.glob("*-epoch-2.note"))) == 1


def test_two_from_one_backup(clock: Clock, folder: Path) -> None:
    """EVD-2: with one key and one export folder, whichever signs first goes on; the other never signs what does not
    fit, whether the key's folder is shared or was copied."""
    many(1)
    sequence()
    db.session.commit()
    notes: dict[int, set[str]] = {}
    with undone():  # one of them
        many(3)
        assert sequence() == 3
        notes[5] = set(db.session.scalars(select(LedgerCheckpoint.note).where(LedgerCheckpoint.size == 5)))
    forget_signed(current_app)  # the other has a copy of the key from then; the mark lies in the export folder, too
    many(4)
    assert (sequence(), why()) == (0, "shorter")
    (folder / f"{current_tree()[1]}.signed").unlink()  # and in a place that lets nothing be rewritten
    assert sequence() == 4
    (folder / f"{current_tree()[1]}.signed").unlink()
    name = f"{current_tree()[1]}-{5:012d}-20261102T120000Z.checkpoint"
    (folder / name).write_text(notes[5].pop())  # the first one exported meanwhile
    many(1)
    assert (sequence(), why()) == (0, "differs")


def test_strangers_in_the_folder(clock: Clock, folder: Path) -> None:
    """EVD-2: what is no checkpoint of ours is passed over; one of ours by a key that is unknown here stops it."""
    many(1)
    sequence()
    ledger_id = current_tree()[1]
    note = db.session.scalars(select(LedgerCheckpoint.note)).one()
    stem = f"{ledger_id}-{9:012d}-x"
    for said in ("", "nonsense", "\0" * 50_000, note.replace(str(ledger_id), "other"), note[:-20]):
        (folder / f"{stem}.checkpoint").write_text(said)
        many(1)
        assert sequence() == 1, said
    (folder / f"{stem}.checkpoint").write_text(note.replace("\n2\n", "\n9\n"))
    many(1)
    assert (sequence(), why()) == (0, "unknown key")
