"""Which checklists somebody finds, what they ask, and what there is to choose from (REP-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoClearance, GoNoGoItem, GoNoGoPerson, GoNoGoPrint
from lmsapp.insight.gonogo.rules import Group, Thing
from lmsapp.people.audiences.models import Audience
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to, line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KEEPERS = (May.MODERATE, May.KEEP_RECORDS)
READERS = (*KEEPERS, May.LEAD, May.AUDIT)
MOST_LISTED = 200
LATEST = 5


def found_by(viewer: Viewer) -> ColumnElement[bool]:
    """HR and auditors find all; moderators those that ask for courses and paths alone, compliance being HR's; whoever
    leads people those about their own line or a line within it."""
    if viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return true()
    ways: list[ColumnElement[bool]] = []
    if viewer.may(May.MODERATE):
        asks = exists().where(GoNoGoItem.checklist_id == GoNoGo.id, GoNoGoItem.type_id.is_not(None))
        ways.append(~asks)
    if viewer.may(May.LEAD):
        ways.append(or_(GoNoGo.lead_id == viewer.employee_id, GoNoGo.lead_id.in_(line_of(viewer))))
    return or_(false(), *ways)


def checklist_for(viewer: Viewer, checklist_id: int) -> GoNoGo | None:
    """One of those, archived or not."""
    return db.session.scalar(select(GoNoGo).where(GoNoGo.id == checklist_id, found_by(viewer)))


def may_keep(viewer: Viewer, checklist: GoNoGo) -> bool:
    """Whether the viewer, who finds it, may change it: HR and moderators each; managers what a manager made."""
    return viewer.may(*KEEPERS) or (viewer.may(May.LEAD) and checklist.kept_by_lead)


def asks_compliance(viewer: Viewer) -> bool:
    """Whether the viewer may ask for what HR keeps: HR of everybody, a manager who is nothing else of the own line."""
    return viewer.may(May.KEEP_RECORDS) or (viewer.may(May.LEAD) and not viewer.may(May.MODERATE))


def may_act(viewer: Viewer) -> bool:
    """Whether whoever finds a checklist may remind and clear people on it."""
    return viewer.may(*KEEPERS, May.LEAD)


def checklists_for(viewer: Viewer, *, archived: bool = False) -> Sequence[Any]:
    """The next day first: id, name, day, who, audience, lead, kept_by_name, things, archived_at. One statement."""
    lead = aliased(Employee)
    things = select(func.count()).where(GoNoGoItem.checklist_id == GoNoGo.id).scalar_subquery()
    wanted = GoNoGo.archived_at.is_not(None) if archived else GoNoGo.archived_at.is_(None)
    return db.session.execute(
        select(
            GoNoGo.id, GoNoGo.name, GoNoGo.day, GoNoGo.who, GoNoGo.kept_by_name, GoNoGo.archived_at,
            Audience.name.label("audience"), lead.name.label("lead"), things.label("things"),
        )
        .outerjoin(Audience, Audience.id == GoNoGo.audience_id)
        .outerjoin(lead, lead.id == GoNoGo.lead_id)
        .where(wanted, found_by(viewer))
        .order_by(GoNoGo.day.desc(), GoNoGo.id.desc())
        .limit(MOST_LISTED)
    ).all()  # fmt: skip


def checklist_names(viewer: Viewer) -> list[tuple[int, str]]:
    """(id, name) of those in use, for a choice."""
    return [(row.id, row.name) for row in checklists_for(viewer)]


def things_of(checklist_id: int) -> Sequence[Any]:
    """What it asks, in order: id, kind, subject_id, title. One statement."""
    title = func.coalesce(Course.title, LearningPath.title, ComplianceType.name)
    subject = func.coalesce(GoNoGoItem.course_id, GoNoGoItem.path_id, GoNoGoItem.type_id)
    kind = case(
        (GoNoGoItem.course_id.is_not(None), Thing.COURSE.value),
        (GoNoGoItem.path_id.is_not(None), Thing.PATH.value),
        else_=Thing.COMPLIANCE.value,
    )
    return db.session.execute(
        select(GoNoGoItem.id, kind.label("kind"), subject.label("subject_id"), title.label("title"))
        .outerjoin(Course, Course.id == GoNoGoItem.course_id)
        .outerjoin(LearningPath, LearningPath.id == GoNoGoItem.path_id)
        .outerjoin(ComplianceType, ComplianceType.id == GoNoGoItem.type_id)
        .where(GoNoGoItem.checklist_id == checklist_id)
        .order_by(GoNoGoItem.position, GoNoGoItem.id)
    ).all()


def named_on(checklist_id: int) -> Sequence[Any]:
    """The people it names, by name: id, number, name."""
    return db.session.execute(
        select(Employee.id, Employee.number, Employee.name)
        .join(GoNoGoPerson, GoNoGoPerson.employee_id == Employee.id)
        .where(GoNoGoPerson.checklist_id == checklist_id)
        .order_by(Employee.sort_name, Employee.id)
    ).all()


def group_words(checklist: GoNoGo) -> str:
    """The name of the audience or of the one who leads the line; '' where people are named."""
    if checklist.who == Group.AUDIENCE:
        return db.session.scalar(select(Audience.name).where(Audience.id == checklist.audience_id)) or ""
    if checklist.who == Group.LINE:
        return db.session.scalar(select(Employee.name).where(Employee.id == checklist.lead_id)) or ""
    return ""


def audiences_to_choose(viewer: Viewer) -> list[tuple[int, str]]:
    """(id, name) of those in use, for HR and moderators."""
    if not viewer.may(*KEEPERS):
        return []
    rows = select(Audience.id, Audience.name).where(Audience.archived_at.is_(None)).order_by(func.lower(Audience.name))
    return [(row.id, row.name) for row in db.session.execute(rows)]


def paths_to_choose() -> list[tuple[int, str]]:
    """(id, title) of published learning paths."""
    rows = select(LearningPath.id, LearningPath.title).where(LearningPath.status == "published")
    return [(row.id, row.title) for row in db.session.execute(rows.order_by(func.lower(LearningPath.title)))]


def types_to_choose(viewer: Viewer) -> list[tuple[int, str]]:
    """(id, name) of compliance types in use, for those who may ask for them."""
    if not asks_compliance(viewer):
        return []
    rows = select(ComplianceType.id, ComplianceType.name).where(ComplianceType.archived_at.is_(None))
    return [(row.id, row.name) for row in db.session.execute(rows.order_by(func.lower(ComplianceType.name)))]


def people_with_numbers(viewer: Viewer, numbers: Sequence[str], *, line_only: bool) -> Sequence[Any]:
    """Active employees of these numbers (id, number) whom the viewer may name; case does not matter."""
    if not numbers:
        return []
    within = line_of(viewer) if line_only else employee_ids_visible_to(viewer)
    meant = func.lower(Employee.number).in_([number.lower() for number in numbers])
    rows = select(Employee.id, Employee.number).where(meant, Employee.status == "active", Employee.id.in_(within))
    return db.session.execute(rows.order_by(Employee.sort_name, Employee.id)).all()


def leads_people(viewer: Viewer, employee_id: int) -> bool:
    """Whether somebody the viewer may see has a line."""
    has = and_(ReportingLine.manager_id == employee_id, Employee.id.in_(employee_ids_visible_to(viewer)))
    found = select(ReportingLine.manager_id).join(Employee, Employee.id == ReportingLine.manager_id).where(has).limit(1)
    return db.session.scalar(found) is not None


def clearance_of(checklist_id: int, employee_id: int) -> GoNoGoClearance | None:
    """The one that holds, locked."""
    mine = (GoNoGoClearance.checklist_id == checklist_id, GoNoGoClearance.employee_id == employee_id)
    return db.session.scalar(select(GoNoGoClearance).where(*mine, GoNoGoClearance.ended_at.is_(None)).with_for_update())


def print_for(viewer: Viewer, checklist: GoNoGo, print_id: int) -> GoNoGoPrint | None:
    """One of this checklist. It names whom its asker might see, so it is theirs, and of those who see no less."""
    wanted = select(GoNoGoPrint).where(GoNoGoPrint.id == print_id, GoNoGoPrint.checklist_id == checklist.id)
    return db.session.scalar(wanted.where(_whose(viewer)))


def _whose(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.may(*SEES_EVERYBODY):
        return true()
    beneath = select(Employee.user_id).where(Employee.id.in_(line_of(viewer)), Employee.user_id.is_not(None))
    return or_(GoNoGoPrint.asked_by_id == viewer.user_id, GoNoGoPrint.asked_by_id.in_(beneath))


def latest_prints(viewer: Viewer, checklist: GoNoGo, kind: str) -> Sequence[Any]:
    """The newest first: id, asked_at, asked_by_name, status."""
    sealed = and_(SealedFile.kind == kind, SealedFile.subject_id == GoNoGoPrint.id)
    return db.session.execute(
        select(GoNoGoPrint.id, GoNoGoPrint.asked_at, GoNoGoPrint.asked_by_name, SealedFile.status)
        .join(SealedFile, sealed)
        .where(GoNoGoPrint.checklist_id == checklist.id, _whose(viewer))
        .order_by(GoNoGoPrint.id.desc())
        .limit(LATEST)
    ).all()


def lead_of(lead_id: int | None) -> Sequence[Any]:
    """Name and number of the one who leads the line, in a list of one."""
    return db.session.execute(select(Employee.name, Employee.number).where(Employee.id == lead_id)).all()
