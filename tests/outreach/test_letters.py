"""Every message in every language: what it says, and that nothing in it breaks out (REM-2)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask

from lmsapp.outreach.digests.rules import Section
from lmsapp.outreach.notices.wording import Letter, write_letter
from lmsapp.web.sessions import LANGUAGES
from tests.clock import Clock

FOLDERS = sorted(
    path.name for path in (Path(__file__).parents[2] / "templates" / "messages").iterdir() if path.is_dir()
)
VALUES: dict[str, Any] = {
    "name": "Zoë <b>Łuczak</b>",
    "what": "extend",
    "done": 2500,
    "not_done": 4,
    "title": 'Fire & "Smoke"\r\nBcc: all@example.org',
    "course_id": 4,
    "number": "TA-0012",
    "due_on": dt.date(2026, 12, 4),
    "days_left": 7,
    "renewal": False,
    "progress": 33,
    "done_lessons": 3,
    "lesson_count": 9,
    "minutes": 45,
    "assigned_by": "Mark Hill",
    "note": "<script>alert(1)</script>",
    "issued_on": dt.date(2026, 11, 2),
    "completed_on": dt.date(2026, 11, 2),
    "next": "Lifting <i>patients</i>",
    "next_due_on": dt.date(2026, 12, 9),
    "review": True,
    "valid_until": dt.date(2028, 1, 15),
    "grace_until": dt.date(2028, 2, 14),
    "required": True,
    "begun": False,
    "verify_link": "http://localhost/verify/abc",
    "email": "zoe@example.org",
    "expires_at": dt.datetime(2026, 11, 9, tzinfo=dt.UTC),
    "file": "staff <b>.csv",
    "why": "%(number)s lines need correcting.",
    "values": {"number": 3},
    "day": dt.date(2026, 12, 4),
    "hour": 10,
    "decision": "rework",
    "course": "Fall <i>protection</i>",
    "points": 3,
    "max_points": 10,
    "feedback": "<script>alert(2)</script>",
    "again": True,
    "reason": "The second page was not read.",
    "by": "Eva <b>Evaluator",
    "learner": "Zoë <b>Łuczak</b>",
    "quiz": "Check <i>one",
    "failed": 2,
    "employee": "Zoë <b>Łuczak</b>",
    "wanted_on": dt.date(2026, 12, 18),
    "granted": True,
    "words": "<script>alert(3)</script>",
    "times": ["Fri 4 Dec 2026, 14:00 (Europe/Madrid)"],
    "answer": "Come by. <script>alert(4)</script>",
    "meet_at": "Fri 4 Dec 2026, 14:00 (Europe/Madrid)",
    "since": dt.date(2026, 11, 30),
    "hours": 48,
    "lesson": "On the <i>ladder",
    "late": 1,
    "choice_link": "http://localhost/one-letter-a-day/4-abc",
    "expires_on": dt.date(2027, 1, 31),
    "days": 60,
    "soon": 4,
    "ended": 1,
    "first": ({"words": "The row %(id)s is not what it was.", "values": {"id": 7}},),
    "link": "/learn/courses/4/lessons/17",
}
ONE = {
    name: VALUES[name] for name in ("employee", "title", "due_on", "days_left", "done_lessons", "lesson_count", "since")
}
VALUES |= {
    "count": 4,
    "sections": tuple(
        Section(key, 2, ({**ONE, "link": "http://localhost/learn"},), 1)
        for key in ("newly overdue", "still overdue", "due today", "overdue", "due soon", "stalled")
    ),
}


@pytest.fixture(autouse=True)
def standing(clock: Clock) -> Clock:
    return clock


def reminder(**changes: object) -> Letter:
    return write_letter("training_reminder", "en", VALUES | changes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_message_in_every_language(app: Flask, folder: str, language: str) -> None:
    """REM-2: a subject of one line, both bodies with the one link, and valid, escaped HTML."""
    letter = write_letter(folder, language, VALUES)
    assert letter.subject
    assert letter.subject.isprintable()
    for body in (letter.text, letter.html):
        assert "http://localhost/learn/courses/4/lessons/17" in body
        assert "%(" not in body
        assert "{{" not in body
    assert "\n\n\n" not in letter.text
    assert "Zoë <b>Łuczak</b>" in letter.text, "text is text"
    assert "<b>Łuczak" not in letter.html
    assert "<script" not in letter.html
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(letter.html)
    assert not parser.errors
    assert tree.get("lang") == language
    assert not list(tree.iter("table")), "readable by any screen reader, in any width"


def test_the_reminder(app: Flask) -> None:
    """REM-2: named subject, due date, days left, own progress, and the link to the lesson."""
    letter = write_letter("training_reminder", "en", VALUES | {"title": "Fire safety"})
    assert letter.subject == "Training Reminder: Fire safety"
    assert "It is due on Fri 4 Dec: 7 days left." in letter.text
    assert "3 of 9 lessons" in letter.text
    assert "TA-0012" in letter.text


@pytest.mark.parametrize(
    ("days_left", "words"),
    [(1, "1 day left."), (0, "due today, Fri 4 Dec"), (-1, "1 day ago"), (-3, "was due on Fri 4 Dec, 3 days ago")],
)
def test_days_left_in_words(app: Flask, days_left: int, words: str) -> None:
    assert words in reminder(days_left=days_left).text


@pytest.mark.parametrize(
    ("done", "words", "begin"),
    [(0, "You have not begun yet; the course has 9 lessons.", "Begin"), (9, "You have done all 9 lessons", "Go on")],
)
def test_own_progress_in_words(app: Flask, done: int, words: str, begin: str) -> None:
    """REM-2: nobody who has not begun is told to go on."""
    letter = reminder(done_lessons=done)
    assert words in letter.text
    assert f"{begin} " in letter.text
    assert f"{begin} " in letter.html


@pytest.mark.parametrize(
    ("days_left", "words"),
    [(60, "60 days left to renew it"), (0, "ends today"), (-2, "ended on Fri 4 Dec, 2 days ago")],
)
def test_a_renewal_tells_when_the_certification_ends(app: Flask, days_left: int, words: str) -> None:
    """REM-2: before and after expiry, in both bodies."""
    letter = reminder(renewal=True, days_left=days_left)
    assert words in letter.text
    assert words in letter.html
    assert "It is due" not in letter.text


def test_dates_are_in_the_readers_language(app: Flask) -> None:
    assert "vie 4 dic" in write_letter("training_reminder", "es", VALUES).text


def test_a_certificate_that_never_ends_names_no_end(app: Flask) -> None:
    """CRT-1."""
    assert "15 Jan 2028" in write_letter("certificate_ready", "en", VALUES).text
    assert "valid until" not in write_letter("certificate_ready", "en", VALUES | {"valid_until": None}).text
