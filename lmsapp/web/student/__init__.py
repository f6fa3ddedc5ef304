"""Employees: what is due, the courses, the lesson, the quiz, the certificate (ENR-4, ENR-5, QIZ-3).

Everything is fetched through the viewer: other people's enrollments, attempts and certificates are 404 everywhere.
"""

from lmsapp.web.student import (
    badges,
    catalogue,
    course,
    files,
    home,
    instructor,
    lesson,
    more_time,
    notes,
    onboarding,
    papers,
    paths,
    pauses,
    payment,
    player,
    quiz,
    quiz_handing_in,
    quiz_result,
    record,
    renewal,
    review,
    scores,
    work,
)
from lmsapp.web.student.wing import bp

__all__ = [
    "badges",
    "bp",
    "catalogue",
    "course",
    "files",
    "home",
    "instructor",
    "lesson",
    "more_time",
    "notes",
    "onboarding",
    "papers",
    "paths",
    "pauses",
    "payment",
    "player",
    "quiz",
    "quiz_handing_in",
    "quiz_result",
    "record",
    "renewal",
    "review",
    "scores",
    "work",
]
