"""What was made of an attempt, in words: verdicts of answers, and every score with its reason (QIZ-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.infra.words import N_
from lmsapp.learning.quizzes.lines import Verdict, plain
from lmsapp.web.dates import NARROW_SPACE

VERDICTS: dict[Verdict, Any] = {
    Verdict.RIGHT: __("Right"),
    Verdict.PARTLY: __("Partly right"),
    Verdict.WRONG: __("Wrong"),
    Verdict.EMPTY: __("Not answered"),
    Verdict.WAITS: __("Waits for grading"),
    Verdict.LEFT_OUT: __("Left out of the score"),
}
# What the audit trail calls it; see `trail_words`.
TRAIL = (
    N_("attempt graded"),
    N_("attempt regraded"),
    N_("answer marked"),
    N_("answers given back"),
    N_("regrade asked"),
    N_("regrade asked once more"),
    N_("quiz paper asked"),
)
SCORES: dict[str, Any] = {
    "scored": __("Scored by the rules"),
    "graded": __("Graded by %(name)s"),
    "regraded": __("Scored anew by %(name)s"),
    "returned": __("Given back for rework by %(name)s"),
}


def result_words(one: Any) -> tuple[str, str]:
    """Look and word for where an attempt stands: open, waiting for a grader, given back, passed or not."""
    if one.submitted_at is None:
        return "in progress", _("Not handed in yet")
    if one.returned:
        return "needs attention", _("Given back for rework")
    if one.passed is None:
        return "waiting", _("Waits for grading")
    return ("passed", _("Passed")) if one.passed else ("failed", _("Not passed"))


def score_words(points: Any, most: Any, percent: Any) -> str:
    """'7 of 10 points, 70 %'."""
    if points is None or most is None:
        return ""
    share = f"{plain(percent)}{NARROW_SPACE}%"
    return _("%(have)s of %(most)s points, %(share)s", have=plain(points), most=plain(most), share=share)


def history(gradings: Iterable[Any], questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every score, newest first, as `work/_score_history.html` shows it: what, when, why, and what was corrected."""
    before: Mapping[str, Any] = {}
    made = []
    for one in gradings:
        new = {key: instead for key, instead in one.corrections.items() if before.get(key) != instead}
        before = one.corrections
        made.append(
            {
                "title": _(str(SCORES[one.kind]), name=one.by_name),
                "at": one.at,
                "score": score_words(one.points, one.max_points, one.percent) if one.kind != "returned" else "",
                "passed": one.passed,
                "reason": one.reason,
                "corrections": [correction_words(key, instead, questions) for key, instead in new.items()],
            }
        )
    return made[::-1]


def correction_words(key: str, instead: Mapping[str, Any], questions: Sequence[Mapping[str, Any]]) -> str:
    """'Question 3: everybody gets its points.' Says nothing of which answer is right."""
    number = next((n for n, one in enumerate(questions, 1) if str(one["id"]) == key), 0)
    if instead.get("points") == "0":
        return _("Question %(n)s is left out.", n=number)
    if instead.get("full"):
        return _("Question %(n)s: everybody gets its points.", n=number)
    return _("Question %(n)s: what counts as right was corrected.", n=number)
