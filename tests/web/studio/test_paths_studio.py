"""Writing a path, publishing it with a preview, assigning it, and seeing who is where (CRS-4)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.paths.models import LearningPath, PathItem
from lmsapp.infra.db import db
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.people.employees.models import Employee
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.paths.scene import TITLES, Sales, course

HTMX = {"HX-Request": "true"}


@pytest.fixture
def sales(clock: Clock) -> Sales:
    return Sales()


def items_in(path_id: int) -> list[PathItem]:
    return list(db.session.scalars(select(PathItem).where(PathItem.path_id == path_id).order_by(PathItem.position)))


def test_a_creator_writes_and_publishes_a_path(client: PageClient, sales: Sales) -> None:
    """CRS-4: title, courses found and added, order moved, gates ticked, circles refused in words, publishing says what
    is missing and then opens it. Only own courses and paths are there; Otto is not let in."""
    cast, courses = sales.cast, sales.courses
    others = course("Not Carla's", cast.milo.viewer)
    db.session.commit()
    client.sign_in(cast.carla.user.id)
    assert client.post("/studio/paths/new", data={"title": " "}).status_code == 422
    made = client.post("/studio/paths/new", data={"title": "Sales 2", "ordering": "gated", "due_days": "60"})
    here = made.headers["Location"]
    path_id = int(here.rsplit("/", 1)[1])
    page = client.get(here).text
    assert "No course in it yet" in page and "Add a course that is required." in page
    assert "publication" not in re.findall(r'class="btn btn-primary" href="([^"]*)"', page)
    assert client.post(f"{here}/publication").status_code == 422
    found = client.get(f"{here}/courses?q=demo", headers=HTMX).text
    assert "Product Demo Skills" in found and "Core Product" not in found
    assert "Not Carla" not in client.get(f"{here}/courses").text
    assert client.post(f"{here}/items", data={"course_id": others.id}).status_code == 404
    for one in (courses[2], courses[0], courses[1], courses[3]):
        assert client.post(f"{here}/items", data={"course_id": one.id}).status_code == 303
    assert (
        "is in this path already" in client.post(f"{here}/items", data={"course_id": courses[0].id}, headers=HTMX).text
    )

    items = items_in(path_id)
    client.post(f"/studio/paths/items/{items[0].id}/place", data={"index": "2"})
    client.post(f"/studio/paths/items/{items[3].id}/place", data={"step": "down"})
    items = items_in(path_id)
    assert [one.course_id for one in items] == [one.id for one in courses]
    for item in items[2:]:
        ticked = {"role": "required", "section": "Prove it", "needs": [items[0].id, items[1].id]}
        assert client.post(f"/studio/paths/items/{item.id}", data=ticked).status_code == 303
    assert "checked" in client.get(f"/studio/paths/items/{items[3].id}").text
    circle = client.post(f"/studio/paths/items/{items[0].id}", data={"role": "required", "needs": [items[3].id]})
    assert circle.status_code == 422 and "has to come before" in circle.text
    foreign = client.post(f"/studio/paths/items/{items[0].id}", data={"role": "required", "needs": [sales.items[1].id]})
    assert foreign.status_code == 422
    page = client.get(here).text
    assert page.count("Opens after ‘Core Product Features’ and ‘Competitive Positioning’") == 4
    assert client.post(f"{here}/publication").status_code == 303
    assert db.session.get_one(LearningPath, path_id).version == 1
    assert "Learners have it as it stands here." in client.get(here).text
    client.post(f"/studio/paths/items/{items[3].id}/removal", headers=HTMX)
    assert "You have changes that learners do not have yet." in client.get(here).text
    settings = {"title": "Sales 2", "ordering": "in order", "electives": "0", "due_days": ""}
    assert client.post(f"{here}/settings", data=settings).status_code == 303
    assert "Opens after ‘Core Product Features’" in client.get(here).text
    # Somebody else's, people for moderators only, nothing for Otto.
    assert client.get(f"{here}/people").status_code == 403
    client.sign_in(cast.otto.user.id)
    assert client.get(here).status_code == 403


def test_a_moderator_assigns_sees_who_is_where_and_takes_off(client: PageClient, sales: Sales) -> None:
    """CRS-4, ASG-1, ASG-5: the count before, the result after; who is stuck where; one person course by course;
    the preview of a change names whom it changes; a path is retired; leaving needs a reason."""
    cast, here = sales.cast, f"/studio/paths/{sales.path.id}"
    client.sign_in(cast.milo.user.id)
    assert "Nobody is on this path yet" in client.get(f"{here}/people").text
    choice: dict[str, object] = {"job_roles": ["RN", "Technician"], "due_on": "2026-12-04", "note": "For the fair"}
    assert client.get(f"{here}/assignment").status_code == 200
    assert "This reaches 2 people" in client.post(f"{here}/assignment/reach", data=choice, headers=HTMX).text
    assert client.post(f"{here}/assignment", data=choice | {"due_on": "2026-11-02"}).status_code == 422
    assert client.post(f"{here}/assignment", data={"due_on": "2026-12-04"}).status_code == 422
    answer = client.post(f"{here}/assignment", data=choice)
    assert "2 people are on the path now" in answer.text and "8 courses were assigned" in answer.text
    assert "2 people already had it" in client.post(f"{here}/assignment", data=choice).text

    client.sign_in(cast.lena.user.id)
    assert client.get("/learn").text.count("Locked: its page says what comes first") == 4, "due, and among the courses"
    sales.complete(cast.lena, 0)
    done = client.get(f"/learn/courses/{sales.courses[0].id}").text
    assert "Part of your path" in done and "Begin ‘Competitive Positioning’" in done
    client.sign_in(cast.milo.user.id)
    page = client.get(f"{here}/people").text
    assert "Next: ‘Competitive Positioning’" in page and "Fri 4 Dec" in page and "2 locked" in page
    at = client.get(f"{here}/people?at={sales.courses[0].id}", headers=HTMX).text
    assert "Otto Nobody" in at and "Lena Fischer" not in at
    row = db.session.scalars(select(PathEnrollment).where(PathEnrollment.employee_id == cast.otto.record.id)).one()
    one = f"{here}/people/{row.id}"
    assert "opens when ‘Core Product Features’ and ‘Competitive Positioning’ are completed" in client.get(one).text

    assert client.post(f"{one}/due-date", data={"due-due_on": "2026-12-18", "due-reason": " "}).status_code == 422
    assert client.post(f"{one}/due-date", data={"due-due_on": "2026-12-18", "due-reason": "Ill"}).status_code == 303
    moved = select(TrainingAssignment.due_on).where(TrainingAssignment.employee_id == cast.otto.record.id)
    assert set(db.session.scalars(moved)) == {dt.date(2026, 12, 18)}

    client.post(f"/studio/paths/items/{sales.items[1].id}/removal")
    preview = client.get(f"{here}/publication").text
    assert "It changes something for 1 person" in preview and "Progress 25\u202f%, then 33\u202f%" in preview
    assert "Opens: Product Demo Skills, Live Demo Certification" in preview
    assert client.post(f"{here}/publication").status_code == 303
    assert sales.locks(cast.lena) == [False] * 4

    assert client.post(f"{one}/withdrawal", data={"reason": ""}).status_code == 422
    assert client.post(f"{one}/withdrawal", data={"reason": "Other team"}).status_code == 303
    assert f'id="person-{row.id}"' not in client.get(f"{here}/people").text and "Withdrawn" in client.get(one).text
    assert client.post(f"{here}/retirement", data={"reason": "Old"}).status_code == 303
    assert client.get(f"{here}/people/{row.id + 10_000}").status_code == 404
    assert (
        "Retired" in client.get("/studio/paths?status=retired").text
        and TITLES[0] not in client.get("/studio/paths").text
    )

    # Her manager and HR see the same on her page; nobody else's manager does.
    client.sign_in(cast.mark.user.id)
    assert "Sales Readiness" in client.get(f"/team/people/{cast.lena.record.id}").text
    client.sign_in(cast.hana.user.id)
    assert "Sales Readiness" in client.get(f"/hr/employees/{cast.lena.record.id}/training").text


def test_lists_cost_the_same_for_many(client: PageClient, sales: Sales, statements: list[str]) -> None:
    """CRS-4: the people of a path, and a home page with many paths, are as many statements for 20 as for 2."""
    client.sign_in(sales.cast.milo.user.id)
    here, costs = f"/studio/paths/{sales.path.id}", []
    for size in (2, 20):
        db.session.add_all(
            Employee(
                number=f"P-{size}-{n}", name=f"P {size} {n}", sort_name="p", time_zone="UTC", job_role=f"Rep {size}"
            )
            for n in range(size)
        )
        db.session.commit()
        due = dt.date(2026, 12, 4).isoformat()
        client.post(f"{here}/assignment", data={"job_roles": [f"Rep {size}"], "due_on": due})
        client.get(f"{here}/people")
        statements.clear()
        assert client.get(f"{here}/people").text.count('id="person-') == {2: 2, 20: 22}[size]
        costs.append(len(statements))
    assert costs[0] == costs[1]
