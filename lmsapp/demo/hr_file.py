"""HR's part of the year (HRD-1 to HRD-4): compliance types, papers handed in, evidence filed, decisions taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from lmsapp.compliance.documents.actions import file_sealed, type_named, upload
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.documents.rules import TRAINING_RECORD
from lmsapp.compliance.ledger.actions import TypeFacts, create_type, mark_complete, require, switch_on, waive
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.compliance.ledger.rules import renewal_on
from lmsapp.demo.authoring import courses
from lmsapp.demo.days import START_DAYS, Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import employees, viewer_of
from lmsapp.demo.paper import paper, written
from lmsapp.demo.plan import Errand
from lmsapp.demo.waves import BLOOD, FALL, FIRE, HIPAA
from lmsapp.evidence.seals.actions import mark_sealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.signing import ensure_key, sign_pdf
from lmsapp.learning.certificates.document import draw_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.employees.models import Employee
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.people.viewer import Viewer

LICENCE_MONTHS = 24
LICENCE, IDENTITY, BACKGROUND = "RN licence", "Employment eligibility (I-9)", "Background check"
FIRE_SAFETY = "Fire safety"
CLINICAL = {"job_roles": ["Charge Nurse", "LPN", "Nurse Manager", "RN", "Technician"]}
ROOFING = {"job_roles": ["Foreman", "Roofer"]}
NURSES = {"job_roles": ["Charge Nurse", "RN"]}
PRIVACY, PATHOGENS = "HIPAA privacy training", "Bloodborne pathogens training"
TYPES: tuple[tuple[TypeFacts, str | None], ...] = (
    (TypeFacts(PRIVACY, "HHS Office for Civil Rights", "45 CFR 164.530(b)", 12), HIPAA),
    (TypeFacts(PATHOGENS, "OSHA", "29 CFR 1910.1030(g)(2)", 12, rule=CLINICAL), BLOOD),
    (TypeFacts("Fall protection", "OSHA", "29 CFR 1926.503", 12, rule=ROOFING), FALL),
    (TypeFacts(FIRE_SAFETY, "OSHA", "29 CFR 1910.39", 12, notice_days=30, reminder_days=(30, 7)), FIRE),
    (
        TypeFacts(
            LICENCE, "Illinois IDFPR", "225 ILCS 65", LICENCE_MONTHS, 90, kind="licence", reminder_days=(90, 30, 7),
            rule=NURSES,
        ),
        None,
    ),
    (TypeFacts(IDENTITY, "USCIS", "8 CFR 274a.2", kind="identity"), None),
    (
        TypeFacts(
            BACKGROUND, "Illinois Department of Public Health", "225 ILCS 46", kind="background check", rule=CLINICAL,
        ),
        None,
    ),
)  # fmt: skip
FILING_DAYS = 14  # how often HR files what was earned
FILED = ((HIPAA, 3), (BLOOD, 4), (FALL, 6))  # so many certificates of a course are filed as evidence
# Days until a licence ends; negative has ended.
LICENCE_ENDS = (410, 620, 95, 18, 300, -12, 505, 45, 260, 700, 610, 33, 150, -41, 350, 480, 77, 230, 560, 130)
PAPERS_OF = 13  # people whose I-9 and background check are in the file


@dataclass
class HrFile:
    """HR at work: `hana` decides; every step at its own day."""

    days: Days
    hana: Viewer
    people: dict[str, Employee]
    types: dict[str, ComplianceType]
    type_names: dict[str, str]

    def file_evidence(self) -> None:
        """Of the courses in FILED, seal and file what was earned at least two days ago, and decide by it."""
        for slug, most in FILED:
            type_ = self.types[self.type_names[slug]]
            for certificate, sealed in self._unfiled(type_.course_id, most):
                with moment(certificate.issued_at + dt.timedelta(seconds=25)):
                    seal(sealed)
                document = file_sealed(sealed, type_named(TRAINING_RECORD), self.hana)
                self.complete(certificate.employee_id, type_.name, certificate.issued_on, document)

    def _unfiled(self, course_id: int | None, most: int) -> list[tuple[Certificate, SealedFile]]:
        """Among the first `most` certificates of the course those not in the file."""
        rows = db.session.execute(
            select(Certificate, SealedFile)
            .join(SealedFile, (SealedFile.kind == "certificate") & (SealedFile.subject_id == Certificate.id))
            .where(Certificate.course_id == course_id)
            .order_by(Certificate.id)
            .limit(most)
        )
        due = clock.now() - dt.timedelta(days=2)
        found = [(row[0], row[1]) for row in rows]
        return [(one, sealed) for one, sealed in found if sealed.status == "waiting" and one.issued_at < due]

    def file_licence(self, employee: Employee, issued_on: dt.date) -> None:
        """With its dates."""
        ends_on = renewal_on(issued_on, LICENCE_MONTHS)
        number = f"041-{400_000 + employee.id * 613}"
        words = (("Name", employee.name), ("Licence", number), *_dates(issued_on, ends_on))
        title = "Registered nurse licence"
        document = self.hand_in(employee, title, words, "Licence", issued_on=issued_on, expires_on=ends_on)
        self.complete(employee.id, LICENCE, issued_on, document)

    def file_papers(self, employee: Employee, hired_on: dt.date) -> None:
        """I-9 and background check."""
        words = (("Name", employee.name), ("First day", written(hired_on)), ("Seen", "Passport or permit"))
        identity = self.hand_in(employee, "Form I-9", words, "Identity", issued_on=hired_on)
        self.complete(employee.id, IDENTITY, hired_on, identity)
        words = (("Name", employee.name), ("Result", "Nothing found"), ("Checked", written(hired_on)))
        check = self.hand_in(employee, "Background check", words, "Other", issued_on=hired_on)
        self.complete(employee.id, BACKGROUND, hired_on, check)

    def ask(self, employee: Employee) -> None:
        """For papers that somebody new has not brought yet."""
        reason = "Papers asked for on the first day."
        require(self.view(employee.id), self.types[IDENTITY], by=self.hana, reason=reason)

    def let_it_file_itself(self) -> None:
        """From now on a certificate of fire safety goes into the file and is marked by itself; the others stay HR's."""
        for what in ("file", "mark"):
            switch_on(self.types[FIRE_SAFETY], what, self.hana)

    def not_concerned(self, employee: Employee) -> None:
        """A nurse without patients."""
        waive(
            self.view(employee.id),
            self.types[PATHOGENS],
            by=self.hana,
            reason="Works at a desk; no contact with blood.",
            not_applicable=True,
        )

    def waive(self, employee: Employee) -> None:
        """What is not asked of this person."""
        reason = "Checked by the board when appointed."
        waive(self.view(employee.id), self.types[BACKGROUND], by=self.hana, reason=reason)

    def hand_in(
        self,
        employee: Employee,
        title: str,
        words: tuple[tuple[str, str], ...],
        type_name: str,
        *,
        issued_on: dt.date,
        expires_on: dt.date | None = None,
    ) -> EmployeeDocument:
        """A paper into the file."""
        return upload(
            self.view(employee.id),
            paper(title, words),
            f"{title}.pdf",
            type_named(type_name),
            self.hana,
            issued_on=issued_on,
            expires_on=expires_on,
        )

    def complete(self, employee_id: int, type_name: str, on: dt.date, evidence: EmployeeDocument) -> None:
        """HR's decision."""
        mark_complete(self.view(employee_id), self.types[type_name], on, evidence=evidence, by=self.hana)

    def view(self, employee_id: int) -> EmployeeView:
        """As the actions take an employee."""
        found = employee_for(self.hana, employee_id)
        assert found is not None
        return found


def open_hr_file(days: Days) -> HrFile:
    """The compliance types, and the key that PDFs are signed with, from the first day on."""
    people, slugs = employees(), courses()
    hana = viewer_of(people["Hana Novák"])
    with moment(days.at(-START_DAYS, 15 * 60)):
        ensure_key(Path(current_app.config["DATA_DIR"]), current_app.config["ORGANISATION"])
        types = {}
        for facts, slug in TYPES:
            course_id = slugs[slug].id if slug else None
            types[facts.name] = create_type(replace(facts, course_id=course_id), hana)
    return HrFile(days, hana, people, types, {slug: facts.name for facts, slug in TYPES if slug})


def errands(hr: HrFile) -> list[Errand]:
    """What HR does in the year."""
    days = hr.days
    found = [Errand(days.at(day, 10 * 60), hr.file_evidence) for day in range(FILING_DAYS - START_DAYS, 0, FILING_DAYS)]
    nurses = [one for one in hr.people.values() if one.job_role in ("RN", "Charge Nurse")]
    for employee, ends in zip(sorted(nurses, key=lambda one: one.number)[::2], LICENCE_ENDS, strict=False):
        issued_on = _months_before(days.day(ends), LICENCE_MONTHS)
        at = _soon_after(days, issued_on, employee)
        found.append(Errand(at, partial(hr.file_licence, employee, issued_on)))
    newest = sorted(hr.people.values(), key=lambda one: (one.hire_date or days.today, one.number), reverse=True)
    for employee in newest[2 : 2 + PAPERS_OF]:
        hired_on = employee.hire_date or days.today
        found.append(Errand(_soon_after(days, hired_on, employee), partial(hr.file_papers, employee, hired_on)))
    found += [Errand(days.at(-21, 600 + place), partial(hr.ask, one)) for place, one in enumerate(newest[:2])]
    found.append(Errand(days.at(-3, 9 * 60), hr.let_it_file_itself))
    found.append(Errand(days.at(-40, 11 * 60), partial(hr.not_concerned, hr.people["Mark Okafor"])))
    found.append(Errand(days.at(-380, 11 * 60), partial(hr.waive, hr.people["Rosalind Achterberg"])))
    return found


def count_documents() -> int:
    """In all files."""
    return db.session.scalar(select(func.count()).select_from(EmployeeDocument)) or 0


def seal(sealed: SealedFile) -> None:
    """Make this PDF at once, as the worker would."""
    sealed.status, sealed.tries = "running", 1
    db.session.flush()
    pdf = sign_pdf(
        draw_certificate(sealed.subject_id, sealed.language),
        data_dir=Path(current_app.config["DATA_DIR"]),
        organisation=current_app.config["ORGANISATION"],
        reason=sealed.title,
    )
    mark_sealed(sealed.id, pdf, tries=1)


def _soon_after(days: Days, day: dt.date, employee: Employee) -> dt.datetime:
    """Within the week, or when the system was set up."""
    offset = max((day - days.today).days + 4, 24 - START_DAYS)
    return days.at(min(offset, -1), 9 * 60 + employee.id % 300)


def _months_before(day: dt.date, months: int) -> dt.date:
    """Of a day that every month has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, 28))


def _dates(issued_on: dt.date, ends_on: dt.date | None) -> tuple[tuple[str, str], ...]:
    return (("Issued", written(issued_on)), ("Valid to", written(ends_on) if ends_on else "no end"))
