"""One document of each kind, sealed as the worker does it; and what an ordinary reader finds in one."""

from __future__ import annotations

import datetime as dt
import io
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pypdf
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import insert, select, text

from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures import actions as signatures
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.pdf import PRINTER
from lmsapp.infra.signing_keys import known_certificates
from lmsapp.insight.completion import ReportFilters
from lmsapp.insight.printed.actions import ask_report
from lmsapp.jobs import DRAW, seal_next
from lmsapp.learning.certificates.models import Certificate
from tests.cast import make_cast
from tests.clock import Clock
from tests.evidence.signing import PASSWORD, can_sign, in_force, policy
from tests.learning.certificates.learners import Learner


def make_all(clock: Clock) -> dict[str, bytes]:
    """By kind: the signed PDF."""
    cast = make_cast()
    can_sign(cast.lena)
    wanted = policy()
    signatures.request_signature(cast.lena.record, wanted, due_on=dt.date(2026, 12, 1), source=("proof", 1), by=None)
    signatures.sign(cast.lena.viewer, in_force(wanted), password=PASSWORD, address="192.0.2.1", meaning_agreed=True)
    Learner(clock, name="Małgorzata محمد 王秀华").finish()
    ask_report(ReportFilters(), "Completion report", line_only=False, by=cast.hana.viewer)
    db.session.commit()
    while seal_next(DRAW):
        pass
    rows = db.session.execute(select(SealedFile.kind, StoredFile.sha256).outerjoin(StoredFile)).all()
    return {kind: files.read(sha256) for kind, sha256 in rows if sha256}


def backlog(how_many: int) -> tuple[float, float]:
    """Certificates per second, promised, drawn, signed, stored and their letters written by one worker: by the clock,
    and by the CPU time of both its processes (what a machine with nothing else to do would reach at least)."""
    first = db.session.scalars(select(Certificate).limit(1)).one()
    columns = [c.name for c in db.metadata.tables["completion_record"].columns if c.name != "id"]
    listed = ", ".join(f'"{name}"' for name in columns)
    copied = text(
        f"INSERT INTO completion_record ({listed}) SELECT {listed} FROM completion_record, generate_series(1, :n) "
        "WHERE completion_record.id = :of RETURNING id"
    )
    records = db.session.scalars(copied, {"n": how_many, "of": first.record_id}).all()
    rows = [_row(first, number, record) for number, record in enumerate(records)]
    made = db.session.scalars(insert(Certificate).returning(Certificate.id), rows).all()
    for one in made:
        promise_file("certificate", one, employee_id=first.employee_id, title=first.title)
    db.session.commit()
    begun, spent = time.perf_counter(), cpu_seconds()
    while seal_next(DRAW):
        pass
    return how_many / (time.perf_counter() - begun), how_many / (cpu_seconds() - spent)


def cpu_seconds() -> float:
    """Of this process and the one that draws, so far."""
    drawing = psutil.Process(PRINTER.pid).cpu_times()
    return time.process_time() + drawing.user + drawing.system


def _row(first: Certificate, number: int, record: int) -> dict[str, Any]:
    names = ("Priya Nair", "Νίκος Παπάς", "Богуслава Ґоляш", "Nguyễn Thị Thảo", "王秀华", "محمد الخطيب", "इन्द्रजित")
    return {
        "number": f"BL-2026-{number:05d}",
        "token": secrets.token_urlsafe(16),
        "record_id": record,
        "enrollment_id": first.enrollment_id,
        "employee_id": first.employee_id,
        "course_id": first.course_id,
        "holder_name": names[number % len(names)],
        "title": first.title,
        "issued_on": first.issued_on,
        "valid_until": first.valid_until,
    }


@dataclass(frozen=True, slots=True)
class Looked:
    """What is wrong with one document; nothing when all is well."""

    wrong: tuple[str, ...]


def look(pdf: bytes, data_dir: Path) -> Looked:
    """Signature by pyHanko, fonts, tags and facts by pypdf."""
    wrong = [*_signature(pdf, data_dir), *_inside(pypdf.PdfReader(io.BytesIO(pdf)))]
    return Looked(tuple(wrong))


def _signature(pdf: bytes, data_dir: Path) -> list[str]:
    roots = [x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in known_certificates(data_dir).values()]
    signatures_in = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if len(signatures_in) != 1:
        return [f"{len(signatures_in)} signatures"]
    status = validate_pdf_signature(signatures_in[0], ValidationContext(trust_roots=roots, allow_fetching=False))
    asked = {
        "bottom line": status.bottom_line,
        "whole file": status.coverage.name == "ENTIRE_FILE",
        "no changes": status.docmdp_ok and status.modification_level.name == "NONE",
        "PAdES": signatures_in[0].sig_object["/SubFilter"] == "/ETSI.CAdES.detached",
        "certifies": "/Perms" in signatures_in[0].reader.root,
    }
    return [f"signature: not {name}" for name, held in asked.items() if not held]


def _inside(reader: pypdf.PdfReader) -> list[str]:
    root, facts = reader.trailer["/Root"].get_object(), reader.metadata or {}
    wrong = [
        f"no {name}" for name in ("/Title", "/Author", "/Subject", "/Producer", "/CreationDate") if not facts.get(name)
    ]
    wrong += [
        f"no {name}"
        for name in ("/Lang", "/MarkInfo", "/StructTreeRoot", "/Metadata", "/ViewerPreferences")
        if name not in root
    ]
    for page in reader.pages:
        fonts = page["/Resources"].get_object().get("/Font", {}).get_object()
        for font in fonts.values():
            found = font.get_object()
            descriptor = found.get("/FontDescriptor", {}).get_object()
            if not any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")):
                wrong.append(f"font {found.get('/BaseFont')} is not inside")
    return wrong


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What Poppler's pdfsig says; '' when it is not installed."""
    program = shutil.which("pdfsig")
    if program is None:
        return ""
    (folder / "one.pdf").write_bytes(pdf)
    found = subprocess.run([program, "-nocert", str(folder / "one.pdf")], capture_output=True, check=False)
    return found.stdout.decode()
