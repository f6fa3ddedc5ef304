"""A moderator assigns training and looks after it."""

from __future__ import annotations

import datetime as dt

import pytest

from lmsapp.assignments.actions import policy_of
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.people.employees.audience import Audience, people_of
from lmsapp.people.employees.models import Employee
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written

HTMX = {"HX-Request": "true"}
DUE = dt.date(2026, 12, 4)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    return Written(cast.milo.viewer, title="HIPAA Privacy Basics").publish().course


@pytest.fixture
def at_work(client: PageClient, cast: Cast) -> PageClient:
    client.sign_in(cast.milo.user.id)
    return client


def choice(course: Course, **more: object) -> dict[str, object]:
    return {
        "course_id": course.id,
        "job_roles": ["RN", "Technician"],
        "due_on": DUE.isoformat(),
        "days_before": "30, 14, 3",
        **more,
    }


def all_assignments() -> list[TrainingAssignment]:
    return list(db.session.query(TrainingAssignment).order_by(TrainingAssignment.id))


def test_roles_are_assigned_in_one_step(at_work: PageClient, cast: Cast, course: Course) -> None:
    """ASG-5, ASG-4, REM-2: a course to job roles, with due date and reminder days; the page says what came of it."""
    answer = at_work.post("/studio/assignments/new", data=choice(course, note="Yearly"))
    assert answer.status_code == 200
    assert "Assigned to 2 people" in answer.text
    made = all_assignments()
    assert {one.employee_id for one in made} == {cast.lena.record.id, cast.otto.record.id}
    assert {(one.due_on, one.note, one.assigned_by_name) for one in made} == {(DUE, "Yearly", "Milo Brandt")}
    assert policy_of(course.id) == (30, 14, 3)


def test_who_has_it_already_is_named_with_a_link(at_work: PageClient, course: Course) -> None:
    """ASG-3: assigning again doubles nothing and leads to the first."""
    at_work.post("/studio/assignments/new", data=choice(course))
    first = all_assignments()
    answer = at_work.post("/studio/assignments/new", data=choice(course))
    assert "2 people already had it" in answer.text
    for one in first:
        assert f'href="/studio/assignments/{one.id}"' in answer.text
    assert len(all_assignments()) == 2


def test_people_without_account_or_email_are_named(at_work: PageClient, cast: Cast, course: Course) -> None:
    """ASG-5: a moderator learns whom no e-mail will reach."""
    db.session.add(Employee(number="E-900", name="Paper Only", sort_name="only paper", job_role="RN", time_zone="UTC"))
    db.session.commit()
    answer = at_work.post("/studio/assignments/new", data=choice(course))
    assert "1 person gets no e-mail" in answer.text
    assert "Paper Only" in answer.text


def test_the_reach_is_counted_before_assigning(at_work: PageClient, course: Course) -> None:
    """CRS-5, ASG-5: a live count by fragment, a page with the names without script; nothing is written."""
    live = at_work.post("/studio/assignments/reach", data=choice(course), headers=HTMX)
    assert "This reaches 2 people" in live.text
    assert "<html" not in live.text
    shown = at_work.post("/studio/assignments/reach", data=choice(course, note="Kept note"))
    assert "Lena Fischer" in shown.text
    assert "Kept note" in shown.text
    assert not all_assignments()
    at_work.post("/studio/assignments/new", data=choice(course, job_roles=["RN"]))
    assert "1 already has it" in at_work.post("/studio/assignments/reach", data=choice(course), headers=HTMX).text


def test_departments_narrow_job_roles(cast: Cast) -> None:
    """ASG-5: both must fit; nothing chosen reaches nobody, and those who left are never reached."""
    viewer = cast.milo.viewer
    cardiology = cast.lena.record.department_id
    assert cardiology is not None
    assert len(people_of(viewer, Audience())) == 0
    assert len(people_of(viewer, Audience(("RN", "Technician")))) == 2
    assert len(people_of(viewer, Audience(("RN", "Technician"), (cardiology,)))) == 1
    assert len(people_of(viewer, Audience((), (cardiology,)))) == 2
    cast.lena.record.status = "left"
    assert len(people_of(viewer, Audience(("RN",)))) == 0
    assert len(people_of(cast.mark.viewer, Audience(("Technician",)))) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"due_on": "2026-11-02"}, "from tomorrow on"),
        ({"due_on": ""}, "Choose a due date."),
        ({"job_roles": []}, "Choose at least one job role or department."),
        ({"job_roles": ["Astronaut"]}, "Astronaut"),
        ({"course_id": 0}, "Choose a published course."),
        ({"days_before": "soon"}, "Write numbers separated by commas"),
        ({"days_before": "9999"}, "between 0 and 365"),
    ],
)
def test_a_wrong_choice_keeps_what_was_typed(
    at_work: PageClient, course: Course, wrong: dict[str, object], words: str
) -> None:
    """SEC-6: 422, the reason in words, nothing typed lost, nothing assigned."""
    answer = at_work.post("/studio/assignments/new", data=choice(course, note="Typed with care", **wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert "Typed with care" in answer.text
    assert not all_assignments()


def test_a_draft_cannot_be_assigned(at_work: PageClient, cast: Cast) -> None:
    """CRS-2: only what is published."""
    draft = Written(cast.milo.viewer, title="Draft").course
    assert at_work.post("/studio/assignments/new", data=choice(draft)).status_code == 422
    assert not all_assignments()


def test_only_moderators_assign(client: PageClient, cast: Cast, course: Course) -> None:
    """ORG-2: course creators write, moderators assign; everybody else is kept out."""
    for name, person in cast.everybody.items():
        client.sign_in(person.user.id)
        expected = 200 if name in {"milo", "sam"} else 403
        assert client.get("/studio/assignments").status_code == expected, name
        assert client.get("/studio/assignments/new").status_code == expected, name
        if expected == 403:
            assert client.post("/studio/assignments/new", data=choice(course)).status_code == 403, name
    assert not all_assignments()


def test_the_list_is_filtered_and_paged(at_work: PageClient, cast: Cast, course: Course) -> None:
    """ASG-7, ASG-1: by status, course, department and words; 25 a page, earliest due first."""
    at_work.post("/studio/assignments/new", data=choice(course))
    page = at_work.get("/studio/assignments").text
    assert "Lena Fischer" in page
    assert "TA-" in page
    assert "Lena Fischer" not in at_work.get("/studio/assignments?q=otto", headers=HTMX).text
    assert "Lena Fischer" not in at_work.get("/studio/assignments?status=Completed").text
    department = cast.lena.record.department_id
    assert "Otto Nobody" not in at_work.get(f"/studio/assignments?department={department}").text
    assert "No assignment fits" in at_work.get("/studio/assignments?course=999999").text
    for odd in ("?page=0", "?page=-3", "?page=99999999999999999999", "?status=x", "?course=x", "?department="):
        assert at_work.get("/studio/assignments" + odd).status_code == 200, odd


def test_a_due_date_changes_with_a_reason(at_work: PageClient, course: Course) -> None:
    """ASG-6: the old date, who and why stand on the timeline; without a reason nothing changes."""
    at_work.post("/studio/assignments/new", data=choice(course, job_roles=["RN"]))
    one = all_assignments()[0]
    address = f"/studio/assignments/{one.id}"
    refused = at_work.post(f"{address}/due-date", data={"due-due_on": "2027-01-15", "due-reason": ""})
    assert refused.status_code == 422
    assert "2027-01-15" in refused.text
    assert (
        at_work.post(f"{address}/due-date", data={"due-due_on": "2027-01-15", "due-reason": "On leave"}).status_code
        == 303
    )
    page = at_work.get(address).text
    assert "15 Jan 2027 instead of Fri 4 Dec" in page
    assert "On leave by Milo Brandt" in page


@pytest.mark.parametrize(("closed_as", "word"), [("cancelled", "Cancelled"), ("exempt", "Exempt")])
def test_an_assignment_is_closed_with_a_reason(at_work: PageClient, course: Course, closed_as: str, word: str) -> None:
    """ASG-6: cancelled and exempt need a reason; then the forms are gone and the assignment stays."""
    at_work.post("/studio/assignments/new", data=choice(course, job_roles=["RN"]))
    one = all_assignments()[0]
    address = f"/studio/assignments/{one.id}"
    assert (
        at_work.post(f"{address}/closing", data={"close-closed_as": closed_as, "close-reason": " "}).status_code == 422
    )
    data = {"close-closed_as": closed_as, "close-reason": "Works elsewhere"}
    assert at_work.post(f"{address}/closing", data=data).status_code == 303
    page = at_work.get(address).text
    assert word in page
    assert "Works elsewhere" in page
    assert "Change the due date" not in page
    assert at_work.post(f"{address}/closing", data=data).status_code == 422
    assert at_work.get("/studio/assignments/987654").status_code == 404
