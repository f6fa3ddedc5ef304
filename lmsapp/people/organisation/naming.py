"""Words become departments and known values: what hiring, editing and rosters write down (ORG-3, ORG-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.organisation.rules import Tree, clean_name, one_of

ONE_AT_A_TIME = 0x0526  # advisory lock: two moves at once could make a circle that neither of them sees


def lock_organisation() -> None:
    """Whoever changes the tree or the words waits here for the one before; until the end of the transaction."""
    db.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def department_named(name: str) -> Department:
    """The department of that name or path, made when there is none. Raises RuleBroken when several have it."""
    return departments_named([name])[name]


def departments_named(names: Iterable[str]) -> dict[str, Department]:
    """The same for many: name -> department. One that was archived is in use again."""
    wanted = sorted({name for name in names if name.strip()})
    if not wanted:
        return {}
    tree = department_tree()
    if any(not tree.find(name) for name in wanted):
        lock_organisation()
        tree = _make_missing(wanted, department_tree())
    ids = {name: one_of(tree.find(name), name, tree).id for name in wanted}
    found = {d.id: d for d in db.session.scalars(select(Department).where(Department.id.in_(ids.values())))}
    for department in found.values():
        department.archived_at = None
    return {name: found[id_] for name, id_ in ids.items()}


def note_words(words: Iterable[tuple[str, str]]) -> None:
    """Keep (kind, word) pairs that are new in the lists of words."""
    rows = [{"kind": kind, "name": name, "created_at": clock.now()} for kind, name in sorted(set(words)) if name]
    if rows:
        db.session.execute(insert(OrganisationValue).on_conflict_do_nothing(), rows)


def usual_words(values: Mapping[str, str], known: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The values with each spelling that stands for another word replaced by that. `known` as `queries.spellings`."""
    return {kind: known.get((kind, word), word) for kind, word in values.items()}


def _make_missing(names: list[str], tree: Tree) -> Tree:
    for name in names:
        if tree.find(name):
            continue
        beginning, parts = tree.missing(name)
        parent_id = one_of(beginning, name, tree).id if beginning else None
        for part in parts:
            department = Department(name=clean_name(part, field="department"), parent_id=parent_id)
            db.session.add(department)
            db.session.flush()
            parent_id = department.id
        tree = department_tree()
    return tree
