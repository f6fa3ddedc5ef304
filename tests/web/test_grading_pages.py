"""Pages of open answers, question analysis, regrades and attempts (QIZ-4, QIZ-5, QIZ-6)."""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.jobs import DRAW
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.regrading.models import QuizRegrade
from lmsapp.learning.regrading.work import work_on_regrade
from tests.cast import Cast, employee, make_cast
from tests.client import PageClient
from tests.conftest import Statements
from tests.learning.answers.scene import Scene

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_grading_one_attempt(client: PageClient, cast: Cast) -> None:
    """QIZ-5: the list, the page, a refusal that loses nothing, giving back, points; Otto may see nothing."""
    scene = Scene(cast.carla.viewer)
    submission = scene.take(cast.lena, "A", f"I {HOSTILE} climb down.", "Report.")
    one, two = (question.id for question in scene.open)
    here = f"/studio/grading/attempts/{submission.id}"
    client.sign_in(cast.otto.user.id)
    assert client.get(here).status_code == 403
    client.sign_in(cast.carla.user.id)
    listed = client.get("/studio/grading?kind=answers").text
    assert "Lena Fischer" in listed and "2 open answers" in listed
    assert "No hand-in fits" in client.get("/studio/grading?kind=work").text
    assert here in client.post("/studio/grading/next").location
    page = client.get(here).text
    for words in (
        "Names the hazards",
        "Step down.",
        "You are on it",
        "50 % pass",
        "&lt;script&gt;",
        "Scored by the system",
    ):
        assert words in page, words
    assert HOSTILE not in page
    fields = {
        f"points-{one}-c1": "9",
        f"points-{one}-c2": "1",
        f"feedback-{one}": "Mind the foot.",
        f"points-{two}": "1",
    }
    wrong = client.post(f"{here}/score", data={**fields, f"feedback-{two}": "", "seen": "1", "go": "list"})
    assert wrong.status_code == 422
    assert "Give between 0 and 2 points." in wrong.text and "Mind the foot." in wrong.text and 'value="9"' in wrong.text
    nothing = client.post(
        f"{here}/score", data={**fields, f"feedback-{two}": "", f"points-{one}-c1": "1", "seen": "1", "go": "return"}
    )
    assert nothing.status_code == 422 and "Tick the answers to give back." in nothing.text
    sent = {f"points-{one}-c1": "1,5", f"points-{one}-c2": "1", f"feedback-{one}": "Mind the foot.", "seen": "1"}
    back = {**sent, f"feedback-{two}": "To whom?", "return": str(two), "go": "return"}
    assert client.post(f"{here}/score", data=back).status_code == 303
    assert "Given back" in client.get(here).text and "Lena" not in client.get("/studio/grading").text
    db.session.get_one(QuizSubmission, submission.id).returned = None
    db.session.commit()
    sent |= {f"points-{two}": "2", f"feedback-{two}": "", "seen": "2", "go": "next"}
    done = client.post(f"{here}/score", data=sent)
    assert done.location.endswith("/studio/grading")
    decided = client.get(here).text
    assert "Graded by Carla Reyes" in decided and "6.5 of 8 points" in decided and "Why it is judged anew" in decided
    client.sign_in(cast.lena.user.id)
    own = client.get(f"/learn/attempts/{submission.id}").text
    assert "Mind the foot." in own and "Graded by Carla Reyes" in own and "(right answer)" not in own
    assert client.get(f"/learn/attempts/{submission.id + 1}").status_code == 404
    client.sign_in(cast.mark.user.id)
    assert "Lena Fischer" in client.get(f"/team/attempts/{submission.id}").text


def test_all_answers_to_one_question(client: PageClient, cast: Cast, statements: Statements) -> None:
    """QIZ-5: without names where asked; the last open answer scores the attempt; as many statements for more rows."""
    scene = Scene(cast.carla.viewer)
    first = scene.take(cast.lena, "A", "Down.", "Report.")
    one, two = (question.id for question in scene.open)
    client.sign_in(cast.carla.user.id)
    here = f"/studio/grading/questions/{one}"
    client.get(here)
    statements.clear()
    assert "Lena Fischer" in client.get(here).text
    few = len(statements)
    for person in (
        cast.otto,
        cast.mark,
        *(employee(f"Nia{n} New", f"E-2{n}", department="A", job_role="RN") for n in "abc"),
    ):
        scene.take(person, "A", f"Down, {person.user.name}.", "Report.")
    statements.clear()
    assert "6 answers wait" in client.get(here).text
    assert len(statements) == few
    hidden = client.get(f"{here}?names=no").text
    assert "Lena Fischer" not in hidden and "Answer 6" in hidden
    to = f"/attempts/{first.id}"
    bad = client.post(here + to, data={f"points-{one}-c1": "x", f"feedback-{one}": "Kept.", "seen": "1"})
    assert bad.status_code == 422 and "as a number" in bad.text and "Kept." in bad.text
    good = {f"points-{one}-c1": "2", f"points-{one}-c2": "2", f"feedback-{one}": "", "seen": "1", "names": "no"}
    assert client.post(here + to, data=good).location.endswith("?names=no")
    assert "waits for its other answers" in client.get(here).text
    client.post(f"/studio/grading/questions/{two}{to}", data={f"points-{two}": "0", f"feedback-{two}": "", "seen": "1"})
    db.session.expire_all()
    assert db.session.get_one(QuizSubmission, first.id).passed is True
    assert client.get("/studio/grading/questions/999999").status_code == 404


def test_analysis_regrade_and_papers(client: PageClient, cast: Cast, app: Flask) -> None:
    """QIZ-4, QIZ-6: figures, sheets, preview, the regrade done by the worker; each result has a report of its own."""
    scene = Scene(cast.carla.viewer, words=False, attempts=3)
    client.sign_in(cast.carla.user.id)
    here = f"/studio/lessons/{scene.lesson.id}/analysis"
    assert "Nobody has handed this quiz in yet" in client.get(here).text
    lost = scene.take(cast.lena, "B")
    for person, letter in ((cast.otto, "A"), (cast.mark, "C")):
        scene.take(person, letter)
    page = client.get(f"{here}?sort=difficulty&desc=1").text
    assert "Too few answers to say: under 20." in page and "33.3" in page
    assert "No attempt fits" in client.get(f"{here}?until=2020-01-01").text
    question = client.get(f"{here}/{scene.wrong.id}").text
    assert "Regrade attempts" in question and "What was answered" in question
    csv = client.get(f"{here}.csv").get_data(as_text=True)
    assert csv.count("Which one?") == 3
    with ZipFile(io.BytesIO(client.get(f"{here}.xlsx").data)) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()
    new = f"{here}/{scene.wrong.id}/regrades/new"
    assert client.post(new, data={}).status_code == 422
    form = {"kind": "key", "options": "b", "policy": "both", "go": "preview", "texts": "", "reason": ""}
    preview = client.post(new, data=form).text
    assert "1 pass would be lost" in preview and "Lena Fischer" in preview and "Passes now" in preview
    assert client.post(new, data={**form, "go": "apply"}).status_code == 422, "a reason is needed"
    asked = client.post(new, data={**form, "go": "apply", "reason": "B is right."})
    assert "Waiting." in client.get(asked.location).text
    regrade = db.session.scalars(select(QuizRegrade)).one()
    work_on_regrade(regrade.id)
    done = client.get(f"{asked.location}?change=fails").text
    assert "Otto Nobody" in done and "the course stays complete" in done and "1 pass was lost" in done
    assert "Regraded before" in client.get(new).text
    one = f"{new}?attempt={lost.id}"
    assert "Regrade one attempt" in client.get(one).text and client.get(f"{new}?attempt=999999").status_code == 404
    enrollment = scene.enrollment(cast.lena)
    assert client.post(f"/studio/enrollments/{enrollment.id}/attempts/papers").status_code == 303
    client.post(f"/studio/enrollments/{enrollment.id}/attempts/papers")
    kinds = [
        row.kind for row in db.session.scalars(select(SealedFile).order_by(SealedFile.id)) if row.kind != "certificate"
    ]
    assert kinds.count("quiz_report") == 3 and kinds.count("quiz_regrade_report") == 2
    assert kinds.count("course_quiz_report") == 1, "nothing changed: the same PDF"
    listed = client.get(f"/studio/enrollments/{enrollment.id}/attempts").text
    assert "scored 2 times" in listed and "Course Quiz Report" in listed
    assert client.post(here).status_code == 303
    papers = {row.kind: row for row in db.session.scalars(select(SealedFile).where(SealedFile.kind.in_(DRAW)))}
    first = text_of(DRAW["quiz_report"](lost.id, "en"))
    assert "Not passed" in first and "B is right." not in first, "the first report stays as it was"
    for kind, words in (("course_quiz_report", "B is right."), ("question_analysis", "Which one?")):
        assert words in text_of(DRAW[kind](papers[kind].subject_id, "en")), kind
    for wing in ("hr", "admin"):
        client.sign_in(cast.hana.user.id if wing == "hr" else cast.aki.user.id)
        assert "B is right." in client.get(f"/{wing}/attempts/{lost.id}").text
    client.sign_in(cast.otto.user.id)
    assert client.get(here).status_code == 403
    assert client.get(f"/learn/enrollments/{enrollment.id}/attempts").status_code == 404
    client.sign_in(cast.lena.user.id)
    assert re.search(r"Scored anew by Carla Reyes", client.get(f"/learn/attempts/{lost.id}").text)
