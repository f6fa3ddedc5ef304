"""ORG-3, ORG-5: departments and words on the database; rosters that name what was moved, renamed and merged."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.people.employees.actions import EmployeeFacts, hire, leave
from lmsapp.people.employees.audience import Audience, people_of
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.queries import EmployeeFilters, employee_options, list_employees
from lmsapp.people.organisation.actions import (
    change_department,
    create_department,
    merge_department,
    remove_department,
    reopen_department,
)
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.naming import departments_named
from lmsapp.people.organisation.queries import department_tree, value_rows
from lmsapp.people.organisation.rules import Kind
from lmsapp.people.organisation.words import add_value, merge_value, remove_value, rename_value, retire_value
from lmsapp.people.roster.actions import apply_run, keep_roster, plan_run, read_run
from tests.cast import Cast, make_cast


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def named(name: str) -> Department:
    return db.session.scalars(select(Department).where(Department.name == name)).one()


def move(department: Department, parent: Department | None) -> None:
    change_department(department, None, name=department.name, parent=parent, head=None)


def roster(text: str) -> Any:
    run = keep_roster(text.encode(), "roster.csv", None)
    return run, plan_run(run, table=read_run(run))


def test_a_filter_includes_everything_beneath(cast: Cast) -> None:
    """ORG-3: the list, its counts and an audience; a department of others only is offered too."""
    nursing = create_department("Nursing", None, cast.hana.viewer)
    move(named("Cardiology"), nursing)
    db.session.commit()
    found = list_employees(cast.hana.viewer, EmployeeFilters(departments=(nursing.id,)))
    assert [row.name for row in found.rows] == ["Lena Fischer", "Mark Okafor"]
    options = [(o.label, o.count) for o in employee_options(cast.hana.viewer).departments]
    assert options == [("Facilities", 1), ("Nursing", 2), ("Nursing / Cardiology", 2)]
    assert len(people_of(cast.hana.viewer, Audience(departments=(nursing.id,)))) == 2
    assert list_employees(cast.hana.viewer, EmployeeFilters(departments=(99999,))).total == 0


def test_the_next_roster_finds_what_was_moved_renamed_and_merged(cast: Cast) -> None:
    """ORG-5: no second department, nobody moved back; by name, path, former name and former path."""
    nursing = create_department("Nursing", None, None)
    cardiology = named("Cardiology")
    move(cardiology, nursing)
    change_department(cardiology, None, name="Heart Centre", parent=nursing, head=cast.mark.record)
    into = create_department("Services", None, None)
    assert merge_department(named("Facilities"), into, None) == 1
    before = len(department_tree().units)
    for word in ("Cardiology", "Heart Centre", "Nursing / Cardiology", "Nursing > Heart Centre"):
        _run, plan = roster(f"Number,Name,Department\nE-101,Lena Fischer,{word}\nE-102,Otto Nobody,Facilities\n")
        assert (plan.movers, plan.problems) == ([], []), word
    run, plan = roster("Number,Name,Department\nN-1,Nia New,Nursing > Heart Centre > Night\n")
    assert plan.joiners[0].values["department"] == "Nursing / Heart Centre / Night"
    apply_run(run, None, zone="UTC")
    assert len(department_tree().units) == before + 1
    assert roster("Number,Name,Department\nN-1,Nia New,Night\n")[1].movers == []


def test_a_name_that_several_departments_have_is_a_problem_of_its_line(cast: Cast) -> None:
    """ORG-5: the dry run names line, name and both paths; the path is clear."""
    for above in ("North", "South"):
        create_department("Ward", create_department(above, None, None), None)
    _run, plan = roster("Number,Name,Department\nN-1,Nia New,Ward\nN-2,Ned New,South / Ward\n")
    assert [(problem.line, problem.heading) for problem in plan.problems] == [(2, "Department")]
    assert "North / Ward, South / Ward" in plan.problems[0].words


def test_circles_neighbours_and_full_departments_are_refused(cast: Cast) -> None:
    """ORG-3: with the words at the field."""
    top = create_department("Top", None, None)
    low = create_department("Low", top, None)
    for refused in (
        lambda: move(top, low),
        lambda: merge_department(top, low, None),
        lambda: create_department("TOP", None, None),
        lambda: remove_department(top, None),
        lambda: remove_department(named("Cardiology"), None),
    ):
        with pytest.raises(RuleBroken), db.session.begin_nested():
            refused()
    assert department_tree().words(low.id) == "Top / Low"


def test_a_department_records_name_is_archived_and_comes_back(cast: Cast) -> None:
    """ORG-3, EVD-3: an empty one is gone; one that a leaver's record names stays, out of the way, on the trail."""
    empty = create_department("Empty", None, cast.hana.viewer)
    assert remove_department(empty, cast.hana.viewer)
    leave(cast.otto.record, cast.otto.record.created_at.date(), None)
    facilities = named("Facilities")
    assert not remove_department(facilities, cast.hana.viewer)
    assert "Facilities" not in [o.label for o in employee_options(cast.hana.viewer).departments]
    reopen_department(facilities, cast.hana.viewer)
    assert facilities.archived_at is None
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "department").order_by(AuditEntry.id)
    ).all()
    assert trail[-4:] == ["department created", "department removed", "department archived", "department in use again"]


def test_two_editors_cannot_make_a_circle_together(own_app: Flask) -> None:
    """ORG-3: A beneath B and B beneath A at the same moment: one of them waits, looks again and is refused."""
    with own_app.app_context(), unit_of_work():
        ids = [create_department(name, None, None).id for name in ("A", "B")]
    start, refused = threading.Barrier(2), []

    def put(one: int, beneath: int) -> None:
        with own_app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    move(db.session.get_one(Department, one), db.session.get_one(Department, beneath))
            except RuleBroken as broken:
                refused.append(broken)

    for _round in range(3):
        threads = [threading.Thread(target=put, args=pair) for pair in (ids, ids[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with own_app.app_context(), unit_of_work():
            assert {unit.id for unit, _depth in department_tree().in_order()} == set(ids)
            for id_ in ids:
                db.session.get_one(Department, id_).parent_id = None
    assert len(refused) == 3


def test_renaming_and_merging_words(cast: Cast) -> None:
    """ORG-3: everybody follows; the roster's old spelling means the new word; removing wants nobody to have it."""
    hire(EmployeeFacts(number="R-1", name="Rea One", time_zone="UTC", job_role="R.N."), None)
    assert {row.name for row in value_rows(cast.hana.viewer, Kind.JOB_ROLE)} >= {"RN", "R.N.", "Technician"}

    def value(name: str) -> OrganisationValue:
        return db.session.scalars(select(OrganisationValue).where(OrganisationValue.name == name)).one()

    with pytest.raises(RuleBroken, match="Merge"), db.session.begin_nested():
        rename_value(value("R.N."), "RN", None)
    assert merge_value(value("R.N."), value("RN"), cast.hana.viewer) == 1
    assert rename_value(value("RN"), "Registered Nurse", cast.hana.viewer) == 2
    assert cast.lena.record.job_role == "Registered Nurse"
    _run, plan = roster("Number,Name,Job role\nR-1,Rea One,R.N.\nE-101,Lena Fischer,RN\nN-1,Nia New,RN\n")
    assert plan.movers == []
    assert plan.joiners[0].values["job_role"] == "Registered Nurse"
    assert hire(EmployeeFacts(number="R-2", name="Rea Two", time_zone="UTC", job_role="RN"), None).job_role == (
        "Registered Nurse"
    )
    with pytest.raises(RuleBroken, match="3 people"), db.session.begin_nested():
        remove_value(value("Registered Nurse"), None)
    unused = add_value(Kind.REGION, "West", None)
    retire_value(unused, None)
    remove_value(unused, None)
    assert "West" not in {row.name for row in value_rows(cast.hana.viewer, Kind.REGION)}
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "organisation_value").order_by(AuditEntry.id)
    ).all()
    assert actions == ["word merged", "word renamed", "word added", "word retired", "word removed"]


def test_merging_tells_the_record_of_everybody_it_moves(cast: Cast) -> None:
    """EVD-3: who is in another department by a merger has it on their own trail, in words."""
    merge_department(named("Cardiology"), create_department("Heart", None, None), cast.hana.viewer)
    db.session.flush()
    entry = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "employee", AuditEntry.subject_id == cast.lena.record.id)
        .order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    assert (entry.before, entry.after) == ({"department": "Cardiology"}, {"department": "Heart"})
    assert next(iter(departments_named(["Cardiology"]).values())).name == "Heart"
    assert db.session.scalars(select(Employee.department_id).where(Employee.id == cast.lena.record.id)).one()
