"""ORG-3: the pages for departments, words and holidays; ORG-6: the days due dates pass over."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.models import OrganisationValue
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock

ROOT = "/hr/organisation"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def hr(client: PageClient, cast: Cast) -> PageClient:
    client.sign_in(cast.hana.user.id)
    return client


def department(name: str) -> Department:
    return db.session.scalars(select(Department).where(Department.name == name)).one()


def word(name: str) -> OrganisationValue:
    return db.session.scalars(select(OrganisationValue).where(OrganisationValue.name == name)).one()


def test_a_tree_is_built_and_changed_by_hand(hr: PageClient, cast: Cast) -> None:
    """ORG-3: add, move beneath, head, merge, remove; counts lead to the people."""
    assert hr.post(f"{ROOT}/departments", data={"name": "Nursing", "parent": "0"}).status_code == 303
    nursing, cardiology = department("Nursing"), department("Cardiology")
    told = {"name": "Cardiology", "parent": str(nursing.id), "head": "E-100"}
    assert hr.post(f"{ROOT}/departments/{cardiology.id}", data=told).status_code == 303
    tree = hr.get(ROOT).text
    assert "beneath-1" in tree
    assert f"/hr/employees?department={nursing.id}" in tree
    assert "Mark Okafor" in tree
    page = hr.get(f"{ROOT}/departments/{cardiology.id}").text
    assert "Nursing / Cardiology" in page
    assert 'value="Mark Okafor (E-100)"' in page
    full = hr.post(f"{ROOT}/departments/{cardiology.id}/removal")
    assert full.status_code == 422
    assert "People work there." in full.text
    said = hr.post(f"{ROOT}/departments/{cardiology.id}/merger", data={"into": nursing.id}, follow_redirects=True).text
    assert "2 people moved to Nursing." in said
    assert "Former names" in said
    forgotten = hr.post(f"{ROOT}/departments/{nursing.id}/former-names/removal", data={"former": "Cardiology"})
    assert forgotten.status_code == 303
    assert "Cardiology" not in department("Nursing").also_called


def test_what_cannot_be_is_said_at_the_field(hr: PageClient, cast: Cast) -> None:
    """ORG-3, SEC-6: circle, double name, nobody's head, no name, 500 characters; ids of nothing are 404."""
    hr.post(f"{ROOT}/departments", data={"name": "Night", "parent": str(department("Cardiology").id)})
    cardiology, night = department("Cardiology"), department("Night")
    for told, words in (
        ({"name": "Cardiology", "parent": str(night.id)}, "Not a valid choice"),
        ({"name": "facilities", "parent": "0"}, "There is a department Facilities at that place already."),
        ({"name": "", "parent": "0"}, "Enter a name."),
        ({"name": "x" * 300, "parent": "0"}, "Use at most 200 characters."),
        ({"name": "Cardiology", "parent": "0", "head": "Nobody Here"}, "Nobody who works here fits"),
    ):
        answer = hr.post(f"{ROOT}/departments/{cardiology.id}", data=told)
        assert answer.status_code == 422
        assert words in answer.text, words
    assert hr.get(f"{ROOT}/departments/99999").status_code == 404
    assert hr.get(f"{ROOT}/planets").status_code == 404
    assert hr.get(f"{ROOT}/regions/{word('RN').id}").status_code == 404


def test_words_that_look_alike_become_one(hr: PageClient, cast: Cast) -> None:
    """ORG-3: pointed out, counted before, merged; rename, retire, remove, and a spelling forgotten."""
    hire(EmployeeFacts(number="R-1", name="Rea One", time_zone="UTC", job_role="R.N."), None)
    db.session.commit()
    assert "These look alike" in hr.get(f"{ROOT}/job-roles").text
    before = hr.get(f"{ROOT}/job-roles/{word('R.N.').id}").text
    assert "1 person gets the one you choose." in before
    spelled = word("R.N.").id
    done = hr.post(f"{ROOT}/job-roles/{spelled}/merger", data={"into": word("RN").id}, follow_redirects=True).text
    assert "1 person has RN now." in done
    assert "Also written" in done
    assert "These look alike" not in hr.get(f"{ROOT}/job-roles").text
    assert hr.get(f"{ROOT}/job-roles/{spelled}").status_code == 404
    renamed = hr.post(f"{ROOT}/job-roles/{word('RN').id}", data={"name": "Nurse"}, follow_redirects=True).text
    assert "Renamed, for 2 people." in renamed
    assert set(db.session.scalars(select(Employee.job_role).where(Employee.number.in_(("R-1", "E-101"))))) == {"Nurse"}
    assert hr.post(f"{ROOT}/job-roles/{word('Nurse').id}/removal").status_code == 422
    assert hr.post(f"{ROOT}/job-roles/{word('Nurse').id}/retirement").status_code == 303
    assert 'value="Nurse"' not in hr.get("/hr/employees/new").text
    assert hr.post(f"{ROOT}/job-roles/{word('Nurse').id}/return").status_code == 303
    assert hr.post(f"{ROOT}/job-roles/{spelled}/removal").status_code == 303
    taken = hr.post(f"{ROOT}/job-roles", data={"name": "Nurse"})
    assert taken.status_code == 422
    assert "on the list already" in taken.text
    assert hr.post(f"{ROOT}/regions", data={"name": "West"}).status_code == 303
    assert hr.post(f"{ROOT}/regions/{word('West').id}/removal").status_code == 303


def test_holidays(hr: PageClient) -> None:
    """ORG-6: one by one or pasted; the next ones first; a wrong line is named and nothing is added."""
    page = f"{ROOT}/holidays"
    assert "No holidays to come" in hr.get(page).text
    assert hr.post(page, data={"day": "2026-12-25", "name": "Christmas"}).status_code == 303
    wrong = hr.post(f"{page}/lines", data={"lines": "2027-01-01 New Year\n31.12. Silvester"})
    assert wrong.status_code == 422
    assert "Line 2" in wrong.text
    assert "2027-01-01 New Year" in wrong.text
    said = hr.post(f"{page}/lines", data={"lines": "2027-01-01 New Year\n2026-01-01 Past\n"}, follow_redirects=True)
    assert "2 days were added or renamed." in said.text
    assert said.text.index("Christmas") < said.text.index("New Year") < said.text.index("Past")
    assert dt.date(2026, 12, 25) in holidays()
    assert hr.post(f"{page}/removal", data={"day": "2026-12-25"}).status_code == 303
    assert dt.date(2026, 12, 25) not in holidays()
    assert hr.post(f"{page}/removal", data={"day": "soon"}).status_code == 303


def test_otto_changes_nothing(client: PageClient, cast: Cast) -> None:
    """SEC-4: not for those who keep no records."""
    client.sign_in(cast.otto.user.id)
    id_ = department("Facilities").id
    for path in ("", "/departments", f"/departments/{id_}", "/job-roles", "/holidays"):
        assert client.get(f"{ROOT}{path}").status_code in (403, 405)
        assert client.post(f"{ROOT}{path}", data={"name": "Mine"}).status_code in (403, 405)
    assert department("Facilities").name == "Facilities"
