"""What somebody may open who came by a single-use link: this list and nothing else, and of it one course (REM-5).

Asked by the guard for every request. An address that is not here is refused, however new it is; one that is here is
refused where it names another course. Pages that are open to everybody stay open: nothing there follows from who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lmsapp.infra.words import N_
from lmsapp.learning.links.queries import course_of_attempt, course_of_certificate, course_of_hand_in
from lmsapp.people.viewer import Viewer

Given = Mapping[str, Any]
CourseOf = Callable[[Viewer, Given], int | None]

ONLY_THIS = N_("You came by a link for one training. Sign in to see the rest.")


def _named(_viewer: Viewer, given: Given) -> int | None:
    """The address names the course; lessons, files and launches below it are looked up within that."""
    return given.get("course_id")


def _attempt(viewer: Viewer, given: Given) -> int | None:
    return course_of_attempt(viewer, given["submission_id"])


def _certificate(viewer: Viewer, given: Given) -> int | None:
    return course_of_certificate(viewer, given["certificate_id"])


def _hand_in(viewer: Viewer, given: Given) -> int | None:
    return course_of_hand_in(viewer, given["hand_in_id"])


def _paper(viewer: Viewer, given: Given) -> int | None:
    """The PDFs of a certificate and of an attempt; a transcript is of everything, so of no one course."""
    found = {"certificate": course_of_certificate, "quiz_report": course_of_attempt}.get(given["kind"])
    return found(viewer, given["subject_id"]) if found else None


def _no_course(viewer: Viewer, _given: Given) -> int | None:
    """Nothing of any course, or of any person, is there."""
    return viewer.only_course


OPENS: dict[str, CourseOf] = {
    "student.course": _named,
    "student.resume": _named,
    "student.why": _named,
    "student.create_renewal": _named,
    "student.lesson": _named,
    "student.note_lesson": _named,
    "student.finish_lesson": _named,
    "student.lesson_file": _named,
    "student.lesson_download": _named,
    "student.keep_note": _named,
    "student.notes": _named,
    "student.give_work": _named,
    "student.save_work": _named,
    "student.add_work_files": _named,
    "student.remove_work_file": _named,
    "student.given_file": _hand_in,
    "student.create_launch": _named,
    "student.player": _named,
    "student.start_quiz": _named,
    "student.quiz_question": _attempt,
    "student.answer_question": _attempt,
    "student.save_quiz_answer": _attempt,
    "student.held_quiz_answer": _attempt,
    "student.quiz_review": _attempt,
    "student.hand_in": _attempt,
    "student.quiz_result": _attempt,
    "student.certificate": _certificate,
    "student.make_pdf": _certificate,
    "student.paper": _paper,
    "student.paper_file": _paper,
    "account.stay": _no_course,  # 'keep me signed in', for as long as the link allows
    "help.read": _no_course,  # what lesson pages refer to
}


def may_open(viewer: Viewer, endpoint: str, given: Given) -> bool:
    """Whether the address with what it names is of the one course."""
    course_of = OPENS.get(endpoint)
    return course_of is not None and course_of(viewer, given) == viewer.only_course
