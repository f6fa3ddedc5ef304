"""Templates as HR sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lmsapp.compliance.documents.models import DocumentType
from lmsapp.compliance.documents.rules import STANDARD_TYPES
from lmsapp.infra.db import db
from lmsapp.onboarding.templates.models import OnboardingTemplate, TemplateTask
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template with its tasks in order (document type and text loaded)."""

    template: OnboardingTemplate
    for_whom: ForWhom
    tasks: Sequence[TemplateTask]


def list_templates(viewer: Viewer, *, archived: bool = False) -> Sequence[Any]:
    """Columns: id, name, for_whom, is_default, archived_at, tasks (how many). The default first, then by name."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    count = (
        select(func.count())
        .where(TemplateTask.template_id == OnboardingTemplate.id, TemplateTask.archived_at.is_(None))
        .scalar_subquery()
    )
    hidden = OnboardingTemplate.archived_at.is_not(None) if archived else OnboardingTemplate.archived_at.is_(None)
    return db.session.execute(
        select(
            OnboardingTemplate.id,
            OnboardingTemplate.name,
            OnboardingTemplate.for_whom,
            OnboardingTemplate.is_default,
            OnboardingTemplate.archived_at,
            count.label("tasks"),
        )
        .where(hidden)
        .order_by(OnboardingTemplate.is_default.desc(), func.lower(OnboardingTemplate.name), OnboardingTemplate.id)
    ).all()


def template_for(viewer: Viewer, template_id: int) -> OnboardingTemplate | None:
    """The template, archived or not, for those who keep records."""
    return db.session.get(OnboardingTemplate, template_id) if viewer.may(May.KEEP_RECORDS) else None


def template_view(viewer: Viewer, template_id: int) -> TemplateView | None:
    """With all it asks. Two statements."""
    template = template_for(viewer, template_id)
    if template is None:
        return None
    tasks = db.session.scalars(
        select(TemplateTask)
        .where(TemplateTask.template_id == template_id, TemplateTask.archived_at.is_(None))
        .options(joinedload(TemplateTask.document_type), joinedload(TemplateTask.signing_text))
        .order_by(TemplateTask.position, TemplateTask.id)
    ).all()
    return TemplateView(template, ForWhom.from_json(template.for_whom), tasks)


def template_task_for(viewer: Viewer, task_id: int) -> TemplateTask | None:
    """One task that is still in its template, the template loaded."""
    if not viewer.may(May.KEEP_RECORDS):
        return None
    return db.session.scalars(
        select(TemplateTask)
        .where(TemplateTask.id == task_id, TemplateTask.archived_at.is_(None))
        .options(joinedload(TemplateTask.template))
    ).one_or_none()


def templates_in_use() -> Sequence[OnboardingTemplate]:
    """For the actions: what can be started from."""
    return db.session.scalars(select(OnboardingTemplate).where(OnboardingTemplate.archived_at.is_(None))).all()


def tasks_by_template(template_ids: Collection[int]) -> dict[int, list[TemplateTask]]:
    """For the actions: template id -> its tasks in order. One statement."""
    found: dict[int, list[TemplateTask]] = {}
    for task in db.session.scalars(
        select(TemplateTask)
        .where(TemplateTask.template_id.in_(template_ids), TemplateTask.archived_at.is_(None))
        .order_by(TemplateTask.position, TemplateTask.id)
    ):
        found.setdefault(task.template_id, []).append(task)
    return found


def document_types() -> list[tuple[int, str]]:
    """(id, name) of what can be asked for; see `compliance.documents` for the standard ones."""
    rows = db.session.execute(select(DocumentType.id, DocumentType.name).order_by(DocumentType.id))
    return [(row.id, row.name) for row in rows]


def standard_types_missing() -> bool:
    """Whether nobody has filed anything yet, so that the standard types are still to be made."""
    names = set(db.session.scalars(select(DocumentType.name)))
    return not {one.name for one in STANDARD_TYPES} <= names
