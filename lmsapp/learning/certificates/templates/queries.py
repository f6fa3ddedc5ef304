"""Templates to choose from and to look after (CRT-2). Titles are no secret among staff; changing is for moderators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.certificates.models import Certificate, CertificatePlan
from lmsapp.learning.certificates.templates.models import CertificateTemplate, CertificateTemplateVersion
from lmsapp.learning.certificates.templates.rules import Design
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template as one of its versions says. `pictures`: file ids by 'logo', 'signature', 'second_signature'."""

    id: int
    title: str
    version: int
    newest: int
    archived: bool
    design: Design
    pictures: dict[str, int | None]
    made_at: Any
    made_by: str


def list_templates(viewer: Viewer, *, archived: bool = False) -> Sequence[Any]:
    """By title; for moderators. Columns: id, title, version, changed_at, used (courses and paths), issued."""
    if not viewer.may(May.MODERATE):
        return []
    used = select(func.count()).where(CertificatePlan.template_id == CertificateTemplate.id).scalar_subquery()
    issued = select(func.count()).where(Certificate.template_id == CertificateTemplate.id).scalar_subquery()
    is_archived = CertificateTemplate.archived_at.is_not(None)
    return db.session.execute(
        select(
            CertificateTemplate.id,
            CertificateTemplate.title,
            CertificateTemplate.version,
            CertificateTemplate.changed_at,
            used.label("used"),
            issued.label("issued"),
        )
        .where(is_archived if archived else ~is_archived)
        .order_by(func.lower(CertificateTemplate.title), CertificateTemplate.id)
    ).all()


def template_choices() -> list[tuple[int, str]]:
    """(id, title) of those that can be chosen, by title."""
    rows = db.session.execute(
        select(CertificateTemplate.id, CertificateTemplate.title)
        .where(CertificateTemplate.archived_at.is_(None))
        .order_by(func.lower(CertificateTemplate.title), CertificateTemplate.id)
    )
    return [(row.id, row.title) for row in rows]


def template_for(viewer: Viewer, template_id: int) -> CertificateTemplate | None:
    """One to look after; for moderators. Addresses may hold any number."""
    if not viewer.may(May.MODERATE) or not 0 < template_id < 2**31:
        return None
    return db.session.get(CertificateTemplate, template_id)


def template_view(template: CertificateTemplate, number: int | None = None) -> TemplateView | None:
    """As a version says, the newest where none is named; None: no such version."""
    asked = template.version if number is None else number
    version = db.session.get(CertificateTemplateVersion, (template.id, asked))
    if version is None:
        return None
    return TemplateView(
        id=template.id,
        title=template.title,
        version=version.number,
        newest=template.version,
        archived=template.archived_at is not None,
        design=Design.from_json(version.design),
        pictures={
            "logo": version.logo_id,
            "signature": version.signature_id,
            "second_signature": version.second_signature_id,
        },
        made_at=version.made_at,
        made_by=version.made_by_name,
    )


def versions_of(template: CertificateTemplate) -> Sequence[Any]:
    """Newest first. Columns: number, made_at, made_by_name, issued."""
    issued = select(func.count()).where(
        Certificate.template_id == template.id, Certificate.template_version == CertificateTemplateVersion.number
    )
    return db.session.execute(
        select(
            CertificateTemplateVersion.number,
            CertificateTemplateVersion.made_at,
            CertificateTemplateVersion.made_by_name,
            issued.scalar_subquery().label("issued"),
        )
        .where(CertificateTemplateVersion.template_id == template.id)
        .order_by(CertificateTemplateVersion.number.desc())
    ).all()


def used_by(template: CertificateTemplate) -> Sequence[Any]:
    """Courses and paths that choose it, by title. Columns: kind ('course' or 'path'), id, title."""
    courses = select(CertificatePlan.course_id.label("id"), Course.title).join(
        Course, Course.id == CertificatePlan.course_id
    )
    paths = select(CertificatePlan.path_id.label("id"), LearningPath.title).join(
        LearningPath, LearningPath.id == CertificatePlan.path_id
    )
    mine = CertificatePlan.template_id == template.id
    found = [("course", *row) for row in db.session.execute(courses.where(mine)).all()]
    found += [("path", *row) for row in db.session.execute(paths.where(mine)).all()]
    return sorted(found, key=lambda one: (str(one[2]).casefold(), one[1]))


def picture_of(template: CertificateTemplate, name: str, number: int | None = None) -> StoredFile | None:
    """A picture of a version, or None."""
    view = template_view(template, number)
    file_id = view.pictures.get(name) if view else None
    return db.session.get(StoredFile, file_id) if file_id else None
