"""Two people, a regulation that asks both for one course: one has done it, one was let off; HR asks for packs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from lmsapp.compliance.documents.actions import file_sealed, type_named
from lmsapp.compliance.ledger.actions import TypeFacts, create_type, mark_complete, waive
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import known_keys
from lmsapp.insight.pack.actions import ask_pack
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.queries import folder
from lmsapp.insight.pack.rules import Scope, Terms
from lmsapp.insight.pack.work import work_on_pack
from lmsapp.people.employees.queries import employee_for
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.compliance.files import Graduate
from tests.insight.pack.sequencer import place_all
from tests.kept import kept
from tests.learning.certificates.learners import Learner

SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


@kept
@dataclass
class Audit:
    """`type`: of the regulator OSHA. Otto has a duty and a waiver, the graduate a duty, a decision and its evidence."""

    clock: Clock
    graduate: Graduate = field(init=False)
    other: Learner = field(init=False)
    type: ComplianceType = field(init=False)

    def __post_init__(self) -> None:
        self.graduate = Graduate(self.clock)
        self.other = Learner(self.clock, name="=Zoë Späth")
        hana, course = self.hana, self.graduate.learner.written.course
        self.type = create_type(TypeFacts("Hand hygiene", "OSHA", "29 CFR 1910", 12, course_id=course.id), hana)
        document = file_sealed(self.graduate.seal()[0], type_named("Training Record"), hana)
        mark_complete(self.graduate.employee, self.type, dt.date(2026, 11, 2), evidence=document, by=hana)
        who = employee_for(hana, self.other.employee.id)
        assert who is not None
        waive(who, self.type, by=hana, reason="On leave")
        self.other.finish()
        db.session.commit()

    @property
    def hana(self) -> Viewer:
        return self.graduate.hana

    @property
    def keys(self) -> str:
        """As an auditor has them from elsewhere."""
        return "".join(f"{one}\n" for one in known_keys(Path(current_app.config["DATA_DIR"])).values())

    def terms(
        self, scope: Scope = Scope.REGULATION, subject: str = "regulator-OSHA", *, personal: bool = True
    ) -> Terms:
        return Terms(scope, subject, SINCE, UNTIL, personal)

    def made(self, terms: Terms, by: Viewer | None = None) -> EvidencePack:
        """Asked for, and made."""
        pack = ask_pack(terms, by=by or self.hana)
        place_all()
        work_on_pack(pack.id)
        return db.session.scalars(
            select(EvidencePack).where(EvidencePack.id == pack.id), execution_options={"populate_existing": True}
        ).one()

    def file(self, pack: EvidencePack) -> Path:
        assert pack.file_name, pack.error
        return folder() / pack.file_name
