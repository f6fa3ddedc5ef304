"""SCO-5: what content reported, for those who may see it; lessons set done by hand; new attempts."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.learning.scorm.models import ScormAttempt, ScormSco
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, employee, make_cast, staff
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.learning.scorm.scene import ANSWERS, Packaged

WHY = "Showed a screenshot of the last page."


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def test_what_was_said_and_why_it_is_open(client: PageClient, cast: Cast, statements: Statements) -> None:
    """SCO-5: status, reason, timeline, answers, objectives and comments in words; the manager's line and no further;
    the same number of statements for two answers and for five hundred, which are paged."""
    packaged = Packaged(cast.carla.viewer)
    enrollment = packaged.enrolled(cast.lena)
    attempt = packaged.attempt(enrollment, score=40, success="failed", completion="completed", cmi=ANSWERS)
    untouched = packaged.enrolled(cast.otto)
    db.session.commit()
    client.sign_in(cast.milo.user.id)
    page = client.get(f"/studio/enrollments/{enrollment.id}").text
    assert "What the content reported" in page
    assert "It reported ‘failed’; the rule asks for ‘completed’ or ‘passed’." in page
    address = f"/studio/enrollments/{enrollment.id}/reported"
    page = client.get(address).text
    for said in ("Reported: failed", "Score: 40", "saved all the same", "Answered wrong", "took 12 seconds", "Q1 angle",
                 "look → climb", "obj fall", "Page 3 was unclear", "13 min", "Why it is still open"):  # fmt: skip
        assert said in page or said in page.replace("\u202f", " "), said
    statements.clear()
    client.get(address)
    few = len(statements)
    many = {f"cmi.interactions.{n}.id": f"q{n}" for n in range(500)}
    change_cmi(attempt.id, {**ANSWERS, **many})
    statements.clear()
    page = client.get(f"{address}?page=10").text
    assert len(statements) == few
    assert "451 to 500 of 500" in page
    assert "The learner has not started it yet." in client.get(f"/studio/enrollments/{untouched.id}/reported").text
    client.sign_in(cast.mark.user.id)
    page = client.get(f"/team/enrollments/{enrollment.id}/reported").text
    assert "Answered" in page
    assert "Set this lesson done" not in page
    assert client.get(f"/team/enrollments/{untouched.id}/reported").status_code == 404
    for who, wing in ((cast.hana, "hr"), (cast.aki, "admin")):
        client.sign_in(who.user.id)
        assert "Reported: failed" in client.get(f"/{wing}/enrollments/{enrollment.id}/reported").text
        client.sign_in(cast.lena.user.id)
        assert client.get(f"/{wing}/enrollments/{enrollment.id}/reported").status_code == 403
    cora = staff("Cora Other", Role.COURSE_CREATOR).user
    db.session.commit()
    for user in (cora, cast.otto.user):
        client.sign_in(user.id, user.session_epoch)
        assert client.get(address).status_code in (403, 404)


def change_cmi(attempt_id: int, cmi: dict[str, str]) -> None:
    db.session.get_one(ScormSco, (attempt_id, "item_1")).cmi = cmi
    db.session.commit()


def test_a_lesson_set_done_by_hand_and_taken_back(client: PageClient, cast: Cast) -> None:
    """SCO-5: with a reason and by a moderator only; the course completes, its record and timeline name who did it;
    taking it back opens lesson and course again; a new attempt keeps the old one."""
    packaged = Packaged(cast.carla.viewer)
    enrollment = packaged.enrolled(cast.lena)
    packaged.attempt(enrollment)
    db.session.commit()
    lesson_id, base = packaged.lesson.id, f"/studio/enrollments/{enrollment.id}"
    client.sign_in(cast.milo.user.id)
    bare = client.post(f"{base}/lesson-override", data={"done-lesson_id": str(lesson_id), "done-reason": " "})
    assert bare.status_code == 422
    wrong = client.post(f"{base}/lesson-override", data={"done-lesson_id": "999", "done-reason": WHY})
    assert wrong.status_code == 422
    assert WHY in wrong.text
    client.post(f"{base}/lesson-override", data={"done-lesson_id": str(lesson_id), "done-reason": WHY})
    db.session.expire_all()
    assert enrollment.complete
    record = db.session.scalars(select(CompletionRecord)).one()
    assert record.how == "rule"
    assert record.criteria[0]["evidence"][0]["kind"] == "hand"
    assert "set done by hand by Milo Brandt" in client.get(f"{base}/why").text
    page = client.get(base).text
    assert "“On the ladder” set done by hand" in page
    assert "A lesson done: On the ladder" in page
    assert f"Set done by hand by Milo Brandt. Reason: {WHY}" in client.get(f"{base}/reported").text
    client.post(f"{base}/package-attempt", data={"anew-lesson_id": str(lesson_id), "anew-reason": "Stuck"})
    numbers = list(db.session.scalars(select(ScormAttempt.number).order_by(ScormAttempt.number)))
    assert numbers == [1, 2]
    done = {"undo-lesson_id": str(lesson_id), "undo-reason": "Wrong person"}
    client.post(f"{base}/lesson-override/revocation", data=done)
    db.session.expire_all()
    assert not enrollment.complete
    row = db.session.get_one(LessonProgress, (enrollment.id, enrollment.cycle, lesson_id))
    assert row.done_at is None
    assert client.post(f"{base}/lesson-override/revocation", data=done).status_code == 422
    said = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "enrollment")))
    assert {"lesson by hand", "revocation by hand", "package attempt begun"} <= said
    for who in (cast.carla, cast.lena, cast.otto):
        client.sign_in(who.user.id)
        for path in ("lesson-override", "lesson-override/revocation", "package-attempt"):
            assert client.post(f"{base}/{path}", data={}).status_code == 403


def test_two_people_where_the_organisation_wants_them(client: PageClient, cast: Cast) -> None:
    """SCO-5, ENR-9: a lesson set by hand is no way round the second person."""
    packaged = Packaged(cast.carla.viewer)
    enrollment = packaged.enrolled(cast.lena)
    change_settings({"override_second_person": True}, by=cast.sam.viewer)
    db.session.commit()
    client.sign_in(cast.milo.user.id)
    data = {"done-lesson_id": str(packaged.lesson.id), "done-reason": WHY}
    client.post(f"/studio/enrollments/{enrollment.id}/lesson-override", data=data)
    assert "On the ladder" in client.get("/studio/overrides").text
    second = staff("Mina Second", Role.MODERATOR).user
    db.session.commit()
    client.sign_in(second.id, second.session_epoch)
    override_id = db.session.scalars(select(CompletionOverride.id)).one()
    client.post(f"/studio/overrides/{override_id}/approval", data={"reason": ""})
    db.session.expire_all()
    assert enrollment.complete


def test_all_learners_of_a_lesson(client: PageClient, cast: Cast, statements: Statements) -> None:
    """SCO-5: everybody with status, score, time and what is open; filters, sorting, sheets; the same statements for 2
    and 26 learners; questions added up; only for those who write or look after the course."""
    packaged = Packaged(cast.carla.viewer)
    lena = packaged.enrolled(cast.lena)
    packaged.attempt(lena, completion="completed", success="passed", score=90, done=True, cmi=ANSWERS)
    packaged.enrolled(cast.otto)
    db.session.commit()
    base = f"/studio/lessons/{packaged.lesson.id}"
    client.sign_in(cast.carla.user.id)
    client.get(f"{base}/reported")  # the version of the course is kept from now on
    statements.clear()
    page = client.get(f"{base}/reported").text
    few = len(statements)
    assert "2 learners" in page
    assert "completed, passed" in page
    assert "It was not opened yet." in page
    for asked, count in (("reported=passed", 1), ("reported=not+started", 1), ("state=open", 2), ("q=lena", 1),
                         ("state=by+hand", 0), ("sort=score&desc=1&reported=odd&page=9", 2)):  # fmt: skip
        assert f"{count} learner" in client.get(f"{base}/reported?{asked}", headers={"HX-Request": "true"}).text, asked
    sheet = client.get(f"{base}/reported.csv?reported=passed").text.splitlines()
    assert len(sheet) == 2
    assert "Lena Fischer" in sheet[1]
    assert ",90.0," in sheet[1]
    assert client.get(f"{base}/reported.xlsx").data[:2] == b"PK"
    for number in range(24):
        one = packaged.enrolled(
            employee(f"Ann{number} More", f"E-5{number:02}", department="Cardiology", job_role="RN")
        )
        packaged.attempt(one, score=number, cmi=ANSWERS)
    db.session.commit()
    statements.clear()
    page = client.get(f"{base}/reported").text
    assert len(statements) == few
    assert "1 to 25 of 26" in page
    assert "It reported ‘incomplete’; the rule asks for ‘completed’ or ‘passed’." in page
    page = client.get(f"{base}/questions").text
    assert "answered by 25" in page
    assert "0 right, 25 wrong" in page
    assert "25 right, 0 wrong" in page
    assert len(client.get(f"{base}/questions.csv").text.splitlines()) == 3
    assert client.get(f"{base}/questions.xlsx").data[:2] == b"PK"
    assert client.get(f"/studio/lessons/{packaged.lesson.id + 1}/reported").status_code == 404
    cora = staff("Cora Other", Role.COURSE_CREATOR).user
    db.session.commit()
    for user, refused in ((cora, 404), (cast.mark.user, 403), (cast.otto.user, 403)):
        client.sign_in(user.id, user.session_epoch)
        for path in ("reported", "reported.csv", "questions"):
            assert client.get(f"{base}/{path}").status_code == refused
