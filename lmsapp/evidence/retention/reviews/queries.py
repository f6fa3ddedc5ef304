"""Lists, their items, what was disposed of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import aliased

from lmsapp.evidence.retention.kinds import Kinds
from lmsapp.evidence.retention.policies.models import KeptLonger, RetentionPolicy
from lmsapp.evidence.retention.reviews.models import Disposal, RetentionItem, RetentionReview
from lmsapp.infra.db import db, one_or_none
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SIZE = 50
MOST = 200


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of rows, as `ui.pages` takes it."""

    rows: Sequence[Any]
    total: int
    number: int
    size: int = SIZE


def review_for(viewer: Viewer, review_id: int) -> RetentionReview | None:
    """The list itself."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return None
    return one_or_none(select(RetentionReview).where(RetentionReview.id == review_id))


def reviews_for(viewer: Viewer) -> Sequence[Any]:
    """The latest first. Columns: RetentionReview, `reviewed_by`, `approved_by`, `records`, `gone`."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return []
    first, second = aliased(User), aliased(User)
    counted = select(func.count()).where(RetentionItem.review_id == RetentionReview.id)
    columns = (
        RetentionReview, first.name.label("reviewed_by"), second.name.label("approved_by"),
        counted.scalar_subquery().label("records"),
        counted.where(RetentionItem.state == "done").scalar_subquery().label("gone"),
    )  # fmt: skip
    rows = select(*columns).outerjoin(first, first.id == RetentionReview.reviewed_by_id)
    rows = rows.outerjoin(second, second.id == RetentionReview.approved_by_id)
    return db.session.execute(rows.order_by(RetentionReview.id.desc()).limit(MOST)).all()


def tallies(review: RetentionReview) -> dict[str, int]:
    """How many items in which state."""
    rows = select(RetentionItem.state, func.count()).where(RetentionItem.review_id == review.id)
    return dict(db.session.execute(rows.group_by(RetentionItem.state)).all())


def kinds_on(review: RetentionReview) -> Mapping[str, int]:
    """How many items of which kind, whatever became of them."""
    rows = select(RetentionItem.kind, func.count()).where(RetentionItem.review_id == review.id)
    found = db.session.execute(rows.group_by(RetentionItem.kind).order_by(RetentionItem.kind)).all()
    return dict(found)


def items_of(review: RetentionReview, *, kind: str = "", state: str = "", q: str = "", page: int = 1) -> Lines:
    """Columns: id, kind, record_id, made_on, due_on, state, words, employee_id, name, number, law, policy."""
    rows = _items().where(RetentionItem.review_id == review.id)
    if kind:
        rows = rows.where(RetentionItem.kind == kind)
    if state:
        rows = rows.where(RetentionItem.state == state)
    if q:
        like = f"%{q.replace('%', '').replace('_', '')}%"
        rows = rows.where(Employee.name.ilike(like) | Employee.number.ilike(like))
    total = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // SIZE)))
    found = db.session.execute(rows.order_by(RetentionItem.id).limit(SIZE).offset(SIZE * (page - 1))).all()
    return Lines(found, total, page)


def titles_of(items: Sequence[Any], kinds: Kinds) -> dict[tuple[str, int], str]:
    """What each record says it is, by kind and id; one statement a kind."""
    wanted: dict[str, list[int]] = {}
    for item in items:
        wanted.setdefault(item.kind, []).append(item.record_id)
    found: dict[tuple[str, int], str] = {}
    for name, ids in wanted.items():
        if (kind := kinds.get(name)) is None:
            continue
        key: Any = kind.model
        for record_id, title in db.session.execute(select(key.id, kind.title).where(key.id.in_(ids))).all():
            found[name, record_id] = str(title or "")
    return found


def item_for(viewer: Viewer, review: RetentionReview, item_id: int) -> Any | None:
    """One of the list, as `items_of`."""
    rows = _items().where(RetentionItem.review_id == review.id, RetentionItem.id == item_id)
    return db.session.execute(rows.where(literal(viewer.may(May.KEEP_RECORDS, May.AUDIT)))).one_or_none()


def record_shown(kind: str, record_id: int, kinds: Kinds) -> list[tuple[str, Any]]:
    """Every column of a record as it stands, for whoever looks before it goes. Ask only for items of a list."""
    model: Any = kinds[kind].model
    table = model.__table__
    row = db.session.execute(select(table).where(table.c.id == record_id)).mappings().one_or_none()
    return [] if row is None else [(str(name), value) for name, value in row.items() if value not in (None, "")]


def longer_of(kind: str, record_id: int) -> Sequence[KeptLonger]:
    """Decisions to keep one record longer, the latest first."""
    rows = select(KeptLonger).where(KeptLonger.kind == kind, KeptLonger.record_id == record_id)
    return db.session.scalars(rows.order_by(KeptLonger.id.desc())).all()


def disposals_for(viewer: Viewer, *, kind: str = "", page: int = 1) -> Lines:
    """What went, the latest first. Columns: Disposal, `months`, `start`, `reviewed_by`, `approved_by`."""
    first, second = aliased(User), aliased(User)
    columns = (
        Disposal, RetentionPolicy.months, RetentionPolicy.start, first.name.label("reviewed_by"),
        second.name.label("approved_by"),
    )  # fmt: skip
    rows = select(*columns).outerjoin(RetentionPolicy, RetentionPolicy.id == Disposal.policy_id)
    rows = rows.outerjoin(first, first.id == Disposal.reviewed_by_id)
    rows = rows.outerjoin(second, second.id == Disposal.approved_by_id)
    rows = rows.where(literal(viewer.may(May.KEEP_RECORDS, May.AUDIT)))
    counted = select(func.count(Disposal.id))
    if kind:
        rows, counted = rows.where(Disposal.kind == kind), counted.where(Disposal.kind == kind)
    total = (db.session.scalar(counted) or 0) if viewer.may(May.KEEP_RECORDS, May.AUDIT) else 0
    page = min(max(page, 1), max(1, -(-total // SIZE)))
    found = db.session.execute(rows.order_by(Disposal.id.desc()).limit(SIZE).offset(SIZE * (page - 1))).all()
    return Lines(found, total, page)


def _items() -> Select[Any]:
    columns = (
        RetentionItem.id, RetentionItem.kind, RetentionItem.record_id, RetentionItem.made_on, RetentionItem.due_on,
        RetentionItem.state, RetentionItem.words, RetentionItem.employee_id, Employee.name, Employee.number,
        RetentionPolicy.law, RetentionPolicy.months, RetentionPolicy.start,
    )  # fmt: skip
    rows = select(*columns).outerjoin(Employee, Employee.id == RetentionItem.employee_id)
    rows = rows.outerjoin(RetentionPolicy, RetentionPolicy.id == RetentionItem.policy_id)
    return cast("Select[Any]", rows)
