"""What a course or a path says of its certificates: when they are issued, and how they look (CRT-1, CRT-2, CRT-5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.certificates.models import CertificatePlan
from lmsapp.learning.certificates.templates.models import CertificateTemplate
from lmsapp.people.viewer import Viewer


class Issuing(StrEnum):
    """When a certificate is issued."""

    COMPLETION = "completion"
    EVALUATION = "evaluation"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Plan:
    """`template_id` None: the built-in look. `validity_months`: of a path; None: as long as its courses."""

    issuing: Issuing = Issuing.COMPLETION
    template_id: int | None = None
    validity_months: int | None = None


def plan_of(*, course_id: int | None = None, path_id: int | None = None) -> Plan:
    """Of a course or of a path; without a row the standard one."""
    row = _row(course_id, path_id)
    return Plan(Issuing(row.issuing), row.template_id, row.validity_months) if row else Plan()


def set_plan(subject: Course | LearningPath, plan: Plan, *, by: Viewer) -> None:
    """It holds for certificates issued from now on. Raises RuleBroken. Ask only for what the viewer may change."""
    course = subject if isinstance(subject, Course) else None
    path = subject if isinstance(subject, LearningPath) else None
    if path is not None and plan.issuing is Issuing.EVALUATION:
        raise RuleBroken(N_("A path has no evaluation of its own; its courses can have one."), field="issuing")
    if plan.validity_months is not None and not 1 <= plan.validity_months <= 600:
        raise RuleBroken(N_("Give a number from 1 to 600, or nothing."), field="validity_months")
    course_id, path_id = course.id if course else None, path.id if path else None
    db.session.get_one(type(subject), subject.id, with_for_update=True)
    row, before = _row(course_id, path_id), plan_of(course_id=course_id, path_id=path_id)
    _check_template(plan.template_id, before.template_id)
    if before == plan:
        return
    if row is None:
        row = CertificatePlan(course_id=course_id, path_id=path_id)
        db.session.add(row)
    row.issuing, row.template_id = plan.issuing.value, plan.template_id
    row.validity_months = plan.validity_months if path else None
    about = ("course", course.id) if course else ("path", subject.id)
    record_change("certificate settings changed", about, by=by, before=_said(before), after=_said(plan))
    db.session.flush()


def _row(course_id: int | None, path_id: int | None) -> CertificatePlan | None:
    mine = CertificatePlan.course_id == course_id if course_id else CertificatePlan.path_id == path_id
    return db.session.scalar(select(CertificatePlan).where(mine))


def _check_template(template_id: int | None, before: int | None) -> None:
    if template_id is None or template_id == before:
        return
    found = db.session.get(CertificateTemplate, template_id, with_for_update={"read": True})
    if found is None or found.archived_at is not None:
        raise RuleBroken(N_("Choose a template of the list."), field="template_id")


def _said(plan: Plan) -> dict[str, object]:
    """For the trail, by name rather than number."""
    title = db.session.scalar(select(CertificateTemplate.title).where(CertificateTemplate.id == plan.template_id))
    return {**asdict(plan), "issuing": plan.issuing.value, "template": title}
