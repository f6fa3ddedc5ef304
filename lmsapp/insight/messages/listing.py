"""A person's messages: those to them, and those to others about their training (REM-7).

HR, moderators and auditors see all of it; a manager what is about the training of their own people, and no letter about
an account. Everything is read by the indexes of the person and of what messages are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.messages.filters import MessageFilters
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import HOLDS_A_KEY
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to
from lmsapp.people.viewer import Viewer

PAGE = 25
HEAD = (
    N_("queued"), N_("to"), N_("address"), N_("channel"), N_("kind"), N_("subject"), N_("course"), N_("status"),
    N_("not sent because"), N_("said"), N_("sent"),
)  # fmt: skip
# Beside assignments and enrollments: what else a manager reads of their own people.
OF_TRAINING = ("certification_period", "certificate")

Digest = aliased(Notice)
COLUMNS = (
    Notice.id, Notice.channel, Notice.template, Notice.to_name, Notice.address, Notice.employee_id, Notice.subject,
    Notice.status, Notice.suppressed_as, Notice.error, Notice.reason, Notice.mandatory, Notice.tries,
    Notice.next_try_at, Notice.queued_at, Notice.sent_at, Notice.read_at, Notice.about_kind, Notice.about_id,
    Digest.id.label("digest_id"), Digest.status.label("digest_status"), Digest.sent_at.label("digest_sent_at"),
    Digest.employee_id.label("digest_employee_id"), Digest.to_name.label("digest_to"),
    Digest.next_try_at.label("digest_next_try_at"),
    Course.id.label("course_id"), Course.title.label("course"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page, newest first; columns are COLUMNS. `number` begins at 1. `kinds` and `courses` (id, title) are what
    there is to filter by, over all of the person's messages."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int
    kinds: Sequence[str]
    courses: Sequence[tuple[int, str]]


def messages_of(viewer: Viewer, employee_id: int, filters: MessageFilters, number: int = 1) -> MessagePage:
    """Of somebody the viewer may see; otherwise there are none. Four statements."""
    wanted = [_whose(viewer, employee_id), *_filtered(filters)]
    total = db.session.scalar(_from(select(func.count(Notice.id))).where(*wanted)) or 0
    number = max(1, min(number, -(-total // PAGE)))
    listed = _from(select(*COLUMNS)).where(*wanted).order_by(Notice.id.desc())
    rows = db.session.execute(listed.limit(PAGE).offset((number - 1) * PAGE)).all()
    everything = _whose(viewer, employee_id)
    kinds = db.session.scalars(select(Notice.template).distinct().where(everything).order_by(Notice.template)).all()
    courses = db.session.execute(
        _from(select(Course.id, Course.title).distinct())
        .where(everything, Course.id.is_not(None))
        .order_by(Course.title)
    ).all()
    return MessagePage(rows, number, PAGE, total, kinds, [(row.id, row.title) for row in courses])


def message_sheet(
    viewer: Viewer, employee_id: int, filters: MessageFilters, words: dict[str, dict[str, str]]
) -> Select[*tuple[Any, ...]]:
    """Exactly what the list shows, as a sheet with HEAD. `words`: of 'channel', 'kind', 'status' and 'suppressed'."""

    def word(column: Any, name: str) -> ColumnElement[str]:
        return case(words[name], value=column, else_=column) if words[name] else column

    statement = select(
        _stamp(Notice.queued_at), Notice.to_name, Notice.address, word(Notice.channel, "channel"),
        word(Notice.template, "kind"), Notice.subject, Course.title, word(Notice.status, "status"),
        word(Notice.suppressed_as, "suppressed"), Notice.error, _stamp(Notice.sent_at),
    )  # fmt: skip
    wanted = (_whose(viewer, employee_id), *_filtered(filters))
    sheet: Select[*tuple[Any, ...]] = _from(statement).where(*wanted).order_by(Notice.id.desc())
    return sheet


def message_for(viewer: Viewer, employee_id: int, notice_id: int) -> Any:
    """One of them with what it said, as it was sent, or None. Beside COLUMNS: body_text ('' where it holds a personal
    key), hides_key, worded_at, message_id, provider_id; digest_text where a digest carried it to the same person."""
    same = or_(Digest.employee_id == employee_id, Digest.employee_id == (viewer.employee_id or 0))
    more = (
        case((Notice.template.in_(HOLDS_A_KEY), ""), else_=Notice.body_text).label("body_text"),
        Notice.template.in_(HOLDS_A_KEY).label("hides_key"),
        case((same, Digest.body_text), else_="").label("digest_text"),
        case((same, Digest.subject), else_="").label("digest_subject"),
        Notice.worded_at, Notice.message_id, Notice.provider_id, Notice.attachment_id,
    )  # fmt: skip
    return db.session.execute(
        _from(select(*COLUMNS, *more)).where(_whose(viewer, employee_id), Notice.id == notice_id)
    ).one_or_none()


def _from(statement: Any) -> Any:
    """With the digest that carried it, and the course of the training it is about."""
    assignment = and_(Notice.about_kind == "assignment", TrainingAssignment.id == Notice.about_id)
    enrollment = and_(Notice.about_kind == "enrollment", Enrollment.id == Notice.about_id)
    course = Course.id == func.coalesce(TrainingAssignment.course_id, Enrollment.course_id)
    return (
        statement.select_from(Notice)
        .outerjoin(Digest, Digest.id == Notice.carried_by_id)
        .outerjoin(TrainingAssignment, assignment)
        .outerjoin(Enrollment, enrollment)
        .outerjoin(Course, course)
    )


def _whose(viewer: Viewer, employee_id: int) -> ColumnElement[bool]:
    """By what may be seen of that person: by id lists, so that each part has its index."""
    visible = literal(employee_id).in_(employee_ids_visible_to(viewer))
    to_them, about = Notice.employee_id == employee_id, _about_training(employee_id)
    if viewer.may(*SEES_EVERYBODY):
        account = select(Employee.user_id).where(Employee.id == employee_id).scalar_subquery()
        return and_(or_(to_them, Notice.user_id == account, about), visible)
    training = or_(Notice.reason["policy"].as_string() == "digest", Notice.about_kind.in_(OF_TRAINING))
    return and_(or_(about, and_(to_them, training)), visible)


def _about_training(employee_id: int) -> ColumnElement[bool]:
    def of(kind: str, model: Any) -> ColumnElement[bool]:
        ids = select(func.array_agg(model.id)).where(model.employee_id == employee_id).scalar_subquery()
        return and_(Notice.about_kind == kind, Notice.about_id == func.any(ids))

    return or_(
        of("assignment", TrainingAssignment), of("enrollment", Enrollment), of("path_enrollment", PathEnrollment)
    )


def _filtered(filters: MessageFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.statuses:
        conditions.append(Notice.status.in_(filters.statuses))
    if filters.channels:
        conditions.append(Notice.channel.in_(filters.channels))
    if filters.kinds:
        conditions.append(Notice.template.in_(filters.kinds))
    if filters.course_id is not None:
        conditions.append(Course.id == filters.course_id)
    return conditions


def _stamp(column: Any) -> ColumnElement[str]:
    """An instant for a sheet, in UTC."""
    return func.to_char(column, 'YYYY-MM-DD HH24:MI"Z"')
