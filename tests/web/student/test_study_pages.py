"""Home, catalogue, course, lesson and record through their pages."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.assignments.actions import assign
from lmsapp.courses.publishing.actions import retire
from lmsapp.evidence.signatures.models import Signature
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.evidence.signing import PASSWORD, can_sign
from tests.learning.quizzes.ward import Ward

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def client(app: Flask, people: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(people.lena.user.id)
    return client


def place(ward: Ward, lesson_id: int, more: str = "") -> str:
    return f"/learn/courses/{ward.course.id}/lessons/{lesson_id}{more}"


def beat_of(number: int, seconds: float, seen: str = "[]") -> dict[str, str]:
    """What the first visit of a lesson's page sends."""
    return {"visit": "1", "beat": str(number), "seconds": str(seconds), "seen": seen}


def test_an_empty_home_says_what_to_do_first(client: PageClient, clock: Clock) -> None:
    """ENR-4, UX: nothing due, nothing enrolled, no certificate, each in words; the greeting is by local time."""
    page = client.get("/learn").text
    assert "Good morning, Lena" in page
    assert "Nothing is due" in page
    assert "No courses yet" in page
    assert "Your first certificate appears here" in page


def test_home_puts_overdue_first(client: PageClient, people: Cast, clock: Clock) -> None:
    """ENR-4: overdue, this week, later, in this order; Resume lands on the current lesson."""
    wards = {name: Ward(title=name) for name in ("Later course", "Soon course", "Late course")}
    today = product_clock.today("America/Chicago")
    for days, name in ((40, "Later course"), (12, "Soon course"), (8, "Late course")):
        assign(people.lena.record, wards[name].course, today + dt.timedelta(days=days), by=None, source="staff")
    db.session.commit()
    ward = wards["Soon course"]
    client.get(place(ward, ward.text.id))
    clock.move(days=10)
    page = client.get("/learn").text
    assert "1 training is overdue. 1 is due this week." in page
    due = page[page.index('id="due"') :]
    assert due.index("Late course") < due.index("This week") < due.index("Soon course") < due.index("Later course")
    assert "2 days late" in due
    assert "TA-" in due
    resumed = client.get(f"/learn/courses/{ward.course.id}/resume")
    assert resumed.location == place(ward, ward.text.id)


def test_home_costs_the_same_for_one_course_and_for_ten(
    client: PageClient, people: Cast, statements: Statements
) -> None:
    """NFR: the number of statements does not grow with what is shown."""
    Ward(title="Course 0").enroll(people.lena)
    client.get("/learn")
    statements.clear()
    client.get("/learn")
    few = len(statements)
    for number in range(1, 10):
        Ward(title=f"Course {number}").enroll(people.lena)
    statements.clear()
    client.get("/learn")
    assert len(statements) == few
    assert few <= 10


def test_the_catalogue_enrolls_where_it_is_allowed(client: PageClient, people: Cast) -> None:
    """CRS-8, ENR-1, ENR-2: enrolling twice is one enrollment; a given course says who gives it."""
    free, given = Ward(title="Free to take"), Ward(title="Given only", self_enroll=False)
    page = client.get("/learn/catalogue").text
    assert "Free to take" in page
    assert "Given by your manager" in page
    found = client.get("/learn/catalogue?q=free", headers=FRAGMENT).text
    assert "Free to take" in found
    assert "Given only" not in found
    for _twice in range(2):
        assert client.post(f"/learn/courses/{free.course.id}/enrollment").status_code == 303
    client.post(f"/learn/courses/{given.course.id}/enrollment")
    mine = db.session.query(Enrollment).filter_by(employee_id=people.lena.record.id).all()
    assert [(one.course_id, one.source) for one in mine] == [(free.course.id, "self")]


def test_a_draft_and_a_withdrawn_course_do_not_exist(client: PageClient, people: Cast) -> None:
    """CRS-2, ENR-7: content is refused on every address, its files too."""
    ward = Ward()
    enrollment = ward.enroll(people.lena)
    image = ward.pdf.detail["page_files"][0]["image"]
    addresses = [
        f"/learn/courses/{ward.course.id}/why",
        place(ward, ward.text.id),
        place(ward, ward.pdf.id, f"/files/{image}"),
        place(ward, ward.pdf.id, "/original"),
    ]
    for address in addresses:
        assert client.get(address, buffered=True).status_code == 200
    enrollment.withdrawn_at = product_clock.now()
    db.session.commit()
    for address in addresses:
        assert client.get(address).status_code == 404
    assert client.post(place(ward, ward.text.id, "/done")).status_code == 404
    retire(ward.course, None)
    db.session.commit()
    assert client.get(f"/learn/courses/{ward.course.id}").status_code == 404


def test_who_is_not_enrolled_reads_nothing(client: PageClient, people: Cast) -> None:
    """SEC-4: Otto sees the course from outside and none of its lessons, files or facts."""
    ward = Ward()
    ward.enroll(people.lena)
    image = ward.pdf.detail["page_files"][0]["image"]
    client.sign_in(people.otto.user.id)
    assert "Enroll" in client.get(f"/learn/courses/{ward.course.id}").text
    for more in ("", "/original", f"/files/{image}"):
        assert client.get(place(ward, ward.pdf.id, more)).status_code == 404
    for more in ("/done", "/activity", "/quiz"):
        assert client.post(place(ward, ward.check.id, more)).status_code == 404
    assert client.get(f"/learn/courses/{ward.course.id}/why").status_code == 404


def test_a_file_of_another_lesson_is_not_reached(client: PageClient, people: Cast) -> None:
    """SEC-4: the file must be one the lesson names."""
    ward = Ward()
    ward.enroll(people.lena)
    image = ward.pdf.detail["page_files"][0]["image"]
    assert client.get(place(ward, ward.text.id, f"/files/{image}")).status_code == 404
    shown = client.get(place(ward, ward.pdf.id, f"/files/{image}"), headers={"Range": "bytes=0-9"}, buffered=True)
    assert (shown.status_code, len(shown.data), shown.mimetype) == (206, 10, "image/png")
    original = client.get(place(ward, ward.pdf.id, "/original"), buffered=True)
    assert original.headers["Content-Disposition"].startswith("attachment")


def test_a_locked_check_is_refused_with_its_reason(client: PageClient, people: Cast) -> None:
    """ENR-5, CRS-3: by its address too."""
    ward = Ward()
    ward.enroll(people.lena)
    page = client.get(place(ward, ward.check.id))
    assert page.status_code == 403
    assert "opens when the lessons before it are done" in page.text
    started = client.post(place(ward, ward.check.id, "/quiz"))
    assert started.status_code == 403
    assert "opens when the lessons before it are done" in started.text


def test_without_script_a_text_is_finished_after_its_time(client: PageClient, people: Cast, clock: Clock) -> None:
    """CRS-1, CRS-3: opening completes nothing; too early is said in words; time since opening counts."""
    ward = Ward()
    ward.enroll(people.lena)
    client.get(place(ward, ward.text.id))
    clock.move(seconds=20)
    early = client.post(place(ward, ward.text.id, "/done"))
    assert early.status_code == 422
    assert "20 of 60 seconds" in early.text
    clock.move(seconds=41)
    done = client.post(place(ward, ward.text.id, "/done"))
    assert done.status_code == 303
    assert "This lesson is done" in client.get(done.location).text


def test_the_fragment_ticks_everything_that_shows_it(client: PageClient, people: Cast, clock: Clock) -> None:
    """ENR-5: needs, the way onward, outline and progress change together."""
    ward = Ward()
    ward.enroll(people.lena)
    client.get(place(ward, ward.text.id))
    clock.move(seconds=15)
    beat = client.post(place(ward, ward.text.id, "/activity"), data=beat_of(1, 15), headers=FRAGMENT).text
    assert "You have spent 15 s" in beat
    assert ".outline-in" not in beat
    early = client.post(place(ward, ward.text.id, "/done"), headers=FRAGMENT)
    assert early.status_code == 200
    assert "15 of 60 seconds" in early.text
    clock.move(seconds=50)
    done = client.post(place(ward, ward.text.id, "/done"), data=beat_of(2, 65), headers=FRAGMENT)
    assert place(ward, ward.pdf.id) == json.loads(done.headers["HX-Location"])["path"], "on to the next, in place"
    assert "Done. Next: Pocket card" in done.headers["HX-Trigger"]
    again = client.post(place(ward, ward.text.id, "/activity"), data=beat_of(3, 66), headers=FRAGMENT)
    assert again.status_code == 200


def test_a_beat_costs_little(client: PageClient, people: Cast, clock: Clock, statements: Statements) -> None:
    """CRS-1, NFR: one statement writes a beat, however many visits there were; nothing of it is on the trail."""
    ward = Ward()
    ward.enroll(people.lena)
    for _again in range(3):
        client.get(place(ward, ward.text.id))
    clock.move(seconds=70)
    address = place(ward, ward.text.id, "/activity")
    statements.clear()
    client.post(address, data={**beat_of(1, 65), "visit": "3"})
    assert sum("UPDATE" in one and "FOR UPDATE" not in one for one in statements) == 1
    assert len(statements) <= 7, statements
    assert not [one for one in statements if "INSERT" in one]


def test_marking_done_costs_little(client: PageClient, people: Cast, clock: Clock, statements: Statements) -> None:
    """ENR-3: once per lesson and learner, so it counts: who asks, the locked enrollment, what was done, the writing.

    What is answered is what the database holds, and pressing again changes nothing.
    """
    ward = Ward()
    enrollment = ward.enroll(people.lena)
    client.get(place(ward, ward.text.id))
    clock.move(seconds=65)
    client.post(place(ward, ward.text.id, "/activity"), data=beat_of(1, 65), headers=FRAGMENT)
    clock.move(seconds=5)
    address = place(ward, ward.text.id, "/done")
    statements.clear()
    done = client.post(address, headers=FRAGMENT)
    assert len(statements) == 4, statements
    assert "Done. Next" in done.headers["HX-Trigger"]
    row = db.session.get_one(LessonProgress, (enrollment.id, 1, ward.text.id))
    at = row.done_at
    db.session.refresh(enrollment)
    assert at is not None
    assert (enrollment.done_lessons, enrollment.last_active_at) == (1, at)
    clock.move(seconds=5)
    assert "Done. Next" in client.post(address, headers=FRAGMENT).headers["HX-Trigger"]
    db.session.refresh(row)
    assert row.done_at == at


def test_a_beat_cannot_claim_more_than_the_time_that_passed(client: PageClient, people: Cast, clock: Clock) -> None:
    """CRS-3: the server judges; a forged or repeated beat adds nothing impossible."""
    ward = Ward()
    enrollment = ward.enroll(people.lena)
    client.get(place(ward, ward.text.id))
    clock.move(seconds=10)
    for again in range(5):
        client.post(place(ward, ward.text.id, "/activity"), data=beat_of(again + 1, 900))
    row = db.session.get_one(LessonProgress, (enrollment.id, 1, ward.text.id), populate_existing=True)
    assert row.active_seconds == 10


@pytest.mark.parametrize(
    "seen", ["nonsense", "[[1]]", '{"a": 1}', "[" + "1," * 20_000 + "1]", "null", "[Infinity]", "[NaN]"]
)
def test_activity_of_another_shape_is_a_bad_request(client: PageClient, people: Cast, seen: str) -> None:
    """SEC-6."""
    ward = Ward()
    ward.enroll(people.lena)
    client.get(place(ward, ward.pdf.id))
    sent = client.post(place(ward, ward.pdf.id, "/activity"), data={**beat_of(1, 1), "seen": seen})
    assert sent.status_code == 400


def test_pages_seen_finish_a_pdf(client: PageClient, people: Cast, clock: Clock) -> None:
    """CRS-1: read in the page, with its text beside it; all pages seen makes it ready."""
    ward = Ward()
    ward.enroll(people.lena)
    page = client.get(place(ward, ward.pdf.id)).text
    assert page.count("data-page=") == 2
    assert "Page 1 as text" in page
    clock.move(seconds=5)
    one = client.post(place(ward, ward.pdf.id, "/activity"), data=beat_of(1, 5, "[1]"), headers=FRAGMENT).text
    assert "1 of 2 seen" in one
    assert client.post(place(ward, ward.pdf.id, "/done")).status_code == 422
    clock.move(seconds=5)
    client.post(place(ward, ward.pdf.id, "/activity"), data=beat_of(2, 10, "[1, 2, 99]"), headers=FRAGMENT)
    assert client.post(place(ward, ward.pdf.id, "/done")).status_code == 303


def test_signing_a_lesson(client: PageClient, people: Cast, clock: Clock) -> None:
    """CRS-1, ORG-7: tick and password; then name, time with zone, meaning and version stand there. Twice is once."""
    can_sign(people.lena)
    ward = Ward()
    ward.enroll(people.lena)
    here = place(ward, ward.pledge.id, "/done")
    shown = re.search(r'name="text_sha256" value="([0-9a-f]{64})"', client.get(place(ward, ward.pledge.id)).text)
    assert shown is not None
    clock.move(minutes=1)
    signing = {"text_sha256": shown[1], "password": PASSWORD}
    assert "Tick the box" in client.post(here, data=signing).text
    refused = client.post(here, data=signing | {"agreed": "1", "password": "guess"})
    assert refused.status_code == 422
    assert "not your present password" in refused.text
    assert 'value="1" required checked' in refused.text, "the tick is not lost"
    for _press in range(2):
        assert client.post(here, data=signing | {"agreed": "1"}).status_code == 303
    page = client.get(place(ward, ward.pledge.id)).text
    for words in (
        "Lena Fischer",
        "I have read this and will follow it.",
        "(America/Chicago)",
        "Version",
        "Your signed copy",
    ):
        assert words in page
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 1


def test_a_lesson_changed_while_it_was_read(client: PageClient, people: Cast, clock: Clock) -> None:
    """ORG-7, 11.70: what was on the screen is what is signed, or nothing is."""
    can_sign(people.lena)
    ward = Ward()
    ward.enroll(people.lena)
    client.get(place(ward, ward.pledge.id))
    clock.move(minutes=1)
    refused = client.post(
        place(ward, ward.pledge.id, "/done"), data={"text_sha256": "0" * 64, "password": PASSWORD, "agreed": "1"}
    )
    assert refused.status_code == 422
    assert "changed while you read it" in refused.text


def test_why_not_complete_names_every_criterion(client: PageClient, people: Cast) -> None:
    """ENR-8: met or not, how far, and what to do next."""
    ward = Ward()
    enrollment = ward.unlock(ward.enroll(people.lena))
    page = client.get(f"/learn/courses/{ward.course.id}/why").text
    assert "0 of 2 met" in page
    assert "3 done" in page
    assert place(ward, ward.check.id) in page
    ward.take(people.lena, enrollment, right=4)
    assert "The course is complete" in client.get(f"/learn/courses/{ward.course.id}/why").text


def test_the_course_page_shows_done_open_and_locked(client: PageClient, people: Cast) -> None:
    """ENR-5: outline with states, criteria, attempts; at the end the certificate."""
    ward = Ward()
    enrollment = ward.enroll(people.lena)
    page = client.get(f"/learn/courses/{ward.course.id}").text
    assert "0 of 4 lessons" in page
    assert "locked: finish the 3 lessons before it first" in page
    ward.unlock(enrollment)
    ward.take(people.lena, enrollment, right=0)
    ward.take(people.lena, enrollment, right=4)
    page = client.get(f"/learn/courses/{ward.course.id}").text
    assert "Attempt 1: 0" in page
    assert "Not passed" in page
    assert "Completed" in page
    record = client.get("/learn/record").text
    assert ward.title in record


def test_notices_are_marked_read(client: PageClient) -> None:
    """ENR-4: by fragment or by form."""
    assert client.post("/learn/notices/read", headers=FRAGMENT).status_code == 200
    assert client.post("/learn/notices/read").status_code == 303
