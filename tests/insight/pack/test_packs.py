"""Evidence packs, from the asking to the verdict of two verifiers that know nothing of each other (EVD-4)."""

from __future__ import annotations

import datetime as dt
import json
import os
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.insight.pack import work
from lmsapp.insight.pack.actions import ask_again, ask_pack, cancel_pack, throw_away_old
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.queries import folder, preview
from lmsapp.insight.pack.rules import Scope
from lmsapp.insight.pack.story import PRODUCT
from lmsapp.insight.pack.work import sweep_packs, work_on_pack
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.roles import Role
from static import verify_pack
from tests.cast import staff
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.pack.corrupting import flip, parts_of
from tests.insight.pack.made_up import read_table
from tests.insight.pack.scene import Audit
from tests.insight.pack.second import verdict
from tests.insight.pack.sequencer import place_all
from tests.learning.certificates.learners import Learner


def codes(file: Path, keys: str, tmp_path: Path) -> tuple[int, int]:
    kept = tmp_path / "keys.txt"
    kept.write_text(keys)
    return verify_pack.main([str(file), "--key", str(kept)]), verdict(file.read_bytes(), keys)[0]


def test_a_regulation_year_and_what_is_in_it(
    clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str], statements: Statements
) -> None:
    """EVD-4: asked once however often, made by the worker, told, valid for two verifiers; gaps, waivers, evidence and
    names are in it; the event of a completion whose PDF is named is shown with that PDF; without personal facts no name
    is anywhere in it."""
    audit = Audit(clock)
    drawn = select(SealedFile).where(SealedFile.kind == "certificate", SealedFile.file_id.is_not(None))
    sealed = db.session.scalars(drawn.order_by(SealedFile.id)).first()
    assert sealed is not None
    pdf = db.session.get_one(StoredFile, sealed.file_id).sha256
    record = db.session.scalars(select(CompletionRecord).order_by(CompletionRecord.id)).first()
    attest(COMPLETIONS, record, "certified", evidence=[pdf])  # a second event about the same row
    db.session.commit()
    seen = preview(audit.terms(), audit.hana)
    assert (seen.people, seen.completions, seen.decisions, seen.files) == (2, 1, 2, 2)
    asked = ask_pack(audit.terms(), by=audit.hana)
    assert ask_pack(audit.terms(), by=audit.hana).id == asked.id
    statements.clear()
    pack = audit.made(audit.terms())
    sent = _counted(statements)
    assert (pack.id, pack.state) == (asked.id, "ready")
    assert codes(audit.file(pack), audit.keys, tmp_path) == (0, 0)
    capsys.readouterr()
    parts = dict(parts_of(audit.file(pack).read_bytes()))
    name = audit.graduate.employee.name
    assert [row[2] for row in read_table(parts["people.csv"])[1:]] == [name, "'=Zoë Späth"]
    waived = [row for row in read_table(parts["decisions.csv"]) if "waived" in row]
    assert waived and {"Hana Novák", "On leave"} <= set(waived[0])
    assert any("training_assigned" in row for row in read_table(parts["notifications.csv"]))
    gaps = read_table(parts["gaps.csv"])[1:]
    assert [(row[5], row[7]) for row in gaps] == [("Waived", "yes")]
    said = [json.loads(json.loads(line)["payload"]) for line in parts["ledger/events.jsonl"].splitlines()]
    kinds = Counter(one["record"][0] for one in said)
    assert kinds["completion_record"] == 2
    assert {"certificate", "sealed_file", "employee_document", "employee_compliance"} <= kinds.keys()
    assert any(part.startswith(b"%PDF") for part in parts.values())
    assert b"Waived by Hana Nov" in parts["index.html"] and b"<script" not in parts["index.html"]
    told = db.session.scalars(select(Notice.template).where(Notice.about_kind == "evidence_pack")).all()
    assert told == ["evidence_pack_ready", "evidence_pack_ready"]

    bare = audit.made(audit.terms(personal=False))
    assert codes(audit.file(bare), audit.keys, tmp_path) == (0, 0)
    raw = audit.file(bare).read_bytes()
    for word in (name, audit.graduate.employee.number, "Zoë", "On leave", "Hana", "@example.org", "%PDF"):
        assert word.encode() not in raw.replace(verify_pack.__doc__.encode() if verify_pack.__doc__ else b"", b""), word

    person = audit.made(audit.terms(Scope.PERSON, str(audit.other.employee.id)))
    assert (
        json.loads(dict(parts_of(audit.file(person).read_bytes()))["manifest.json"])["asked"]["title"] == "=Zoë Späth"
    )
    course = audit.made(audit.terms(Scope.COURSE, str(audit.other.written.course.id)))
    assert codes(audit.file(person), audit.keys, tmp_path) == codes(audit.file(course), audit.keys, tmp_path) == (0, 0)
    for name in ("Third Person", "Fourth Person", "Fifth Person", "Sixth Person"):
        Learner(clock, name=name).finish()
    db.session.commit()
    statements.clear()
    assert audit.made(audit.terms()).counts["people.csv"] == 6
    assert _counted(statements) <= sent + 3, "none for each person"


def _counted(statements: Statements) -> int:
    """But for the version of the status words, which only tests ask for each time."""
    return sum("setting.value" not in one for one in statements)


def test_what_stops_one(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """EVD-4: nothing is closed before it is under a checkpoint; a pack is called off while it is written; whoever lost
    the right gets none; nobody there, days to come and strange subjects are said in words; a failed one goes on."""
    audit = Audit(clock)
    monkeypatch.setattr(work, "PATIENCE_S", 0.0)
    monkeypatch.setattr(work, "LOOK_AGAIN_S", 0.0)
    pack = ask_pack(audit.terms(), by=audit.hana)
    work_on_pack(pack.id)
    db.session.refresh(pack)
    assert (pack.state, pack.error) == ("failed", work.NOT_SIGNED)
    assert db.session.scalars(select(Notice).where(Notice.template == "evidence_pack_failed")).all()
    place_all()
    assert ask_again(pack, by=audit.hana).id == pack.id
    real, before = work.chosen_by, set(folder().iterdir())

    def called_off(*args: object) -> object:
        cancel_pack(db.session.get_one(EvidencePack, pack.id), by=audit.hana)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "chosen_by", called_off)
    work_on_pack(pack.id)
    monkeypatch.setattr(work, "chosen_by", real)
    db.session.refresh(pack)
    assert (pack.state, set(folder().iterdir()) - before) == ("cancelled", set())
    assert not work_on_pack(pack.id)

    for scope, subject, field in (
        (Scope.PERSON, "", "person"),
        (Scope.PERSON, "999999", "person"),
        (Scope.REGULATION, "type-x", "regulation"),
        (Scope.REGULATION, "regulator-None", "regulation"),
        (Scope.COURSE, "1 OR 1", "course"),
    ):
        with pytest.raises(RuleBroken) as refused:
            ask_pack(audit.terms(scope, subject), by=audit.hana)
        assert refused.value.field == field
    with pytest.raises(RuleBroken, match="still to come"):
        ask_pack(audit.terms().__class__(Scope.COURSE, "1", dt.date(2027, 1, 1), dt.date(2027, 2, 1)), by=audit.hana)
    with pytest.raises(NotAllowed):
        ask_pack(audit.terms(), by=audit.other.viewer)
    empty = audit.other.written.course.id + 1000
    with pytest.raises(RuleBroken):
        ask_pack(audit.terms(Scope.COURSE, str(empty)), by=audit.hana)


def test_kept_for_its_days_and_not_for_longer(clock: Clock) -> None:
    """EVD-4: the file goes after the days of the setting, the row stays; a dead worker's claim is freed, and given up
    after the last try; what no row knows is cleared away."""
    audit = Audit(clock)
    pack = audit.made(audit.terms())
    assert audit.file(pack).exists() and pack.size == audit.file(pack).stat().st_size
    stray = folder() / ".half"
    stray.write_bytes(b"half")
    old = (product_clock.now() - dt.timedelta(days=3)).timestamp()
    os.utime(stray, (old, old))
    clock.move(days=29)
    throw_away_old()
    assert audit.file(pack).exists() and not stray.exists()
    clock.move(days=2)
    file = audit.file(pack)
    sweep_packs()
    assert file.exists() and pack.thrown_away_at, "only what is committed is acted upon"
    sweep_packs()
    assert not file.exists() and pack.file_name is None and pack.sha256 and pack.thrown_away_at
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "evidence_pack").order_by(AuditEntry.id)
    ).all()
    assert list(trail) == ["evidence pack asked for", "evidence pack thrown away"]

    again = ask_again(pack, by=audit.hana)
    assert again.id != pack.id
    again.state, again.tries, again.lease_until = "running", 3, product_clock.now() - dt.timedelta(hours=1)
    db.session.flush()
    sweep_packs()
    assert (again.state, again.error) == ("failed", work.WORKER_LOST)


def test_bytes_and_auditors(clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """EVD-4: of a real pack, bytes all over it changed one at a time are found by both; an auditor gets no document that
    is HR's; a kept checkpoint is held against the tree; other readers of zip files read it."""
    audit = Audit(clock)
    aki = staff("Aki Audit", Role.AUDITOR).viewer
    pack = audit.made(audit.terms(), by=aki)
    file = audit.file(pack)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        checkpoint = tmp_path / "kept.txt"
        checkpoint.write_bytes(archive.read("ledger/checkpoints.txt"))
    assert not [name for name in names if name.startswith("files/documents")]
    later = audit.file(audit.made(audit.terms(), by=aki))
    kept = ["--checkpoint", str(checkpoint)]
    assert verify_pack.main([str(later), *kept]) == 0
    assert "came with the pack itself" in capsys.readouterr().out
    raw = file.read_bytes()
    spoiled = tmp_path / "spoiled.zip"
    for at in range(0, len(raw), max(1, len(raw) // 25)):
        spoiled.write_bytes(flip(raw, at, at % 8))
        assert codes(spoiled, audit.keys, tmp_path)[0] == verdict(spoiled.read_bytes(), audit.keys)[0] != 0
    assert verify_pack.main([str(tmp_path / "none.zip")]) == 2


def test_the_version_is_the_products() -> None:
    """EVD-4: a pack says which product made it."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert project["project"]["version"] == PRODUCT
