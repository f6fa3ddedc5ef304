"""ENR-7, ENR-9, ENR-10: staff find, open and act on enrollments; who may see nothing sees nothing."""

from __future__ import annotations

import datetime as dt
import io
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from lmsapp.assignments.actions import assign
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, employee, make_cast, staff
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written
from tests.kept import kept

HTMX = {"HX-Request": "true"}
DUE = dt.date(2026, 12, 4)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def written(cast: Cast) -> Written:
    """Carla's course; Lena is assigned, Otto enrolled himself."""
    course = Written(cast.carla.viewer, title="Fall protection").publish()
    assign(cast.lena.record, course.course, DUE, by=cast.milo.viewer)
    enroll(cast.otto.record, course.course, source="self", by=cast.otto.viewer)
    db.session.commit()
    return course


def of(person: Employee, written: Written) -> Enrollment:
    wanted = (Enrollment.employee_id == person.id) & (Enrollment.course_id == written.course.id)
    return db.session.scalars(select(Enrollment).where(wanted)).one()


def test_the_list_filters_counts_sorts_and_is_taken_out(
    client: PageClient, cast: Cast, written: Written, statements: Statements
) -> None:
    """ENR-7: by everything the specification names, in a shareable address; the sheets hold exactly what is shown."""
    client.sign_in(cast.milo.user.id)
    page = client.get("/studio/enrollments").text
    assert "2 enrollments" in page
    assert "Lena Fischer" in page
    assert "By themselves" in page
    department = cast.lena.record.department_id
    for asked, found in (
        ("q=lena", 1), ("q=E-102", 1), ("q=nobody+lena", 0), (f"course={written.course.id}", 2), ("course=999", 0),
        (f"department={department}", 1), ("status=Not+Started", 2), ("status=Completed", 0), ("source=self", 1),
        ("least=1", 0), ("most=0", 2), ("since=2026-11-02", 2), ("until=2026-11-01", 0), ("idle=0", 2), ("idle=9", 0),
        ("marked=by+hand", 0), (f"member={cast.otto.record.id}", 1), ("done_since=2026-01-01", 0),
        (f"lesson={written.text.id}&lesson_state=reached", 0), ("status=Odd&page=99&sort=odd&least=x&since=x", 2),
    ):  # fmt: skip
        shown = client.get(f"/studio/enrollments?{asked}", headers=HTMX).text
        assert f"{found} enrollment" in shown, asked
    by_name = client.get("/studio/enrollments?sort=name&desc=1", headers=HTMX).text
    assert by_name.index("Otto Nobody") < by_name.index("Lena Fischer")
    sheet = client.get("/studio/enrollments.csv?source=self").text
    assert len(sheet.strip().splitlines()) == 2
    assert "Otto Nobody" in sheet
    assert "By themselves" in sheet
    book = client.get("/studio/enrollments.xlsx?source=self").data
    assert "Lena" not in str(ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml"))
    statements.clear()
    client.get("/studio/enrollments", headers=HTMX)
    few = len(statements)
    for number in range(30):
        one = employee(f"Ann{number} More", f"E-5{number:02}", department="Cardiology", job_role="RN")
        enroll(one.record, written.course, source="staff", by=cast.milo.viewer)
    db.session.commit()
    statements.clear()
    many = client.get("/studio/enrollments", headers=HTMX).text
    assert len(statements) == few
    assert "1 to 25 of 32" in many


def test_who_sees_what(client: PageClient, cast: Cast, written: Written) -> None:
    """ENR-7, SEC-4: authors their courses, managers their line, nobody else anything; only moderators act."""
    lena = of(cast.lena.record, written)
    address = f"/studio/enrollments/{lena.id}"
    client.sign_in(cast.carla.user.id)
    assert "2 enrollments" in client.get("/studio/enrollments").text
    own = client.get(address).text
    assert "What happened" in own
    assert "Take access away" not in own
    assert client.post(f"{address}/withdrawal", data={"access-reason": "x"}).status_code == 403
    assert client.get("/studio/overrides").status_code == 403
    cora = staff("Cora Other", Role.COURSE_CREATOR).user
    db.session.commit()
    client.sign_in(cora.id, cora.session_epoch)
    assert client.get(address).status_code == 404
    assert "Nobody is enrolled yet" in client.get("/studio/enrollments").text
    client.sign_in(cast.mark.user.id)
    line = client.get("/team/enrollments").text
    assert "1 enrollment<" in line
    assert "Otto" not in line
    assert "Otto" not in client.get("/team/enrollments.csv").text
    assert "Set by hand" not in client.get(f"/team/enrollments/{lena.id}").text
    assert client.get(f"/team/enrollments/{of(cast.otto.record, written).id}").status_code == 404
    client.sign_in(cast.otto.user.id)
    for hidden in ("/studio/enrollments", address, "/team/enrollments", f"/team/people/{cast.lena.record.id}/pause"):
        assert client.get(hidden).status_code == 403


def test_acting_on_one(client: PageClient, cast: Cast, written: Written) -> None:
    """ENR-7, ENR-9: reasons are asked for and nothing typed is lost; what was done stands on the timeline."""
    one = of(cast.lena.record, written)
    address = f"/studio/enrollments/{one.id}"
    client.sign_in(cast.milo.user.id)
    refused = client.post(f"{address}/override", data={"hand-kind": "completion", "hand-reason": ""})
    assert refused.status_code == 422
    assert "it stays on record" in refused.text
    wrong = {"hand-kind": "completion", "hand-reason": "Showed it", "hand-proof": (io.BytesIO(b"MZ..."), "card.pdf")}
    assert "Choose a PDF" in client.post(f"{address}/override", data=wrong).text
    good = {**wrong, "hand-proof": (io.BytesIO(b"%PDF-1.4 card"), "card")}
    assert client.post(f"{address}/override", data=good).status_code == 303
    shown = client.get(address).text
    for words in ("by hand", "set by hand", "Showed it", "card.pdf", "Training assigned"):
        assert words in shown
    kept = db.session.scalars(select(CompletionOverride)).one()
    with client.get(f"/studio/overrides/{kept.id}/file") as proof:
        assert proof.data == b"%PDF-1.4 card"
    assert "by hand" in client.get("/studio/enrollments?marked=by+hand", headers=HTMX).text
    client.sign_in(cast.lena.user.id)
    assert "Marked complete by hand" in client.get(f"/learn/courses/{written.course.id}").text
    assert "by hand" in client.get("/learn/record").text
    client.sign_in(cast.milo.user.id)
    assert client.post(f"{address}/override/revocation", data={"back-reason": "Wrong card"}).status_code == 303
    assert client.post(f"{address}/withdrawal", data={"access-reason": "Enrolled by mistake"}).status_code == 303
    shown = client.get(address).text
    assert "taken back" in shown
    assert "Access was taken away" in shown
    client.sign_in(cast.lena.user.id)
    assert "Resume" not in client.get(f"/learn/courses/{written.course.id}").text
    client.sign_in(cast.milo.user.id)
    assert client.post(f"{address}/access", data={"access-reason": "It was right"}).status_code == 303
    assert "Access given back" in client.get(address).text


def test_the_queue_of_the_second_person(client: PageClient, cast: Cast, written: Written) -> None:
    """ENR-9: what waits, who decides, and words where it is one's own."""
    change_settings({"override_second_person": True}, cast.sam.viewer, "Auditors ask")
    mona = staff("Mona Second", Role.MODERATOR)
    one = of(cast.lena.record, written)
    client.sign_in(cast.milo.user.id)
    asked = {"hand-kind": "exemption", "hand-reason": "Works at a desk"}
    assert client.post(f"/studio/enrollments/{one.id}/override", data=asked).status_code == 303
    kept = db.session.scalars(select(CompletionOverride)).one()
    queue = client.get("/studio/overrides").text
    assert "Works at a desk" in queue
    assert "another moderator approves it" in queue
    own = client.post(f"/studio/overrides/{kept.id}/approval")
    assert own.status_code == 422
    assert "another moderator decides" in own.text
    client.sign_in(mona.user.id, mona.user.session_epoch)
    silent = client.post(f"/studio/overrides/{kept.id}/refusal", data={"reason": ""})
    assert silent.status_code == 422
    assert client.post(f"/studio/overrides/{kept.id}/approval").status_code == 303
    assert "Nothing waits" in client.get("/studio/overrides").text
    assert "Mona Second" in client.get("/studio/overrides?state=applied").text
    assert "Exempt" in client.get(f"/studio/enrollments/{one.id}").text


def test_pausing_from_every_side(client: PageClient, cast: Cast, written: Written) -> None:
    """ENR-10: the learner, the manager and the moderator; the page says until when, and how to go on."""
    one = of(cast.lena.record, written)
    client.sign_in(cast.lena.user.id)
    assert "Away for a while?" in client.get(f"/learn/courses/{written.course.id}").text
    assert "Fall protection" in client.get(f"/learn/pause?course={written.course.id}").text
    late = client.post("/learn/pause", data={"until_on": "2026-11-01", "kind": "leave", "reason": "Baby"})
    assert late.status_code == 422
    assert "last day of the pause" in late.text
    assert "Baby" in late.text
    away = {"until_on": "2026-11-20", "kind": "leave", "reason": "Baby"}
    assert client.post("/learn/pause", data=away).status_code == 303
    assert "Paused until" in client.get(f"/learn/courses/{written.course.id}").text
    client.sign_in(cast.mark.user.id)
    assert "Baby" in client.get(f"/team/enrollments/{one.id}").text
    assert "Paused, back on" in client.get(f"/team/people/{cast.lena.record.id}").text
    assert "Paused now" in client.get(f"/team/people/{cast.lena.record.id}/pause").text
    assert client.post(f"/team/enrollments/{one.id}/pause/end").status_code == 303
    assert client.post(f"/team/enrollments/{one.id}/pause/end").status_code == 422
    mine = {"until_on": "2026-11-20", "kind": "sickness", "reason": "Leg"}
    assert client.post(f"/team/people/{cast.lena.record.id}/pause", data=mine).status_code == 303
    assert client.post(f"/learn/enrollments/{one.id}/pause/end").status_code == 404, "Mark learns, but not this"
