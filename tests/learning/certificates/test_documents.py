"""Certificates and quiz reports as PDFs, read back."""

from __future__ import annotations

import pypdfium2
import pytest

from lmsapp.courses.quizzes.models import Quiz
from lmsapp.infra.db import db
from lmsapp.learning.certificates.document import draw_certificate
from lmsapp.learning.quizpapers.documents import draw_quiz_report
from tests.clock import Clock
from tests.learning.certificates.learners import Learner

LONG = "Wolfeschlegelsteinhausenbergerdorff-Hohenzollern von und zu Löwenstein-Wertheim-Rosenberg"


def pages_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def test_a_certificate_says_it_all_on_one_page(clock: Clock) -> None:
    """CRT-3: holder, course, number, dates and the address that checks it."""
    certificate = Learner(clock, name=LONG, title="Safe handling of " + "hazardous materials, " * 6).finish()
    (text,) = pages_of(draw_certificate(certificate.id, "en"))
    for word in (LONG, certificate.number, "2 November 2026", "2 November 2027", f"/verify/{certificate.token}"):
        assert word in text


@pytest.mark.parametrize("name", ["محمد الخطيب", "יעל בן־דוד", "สมชาย ใจดี", "王秀华", "<b>Bobby</b> & Sons"])
def test_any_name_is_drawn(clock: Clock, name: str) -> None:
    """CRT-2: a character without a glyph would raise here; markup in a name is a name."""
    (text,) = pages_of(draw_certificate(Learner(clock, name=name).finish().id, "en"))
    assert name in text


def test_letters_that_join_are_drawn(clock: Clock) -> None:
    """CRT-2: every letter of a Devanagari name has a glyph. Joined ones carry no text to copy."""
    (text,) = pages_of(draw_certificate(Learner(clock, name="इन्द्रजित डी’सोउज़ा").finish().id, "en"))
    assert "Hand hygiene" in text


def test_a_report_shows_questions_as_asked(clock: Clock) -> None:
    """QIZ-6, QIZ-4: who, when with zone, pass mark, score, each question with what was given and what was right."""
    learner = Learner(clock)
    learner.read()
    submission = learner.take_quiz()
    (text,) = pages_of(draw_quiz_report(submission.id, "en"))
    for word in ("Priya Nair", learner.employee.number, "America/Chicago", "1 of 1 points, 100 %", "80 %",
                 "A needle is missing.", "[x] Report it (right answer)", "Page 1 of 1"):  # fmt: skip
        assert word in text


def test_a_report_does_not_give_the_next_attempt_away(clock: Clock) -> None:
    """QIZ-3: after a failed attempt right answers stay hidden where the quiz shows them after a pass."""
    learner = Learner(clock)
    assert db.session.get_one(Quiz, learner.written.quiz.id).show_answers == "after_pass"
    learner.read()
    submission = learner.take_quiz(right=False)
    (text,) = pages_of(draw_quiz_report(submission.id, "en"))
    assert "Not passed" in text
    assert "Wrong" in text
    assert "right answer" not in text


def test_an_open_attempt_has_no_report(clock: Clock) -> None:
    """QIZ-6: evidence is of what was handed in."""
    with pytest.raises(LookupError):
        draw_quiz_report(10**6, "en")
