"""Policies, rounds and how they stand, for HR (ORG-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, or_, select, true

from lmsapp.compliance.policies.models import SigningRound
from lmsapp.compliance.policies.rules import SOURCE, AskedState, Whom
from lmsapp.evidence.signatures.models import Signature, SignatureRequest, SigningText, SigningTextVersion
from lmsapp.evidence.signatures.rules import TextKind
from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class AskedFilters:
    """`q` finds in name and number; `states` of AskedState, empty: all."""

    q: str = ""
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedPage:
    """Rows: see `_asked`. `counts` by state over the whole round."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int
    counts: dict[str, int]


def texts_for(viewer: Viewer) -> Sequence[Any]:
    """Every policy and document HR keeps, one statement.

    Columns: id, title, kind, status, number, published_at, open, late, signed: people asked, those of them who
    are late, and people whose signature counts.
    """
    if not viewer.may(May.KEEP_RECORDS):
        return []
    published = (
        select(func.max(SigningTextVersion.published_at))
        .where(SigningTextVersion.text_id == SigningText.id, SigningTextVersion.number == SigningText.number)
        .scalar_subquery()
    )
    open_ = and_(SignatureRequest.signature_id.is_(None), SignatureRequest.withdrawn_at.is_(None))
    asked = (
        select(
            SignatureRequest.text_id,
            func.count(SignatureRequest.employee_id.distinct()).filter(open_).label("open"),
            func.count(SignatureRequest.employee_id.distinct())
            .filter(open_, SignatureRequest.due_on < clock.today(viewer.zone))
            .label("late"),
        )
        .group_by(SignatureRequest.text_id)
        .subquery()
    )
    signed = (
        select(SigningTextVersion.text_id, func.count(Signature.employee_id.distinct()).label("signed"))
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .join(SigningText, SigningText.id == SigningTextVersion.text_id)
        .where(SigningTextVersion.number >= SigningText.counts_from)
        .group_by(SigningTextVersion.text_id)
        .subquery()
    )
    return db.session.execute(
        select(
            SigningText.id,
            SigningText.title,
            SigningText.kind,
            SigningText.status,
            SigningText.number,
            published.label("published_at"),
            func.coalesce(asked.c.open, 0).label("open"),
            func.coalesce(asked.c.late, 0).label("late"),
            func.coalesce(signed.c.signed, 0).label("signed"),
        )
        .outerjoin(asked, asked.c.text_id == SigningText.id)
        .outerjoin(signed, signed.c.text_id == SigningText.id)
        .where(SigningText.kind != TextKind.LESSON)
        .order_by(case((SigningText.status == "retired", 1), else_=0), func.lower(SigningText.title), SigningText.id)
    ).all()


def rounds_of(viewer: Viewer, text_id: int) -> Sequence[Any]:
    """The rounds of a text, newest first. Columns: id, why, due_on, begun_at, begun_by_name, standing, ended_at,
    asked, signed, late."""
    today = clock.today(viewer.zone)
    signed, withdrawn = SignatureRequest.signature_id.is_not(None), SignatureRequest.withdrawn_at.is_not(None)
    return db.session.execute(
        select(
            SigningRound.id,
            SigningRound.why,
            SigningRound.due_on,
            SigningRound.begun_at,
            SigningRound.begun_by_name,
            SigningRound.standing,
            SigningRound.ended_at,
            func.count(SignatureRequest.id).filter(~withdrawn).label("asked"),
            func.count(SignatureRequest.id).filter(signed).label("signed"),
            func.count(SignatureRequest.id).filter(~signed, ~withdrawn, SignatureRequest.due_on < today).label("late"),
        )
        .outerjoin(
            SignatureRequest,
            (SignatureRequest.source_kind == SOURCE) & (SignatureRequest.source_id == SigningRound.id),
        )
        .where(SigningRound.text_id == text_id, _hr(viewer))
        .group_by(SigningRound.id)
        .order_by(SigningRound.id.desc())
    ).all()


def round_for(viewer: Viewer, round_id: int) -> SigningRound | None:
    """A round, for HR."""
    return one_or_none(select(SigningRound).where(SigningRound.id == round_id, _hr(viewer)))


def asked_page(viewer: Viewer, round_id: int, filters: AskedFilters, number: int = 1) -> AskedPage:
    """Who was asked in a round, late ones first, then by name. Three statements."""
    state = _state()
    every = _asked(viewer, round_id)
    counted = select(state, func.count()).select_from(SignatureRequest)
    counts = db.session.execute(
        counted.join(Employee, Employee.id == SignatureRequest.employee_id)
        .where(SignatureRequest.source_kind == SOURCE, SignatureRequest.source_id == round_id)
        .group_by(state)
    ).all()
    wanted = every.where(*_filtered(filters))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = max(1, min(number, -(-total // PAGE)))
    order = (case((state == AskedState.OVERDUE, 0), (state == AskedState.DUE, 1), else_=2), Employee.sort_name)
    rows = db.session.execute(wanted.order_by(*order, SignatureRequest.id).limit(PAGE).offset((number - 1) * PAGE))
    return AskedPage(rows.all(), number, PAGE, total, {row[0]: row[1] for row in counts})


CSV_HEAD = ("employee number", "name", "job role", "department", "state", "due date", "version", "signed at", "meaning",
            "signature", "text SHA-256")  # fmt: skip


def asked_sheet(viewer: Viewer, round_id: int) -> Select[*tuple[Any, ...]]:
    """Everybody in a round in the order of CSV_HEAD, by name, for a sheet."""
    rows = _asked(viewer, round_id).subquery()
    return select(
        rows.c.employee_number,
        rows.c.name,
        rows.c.job_role,
        rows.c.department,
        rows.c.state,
        rows.c.due_on,
        rows.c.version,
        rows.c.local_time,
        rows.c.meaning,
        rows.c.signature_id,
        rows.c.text_sha256,
    ).order_by(rows.c.sort_name, rows.c.id)


def count_whom(whom: Whom) -> tuple[int, int]:
    """How many are meant, and how many of them have no account and so cannot sign."""
    row = db.session.execute(
        select(func.count(), func.count().filter(Employee.user_id.is_(None))).where(Employee.id.in_(whom_ids(whom)))
    ).one()
    return row[0], row[1]


def whom_ids(whom: Whom) -> Select[int]:
    """The ids of the active employees who are meant: `rules.fits` as SQL."""
    fitting: list[ColumnElement[bool]] = []
    if whom.everybody:
        fitting.append(true())
    if whom.picked:
        fitting.append(Employee.id.in_(whom.picked))
    narrow: list[ColumnElement[bool]] = []
    if whom.job_roles:
        narrow.append(Employee.job_role.in_(whom.job_roles))
    if whom.departments:
        narrow.append(Employee.department_id.in_(departments_below(whom.departments)))
    if narrow:
        fitting.append(and_(*narrow))
    return select(Employee.id).where(Employee.status == "active", or_(*fitting) if fitting else Employee.id.is_(None))


def whom_of(round_: SigningRound) -> Whom:
    """Whom a round means."""
    return Whom(round_.everybody, tuple(round_.job_roles), tuple(round_.departments), tuple(round_.picked))


def people_named(viewer: Viewer, names: Sequence[str]) -> tuple[list[int], list[str]]:
    """Ids of active employees by number or e-mail, and which words named nobody."""
    wanted = [name.lower() for name in names]
    rows = db.session.execute(
        select(Employee.id, func.lower(Employee.number), func.lower(Employee.email)).where(
            Employee.status == "active",
            or_(func.lower(Employee.number).in_(wanted), func.lower(Employee.email).in_(wanted)),
            Employee.id.in_(employee_ids_visible_to(viewer)),
        )
    ).all()
    known = {value for row in rows for value in row[1:]}
    return [row[0] for row in rows], [name for name in names if name.lower() not in known]


def department_names(ids: Sequence[int]) -> list[str]:
    """Names of departments by id, sorted."""
    return list(db.session.scalars(select(Department.name).where(Department.id.in_(ids)).order_by(Department.name)))


def _asked(viewer: Viewer, round_id: int) -> Select[*tuple[Any, ...]]:
    """Columns: id, employee_id, name, sort_name, employee_number, job_role, department, has_account, due_on, state,
    signature_id, version, local_time, signed_at, meaning, text_sha256."""
    return (
        select(
            SignatureRequest.id,
            Employee.id.label("employee_id"),
            Employee.name,
            Employee.sort_name,
            Employee.number.label("employee_number"),
            Employee.job_role,
            Department.name.label("department"),
            Employee.user_id.is_not(None).label("has_account"),
            SignatureRequest.due_on,
            _state().label("state"),
            SignatureRequest.signature_id,
            SigningTextVersion.number.label("version"),
            Signature.local_time,
            Signature.signed_at,
            Signature.meaning,
            Signature.text_sha256,
        )
        .join(Employee, Employee.id == SignatureRequest.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Signature, Signature.id == SignatureRequest.signature_id)
        .outerjoin(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(SignatureRequest.source_kind == SOURCE, SignatureRequest.source_id == round_id, _hr(viewer))
    )


def _state() -> ColumnElement[str]:
    """`rules.state` as SQL: today is the date where the employee is."""
    there = cast(func.timezone(Employee.time_zone, clock.now()), Date)
    return case(
        (SignatureRequest.signature_id.is_not(None), AskedState.SIGNED.value),
        (SignatureRequest.withdrawn_at.is_not(None), AskedState.WITHDRAWN.value),
        (SignatureRequest.due_on < there, AskedState.OVERDUE.value),
        else_=AskedState.DUE.value,
    )


def _filtered(filters: AskedFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.q:
        found = [Employee.number.icontains(filters.q, autoescape=True)]
        found.append(and_(*(Employee.sort_name.contains(word, autoescape=True) for word in fold(filters.q).split())))
        wanted.append(or_(*found))
    if filters.states:
        wanted.append(_state().in_(filters.states))
    return wanted


def _hr(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.may(May.KEEP_RECORDS) else SigningRound.id.is_(None)
