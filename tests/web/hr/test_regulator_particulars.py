"""What a rule asks for beyond the completion is said in forms, and stands in reports and their PDFs (REP-2, EVD-3)."""

from __future__ import annotations

import datetime as dt

import pypdfium2
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.insight.printed.actions import ask_print
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.report import Asking
from lmsapp.jobs import DRAW, seal_next
from lmsapp.learning.particulars.models import TrainingParticular
from tests.cast import make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.certificates.learners import Learner


def test_said_in_forms_and_read_in_reports(client: PageClient, clock: Clock) -> None:
    """REP-2, EVD-3, SEC-4: trainer of a course and of a session, evaluation and training elsewhere: checked, kept, on the
    trail, in the reports; a second word needs a reason; nobody else may; the PDF is its asker's alone."""
    cast, learner = make_cast(), Learner(clock, name="Ana <i>Ruiz</i>")
    course = learner.written.course
    course.citation = "29 CFR 1926.503, 1910.178(l), 1910.1030(g)"
    certificate = learner.finish()
    db.session.commit()
    while seal_next(DRAW):
        pass

    client.sign_in(cast.milo.user.id)
    trainers = f"/studio/courses/{course.id}/trainers"
    assert "No trainer is named yet" in client.get(trainers).text
    assert client.post(trainers, data={"name": "", "qualification": "MD", "since": "2026-11-02"}).status_code == 422
    late = {"name": "Dr Ito", "qualification": "MD", "since": "2026-12-24"}
    assert "still to come" in client.post(trainers, data=late).text
    kept = client.post(trainers, data={**late, "since": "2026-11-01"}, follow_redirects=True)
    assert "Dr Ito" in kept.text
    assert client.get(f"/studio/courses/{course.id}/settings").status_code == 200
    held = {"title": "Evening", "held_on": "2026-11-02", "minutes": "60", "enrollments": str(learner.enrollment.id)}
    session = client.post(f"/studio/courses/{course.id}/sessions/new", data={**held, "trainer": "Nurse Ba"})
    assert "Nurse Ba" in client.get(session.location).text
    changed = client.post(
        f"{session.location}/trainer", data={"name": "Nurse Bo", "qualification": "RN"}, follow_redirects=True
    )
    assert "Nurse Bo" in changed.text
    assert "Nurse Ba" not in changed.text
    wrong = client.post(f"{session.location}/trainer", data={"name": "", "qualification": "RN"})
    assert (wrong.status_code, "Say whose qualifications" in wrong.text) == (422, True)

    client.sign_in(cast.hana.user.id)
    why = client.get(f"/hr/enrollments/{learner.enrollment.id}/why").text
    address = f"/hr/records/{certificate.record_id}/particulars"
    assert address in why
    assert client.get(address).status_code == 200
    half = client.post(address, data={"evaluated_on": "2026-11-02"})
    assert (half.status_code, "Say who evaluated" in half.text) == (422, True)
    assert 'value="2026-11-02"' in half.text
    assert client.post(address, data={"evaluated_on": "x", "evaluated_by": "Eva"}).status_code == 422
    first = {"evaluated_on": "2026-11-01", "evaluated_by": "Eva", "equipment": "=Reach truck", "given_by": "Acme",
             "adequate_on": "2026-10-01"}  # fmt: skip
    assert client.post(address, data=first).status_code == 303
    assert "Nothing was changed" in client.post(address, data=first).text
    assert "Give a reason" in client.post(address, data={**first, "evaluated_by": "Ivo"}).text
    assert client.post(address, data={**first, "evaluated_by": "Ivo", "reason": "Typo"}).status_code == 303
    page = client.get(address).text
    assert "Typo" in page
    assert "Eva" in page
    assert len(db.session.scalars(select(TrainingParticular)).all()) == 2
    trail = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert (trail.count("trainer named"), trail.count("training particulars noted")) == (3, 2)

    def row(key: str) -> dict[str, object]:
        asking = Asking(cast.hana.viewer, {"course": [str(course.id)]}, clock.instant)
        one = db.session.execute(REPORTS[key].rows(asking)).one()
        return dict(zip((column.word for column in REPORTS[key].columns), one, strict=True))

    forklift, falls, blood = row("forklift"), row("fall-protection"), row("bloodborne")
    assert (forklift["evaluated by"], forklift["next evaluation due"]) == ("Ivo", "2029-11-01")
    assert (falls["training elsewhere found adequate on"], falls["training given by"]) == ("2026-10-01", "Acme")
    assert str(falls["signature of trainer or employer"]).endswith("electronic seal")
    assert (blood["trainer"], blood["trainer's qualifications"]) == ("Nurse Bo", "RN")

    asked = ask_print(
        REPORTS["forklift"], {"course": [str(course.id)]}, "Forklifts", line_only=False, by=cast.hana.viewer
    )
    again = ask_print(
        REPORTS["forklift"], {"course": [str(course.id)]}, "Forklifts", line_only=False, by=cast.hana.viewer
    )
    assert asked.id == again.id
    db.session.commit()
    assert seal_next(DRAW)
    got = client.get(f"/account/reports/{asked.id}.pdf", buffered=True)
    assert f"forklift-{asked.asked_at:%Y-%m-%d}" in got.headers["Content-Disposition"]
    text = "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(got.data))
    for words in (
        "Ana <i>Ruiz</i>",
        "1910.178(l)(6)",
        "=Reach truck",
        "Asked for by Hana",
        "Page 1 of",
        "not recorded",
    ):
        assert words in text, words
    assert db.session.get_one(ReportRequest, asked.id).report == "forklift"

    for person in (cast.otto, cast.mark, cast.milo):
        client.sign_in(person.user.id)
        assert client.get(f"/account/reports/{asked.id}.pdf").status_code == 404
        assert client.get(address).status_code in (403, 404)
        assert client.post(address, data=first).status_code in (403, 404)
    client.sign_in(cast.otto.user.id)
    assert client.get(trainers).status_code in (403, 404)
    assert client.post(trainers, data=late).status_code in (403, 404)
    client.sign_in(cast.aki.user.id)
    assert client.post(address, data=first).status_code in (403, 404)
    assert dt.date(2026, 11, 2) == clock.instant.date()
