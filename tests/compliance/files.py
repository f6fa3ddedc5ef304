"""Somebody who finished a course, whose PDFs are sealed, and files to upload."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

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
from tests.learning.certificates.learners import Learner

PDF = b"%PDF-1.7 sealed"
PNG = b"\x89PNG\r\n\x1a\n rest"
JPG = b"\xff\xd8\xff\xe0 rest"


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
