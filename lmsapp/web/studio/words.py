"""Words for kinds and states, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.courses.catalogue.rules import CourseStatus, LessonKind
from lmsapp.courses.publishing.rules import NotReady, Problem
from lmsapp.courses.quizzes.rules import QuestionKind, ShowAnswers
from lmsapp.infra.words import RuleBroken
from lmsapp.web import fields
from lmsapp.web.forms import say

choices = fields.choices  # the studio's forms take it from here
STATUSES: dict[str, Any] = {
    CourseStatus.DRAFT: __("Draft"),
    CourseStatus.PUBLISHED: __("Published"),
    CourseStatus.RETIRED: __("Retired"),
}
LESSON_KINDS: dict[str, Any] = {
    LessonKind.TEXT: __("Text"),
    LessonKind.VIDEO: __("Video"),
    LessonKind.PDF: __("PDF"),
    LessonKind.ACKNOWLEDGEMENT: __("Signature"),
    LessonKind.QUIZ: __("Quiz"),
    LessonKind.ASSIGNMENT: __("Assignment to hand in"),
    LessonKind.SCORM: __("SCORM package"),
}
LESSON_ICONS = {"text": "file", "video": "video", "pdf": "book", "acknowledgement": "signature", "quiz": "quiz"}
LESSON_ICONS |= {"assignment": "inbox", "scorm": "package"}
QUESTION_KINDS: dict[str, Any] = {
    QuestionKind.SINGLE: __("One right answer"),
    QuestionKind.MULTIPLE: __("Several right answers"),
    QuestionKind.TRUE_FALSE: __("True or false"),
    QuestionKind.SHORT: __("Short text"),
    QuestionKind.NUMERIC: __("Number"),
    QuestionKind.MATCHING: __("Matching"),
    QuestionKind.ORDERING: __("Ordering"),
    QuestionKind.OPEN: __("Open answer"),
}
ANSWERS_SHOWN: dict[str, Any] = {
    ShowAnswers.AFTER_PASS: __("Once they have passed: who fails goes back to the lessons"),
    ShowAnswers.AFTER_SUBMIT: __("After every attempt: the next attempt may be answered from memory"),
    ShowAnswers.AFTER_LAST: __("Once they have passed or no attempt is left"),
    ShowAnswers.NEVER: __("Never: only the score is shown"),
}
COURSE_LANGUAGES = {"en": "English", "es": "Español"}


def problem_words(problems: Iterable[Problem]) -> list[tuple[str, int | None]]:
    """(sentence, lesson id or None) of everything missing."""
    return [(_(one.words, **one.values), one.lesson_id) for one in problems]


def refusal_words(broken: RuleBroken) -> str:
    """Why not; what is missing is translated piece by piece."""
    if isinstance(broken, NotReady):
        missing = " ".join(words for words, _lesson in problem_words(broken.problems))
        return _("Learners cannot take the course like this: %(missing)s", missing=missing)
    return say(broken)


def options(words: Mapping[str, Any], chosen: Iterable[str]) -> list[dict[str, Any]]:
    """For a facet."""
    on = set(chosen)
    return [{"value": str(value), "label": label, "checked": value in on} for value, label in words.items()]
