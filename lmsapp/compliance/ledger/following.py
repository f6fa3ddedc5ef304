"""People, words, departments and audiences change; who has to hold what follows at once (HRD-3)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from lmsapp.compliance.batches.actions import ask_settling
from lmsapp.compliance.ledger.duties import Moves, live_rules, lock_types, preview, settle_people, settle_type
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.people.audiences.actions import KIND as AUDIENCE
from lmsapp.people.changes import Changed
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired, EmployeesLeft
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import followed
from lmsapp.people.organisation.events import DepartmentChanged, DepartmentMerged, ValueRenamed
from lmsapp.people.viewer import Viewer

MOVES = {"job_role", "department", "department_id", "location", "region", "cohort", "hire_date", "status"}
FEW = 200  # people whom one change may look at itself
FEW_EVENTS = 20  # in one transaction; whoever changes more leaves the rest to the worker
AT_ONCE = 20_000  # people of one type in one statement of a request: well under a second
COUNTED = "duty_looks"


def follow_hired(event: EmployeesHired) -> None:
    """New people are asked from their first moment."""
    _settle([one.id for one in event.employees], event.by)


def follow_changed(event: EmployeeChanged) -> None:
    """A move, a role change, a return."""
    if MOVES & event.after.keys():
        _settle([event.employee.id], event.by)


def follow_left(event: EmployeesLeft) -> None:
    """Nothing is asked of whoever left; what was decided stays."""
    _settle([one.id for one in event.employees], event.by)


def follow_tree(event: DepartmentChanged) -> None:
    """A department stands beneath another now."""
    if "name" in event.after and "name" in event.before:
        make_all_true(N_("Departments were changed"), event.by)


def follow_renaming(event: ValueRenamed) -> None:
    """A word has another name."""
    _follow(event.kind, event.before, event.after, event.by)
    make_all_true(N_("Words of the organisation were changed"), event.by)


def follow_merging(event: DepartmentMerged) -> None:
    """A department went into another."""
    _follow("department", event.department_id, event.into_id, event.by)
    make_all_true(N_("Departments were changed"), event.by)


def follow_audience(event: Changed) -> None:
    """An audience takes other people, or none any more."""
    if event.subject[0] != AUDIENCE or event.action not in ("audience changed", "audience archived"):
        return
    by_it = ComplianceType.audience_id == event.subject[1]
    for type_id in db.session.scalars(select(ComplianceType.id).where(by_it).order_by(ComplianceType.id)).all():
        make_true(type_id, N_("The audience was changed"), event.by)


def make_true(type_id: int, why: str, by: Viewer | None) -> Moves:
    """One type: at once, or by the worker in a large organisation."""
    if _people() > AT_ONCE:
        ask_settling(why, by=by, type_id=type_id)
        return Moves()
    moves = settle_type(type_id)
    note_moves(type_id, moves, why, by)
    return moves


def make_all_true(why: str, by: Viewer | None) -> None:
    """Every type in use; what a single statement a type can do is done at once."""
    types = live_rules()
    if not types:
        return
    if _people() * len(types) > AT_ONCE:
        ask_settling(why, by=by)
        return
    for type_id in types:
        note_moves(type_id, settle_type(type_id), why, by)


def check_duties() -> int:
    """Every night: what is not as it should be is put right and said. How many duties were.

    What the day alone changes ('hired within') is no fault, and says so by its reason.
    """
    repaired = 0
    for type_id, rule in sorted(live_rules().items()):
        _asked, off = preview(type_id, rule)
        if not off:
            continue
        moves = settle_type(type_id)
        why = N_("With the day") if rule.hired_within_days is not None else N_("Repaired in the nightly check")
        note_moves(type_id, moves, why, None)
        repaired += moves.asked + moves.released
    return repaired


def note_moves(type_id: int, moves: Moves, why: str, by: Viewer | None) -> None:
    """On the trail of the type, where anything moved."""
    if moves:
        after = {"asks more": moves.asked, "asks no longer": moves.released}
        record_change("duties made true", ("compliance_type", type_id), by=by, after=after, reason=why)


def _follow(kind: str, before: str | int, after: str | int, by: Viewer | None) -> None:
    lock_types()
    for type_ in db.session.scalars(select(ComplianceType).where(ComplianceType.audience_id.is_(None))):
        new = followed(type_.rule, kind, before, after)
        if new is not None:
            old, type_.rule = type_.rule, new
            subject = ("compliance_type", type_.id)
            record_change("changed", subject, by=by, before={"rule": old}, after={"rule": new})
    db.session.flush()


def _settle(employee_ids: Collection[int], by: Viewer | None) -> None:
    """A few at once; from the twenty-first change of one transaction on, one run of the worker for all of them."""
    transaction = db.session().get_transaction()
    seen, count = db.session.info.get(COUNTED, (None, 0))
    count = count if seen is transaction else 0
    many = len(employee_ids) > FEW or count >= FEW_EVENTS
    if not many:
        settle_people(employee_ids, by)
    elif count <= FEW_EVENTS and db.session.scalar(select(ComplianceType.id).limit(1)):
        ask_settling(N_("Many records were changed"), by=by)
    db.session.info[COUNTED] = (transaction, FEW_EVENTS + 1 if many else count + 1)


def _people() -> int:
    return db.session.scalar(select(func.count()).select_from(Employee)) or 0
