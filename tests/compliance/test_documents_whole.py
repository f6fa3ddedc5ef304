"""What becomes of a document once filed, what is in a file, kinds, scans, letters, zips (HRD-1, HRD-2, SEC-6, EVD-2)."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
import zlib

import pytest
from flask import current_app
from sqlalchemy import func, select

from lmsapp.compliance.documents import ends, scans
from lmsapp.compliance.documents.actions import file_kept, file_sealed, take_out, type_named, upload
from lmsapp.compliance.documents.alarms import tell_of_scanner
from lmsapp.compliance.documents.bundles.actions import ask_bundle
from lmsapp.compliance.documents.bundles.queries import bundle_for
from lmsapp.compliance.documents.changes.actions import (
    Facts,
    add_version,
    change_document,
    change_kinds,
    put_back,
    take_out_many,
)
from lmsapp.compliance.documents.intake.actions import file_intake, take_in
from lmsapp.compliance.documents.intake.queries import intake_for, intake_of
from lmsapp.compliance.documents.kinds.actions import KindFacts, archive_kind, change_kind, create_kind
from lmsapp.compliance.documents.kinds.queries import kinds, reach_of_change
from lmsapp.compliance.documents.models import EmployeeDocument, RefusedFile
from lmsapp.compliance.documents.reading import document_for, documents_of, lets_open, type_names, versions_of
from lmsapp.compliance.documents.scans import scan_stored, sweep_scans
from lmsapp.compliance.documents.testimony import DOCUMENTS, VERSIONS
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.ledger.models import LedgerEvent
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.outreach.notices.actions import SEND_JOB
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from tests.cast import make_cast, staff
from tests.clock import Clock
from tests.compliance.files import PDF, PNG, Graduate, docx, pdf
from tests.infra.clamd import EICAR, clamd
from tests.jobs import run_rings


@pytest.fixture
def graduate(clock: Clock) -> Graduate:
    return Graduate(clock)


def filed(graduate: Graduate, name: str, kind: str = "Other", *, until: dt.date | None = None) -> EmployeeDocument:
    words = f"{name}{kind}".encode()
    return upload(graduate.employee, io.BytesIO(pdf(words)), name, type_named(kind), graduate.hana, expires_on=until)


def only(rings: list[Ring]) -> None:
    """Our own jobs: sealing what the graduate earned is not asked here."""
    run_rings([one for one in rings if one.job in ("scan file", "document bundle", SEND_JOB)])
    rings.clear()


def events(kind: str, record_id: int) -> list[tuple[str, dict[str, object]]]:
    rows = db.session.execute(
        select(LedgerEvent.what, LedgerEvent.payload)
        .where(LedgerEvent.record_kind == kind, LedgerEvent.record_id == record_id)
        .order_by(LedgerEvent.id)
    )
    return [(row.what, json.loads(row.payload)) for row in rows]


def test_a_document_and_its_versions(graduate: Graduate, clock: Clock) -> None:
    """HRD-1, EVD-2, EVD-3: a new file keeps the old one, with who, when and why; each change has its entry on the trail
    and its event in the ledger, in which neither the title nor a file's name can be read."""
    day = dt.date(2027, 3, 1)
    document = filed(graduate, "RN licence.pdf", "Licence", until=day)
    first = document.sha256
    with pytest.raises(RuleBroken, match="Say why"):
        add_version(document, io.BytesIO(PNG), "scan.png", graduate.hana, reason=" ")
    clock.move(days=1)
    later = dt.date(2029, 3, 1)
    add_version(document, io.BytesIO(PNG), "scan.png", graduate.hana, reason="Renewed", expires_on=later)
    found = versions_of(document)
    assert [(v.number, v.file_name, v.reason) for v in found] == [(2, "scan.png", "Renewed"), (1, "RN licence.pdf", "")]
    assert (document.version, document.expires_on, found[1].sha256) == (2, later, first)
    assert files.read(first) == pdf(b"RN licence.pdfLicence"), "the one before is kept"
    with pytest.raises(RuleBroken, match="in the file already"):
        add_version(document, io.BytesIO(pdf(b"RN licence.pdfLicence")), "old.pdf", graduate.hana, reason="Again")
    same = Facts("RN licence", None, later)
    change_document(document, same, document.type, graduate.hana, reason="")
    with pytest.raises(RuleBroken, match="Say why"):
        change_document(document, Facts("Nurse's licence", None, later), document.type, graduate.hana, reason="")
    change_document(
        document, Facts("Nurse's licence", None, later), document.type, graduate.hana, reason="Typing error"
    )
    take_out(document, graduate.hana, "Wrong person")
    put_back(document, graduate.hana, "Right after all")
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_kind == "employee_document").order_by(AuditEntry.id)
    ).all()
    mine = [one for one in entries if one.subject_id == document.id]
    assert [one.action for one in mine] == ["filed", "new version", "changed", "taken out", "put back"]
    assert (mine[2].before or {})["title"] == "RN licence" and (mine[2].after or {})["title"] == "Nurse's licence"
    said = events("employee_document", document.id)
    assert [what for what, _p in said] == ["filed", "new version", "changed", "taken out", "put back"]
    assert said[-1][1]["facts"] == {k: _as_said(v) for k, v in DOCUMENTS.facts_of(document).items()}
    assert said[1][1]["evidence"] == [found[0].sha256]
    assert all("licence" not in json.dumps(payload).lower() for _what, payload in said)
    assert [w for w, _p in events("document_version", found[0].id)] == ["version added"]
    for source in (DOCUMENTS, VERSIONS):
        named = {*source.facts, *source.personal, *source.left_out, "id"}
        assert named == set(source.model.__table__.columns.keys()), "each column stands in one of the lists"


def _as_said(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value if value is None else str(value)


def test_sealed_evidence_has_one_version_and_one_counts(graduate: Graduate) -> None:
    """HRD-1: what was sealed never changes its file; of a kind of which one counts a new document replaces the old."""
    sealed = file_sealed(graduate.seal()[0], type_named("Training Record"), graduate.hana)
    with pytest.raises(RuleBroken, match="sealed evidence"):
        add_version(sealed, io.BytesIO(PNG), "x.png", graduate.hana, reason="Better")
    card = create_kind(KindFacts("Ausweis", several=False), graduate.hana)
    old, new = filed(graduate, "2024.pdf", "Ausweis"), filed(graduate, "2026.pdf", "Ausweis")
    assert (old.replaced_by_id, new.replaced_at) == (new.id, None)
    current = {one.title for one in documents_of(graduate.hana, graduate.employee.id)}
    assert "2026" in current and "2024" not in current
    earlier = documents_of(graduate.hana, graduate.employee.id, which="earlier")
    assert [one.title for one in earlier] == ["2024"] and document_for(graduate.hana, old.id) is old
    assert [what for what, _p in events("employee_document", old.id)] == ["filed", "replaced"]
    others = [filed(graduate, f"{n}.pdf") for n in range(2)]
    with pytest.raises(RuleBroken, match="a person has one"):
        change_kinds(others, card, graduate.hana, reason="Sorted")
    assert change_kinds([*others, sealed], type_named("Identity"), graduate.hana, reason="Sorted") == 3
    assert take_out_many(others, graduate.hana, reason="Not ours") == 2
    taken = documents_of(graduate.hana, graduate.employee.id, which="out")
    assert {one.title for one in taken} == {"0", "1"}
    assert documents_of(staff("Milo Brandt", Role.MODERATOR).viewer, graduate.employee.id, which="out") == []


def test_kinds_are_hrs_to_change(clock: Clock) -> None:
    """HRD-1, SEC-4: who may see is changed only after it was said whom that reaches; a kind that is renamed stays the one
    the product files by itself; archived kinds are offered no more."""
    cast = make_cast()
    hana, lena = cast.hana.viewer, cast.lena.record
    kind = create_kind(KindFacts("Health certificate"), hana)
    stored = files.store(pdf(b"health"), name="health.pdf", media_type="application/pdf")
    document = file_kept(lena.id, stored, kind, hana)
    assert document_for(cast.lena.viewer, document.id) is None and document_for(cast.mark.viewer, document.id) is None
    reach = reach_of_change(kind, "employee")
    assert (reach.documents, reach.employees, reach.managers, reach.opens) == (1, 1, 1, True)
    wanted = KindFacts("Health certificate", visible_to="employee")
    with pytest.raises(RuleBroken, match="Read whom"):
        change_kind(kind, wanted, hana)
    change_kind(kind, wanted, hana, agreed="employee")
    assert document_for(cast.lena.viewer, document.id) is document
    assert document_for(cast.lena.viewer, document.id, scope="line") is None, "not of her line"
    assert document_for(cast.mark.viewer, document.id, scope="line") is document
    assert document_for(cast.hana.viewer, document.id, scope="own") is None, "HR's right is for HR's pages"
    record = type_named("Training Record")
    change_kind(record, KindFacts("Schulungsnachweis", visible_to="employee", keep_years=6), hana)
    assert type_named("Training Record") is record and "Training Record" not in type_names()
    for facts, words in (
        (KindFacts("schulungsnachweis"), "has that name"),
        (KindFacts(" "), "Give it a name"),
        (KindFacts("X", keep_years=3, keep_from="expiry"), "only where each document"),
    ):
        with pytest.raises(RuleBroken, match=words):
            create_kind(facts, hana)
    with pytest.raises(RuleBroken, match="by itself"):
        archive_kind(record, hana)
    archive_kind(kind, hana)
    assert "Health certificate" not in type_names() and kinds(hana)[-1].name == "Health certificate"
    with pytest.raises(NotAllowed):
        create_kind(KindFacts("Mine"), cast.mark.viewer)
    assert kinds(cast.mark.viewer) == []


def test_what_a_file_holds(graduate: Graduate) -> None:
    """SEC-6: passwords, programs, macros, two kinds in one, too many points are refused by name; scripts are noted."""
    script = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    program = b"/OpenAction << /S /Launch /F (cmd.exe) >>"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.js", "alert(1)")
    macro = io.BytesIO(docx())
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("word/vbaProject.bin", "x")
    locked = pdf(catalog=b"").replace(b"trailer << ", b"trailer << /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
                                      + b"00" * 32 + b"> /U <" + b"00" * 32 + b"> >> /ID [<00> <00>] ")  # fmt: skip
    wide = (12_000).to_bytes(4, "big") + (8_000).to_bytes(4, "big") + PNG[24:29]
    bad = {
        "locked.pdf": (locked, "password"),
        "start.pdf": (pdf(catalog=program), "start a program"),
        "half.pdf": (PDF[:120], "damaged"),
        "both.pdf": (PDF + zipped.getvalue(), "two kinds"),
        "page.png": (PNG[:8] + b"<html><script>" + PNG[8:], "two kinds"),
        "cut.png": (PNG[:40], "damaged"),
        "macro.docx": (macro.getvalue(), "macros"),
        "huge.png": (PNG[:16] + wide + zlib.crc32(PNG[12:16] + wide).to_bytes(4, "big") + PNG[33:], "too many points"),
    }
    for name, (content, words) in bad.items():
        with pytest.raises(RuleBroken, match=words) as refused:
            upload(graduate.employee, io.BytesIO(content), name, type_named("Other"), graduate.hana)
        assert name in str(refused.value)
    assert db.session.scalar(select(func.count()).where(EmployeeDocument.source == "upload")) == 0
    noted = upload(graduate.employee, io.BytesIO(pdf(catalog=script)), "form.pdf", type_named("Other"), graduate.hana)
    assert noted.file.caution == "active"
    with pytest.raises(RuleBroken, match="in the file already, as “form”"):
        upload(graduate.employee, io.BytesIO(pdf(catalog=script)), "twin.pdf", type_named("Other"), graduate.hana)


def test_the_scanner_small_large_and_away(
    graduate: Graduate, clock: Clock, rings: list[Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HRD-2, SEC-6: over a real socket: small files at once, large ones by the worker; infected is refused and told;
    away: files wait, open for whoever filed them alone, and the system managers hear of it."""
    monkeypatch.setattr(scans, "AT_ONCE", 2000)
    sam = staff("Sam Boss", Role.SYSTEM_MANAGER)
    other = staff("Hugo Second", Role.HR_MANAGER).viewer
    with clamd() as scanner:
        current_app.config["CLAMD"] = scanner.address
        try:
            assert filed(graduate, "clean.pdf").file.scan == "clean"
            bad = io.BytesIO(pdf(EICAR))
            with pytest.raises(RuleBroken, match=r"evil\.pdf was refused.*Eicar"):
                upload(graduate.employee, bad, "evil.pdf", type_named("Other"), graduate.hana)
            large = pdf(b"x" * 3000)
            big = upload(graduate.employee, io.BytesIO(large), "big.pdf", type_named("Other"), graduate.hana)
            sick = upload(graduate.employee, io.BytesIO(pdf(b"y" * 3000 + EICAR)), "sick.pdf", type_named("Other"), graduate.hana)  # fmt: skip
            first, second, mine = big.file, sick.file, graduate.hana.user_id
            assert {first.scan, second.scan} == {"waiting"}
            scanner.most = 20 << 20
            db.session.commit()
            only(rings)
            assert (first.scan, second.scan) == ("clean", "infected")
            assert not lets_open(graduate.hana, second, mine)
            scanner.slow_s = 0
        finally:
            address = scanner.address
    try:
        current_app.config["CLAMD"] = address
        waits = filed(graduate, "waits.pdf").file
        assert waits.scan == "waiting"
        assert lets_open(graduate.hana, waits, mine) and not lets_open(other, waits, mine)
        change_settings({"open_unscanned": True}, None)
        assert lets_open(other, waits, mine)
        db.session.commit()
        rings.clear()
        scan_stored(waits.id)
        assert (waits.scan, waits.scan_tries) == ("waiting", 1)
        clock.move(minutes=20)
        sweep_scans()
        db.session.commit()
        assert [one.args for one in rings if one.job == "scan file"] == [(waits.id,)]
        tell_of_scanner()
        tell_of_scanner()
        letters = db.session.scalars(
            select(Notice.template).where(Notice.user_id == sam.user.id, Notice.channel == "email")
        )
        assert sorted(letters) == ["file_refused", "file_refused", "scanner_away"]
        assert {one.name for one in db.session.scalars(select(RefusedFile))} == {"evil.pdf", "sick.pdf"}
    finally:
        current_app.config["CLAMD"] = ""


def test_files_of_many_people(clock: Clock) -> None:
    """HRD-2: whose each is follows from its name; nothing is filed before it is confirmed; the same file waits once."""
    cast = make_cast()
    hana, lena = cast.hana.viewer, cast.lena.record
    type_named("Other")
    take_in(io.BytesIO(pdf(b"1")), f"{lena.number} Identity.pdf", hana)
    take_in(io.BytesIO(pdf(b"2")), "unknown.pdf", hana)
    with pytest.raises(RuleBroken, match="waits here already"):
        take_in(io.BytesIO(pdf(b"1")), "again.pdf", hana)
    first, second = intake_of(hana)
    assert (first.employee_id, first.type, first.title) == (lena.id, "Identity", "Identity")
    assert (second.employee_id, second.type_id, second.title) == (None, None, "unknown")
    assert db.session.scalar(select(func.count()).select_from(EmployeeDocument)) == 0
    assert intake_of(cast.mark.viewer) == []
    with pytest.raises(NotAllowed):
        take_in(io.BytesIO(PDF), "x.pdf", cast.mark.viewer)
    waiting = intake_for(hana, first.id)
    assert waiting is not None and intake_for(cast.mark.viewer, first.id) is None
    document = file_intake(waiting, lena.id, type_named("Identity"), hana, title="Passport")
    assert document.title == "Passport" and [one.id for one in intake_of(hana)] == [second.id]


def test_letters_about_the_end(graduate: Graduate, clock: Clock, rings: list[Ring]) -> None:
    """HRD-1, HRD-5: 30 days before and on the day, once each, to the employee where the kind shows it to them, to HR as
    one letter; nothing about what was replaced, taken out or changed meanwhile."""
    card = create_kind(KindFacts("Card", visible_to="employee", needs_expiry=True), graduate.hana)
    today = clock.instant.date()
    shown = filed(graduate, "card.pdf", "Card", until=today + dt.timedelta(days=30))
    filed(graduate, "licence.pdf", "Licence", until=today + dt.timedelta(days=30))
    gone = filed(graduate, "gone.pdf", "Card", until=today + dt.timedelta(days=30))
    filed(graduate, "far.pdf", "Card", until=today + dt.timedelta(days=31))
    db.session.commit()

    def told(template: str) -> list[tuple[str, str]]:
        rows = db.session.execute(
            select(Notice.status, Notice.subject)
            .where(Notice.template == template, Notice.channel == "email")
            .order_by(Notice.id)
        )
        return [(row.status, row.subject or "") for row in rows]

    for _twice in range(2):
        ends.tell_of_ends(today)
    take_out(gone, graduate.hana, "Left")
    db.session.commit()
    only(rings)
    first, second = told("document_ends")
    assert first[0] != "suppressed" and "card ends" in first[1] and second[0] == "suppressed"
    assert [words for _s, words in told("documents_end")] == ["2 documents end soon or have ended"]
    clock.move(days=30)
    change_document(shown, Facts("card", None, clock.instant.date()), card, graduate.hana, reason="Read wrongly")
    db.session.commit()
    ends.tell_of_ends(clock.instant.date())
    db.session.commit()
    only(rings)
    assert "card ends today" in [words for _s, words in told("document_ends")]


def test_documents_as_a_zip(graduate: Graduate, rings: list[Ring]) -> None:
    """HRD-2, EVD-3: made by the worker; each document taken has its entry; gone ones are counted; nobody else's zip."""
    chosen = [filed(graduate, f"{n}.pdf") for n in range(3)]
    files.path_of(chosen[2].sha256).unlink()
    bundle = ask_bundle(chosen, graduate.hana)
    db.session.commit()
    only(rings)
    made = bundle_for(graduate.hana, bundle.id)
    assert made is not None and made.file is not None and (made.state, made.left_out) == ("ready", 1)
    with zipfile.ZipFile(io.BytesIO(files.read(made.file.sha256))) as archive:
        assert len(archive.namelist()) == 2 and all(graduate.employee.number in name for name in archive.namelist())
    opened = select(func.count()).where(AuditEntry.action == "opened", AuditEntry.subject_kind == "employee_document")
    assert db.session.scalar(opened) == 3
    assert bundle_for(staff("Milo Brandt", Role.MODERATOR).viewer, bundle.id) is None
