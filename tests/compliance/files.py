"""Somebody who finished a course, whose PDFs are sealed, and files to upload."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

from PIL import Image
from sqlalchemy import select

from lmsapp.compliance.documents.queries import sealed_visible_to
from lmsapp.evidence.seals.actions import claim_file, mark_sealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.cast import staff
from tests.clock import Clock
from tests.kept import kept
from tests.learning.certificates.learners import Learner


def pdf(words: bytes = b"sealed", *, catalog: bytes = b"", pages: int = 1) -> bytes:
    """A PDF as small as it can be; `catalog`: more entries of its root."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 280] >>"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        *[page] * pages,
    ]
    out, places = b"%PDF-1.7\n% " + words + b"\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(out))
    return out + head + table + tail


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


PDF = pdf()
PNG = picture("PNG")
JPG = picture("JPEG")


def docx(*, real: bool = True) -> bytes:
    """A Word file as small as it can be, or another zip that only looks like one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if real:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", "<w/>")
        else:
            archive.writestr("word/macro.exe", "MZ")
    return out.getvalue()


@kept
@dataclass
class Graduate:
    """Priya finished; HR is Hana. `seal()` plays the worker."""

    clock: Clock
    learner: Learner = field(init=False)
    hana: Viewer = field(init=False)

    def __post_init__(self) -> None:
        self.learner = Learner(self.clock)
        self.learner.finish()
        self.hana = staff("Hana Novák", Role.HR_MANAGER).viewer
        db.session.commit()

    @property
    def employee(self) -> EmployeeView:
        found = employee_for(self.hana, self.learner.employee.id)
        assert found is not None
        return found

    def seal(self) -> list[SealedFile]:
        """Every promised PDF made; certificate first."""
        while claimed := claim_file():
            mark_sealed(claimed.id, PDF + str(claimed.id).encode(), tries=claimed.tries)
        db.session.commit()
        ids = db.session.scalars(select(SealedFile.id).where(SealedFile.employee_id == self.learner.employee.id)).all()
        return sorted(sealed_visible_to(self.hana, ids), key=lambda one: one.kind)
