"""The words of a quiz: kinds of questions, how they are scored, when answers may be seen; and its settings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

MAX_OPTIONS = 10
MAX_MATCHES = 15
MAX_ACCEPTED = 20
MAX_ANSWER = 20_000  # characters of an open answer
MAX_SHORT = 500


class QuestionKind(StrEnum):
    """All but the last are scored at once; an open answer is graded by a person (QIZ-1)."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    SHORT = "short"
    NUMERIC = "numeric"
    MATCHING = "matching"
    ORDERING = "ordering"
    OPEN = "open"


CHOICES = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE})
WRITTEN = frozenset({QuestionKind.SHORT, QuestionKind.NUMERIC, QuestionKind.OPEN})


class Scoring(StrEnum):
    """How the parts of a question count together, where it has parts."""

    ALL = "all"  # full points for exactly the right answer, else none
    EACH = "each"  # each part counts


class ShowAnswers(StrEnum):
    """When right answers and explanations may be seen."""

    NEVER = "never"
    AFTER_SUBMIT = "after_submit"
    AFTER_PASS = "after_pass"  # noqa: S105 - a moment, not a password
    AFTER_LAST = "after_last"  # passed, or no attempt left


Asked = Mapping[str, Any]
"""A question as asked: {'id', 'version', 'kind', 'prompt', 'options': [{'key', 'text', 'correct' or 'match' or
'place'}], 'matches': [{'key', 'text'}], 'detail': {...}, 'points': '1', 'explanation', 'lesson_id', 'tags'}; in an
attempt also 'of' in options and matches, their keys as authored, and 'pool'."""


def check_settings(
    passing_percent: int,
    max_attempts: int | None,
    minutes: int | None,
    wait_minutes: int | None = None,
    negative_percent: int = 0,
) -> None:
    """Raises RuleBroken for what no quiz can be (QIZ-2)."""
    if not 1 <= passing_percent <= 100:
        raise RuleBroken(N_("The passing score must lie between 1 and 100."), field="passing_percent")
    if max_attempts is not None and not 1 <= max_attempts <= 100:
        raise RuleBroken(N_("Allow between 1 and 100 attempts, or leave it empty for no limit."), field="max_attempts")
    if minutes is not None and not 1 <= minutes <= 600:
        raise RuleBroken(N_("Allow between 1 and 600 minutes, or leave it empty for no limit."), field="minutes")
    if wait_minutes is not None and not 1 <= wait_minutes <= 60 * 24 * 30:
        raise RuleBroken(N_("The wait between attempts can be up to 30 days."), field="wait_minutes")
    if not 0 <= negative_percent <= 100:
        raise RuleBroken(N_("Between 0 and 100 per cent can be taken off."), field="negative_percent")


def check_together(settings: Mapping[str, Any]) -> None:
    """Raises RuleBroken for settings that contradict each other. Keys as columns of `Quiz` (QIZ-2)."""
    attempts, shows = settings["max_attempts"], settings["show_answers"]
    if settings["wait_minutes"] and attempts == 1:
        words = N_("With one attempt there is nothing to wait for. Allow more attempts, or leave the wait empty.")
        raise RuleBroken(words, field="wait_minutes")
    if not settings["practice"]:
        if shows == ShowAnswers.AFTER_LAST and attempts is None:
            words = N_("Without a limit of attempts there is always one left: say how many, or show answers otherwise.")
            raise RuleBroken(words, field="show_answers")
        return
    if attempts is not None or settings["wait_minutes"]:
        words = N_("Practice can be taken as often as one likes: leave attempts and wait empty.")
        raise RuleBroken(words, field="practice")
    if settings["negative_percent"]:
        words = N_("Practice counts for nothing, so nothing can be taken off. Set it to 0.")
        raise RuleBroken(words, field="negative_percent")
