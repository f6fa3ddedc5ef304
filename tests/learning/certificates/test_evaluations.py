"""Certificates after an evaluation, of paths, issued anew, in groups; transcripts. On real rows."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pypdfium2
import pytest
from sqlalchemy import select

from lmsapp.courses.catalogue.media import Upload
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.jobs import run_job
from lmsapp.learning.certificates.actions import issue_anew, revoke_certificate
from lmsapp.learning.certificates.document import Look, certificate_pdf, draw_certificate, look_of
from lmsapp.learning.certificates.evaluations.actions import Verdict, decide_evaluation
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.certificates.evaluations.queries import count_to_evaluate, evaluation_for, list_evaluations
from lmsapp.learning.certificates.groups.actions import ask_group
from lmsapp.learning.certificates.groups.models import CertificateGroup
from lmsapp.learning.certificates.groups.rules import Form, Wanted
from lmsapp.learning.certificates.groups.work import sweep_groups
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.plans import Issuing, Plan, set_plan
from lmsapp.learning.certificates.queries import certificate_by_token
from lmsapp.learning.certificates.templates.actions import Picture, archive_template, create_template, save_template
from lmsapp.learning.certificates.templates.pictures import keep_picture
from lmsapp.learning.certificates.templates.rules import Border, Design, Signatory, Turn
from lmsapp.learning.enrollments.by_hand import complete_by_hand, take_back_completion
from lmsapp.learning.enrollments.completing import ByHand
from lmsapp.learning.transcripts.actions import ask_transcript
from lmsapp.learning.transcripts.document import draw_transcript
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.roles import Role
from tests.clock import Clock
from tests.courses.authors import author
from tests.jobs import run_rings
from tests.learning.certificates.learners import Learner
from tests.learning.paths.scene import Sales, complete, course, make_path

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20" width="60" height="20">%s</svg>'
HOSTILE = (
    SVG % b"<script>alert(1)</script>",
    SVG % b'<image href="http://127.0.0.1:1/x.png" width="9" height="9"/>',
    SVG % b'<rect onload="x()" width="9" height="9"/>',
    SVG % b"<style>@import url(http://127.0.0.1:1/)</style>",
    SVG % b'<foreignObject width="9" height="9"/>',
    SVG % b'<use href="#a"/>',
    b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG % b"<title>&a;</title>",
    b"GIF89a" + b"\0" * 50,
    b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    SVG % (b"<rect/>" * 4000),
    b"",
)


def words_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def waiting() -> CertificateEvaluation:
    return db.session.scalars(select(CertificateEvaluation)).one()


def test_pictures_are_made_safe() -> None:
    """CRT-2, SEC-6: what is hostile or no picture is refused in words; shapes become a PNG, whatever they came as."""
    for content in HOSTILE:
        with pytest.raises(RuleBroken):
            keep_picture(Upload.of(content, "logo.svg"), field="logo")
    good = SVG % b'<metadata>x</metadata><rect style="fill:#ff0000;stroke:none" width="60" height="20"/>'
    kept = keep_picture(Upload.of(good, "logo.svg"), field="logo")
    assert files.read(kept.sha256).startswith(b"\x89PNG")


def test_a_template_keeps_what_was_issued(clock: Clock, rings: list[Ring]) -> None:
    """CRT-2: a course's template draws its certificates; a later version changes none that was issued before."""
    mo = author("Mo Derator", Role.MODERATOR)
    design = Design(
        turn=Turn.PORTRAIT,
        border=Border.BAND,
        colour="#1d3a6e",
        signatory=Signatory("Dr Núñez", "Director"),
        second=Signatory("გიორგი", ""),
        wording={"en": {"sentence": "was taught {course} until {valid_until}[, {score}]", "heading": "Well done"}},
    )
    pictures = {"logo_id": Picture(Upload.of(SVG % b'<rect width="60" height="20" fill="red"/>', "a.svg"))}
    template = create_template("House style", design, pictures, by=mo)
    learner = Learner(clock)
    set_plan(learner.written.course, Plan(template_id=template.id), by=mo)
    certificate = learner.finish()
    assert (certificate.template_id, certificate.template_version) == (template.id, 1)
    (text,) = words_of(draw_certificate(certificate.id, "en"))
    for word in ("Well done", "was taught Hand hygiene until 2 November 2027, 100 %", "Dr Núñez", "Giorgi"):
        assert word in text

    with pytest.raises(RuleBroken):
        save_template(template, "House style", design, {}, seen=7, by=mo)
    with pytest.raises(NotAllowed):
        save_template(template, "x", design, {}, seen=1, by=learner.viewer)
    assert not save_template(template, "House style", design, {}, seen=1, by=mo)
    assert save_template(template, "House style", Design(), {"logo_id": Picture(remove=True)}, seen=1, by=mo)
    assert look_of(template.id, 2) == Look()
    assert words_of(draw_certificate(certificate.id, "en")) == [text]
    with pytest.raises(RuleBroken):
        archive_template(template, by=mo)
    assert "certificate settings changed" in set(db.session.scalars(select(AuditEntry.action)))


def test_a_completion_waits_for_its_evaluation(clock: Clock, rings: list[Ring]) -> None:
    """CRT-1: the completion stands, the certificate waits; not awarded is told with the reason, awarded issues it."""
    learner, eva = Learner(clock), author("Eva Luator", Role.BATCH_EVALUATOR)
    set_plan(learner.written.course, Plan(Issuing.EVALUATION), by=learner.written.by)
    learner.read()
    learner.take_quiz()
    assert learner.enrollment.completed_at is not None
    assert db.session.scalars(select(Certificate)).all() == []
    assert db.session.scalars(select(CertificationPeriod.valid_until)).all() == [dt.date(2027, 11, 2)]
    assert count_to_evaluate(eva) == 1
    assert count_to_evaluate(learner.viewer) == count_to_evaluate(author("Ann Other")) == 0
    assert [row.name for row in list_evaluations(eva, "waiting", "priya hand").rows] == ["Priya Nair"]

    found = evaluation_for(eva, waiting().id)
    assert found is not None
    with pytest.raises(NotAllowed):
        decide_evaluation(found, Verdict.AWARD, by=learner.viewer, reason="Mine")
    with pytest.raises(RuleBroken):
        decide_evaluation(found, Verdict.AWARD, by=eva, reason=" ")
    decide_evaluation(found, Verdict.NOT_AWARD, by=eva, reason="The plan lacks a date.")
    with pytest.raises(RuleBroken):
        decide_evaluation(found, Verdict.NOT_AWARD, by=eva, reason="Twice.")
    letters = db.session.scalars(select(Notice).where(Notice.template == "certificate_not_awarded")).all()
    assert {one.channel for one in letters} == {"email", "in_app"}
    assert all("The plan lacks a date." in one.body_text for one in letters)

    decide_evaluation(found, Verdict.AWARD, by=eva, reason="It has one now.")
    assert learner.certificate.issued_on == dt.date(2026, 11, 2)
    with pytest.raises(RuleBroken):
        decide_evaluation(found, Verdict.NOT_AWARD, by=eva, reason="Changed my mind.")
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all().count("evaluation decided") == 2


def test_what_is_taken_back_is_not_evaluated(clock: Clock) -> None:
    """CRT-1, ENR-9: the evaluation of a completion that counts no more is closed; by hand is said in public."""
    learner, mo = Learner(clock), author("Mo Derator", Role.MODERATOR)
    set_plan(learner.written.course, Plan(Issuing.EVALUATION), by=mo)
    record = complete_by_hand(learner.enrollment, ByHand(mo, "Seen on the ward"))
    found = evaluation_for(mo, waiting().id)
    assert found is not None
    take_back_completion(learner.enrollment, record, ByHand(mo, "A mistake"))
    db.session.expire_all()
    found = evaluation_for(mo, waiting().id)
    assert found is not None
    assert found.state == "closed"
    with pytest.raises(RuleBroken):
        decide_evaluation(found, Verdict.AWARD, by=mo, reason="Yes")

    set_plan(learner.written.course, Plan(), by=mo)
    complete_by_hand(learner.enrollment, ByHand(mo, "Seen again"))
    shown = certificate_by_token(learner.certificate.token, "UTC")
    assert shown is not None
    assert shown.by_hand


def test_a_path_has_a_credential_of_its_own(clock: Clock, rings: list[Ring]) -> None:
    """CRT-5: in the completing transaction; it lists its courses, lasts as the first of them, or as the path says."""
    sales = Sales()
    who, by = sales.cast.lena, sales.cast.carla.viewer
    short, long = course("Short", by, validity_months=6), course("Long", by, validity_months=24)
    path, _items = make_path([short, long], by, title="Both")
    from_hand = ("Both", "Short", "Long")
    publish_and_join(path, who, by)
    complete(who, long)
    assert db.session.scalars(select(Certificate).where(Certificate.path_id == path.id)).all() == []
    complete(who, short)
    found = db.session.scalars(select(Certificate).where(Certificate.path_id == path.id)).one()
    first = db.session.scalars(select(Certificate).where(Certificate.course_id == short.id)).one()
    assert found.valid_until == first.valid_until
    assert {one["title"] for one in found.printed["courses"]} == {"Short", "Long"}
    (text,) = words_of(draw_certificate(found.id, "en"))
    assert all(word in text for word in from_hand)
    shown = certificate_by_token(found.token, "UTC")
    assert shown is not None
    assert (shown.kind, len(shown.courses)) == ("path", 2)
    assert db.session.scalar(select(SealedFile.status).where(SealedFile.subject_id == found.id)) == "waiting"
    with pytest.raises(RuleBroken):
        set_plan(path, Plan(Issuing.EVALUATION), by=by)
    set_plan(path, Plan(validity_months=3), by=by)
    mark = sales.cast.mark
    publish_and_join(path, mark, by)
    complete(mark, long)
    complete(mark, short)
    other = db.session.scalars(
        select(Certificate).where(Certificate.employee_id == mark.record.id, Certificate.path_id.is_not(None))
    ).one()
    assert other.valid_until is not None
    assert (other.valid_until - other.issued_on).days in range(85, 95)


def publish_and_join(path: object, who: object, by: object) -> None:
    from lmsapp.courses.paths.actions import publish_path
    from lmsapp.learning.paths.actions import enroll_in_path

    publish_path(path, by=by)  # type: ignore[arg-type]
    enroll_in_path(who.record, path, by=by)  # type: ignore[attr-defined,arg-type]
    db.session.commit()


def test_a_new_one_takes_the_place_of_one_with_a_mistake(clock: Clock, rings: list[Ring]) -> None:
    """CRT-3: another number and name; the old one says by which it was replaced, and the certification stays."""
    learner, mo = Learner(clock), author("Mo Derator", Role.MODERATOR)
    old = learner.finish()
    run_rings(rings)
    for name, reason in (("", "x"), ("A\x00b", "x"), ("Priya Nair-Shah", " ")):
        with pytest.raises(RuleBroken):
            issue_anew(old, holder_name=name, by=mo, reason=reason)
    with pytest.raises(NotAllowed):
        issue_anew(old, holder_name="Me", by=learner.viewer, reason="x")
    new = issue_anew(old, holder_name="Priya Nair-Shah", by=mo, reason="She married")
    db.session.commit()
    run_rings(rings)
    assert (new.record_id, new.valid_until, new.issued_on) == (old.record_id, old.valid_until, old.issued_on)
    shown = certificate_by_token(old.token, "UTC")
    assert shown is not None
    assert (shown.status.value, shown.replaced_by) == ("Replaced", new.number)
    assert (
        "issued anew"
        in db.session.scalars(
            select(Notice.body_text).where(Notice.about_id == new.id, Notice.channel == "email")
        ).one()
    )
    for change in (lambda: issue_anew(old, holder_name="Again", by=mo, reason="x"),
                   lambda: revoke_certificate(old, by=mo, reason="x")):  # fmt: skip
        with pytest.raises(RuleBroken):
            change()
    assert db.session.scalars(select(CertificationPeriod.revoked_at)).all() == [None]
    revoke_certificate(new, by=mo, reason="Wrong person")
    assert db.session.scalars(select(CertificationPeriod.revoked_at)).one() is not None


def test_a_group_is_put_together_by_the_worker(clock: Clock, rings: list[Ring]) -> None:
    """CRT-5: sealed PDFs in one ZIP, one file to print, and who has none and why; a stopped worker is taken over."""
    sales, mo = Sales(), author("Mo Derator", Role.MODERATOR)
    subject = sales.courses[0]
    for who in (sales.cast.lena, sales.cast.mark, sales.cast.otto):
        publish_and_join(sales.path, who, sales.cast.carla.viewer)
    for who in (sales.cast.lena, sales.cast.mark):
        complete(who, subject)
    rings.clear()  # no PDF was made yet
    with pytest.raises(RuleBroken):
        ask_group(Wanted(course_id=subject.id), Form.ZIP, by=sales.cast.lena.viewer)
    with pytest.raises(RuleBroken):
        ask_group(Wanted(), Form.ZIP, by=mo)
    group = ask_group(Wanted(course_id=subject.id), Form.BOTH, by=mo)
    db.session.commit()
    group.state, group.tries, group.lease_until = "running", 1, clock.instant - dt.timedelta(seconds=1)
    db.session.commit()
    sweep_groups()
    db.session.commit()
    run_job("certificate group", group.id)
    db.session.refresh(group)
    assert (group.state, group.held, group.total, group.tries) == ("ready", 2, 3, 2)
    assert [(one["name"], one["why"]) for one in group.missing] == [("Otto Nobody", "not completed")]
    packed = db.session.get_one(files.StoredFile, group.zip_id)
    with zipfile.ZipFile(io.BytesIO(files.read(packed.sha256))) as archive:
        names = archive.namelist()
        sealed = set(
            db.session.scalars(
                select(files.StoredFile.sha256).join(SealedFile, SealedFile.file_id == files.StoredFile.id)
            )
        )
        assert {__import__("hashlib").sha256(archive.read(name)).hexdigest() for name in names} <= sealed
    assert sorted(name.split("-NH")[0] for name in names) == ["lena-fischer", "mark-okafor"]
    printed = db.session.get_one(files.StoredFile, group.print_id)
    assert len(words_of(files.read(printed.sha256))) == 2

    nobody = ask_group(Wanted(course_id=subject.id, since=dt.date(2030, 1, 1)), Form.ZIP, by=mo)
    db.session.commit()
    run_job("certificate group", nobody.id)
    db.session.refresh(nobody)
    assert (nobody.state, nobody.total, nobody.zip_id) == ("ready", 0, None)
    clock.move(days=31)
    sweep_groups()
    assert db.session.get_one(CertificateGroup, group.id, populate_existing=True).zip_id is None


def test_a_transcript_is_of_its_day(clock: Clock, rings: list[Ring]) -> None:
    """EVD-7: from the records, numbered, sealed once, what happens later is not on it; whom one may not see is refused."""
    learner, hana = Learner(clock, name="გიორგი Nair"), author("Hana HR", Role.HR_MANAGER)
    with pytest.raises(RuleBroken):
        ask_transcript(learner.employee.id, by=learner.viewer, language="en")
    certificate = learner.finish()
    run_rings(rings)
    with pytest.raises(NotAllowed):
        ask_transcript(learner.employee.id, by=author("Ann Other"), language="en")
    one = ask_transcript(learner.employee.id, by=hana, language="en")
    assert ask_transcript(learner.employee.id, by=hana, language="en").id == one.id
    db.session.commit()
    run_rings(rings)
    first = draw_transcript(one.id, "en")
    text = "".join(words_of(first))
    for word in ("Giorgi Nair", "Hand hygiene", certificate.number, one.number, "100 %", "2 November 2027", "Hana HR"):
        assert word in text
    revoke_certificate(certificate, by=author("Mo Derator", Role.MODERATOR), reason="x")
    clock.move(days=1)
    assert "".join(words_of(draw_transcript(one.id, "en"))) == text
    later = ask_transcript(learner.employee.id, by=hana, language="es")
    assert (later.id != one.id, later.lines[0]["revoked"]) == (True, True)
    assert db.session.scalars(select(CompletionRecord)).one().title == later.lines[0]["title"]
    assert certificate_pdf is not None
