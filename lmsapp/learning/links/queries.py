"""Who gets links, what a link leads to, which are open. Never the token: nobody but its reader has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import HandIn
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.links.rules import WHOLE
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import token_hash
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.queries import belongs
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.settings.queries import settings
from lmsapp.people.viewer import Viewer

SHOWN = 100
COLUMNS: tuple[Any, ...] = (
    AccessLink.id, AccessLink.employee_id, Employee.name, Course.title, AccessLink.channel, AccessLink.sent_to,
    AccessLink.made_at, AccessLink.expires_at, AccessLink.opened_at, AccessLink.revoked_at, AccessLink.revoked_as,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """What a link leads to. `waiting`: nobody opened it yet; `session_key`: of the session of whoever opened it."""

    employee_id: int
    course_id: int
    title: str
    language: str
    waiting: bool
    session_key: str | None


def gets_links(employee_id: int) -> bool:
    """Whether this person is among those who get such links at present."""
    chosen = settings()
    if not chosen["link_sign_in"]:
        return False
    asked = _people(meant_by(int(chosen["link_audience"]))).where(Employee.id == employee_id)
    return bool(db.session.scalar(select(asked.exists())))


def count_meant(audience_id: int) -> int:
    """How many people would get such links; 0 stands for everybody who has not chosen a password."""
    return db.session.scalar(select(func.count()).select_from(_people(meant_by(audience_id)).subquery())) or 0


def meant_by(audience_id: int) -> ColumnElement[bool]:
    """The choice as SQL over `Employee` and `User`. An audience that is gone means nobody."""
    if not audience_id:
        return User.password_hash.is_(None)
    kept = db.session.scalar(select(Audience.rule).where(Audience.id == audience_id, Audience.archived_at.is_(None)))
    return belongs(AudienceRule.from_json(kept), department_parents(), clock.now()) if kept is not None else false()


def door_of(token: str) -> Door | None:
    """What the token leads to, while it does. Reads, and nothing else: scanners of mails open every address."""
    row = db.session.execute(
        select(AccessLink, Course.title, Employee.language, AccessLink.employee_id)
        .join(Course, Course.id == AccessLink.course_id)
        .join(Employee, Employee.id == AccessLink.employee_id)
        .where(AccessLink.token_sha256 == token_hash(token))
    ).one_or_none()
    if row is None:
        return None
    link, now = row[0], clock.now()
    if link.revoked_at is not None or now >= link.expires_at:
        return None
    waiting = link.opened_at is None and gets_links(link.employee_id)
    return Door(link.employee_id, link.course_id, row.title, row.language, waiting, link.session_key)


def links_of(viewer: Viewer, employee_id: int) -> Sequence[Any]:
    """One person's links, newest first, for whoever may see them. Columns as `open_links`."""
    wanted = _rows().where(AccessLink.employee_id == employee_id)
    return db.session.execute(_seen(viewer, wanted).order_by(AccessLink.id.desc()).limit(SHOWN)).all()


def open_links(viewer: Viewer) -> Sequence[Any]:
    """Every link that opens something now, or began a session that lasts, soonest over first.

    Columns: id, employee_id, name, title, channel, sent_to, made_at, expires_at, opened_at, revoked_at, revoked_as.
    """
    return db.session.execute(
        _seen(viewer, _rows().where(*_still())).order_by(AccessLink.expires_at).limit(SHOWN)
    ).all()


def count_open(viewer: Viewer) -> int:
    """How many those are."""
    counted = _seen(viewer, select(AccessLink.id).where(*_still())).subquery()
    return db.session.scalar(select(func.count()).select_from(counted)) or 0


def who_switched() -> Any:
    """Who switched such links on or off last: at, actor_name, reason; None where nobody ever did."""
    changes = (AuditEntry.subject_kind == "settings", AuditEntry.after.has_key("link_sign_in"))
    newest = select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.reason).where(*changes)
    return db.session.execute(newest.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()


def course_of_attempt(viewer: Viewer, submission_id: int) -> int | None:
    """The course of one of the viewer's own attempts at a quiz."""
    asked = select(Enrollment.course_id).join(QuizSubmission, QuizSubmission.enrollment_id == Enrollment.id)
    return db.session.scalar(_own(viewer, asked.where(QuizSubmission.id == submission_id)))


def course_of_hand_in(viewer: Viewer, hand_in_id: int) -> int | None:
    """The course of something the viewer handed in."""
    asked = select(Enrollment.course_id).join(HandIn, HandIn.enrollment_id == Enrollment.id)
    return db.session.scalar(_own(viewer, asked.where(HandIn.id == hand_in_id)))


def course_of_certificate(viewer: Viewer, certificate_id: int) -> int | None:
    """The course of one of the viewer's own certificates."""
    own = (Certificate.id == certificate_id, Certificate.employee_id == viewer.employee_id)
    return db.session.scalar(select(Certificate.course_id).where(*own))


def _still() -> tuple[ColumnElement[bool], ...]:
    """Not opened and not expired, or opened so lately that its session may last."""
    now = clock.now()
    lately = or_(AccessLink.opened_at.is_(None), AccessLink.opened_at > now - WHOLE)
    return AccessLink.revoked_at.is_(None), AccessLink.expires_at > now, lately


def _own(viewer: Viewer, asked: Select[Any]) -> Select[Any]:
    return asked.where(Enrollment.employee_id == viewer.employee_id)


def _people(meant: ColumnElement[bool]) -> Select[Any]:
    active = (Employee.status == "active", func.coalesce(User.active, True))
    return select(Employee.id).outerjoin(User, User.id == Employee.user_id).where(*active, meant)


def _rows() -> Select[Any]:
    asked: Select[Any] = select(*COLUMNS)
    joined = asked.join(Employee, Employee.id == AccessLink.employee_id)
    return joined.join(Course, Course.id == AccessLink.course_id)


def _seen(viewer: Viewer, asked: Select[Any]) -> Select[Any]:
    return asked.where(AccessLink.employee_id.in_(employee_ids_visible_to(viewer)))
