"""What a course and its lessons may be. What completes one: `courses.completion`; its names are found here too."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from lmsapp.courses.completion.facts import (
    Criterion,
    CriterionKind,
    CriterionState,
    Evidence,
    Facts,
    LessonFact,
    Mode,
)
from lmsapp.courses.completion.rules import (
    Judgement,
    Part,
    Rule,
    combine,
    judge,
    refusals,
)
from lmsapp.infra.words import N_, RuleBroken

__all__ = [
    "CourseStatus",
    "Criterion",
    "CriterionKind",
    "CriterionState",
    "Evidence",
    "Facts",
    "Judgement",
    "LessonFact",
    "LessonKind",
    "Mode",
    "Part",
    "Programme",
    "Rule",
    "checked_title",
    "combine",
    "judge",
    "refusals",
]

MAX_TITLE = 200
HIGHEST_PRICE = Decimal("99999.99")
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "MXN", "COP", "BRL")  # ISO 4217, two decimals each


class CourseStatus(StrEnum):
    """Life cycle (CRS-2)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Programme(StrEnum):
    """What kind of programme a course belongs to."""

    COMPLIANCE = "mandatory compliance"
    CERTIFICATION = "professional certification"
    ELECTIVE = "elective development"
    ONBOARDING = "onboarding"


class LessonKind(StrEnum):
    """Lesson kinds (CRS-1)."""

    TEXT = "text"
    VIDEO = "video"
    PDF = "pdf"
    ACKNOWLEDGEMENT = "acknowledgement"
    QUIZ = "quiz"
    ASSIGNMENT = "assignment"
    SCORM = "scorm"


def checked_title(title: str) -> str:
    """The title without spaces around it. Raises RuleBroken when it is empty or longer than 200 characters."""
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(N_("Give it a title."), field="title")
    if len(title) > MAX_TITLE:
        raise RuleBroken(
            N_("The title is too long: %(n)s characters, at most %(most)s."),
            field="title",
            n=len(title),
            most=MAX_TITLE,
        )
    return title
