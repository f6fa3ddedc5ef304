"""Certificates in the studio: list, one, templates with their preview, evaluations, groups, plans; and transcripts."""

from __future__ import annotations

import io

from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.certificates.groups.models import CertificateGroup
from lmsapp.learning.certificates.models import Certificate, CertificatePlan
from lmsapp.learning.certificates.templates.models import CertificateTemplate
from lmsapp.learning.transcripts.models import Transcript
from lmsapp.people.roles import Role
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import author
from tests.jobs import run_rings
from tests.learning.certificates.learners import Learner

TEMPLATE = {"title": "House style", "page": "letter", "turn": "portrait", "border": "band", "colour": "own"}


def fetched(client: PageClient, address: str) -> bytes:
    with client.get(address) as answer:
        return bytes(answer.data)


def test_templates_are_made_seen_and_kept(client: PageClient, clock: Clock) -> None:
    """CRT-2: by moderators alone; the preview is a picture by the renderer, hostile words are refused and not lost."""
    mo, carla = author("Mo Derator", Role.MODERATOR), author("Carla Creator")
    client.sign_in(carla.user_id)
    for place in ("certificate-templates", "certificate-templates/new", "certificate-preview.png"):
        assert client.get(f"/studio/{place}").status_code == 403
    client.sign_in(mo.user_id)
    assert "No template yet" in client.get("/studio/certificate-templates").text
    assert "Preview" in client.get("/studio/certificate-templates/new").text
    light = TEMPLATE | {"own_colour": "#f2b234", "en_sentence": "has done {name.__class__}", "second_position": "Boss"}
    answer = client.post("/studio/certificate-templates/new", data=light)
    assert answer.status_code == 422
    assert "is no placeholder" in answer.text or "too light" in answer.text
    assert "{name.__class__}" in answer.text
    sent = TEMPLATE | {"own_colour": "#123456", "es_heading": "Bien hecho"}
    sent_file = {"logo": (io.BytesIO(b"<svg onload='x()'/>"), "logo.svg")}
    assert client.post("/studio/certificate-templates/new", data=sent | sent_file).status_code == 422
    answer = client.post("/studio/certificate-templates/new", data=sent)
    assert answer.status_code == 303
    template = db.session.scalars(select(CertificateTemplate)).one()
    here = f"/studio/certificate-templates/{template.id}"
    assert "#123456" in client.get(here).text

    query = {"page": "a4", "turn": "landscape", "border": "classic", "colour": "#1d3a6e", "typed_name": "გიორგი"}
    shown = client.get("/studio/certificate-preview", query_string=query, headers={"HX-Request": "true"}).text
    assert "Giorgi" in shown
    assert "certificate-preview.png?" in shown
    refused = client.get(
        "/studio/certificate-preview", query_string=query | {"en_foot": "{"}, headers={"HX-Request": "true"}
    )
    assert "A brace stands alone" in refused.text
    picture = client.get("/studio/certificate-preview.png", query_string=query)
    assert (picture.status_code, picture.data[:4]) == (200, b"\x89PNG")
    assert client.get("/studio/certificate-preview.png", query_string=query | {"en_foot": "{"}).status_code == 422
    assert client.get("/studio/certificate-preview.pdf", query_string=query | {"template": "999"}).data[:5] == b"%PDF-"

    assert client.post(here, data=sent | {"seen": "9"}).status_code == 422
    assert client.post(here, data=sent | {"seen": "1", "border": "line"}).status_code == 303
    assert "Version 1" in client.get(f"{here}/versions/1").text
    assert client.get(f"{here}/versions/9").status_code == 404
    client.post(f"{here}/copies")
    client.post(f"{here}/archive")
    assert "Copy of House style" in client.get("/studio/certificate-templates").text
    assert "House style" in client.get("/studio/certificate-templates?show=archived").text
    client.post(f"{here}/restoration")
    db.session.expire_all()
    assert (template.version, template.archived_at) == (2, None)


def test_from_a_plan_to_a_verdict_and_a_new_one(client: PageClient, clock: Clock, rings: list[Ring]) -> None:
    """CRT-1, CRT-3: an author says 'after an evaluation'; the learner waits, an evaluator decides, a moderator mends."""
    learner, otto = Learner(clock), Learner(clock, name="Otto Nobody", title="Another")
    eva, mo = author("Eva Luator", Role.BATCH_EVALUATOR), author("Mo Derator", Role.MODERATOR)
    course_id = learner.written.course.id
    client.sign_in(learner.written.by.user_id)
    plan = f"/studio/courses/{course_id}/certificate"
    assert "The moment somebody completes" in client.get(plan).text
    assert client.post(plan, data={"issuing": "evaluation", "template_id": "77"}).status_code == 422
    assert client.post(plan, data={"issuing": "evaluation", "template_id": "0"}).status_code == 303
    assert db.session.scalars(select(CertificatePlan.issuing)).all() == ["evaluation"]
    learner.read()
    learner.take_quiz()
    run_rings(rings)

    client.sign_in(learner.viewer.user_id)
    for page in ("/learn", "/learn/record", f"/learn/courses/{course_id}"):
        assert "waits for an evaluation" in client.get(page).text
    assert client.get("/studio/evaluations").status_code == 403

    client.sign_in(eva.user_id)
    assert "Priya Nair" in client.get("/studio/evaluations").text
    one = db.session.scalars(select(CertificateEvaluation)).one()
    here = f"/studio/evaluations/{one.id}"
    assert "What was asked" in client.get(here).text
    empty = client.post(f"{here}/verdict", data={"verdict": "awarded", "reason": ""})
    assert empty.status_code == 422
    assert client.post(f"{here}/verdict", data={"verdict": "not awarded", "reason": "Too short"}).status_code == 303
    client.sign_in(learner.viewer.user_id)
    assert "Too short" in client.get(f"/learn/courses/{course_id}").text
    client.sign_in(eva.user_id)
    assert client.post(f"{here}/verdict", data={"verdict": "awarded", "reason": "Good now"}).status_code == 303
    assert client.post(f"{here}/verdict", data={"verdict": "awarded", "reason": "Twice"}).status_code == 422
    run_rings(rings)

    certificate = learner.certificate
    place = f"/studio/certificates/{certificate.id}"
    assert client.post(f"{place}/revocation", data={"revoke-reason": "x"}).status_code == 403
    assert "Issue anew" not in client.get(place).text
    client.sign_in(otto.written.by.user_id)
    assert client.get(place).status_code == 404
    client.sign_in(otto.viewer.user_id)
    assert client.get(place).status_code == 403
    client.sign_in(mo.user_id)
    assert certificate.number in client.get(f"/studio/enrollments/{learner.enrollment.id}").text
    assert fetched(client, f"{place}.pdf")[:5] == b"%PDF-"
    assert client.post(f"{place}/replacement", data={"anew-holder_name": "P", "anew-reason": ""}).status_code == 422
    answer = client.post(f"{place}/replacement", data={"anew-holder_name": "Priya Shah", "anew-reason": "Married"})
    assert answer.status_code == 303
    newer = db.session.scalars(select(Certificate).where(Certificate.replaces_id == certificate.id)).one()
    assert f"Replaced by {newer.number}" in client.get(place).text
    assert newer.number in client.get(f"/verify/{certificate.token}").text
    client.post(f"/studio/certificates/{newer.id}/revocation", data={"revoke-reason": "Wrong person"})
    assert "Wrong person" in client.get(f"/verify/{newer.token}").text
    for query, there in (("q=priya", True), ("q=nobody", False), ("status=Revoked", True), ("status=Valid", False)):
        assert (newer.number in client.get(f"/studio/certificates?{query}").text) is there
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"evaluation decided", "certificate replaced", "certificate revoked", "downloaded"} <= actions


def test_groups_and_transcripts(client: PageClient, clock: Clock, rings: list[Ring]) -> None:
    """CRT-5, EVD-7: asked for on a page, made by the worker, downloads noted; other people find neither."""
    learner, otto = Learner(clock), Learner(clock, name="Otto Nobody", title="Another")
    certificate, hana = learner.finish(), author("Hana HR", Role.HR_MANAGER)
    client.sign_in(learner.written.by.user_id)
    assert "Hand hygiene" in client.get("/studio/certificate-groups").text
    assert client.post("/studio/certificate-groups", data={"subject": "course-999", "made": "zip"}).status_code == 422
    sent = {"subject": f"course-{learner.written.course.id}", "made": "both"}
    assert client.post("/studio/certificate-groups", data=sent).status_code == 303
    group = db.session.scalars(select(CertificateGroup)).one()
    here = f"/studio/certificate-groups/{group.id}"
    assert "Waiting" in client.get(here).text
    assert client.get(f"{here}/certificates.zip").status_code == 404
    run_rings(rings)
    assert "Nobody is missing" in client.get(here).text
    assert fetched(client, f"{here}/certificates.zip")[:2] == b"PK"
    assert fetched(client, f"{here}/print.pdf")[:5] == b"%PDF-"
    assert "Why there is none" in client.get(f"{here}/missing.csv").text
    client.sign_in(otto.written.by.user_id)
    assert client.get(here).status_code == client.get(f"{here}/print.pdf").status_code == 404

    client.sign_in(learner.viewer.user_id)
    assert client.post("/learn/transcripts").status_code == 303
    run_rings(rings)
    one = db.session.scalars(select(Transcript)).one()
    file = f"/learn/papers/transcript/{one.id}.pdf"
    assert one.number in client.get("/learn/record").text
    first = fetched(client, file)
    assert first[:5] == b"%PDF-"
    assert fetched(client, file) == first
    client.sign_out()
    shown = client.get(f"/verify/{one.token}").text
    for word in (one.number, certificate.number, "Priya Nair"):
        assert word in shown
    assert "100 %" not in shown
    client.sign_in(otto.viewer.user_id)
    assert client.get(file).status_code == 404
    assert client.post("/learn/transcripts").status_code == 303  # nothing completed: said, and nothing made
    client.sign_in(hana.user_id)
    people = f"/hr/employees/{learner.employee.id}"
    assert client.post(f"{people}/transcripts").status_code == 303
    assert len(db.session.scalars(select(Transcript)).all()) == 2
    assert fetched(client, f"{people}/transcripts/{one.id}.pdf") == first
    assert client.get(f"/hr/employees/{otto.employee.id}/transcripts/{one.id}.pdf").status_code == 404
    assert one.number in client.get(f"{people}/training").text
