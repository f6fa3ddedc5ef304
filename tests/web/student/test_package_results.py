"""SCO-5: learners see their own attempts and what is missing, the record keeps what was reported, and nobody else's."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

from sqlalchemy import select

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.insight.held.bundle import write_bundle
from tests.cast import make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.scorm.scenes import Scene, part


def test_from_the_report_to_the_record(client: PageClient, clock: Clock) -> None:
    """SCO-5, EVD-1: what was reported stands on the lesson's page, the course's, 'why', the staff's timeline, in the
    completion record and in what is held about the learner; not which answers were right."""
    cast = make_cast()
    scene = Scene(cast, items=(part("one"), part("two")))
    player = scene.play()
    player.posts(
        "set",
        {
            "cmi.core.lesson_status": "incomplete",
            "cmi.interactions.0.id": "q1",
            "cmi.interactions.0.student_response": "b",
            "cmi.interactions.0.correct_responses.0.pattern": "SECRETPATTERN",
        },
    )
    db.session.commit()
    client.sign_in(cast.lena.user.id)
    base = f"/learn/courses/{scene.course.id}"
    missing = "It reported ‘incomplete’; the rule asks for ‘completed’ or ‘passed’."
    for path in (f"{base}/lessons/{scene.lesson.id}", f"{base}/why"):
        page = client.get(path).text
        assert f"One: {missing}" in page, path
        assert "Two: It was not opened yet." in page, path
        assert "SECRETPATTERN" not in page
    assert "The package, attempt 1" in client.get(base).text
    player.says("finish", status="completed")
    two = scene.play("two")
    two.says("finish", status="passed", score="90")
    db.session.commit()
    db.session.expire_all()
    assert scene.enrollment.complete
    evidence = db.session.scalars(select(CompletionRecord)).one().criteria[0]["evidence"][0]
    assert (evidence["kind"], evidence["number"]) == ("package", 1)
    assert evidence["said"] in ("completed", "passed")
    assert "in attempt 1" in client.get(f"{base}/why").text
    assert "Your results" in client.get(f"{base}/lessons/{scene.lesson.id}").text
    out = io.BytesIO()
    write_bundle(cast.lena.viewer, out, "en")
    with ZipFile(out) as archive:
        attempts = json.loads(archive.read("data/package_attempts.json"))
        reports = json.loads(archive.read("data/package_reports.json"))
    assert [one["item"] for one in attempts] == ["one", "two"]
    assert len(reports) >= 3
    assert "SECRETPATTERN" not in json.dumps([attempts, reports])
    other = io.BytesIO()
    write_bundle(cast.otto.viewer, other, "en")
    with ZipFile(other) as archive:
        assert json.loads(archive.read("data/package_attempts.json")) == []
    client.sign_in(cast.otto.user.id)
    assert client.get(f"{base}/lessons/{scene.lesson.id}").status_code == 404
    client.sign_in(cast.milo.user.id)
    page = client.get(f"/studio/enrollments/{scene.enrollment.id}").text
    assert "“The package” reported passed in attempt 1" in page or "reported completed in attempt 1" in page
    page = client.get(f"/studio/enrollments/{scene.enrollment.id}/reported").text
    for said in ("Reported: incomplete", "Reported: completed", "The lesson’s rule was met", "Closed by the content"):
        assert said in page, said
