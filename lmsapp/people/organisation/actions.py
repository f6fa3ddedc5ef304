"""What changes departments. One editor at a time, so that two of them cannot make a circle together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.events import EmployeeChanged
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.events import DepartmentChanged, DepartmentMerged
from lmsapp.people.organisation.naming import lock_organisation
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.organisation.rules import clean_name
from lmsapp.people.viewer import Viewer


def create_department(name: str, parent: Department | None, by: Viewer | None) -> Department:
    """A new one. Raises RuleBroken when its neighbours have that name."""
    name = clean_name(name)
    lock_organisation()
    _refuse_neighbour(name, parent.id if parent else None)
    department = Department(name=name, parent_id=parent.id if parent else None)
    db.session.add(department)
    db.session.flush()
    after = {"name": department_tree().words(department.id)}
    emit(DepartmentChanged(department.id, "department created", by, after=after))
    return department


def change_department(
    department: Department, by: Viewer | None, *, name: str, parent: Department | None, head: Employee | None
) -> None:
    """Rename, move beneath another, name the head: what differs. Everybody and everything beneath comes along.

    Raises RuleBroken for a circle (field 'parent') and for a neighbour of that name (field 'name').
    """
    lock_organisation()
    db.session.refresh(department)
    name, parent_id, head_id = clean_name(name), parent.id if parent else None, head.id if head else None
    tree = department_tree()
    tree.check_move(department.id, parent_id)
    if head is not None and head.status != "active":
        raise RuleBroken(N_("%(name)s does not work here any more."), field="head", name=head.name)
    if (name, parent_id) != (department.name, department.parent_id):
        _refuse_neighbour(name, parent_id, beside=department.id)
    before: dict[str, Any] = {"name": tree.words(department.id), "head": _name_of(department.head_id)}
    if name != department.name or parent_id != department.parent_id:
        department.also_called = _called(department.also_called, {department.name, before["name"]}, name)
    department.name, department.parent_id, department.head_id = name, parent_id, head_id
    db.session.flush()
    after = {"name": department_tree().words(department.id), "head": head.name if head else None}
    _tell(department.id, "department changed", by, before, after)


def merge_department(department: Department, into: Department, by: Viewer | None) -> int:
    """Everybody and every department beneath go into the other one, which rosters find by this name from now on.

    Returns how many people moved. Raises RuleBroken when `into` stands beneath it, or names meet.
    """
    lock_organisation()
    tree = department_tree()
    if into.id in tree.below([department.id]):
        raise RuleBroken(
            N_("%(name)s cannot be merged into itself or a department beneath it."), field="into", name=department.name
        )
    for child in tree.children(department.id):
        _refuse_neighbour(child.name, into.id, field="into")
    before, after = tree.words(department.id), tree.words(into.id)
    moved = db.session.scalars(select(Employee).where(Employee.department_id == department.id)).all()
    db.session.execute(
        update(Employee).where(Employee.department_id == department.id).values(department_id=into.id),
        execution_options={"synchronize_session": False},
    )
    beneath = update(Department).where(Department.parent_id == department.id).values(parent_id=into.id)
    db.session.execute(beneath, execution_options={"synchronize_session": "fetch"})
    into.also_called = _called(into.also_called, {*department.also_called, department.name, before}, into.name)
    gone = department.id
    emit(DepartmentMerged(gone, into.id, by))
    _take_away(department)
    for employee in moved:
        set_committed_value(employee, "department_id", into.id)
        told = {"department_id": gone, "department": before}, {"department_id": into.id, "department": after}
        emit(EmployeeChanged(employee, by, *told))
    emit(DepartmentChanged(gone, "department merged", by, {"name": before}, {"name": after, "people": len(moved)}))
    return len(moved)


def remove_department(department: Department, by: Viewer | None) -> bool:
    """Out of the tree when nobody works there and nothing stands beneath; False when records name it: then archived.

    Raises RuleBroken when it is not empty.
    """
    lock_organisation()
    tree = department_tree()
    if any(not child.archived for child in tree.children(department.id)):
        raise RuleBroken(N_("Departments stand beneath it. Move or merge them first."))
    works_there = select(Employee.id).where(Employee.department_id == department.id, Employee.status == "active")
    if one_or_none(works_there.limit(1)):
        raise RuleBroken(N_("People work there. Move them first, or merge the department into another."))
    words, id_ = tree.words(department.id), department.id
    gone = _take_away(department)
    emit(DepartmentChanged(id_, "department removed" if gone else "department archived", by, {"name": words}))
    return gone


def reopen_department(department: Department, by: Viewer | None) -> None:
    """In use again."""
    if department.archived_at is None:
        return
    lock_organisation()
    department.archived_at = None
    emit(DepartmentChanged(department.id, "department in use again", by, after={"name": department.name}))


def forget_name(department: Department, name: str, by: Viewer | None) -> None:
    """Rosters do not find it by that former name any more."""
    if name in department.also_called:
        department.also_called = [other for other in department.also_called if other != name]
        emit(DepartmentChanged(department.id, "former name forgotten", by, {"former name": name}))


def _take_away(department: Department) -> bool:
    """Delete the row, or archive it when a record names it."""
    try:
        with db.session.begin_nested():
            db.session.delete(department)
            db.session.flush()
    except IntegrityError:
        db.session.refresh(department)
        department.archived_at, department.also_called, department.head_id = clock.now(), [], None
        return False
    return True


def _called(present: list[str], more: set[str], name: str) -> list[str]:
    """Former names and paths, without the name itself."""
    return sorted({*present, *more} - {name})


def _refuse_neighbour(name: str, parent_id: int | None, *, beside: int | None = None, field: str = "name") -> None:
    """Names are told apart by more than case among the departments directly beneath one."""
    for unit in department_tree().children(parent_id):
        if unit.id != beside and unit.name.casefold() == name.casefold():
            words = N_("There is a department %(name)s at that place already.")
            if unit.archived:
                words = N_("An archived department %(name)s is at that place. Bring it back instead.")
            raise RuleBroken(words, field=field, name=unit.name)


def _name_of(employee_id: int | None) -> str | None:
    return db.session.scalar(select(Employee.name).where(Employee.id == employee_id)) if employee_id else None


def _tell(id_: int, action: str, by: Viewer | None, before: dict[str, Any], after: dict[str, Any]) -> None:
    differs = [key for key in after if before.get(key) != after[key]]
    if differs:
        old, new = {key: before[key] for key in differs}, {key: after[key] for key in differs}
        emit(DepartmentChanged(id_, action, by, old, new))
