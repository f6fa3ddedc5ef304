"""The differences as SQL, set by set: each kind one statement over everybody, or over a few people (HRD-6).

Columns of each: kind, employee_id, type_id, mark, facts. People who work here, types in use. `mark` names every row the
difference follows from, so that it is another one as soon as one of them is replaced.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Text, and_, cast, func, literal, or_, select, true, union
from sqlalchemy.orm import aliased

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, ComplianceTypeCourse, EmployeeCompliance
from lmsapp.compliance.ledger.moments import Moment
from lmsapp.compliance.reconciling.rules import Kind
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Employee

Found = Select[tuple[str, int, int, str, Any]]
M = EmployeeCompliance
Mine = aliased(EmployeeCompliance)
Period = CertificationPeriod
_UNTIL = func.coalesce(Period.valid_until, func.make_date(9999, 12, 31))


def differences(moment: Moment, only: Collection[int] | None = None) -> list[Found]:
    """A statement for each kind, over everybody who works here, or over the employees `only`."""
    sides = _Sides(moment, only)
    kinds = (
        sides.not_filed,
        sides.not_marked,
        sides.no_evidence,
        sides.expired_here,
        sides.expired_there,
        sides.revoked,
        sides.not_asked,
        sides.asked_twice,
    )
    return [one() for one in kinds]


@dataclass
class _Sides:
    """What the kinds have in common: who, which courses support which type, the decisions that hold."""

    moment: Moment
    only: Collection[int] | None
    courses: Subquery = field(init=False)

    def __post_init__(self) -> None:
        in_use = ComplianceType.archived_at.is_(None)
        named = select(ComplianceTypeCourse.type_id, ComplianceTypeCourse.course_id)
        first = select(ComplianceType.id, ComplianceType.course_id).where(ComplianceType.course_id.is_not(None))
        used = select(ComplianceType.id).where(in_use)
        both = union(named.where(ComplianceTypeCourse.type_id.in_(used)), first.where(in_use)).subquery()
        self.courses = select(both.c.type_id, both.c.course_id).subquery("supports")

    def not_filed(self) -> Found:
        """The newest certificate that counts, sealed, and not in the file: as the queue 'to file' has it."""
        filed = select(EmployeeDocument.id).where(
            EmployeeDocument.sealed_file_id == SealedFile.id, EmployeeDocument.archived_at.is_(None)
        )
        sealed = func.max(SealedFile.id)
        facts = {"sealed_id": sealed, "day": func.max(Certificate.issued_on)}
        found = self._row(Kind.NOT_FILED, Certificate.employee_id, self.courses.c.type_id, [sealed], facts)
        return (
            self._of_here(found.select_from(SealedFile).join(Certificate, self._sealed()), Certificate.employee_id)
            .join(self.courses, self.courses.c.course_id == Certificate.course_id)
            .where(SealedFile.status == "ready", ~filed.exists(), *self._stands(), *self._some(Certificate.employee_id))
            .group_by(Certificate.employee_id, self.courses.c.type_id)
        )

    def not_marked(self) -> Found:
        """A certificate in the file, newer than what the ledger knows of. Who is waived is left alone."""
        document, day = func.max(EmployeeDocument.id), func.max(Certificate.issued_on)
        facts = {"document_id": document, "day": day, "decided": M.decision == "complete", "known": M.completed_on}
        marks = [document, func.coalesce(M.id, 0)]
        found = self._row(Kind.NOT_MARKED, EmployeeDocument.employee_id, self.courses.c.type_id, marks, facts)
        unknown = or_(M.id.is_(None), M.decision == "required", and_(M.decision == "complete", _before(M.completed_on)))
        return (
            self._of_here(found.select_from(EmployeeDocument), EmployeeDocument.employee_id)
            .join(SealedFile, SealedFile.id == EmployeeDocument.sealed_file_id)
            .join(Certificate, self._sealed())
            .join(self.courses, self.courses.c.course_id == Certificate.course_id)
            .outerjoin(M, self._decision(EmployeeDocument.employee_id, self.courses.c.type_id))
            .where(EmployeeDocument.archived_at.is_(None), unknown, *self._stands())
            .where(*self._some(EmployeeDocument.employee_id))
            .group_by(EmployeeDocument.employee_id, self.courses.c.type_id, M.id)
        )

    def no_evidence(self) -> Found:
        """Marked, a document is needed, and there is none, or it was taken out of the file."""
        gone = EmployeeDocument.archived_at
        marks = [M.id, func.coalesce(EmployeeDocument.id, 0)]
        found = self._held(Kind.NO_EVIDENCE, marks, {"taken_out": gone.is_not(None), "document_id": self._shown_by()})
        return found.outerjoin(EmployeeDocument, EmployeeDocument.id == M.evidence_id).where(
            ComplianceType.evidence_needed, or_(M.evidence_id.is_(None), gone.is_not(None))
        )

    def expired_here(self) -> Found:
        """Expired in the ledger while a period of learning still runs."""
        best = self._periods("running", self.moment.today <= _UNTIL)
        facts = {"until": best.c.until, "day": best.c.certified_on, "document_id": self._shown_by()}
        found = self._held(Kind.EXPIRED_HERE, [M.id, best.c.period_id], facts)
        return found.join(best, self._same(best)).where(M.renewal_on < self.moment.today)

    def expired_there(self) -> Found:
        """Valid in the ledger while every period of learning has ended."""
        ended = self._periods("ended", self.moment.today > _UNTIL)
        running = self._periods("still_running", self.moment.today <= _UNTIL)
        found = self._held(Kind.EXPIRED_THERE, [M.id, ended.c.period_id], {"until": ended.c.until})
        valid = or_(M.renewal_on.is_(None), M.renewal_on >= self.moment.today)
        found = found.join(ended, self._same(ended)).outerjoin(running, self._same(running))
        return found.where(valid, running.c.period_id.is_(None))

    def revoked(self) -> Found:
        """Marked before learning took it back; or shown by a certificate that was revoked."""
        taken = union(self._by_evidence(), self._taken_back(), self._period_revoked()).subquery("taken")
        found = self._held(Kind.REVOKED, [M.id], {"day": M.completed_on})
        return found.where(M.id.in_(select(taken.c.id)))

    def not_asked(self) -> Found:
        """Held by somebody it is not asked of; only of types that are asked of anybody."""
        duty = select(ComplianceDuty.id).where(ComplianceDuty.type_id == M.type_id, self.moment.asked)
        found = self._held(Kind.NOT_ASKED, [M.id], {"day": M.completed_on})
        return found.where(duty.exists(), ~duty.where(ComplianceDuty.employee_id == M.employee_id).exists())

    def asked_twice(self) -> Found:
        """More than one open assignment of courses of which one is enough."""
        assignments = func.array_agg(TrainingAssignment.id.distinct())
        titles = func.array_agg(Course.title.distinct())
        marks = [func.array_to_string(assignments, ",")]
        facts = {"assignments": assignments, "titles": titles}
        found = self._row(Kind.ASKED_TWICE, TrainingAssignment.employee_id, self.courses.c.type_id, marks, facts)
        return (
            self._of_here(found.select_from(TrainingAssignment), TrainingAssignment.employee_id)
            .join(self.courses, self.courses.c.course_id == TrainingAssignment.course_id)
            .join(Course, Course.id == TrainingAssignment.course_id)
            .where(is_open(), *self._some(TrainingAssignment.employee_id))
            .group_by(TrainingAssignment.employee_id, self.courses.c.type_id)
            .having(func.count(TrainingAssignment.course_id.distinct()) > 1)
        )

    def _row(self, kind: Kind, employee_id: Any, type_id: Any, marks: list[Any], facts: dict[str, Any]) -> Found:
        pairs = [part for name, value in facts.items() for part in (literal(name, Text), value)]
        mark = func.concat_ws("/", *(cast(one, Text) for one in marks))
        return select(
            literal(kind.value, Text).label("kind"),
            employee_id.label("employee_id"),
            type_id.label("type_id"),
            mark.label("mark"),
            func.jsonb_build_object(*pairs).label("facts"),
        )

    def _held(self, kind: Kind, marks: list[Any], facts: dict[str, Any]) -> Found:
        """Over decisions 'complete' that hold, with ComplianceType joined."""
        known = {"decided": true(), "completed_on": M.completed_on, "renewal_on": M.renewal_on}
        known |= {"evidence_needed": ComplianceType.evidence_needed, **facts}
        found = self._of_here(self._row(kind, M.employee_id, M.type_id, marks, known).select_from(M), M.employee_id)
        return found.join(ComplianceType, ComplianceType.id == M.type_id).where(
            M.replaced_at.is_(None),
            M.decision == "complete",
            ComplianceType.archived_at.is_(None),
            *self._some(M.employee_id),
        )

    def _of_here(self, found: Found, employee_id: Any) -> Found:
        return found.join(Employee, Employee.id == employee_id).where(Employee.status == "active")

    def _some(self, employee_id: Any) -> list[ColumnElement[bool]]:
        return [] if self.only is None else [employee_id.in_(sorted(self.only))]

    def _sealed(self) -> ColumnElement[bool]:
        return and_(SealedFile.kind == "certificate", SealedFile.subject_id == Certificate.id)

    def _stands(self) -> list[ColumnElement[bool]]:
        return [Certificate.revoked_at.is_(None), Certificate.replaced_at.is_(None)]

    def _decision(self, employee_id: Any, type_id: Any) -> ColumnElement[bool]:
        return and_(M.employee_id == employee_id, M.type_id == type_id, M.replaced_at.is_(None))

    def _periods(self, name: str, wanted: ColumnElement[bool]) -> Subquery:
        """By person and type, of the current periods that are as `wanted`: the last end and day, the newest id."""
        supports = self.courses
        return (
            select(
                Period.employee_id,
                supports.c.type_id,
                func.max(_UNTIL).label("until"),
                func.max(Period.certified_on).label("certified_on"),
                func.max(Period.id).label("period_id"),
            )
            .join(supports, supports.c.course_id == Period.course_id)
            .join(Employee, Employee.id == Period.employee_id)
            .where(Period.is_current, Period.revoked_at.is_(None), wanted, *self._some(Period.employee_id))
            .group_by(Period.employee_id, supports.c.type_id)
            .subquery(name)
        )

    def _same(self, best: Subquery) -> ColumnElement[bool]:
        return and_(best.c.employee_id == M.employee_id, best.c.type_id == M.type_id)

    def _shown_by(self) -> Any:
        """The newest certificate in the file that supports the type; null: none."""
        document = EmployeeDocument.__table__.alias("shown_by")
        sealed, certificate = SealedFile.__table__.alias("shown_seal"), Certificate.__table__.alias("shown_cert")
        supporting = select(self.courses.c.course_id).where(self.courses.c.type_id == M.type_id).correlate(M)
        return (
            select(func.max(document.c.id))
            .select_from(document)
            .join(sealed, sealed.c.id == document.c.sealed_file_id)
            .join(certificate, and_(sealed.c.kind == "certificate", sealed.c.subject_id == certificate.c.id))
            .where(document.c.employee_id == M.employee_id, document.c.archived_at.is_(None))
            .where(certificate.c.revoked_at.is_(None), certificate.c.course_id.in_(supporting))
            .correlate(M)
            .scalar_subquery()
        )

    def _by_evidence(self) -> Select[int]:
        """Decisions whose document is of a certificate that was revoked."""
        return (
            select(Mine.id)
            .join(EmployeeDocument, EmployeeDocument.id == Mine.evidence_id)
            .join(SealedFile, SealedFile.id == EmployeeDocument.sealed_file_id)
            .join(Certificate, self._sealed())
            .where(Mine.replaced_at.is_(None), Certificate.revoked_at.is_not(None), *self._some(Mine.employee_id))
        )

    def _taken_back(self) -> Select[int]:
        """Decisions from before a completion was taken back, where none counts any more."""
        back = aliased(CompletionRecord)
        left = select(CompletionRecord.id).where(
            CompletionRecord.employee_id == back.employee_id,
            CompletionRecord.subject_kind == "course",
            CompletionRecord.subject_id.in_(self._courses_of(Mine.type_id)),
            counts(),
        )
        return (
            self._decided_for(back.subject_id, back.employee_id, back)
            .where(back.subject_kind == "course", back.how == "taken back", back.recorded_at > Mine.decided_at)
            .where(~left.exists())
        )

    def _period_revoked(self) -> Select[int]:
        """The same where a certification was revoked and no other stands."""
        other = aliased(Period)
        left = select(other.id).where(
            other.employee_id == Period.employee_id,
            other.course_id.in_(self._courses_of(Mine.type_id)),
            other.is_current,
            other.revoked_at.is_(None),
        )
        return (
            self._decided_for(Period.course_id, Period.employee_id, Period)
            .where(Period.is_current, Period.revoked_at > Mine.decided_at)
            .where(~left.exists())
        )

    def _decided_for(self, course_id: Any, employee_id: Any, source: Any) -> Select[int]:
        """Ids of decisions about types that a course of `source` supports."""
        return (
            select(Mine.id)
            .select_from(source)
            .join(self.courses, self.courses.c.course_id == course_id)
            .join(Mine, and_(Mine.employee_id == employee_id, Mine.type_id == self.courses.c.type_id))
            .where(Mine.replaced_at.is_(None), *self._some(employee_id))
        )

    def _courses_of(self, type_id: Any) -> Select[int]:
        return select(self.courses.c.course_id).where(self.courses.c.type_id == type_id).correlate(Mine)


def _before(known: Any) -> ColumnElement[bool]:
    return or_(known.is_(None), known < Certificate.issued_on)
