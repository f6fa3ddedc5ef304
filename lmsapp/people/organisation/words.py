"""What changes the words for job roles, locations, regions and cohorts. Employees follow in one statement."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.events import EmployeeChanged
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.events import ValueChanged, ValueRenamed
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.naming import lock_organisation
from lmsapp.people.organisation.rules import Kind, clean_name
from lmsapp.people.viewer import Viewer


def add_value(kind: Kind, name: str, by: Viewer | None) -> OrganisationValue:
    """A new word. Raises RuleBroken when it is there, as a word or as a spelling of one."""
    name = clean_name(name)
    lock_organisation()
    _refuse_taken(kind, name)
    value = OrganisationValue(kind=kind, name=name)
    db.session.add(value)
    db.session.flush()
    emit(ValueChanged(value.id, kind, "word added", by, after={"name": name}))
    return value


def rename_value(value: OrganisationValue, name: str, by: Viewer | None) -> int:
    """Everybody who bears the word bears the new one; the old one stands for it. Returns how many people.

    Raises RuleBroken when the new word is there: then they are to be merged.
    """
    name = clean_name(name)
    lock_organisation()
    db.session.refresh(value)
    if name == value.name:
        return 0
    before, kind = value.name, Kind(value.kind)
    own = delete(OrganisationValue).where(
        OrganisationValue.kind == kind, OrganisationValue.name == name, OrganisationValue.stands_for == before
    )
    db.session.execute(own)  # renamed back
    _refuse_taken(kind, name)
    value.name = name
    db.session.flush()
    db.session.add(OrganisationValue(kind=kind, name=before, stands_for=name))
    people = _replace(kind, before, name)
    emit(ValueRenamed(value.id, kind, before, name, people, by))
    return people


def merge_value(value: OrganisationValue, into: OrganisationValue, by: Viewer | None) -> int:
    """Two spellings become one: everybody bears the other word, for which this one stands. Returns how many people.

    Raises RuleBroken.
    """
    lock_organisation()
    db.session.refresh(value)
    if value.id == into.id or value.kind != into.kind or value.stands_for or into.stands_for:
        raise RuleBroken(N_("Choose another word of the same list."), field="into")
    kind, before, after = Kind(value.kind), value.name, into.name
    bearers = db.session.scalars(select(Employee).where(getattr(Employee, kind) == before)).all()
    value.stands_for, into.active = after, True
    people = _replace(kind, before, after)
    for employee in bearers:
        emit(EmployeeChanged(employee, by, {kind.value: before}, {kind.value: after}))
    emit(ValueRenamed(into.id, kind, before, after, people, by, merged=True))
    return people


def retire_value(value: OrganisationValue, by: Viewer | None) -> None:
    """Not offered any more; whoever bears it keeps it."""
    if value.active:
        value.active = False
        emit(ValueChanged(value.id, value.kind, "word retired", by, {"name": value.name}))


def bring_back_value(value: OrganisationValue, by: Viewer | None) -> None:
    """Offered again."""
    if not value.active:
        value.active = True
        emit(ValueChanged(value.id, value.kind, "word offered again", by, after={"name": value.name}))


def remove_value(value: OrganisationValue, by: Viewer | None) -> None:
    """Off the list, with its spellings. Raises RuleBroken when somebody bears it, also somebody who left."""
    lock_organisation()
    bearers = db.session.scalar(select(func.count()).where(getattr(Employee, value.kind) == value.name)) or 0
    if bearers and not value.stands_for:
        raise RuleBroken(N_("%(n)s people have it. Merge it into another, or retire it."), n=bearers)
    spelled = delete(OrganisationValue).where(
        OrganisationValue.kind == value.kind, OrganisationValue.stands_for == value.name
    )
    db.session.execute(spelled)
    emit(ValueChanged(value.id, value.kind, "word removed", by, {"name": value.name}))
    db.session.delete(value)
    db.session.flush()


def _replace(kind: Kind, before: str, after: str) -> int:
    """On every employee, and in what other spellings stand for."""
    column = getattr(Employee, kind)
    db.session.flush()
    changed = db.session.execute(update(Employee).where(column == before).values({kind.value: after}))
    spelled = update(OrganisationValue).where(OrganisationValue.kind == kind, OrganisationValue.stands_for == before)
    db.session.execute(spelled.values(stands_for=after))
    return int(getattr(changed, "rowcount", 0))


def _refuse_taken(kind: Kind, name: str) -> None:
    there = one_or_none(select(OrganisationValue).where(OrganisationValue.kind == kind, OrganisationValue.name == name))
    if there is None:
        return
    if there.stands_for:
        words = N_("%(name)s stands for %(other)s. Forget that spelling first.")
        raise RuleBroken(words, field="name", name=name, other=there.stands_for)
    raise RuleBroken(N_("%(name)s is on the list already. Merge the two to make them one."), field="name", name=name)
