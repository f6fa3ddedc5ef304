"""Saving an answer as it is given, in one statement (QIZ-3). A late, older one changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, text

from lmsapp.courses.quizzes.rules import MAX_ANSWER, MAX_SHORT, QuestionKind
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.door import refuse_locks
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.models import QuizAnswer
from lmsapp.people.viewer import Viewer

Patterns = list[list[dict[str, Any]]]
"""Any of these must be contained in the questions as asked."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an answer. `kept` is false when a newer one was there already; the rest is what is held now."""

    kept: bool
    revision: int
    at: dt.datetime
    given: tuple[str, ...] = ()
    flagged: bool = False


def save_answer(
    submission_id: int,
    question_id: int,
    given: Sequence[str],
    revision: int | None = None,
    flagged: bool = False,
    *,
    by: Viewer | None,
    kind: str = "",
) -> Saved | None:
    """Keep the answer if nothing newer is held, in one statement. None when `by` has no such attempt.

    `kind` is the shape of the answer: 'choice', 'text', 'matching' or 'ordering', which must be the question's; left
    out, whichever the question asks for. `revision` counts up with each change at the page; None means 'this is the
    newest', as a form without script does. The same revision with the same answer once more is kept as it was.
    `by` None is a job or a command. Raises RuleBroken after the deadline, after handing in (but for what was given
    back for rework), or for another question; NotAllowed while the course is locked.
    """
    now = clock.now()
    patterns = PATTERNS[kind](question_id, given) if kind else _any(question_id, given)
    row = db.session.execute(
        SAVE,
        {
            "submission": submission_id,
            "question": question_id,
            "asked": json.dumps(patterns),
            "given": json.dumps(list(given)),
            "flagged": flagged,
            "revision": revision,
            "now": now,
            "anyone": by is None,
            "employee": by.employee_id if by else None,
        },
    ).one_or_none()
    if row is None:
        return None
    refuse_locks(row.locks)
    _check_open(row, now)
    if not row.asked:
        raise RuleBroken(N_("This answer does not belong to this question. Load the page again."))
    if row.revision is not None:
        return Saved(True, row.revision, now, tuple(given), flagged)
    held = held_answer(submission_id, question_id)
    same = (held.revision, held.given, held.flagged) == (revision, tuple(given), flagged)
    return replace(held, kept=same)


def _check_open(row: Any, now: dt.datetime) -> None:
    if row.reworked:
        return
    if row.returned:
        raise RuleBroken(N_("Only the answers that were given back to you can be changed."))
    if row.submitted_at is not None:
        raise RuleBroken(N_("You have handed this check in. Its answers can no longer change."))
    if rules.is_over(row.deadline, now):
        raise RuleBroken(N_("Time is up. What you had saved by then counts."))


def held_answer(submission_id: int, question_id: int) -> Saved:
    """What is saved for a question just now; revision 0: nothing. Whoever asks has looked whose attempt it is.

    A statement of its own: one that waited for another window's answer still sees what was there before.
    """
    row = db.session.execute(
        select(QuizAnswer.given, QuizAnswer.flagged, QuizAnswer.revision, QuizAnswer.saved_at).where(
            QuizAnswer.submission_id == submission_id, QuizAnswer.question_id == question_id
        )
    ).one_or_none()
    if row is None:
        return Saved(False, 0, clock.now())
    return Saved(False, row.revision, row.saved_at, tuple(row.given), row.flagged)


# FOR SHARE waits for a hand-in that is under way and then sees it; the hand-in waits for answers under way. Only what
# was asked is taken: one of the patterns must be contained in the questions as asked.
SAVE = text(
    """
    WITH attempt AS (
      SELECT s.id, s.submitted_at, s.deadline, e.locks, s.returned IS NOT NULL AS returned,
             COALESCE(jsonb_exists(s.returned -> 'questions', CAST(:question AS text)), false) AS reworked,
             EXISTS (SELECT FROM jsonb_array_elements(CAST(:asked AS jsonb)) p WHERE s.questions @> p) AS asked
      FROM quiz_submission s JOIN enrollment e ON e.id = s.enrollment_id
      WHERE s.id = :submission AND e.withdrawn_at IS NULL AND (:anyone OR e.employee_id = CAST(:employee AS integer))
      FOR SHARE OF s
    ), written AS (
      INSERT INTO quiz_answer AS a (submission_id, question_id, given, flagged, revision, saved_at)
      SELECT id, :question, CAST(:given AS jsonb), :flagged, COALESCE(CAST(:revision AS integer), 1), :now
      FROM attempt WHERE asked AND locks = '[]'
        AND (reworked OR (submitted_at IS NULL AND (deadline IS NULL OR deadline > :now)))
      ON CONFLICT (submission_id, question_id) DO UPDATE
      SET given = EXCLUDED.given, flagged = EXCLUDED.flagged, saved_at = EXCLUDED.saved_at,
          revision = COALESCE(CAST(:revision AS integer), a.revision + 1)
      WHERE CAST(:revision AS integer) IS NULL OR a.revision < CAST(:revision AS integer)
      RETURNING revision
    )
    SELECT attempt.submitted_at, attempt.deadline, attempt.asked, attempt.locks, attempt.returned, attempt.reworked,
           written.revision
    FROM attempt LEFT JOIN written ON true
    """
)


def _choice(question_id: int, given: Sequence[str]) -> Patterns:
    """Options of the question; several only where several may be right."""
    pattern: dict[str, Any] = {"id": question_id}
    if given:
        pattern["options"] = [{"key": key} for key in given]
    kinds = ("multiple",) if len(given) > 1 else ("single", "multiple", "true_false")
    return [[{**pattern, "kind": kind}] for kind in kinds]


def _text(question_id: int, given: Sequence[str]) -> Patterns:
    """One text; how long it may be depends on the kind."""
    said = given[0] if given else ""
    short = (QuestionKind.SHORT, QuestionKind.NUMERIC) if len(said) <= MAX_SHORT else ()
    kinds = (*short, *((QuestionKind.OPEN,) if len(said) <= MAX_ANSWER else ()))
    if len(given) > 1 or "\0" in said:
        return []
    return [[{"id": question_id, "kind": kind.value}] for kind in kinds]


def _matching(question_id: int, given: Sequence[str]) -> Patterns:
    """Pairs 'option=match', each option once."""
    pairs = [pair.partition("=") for pair in given]
    if len({pair[0] for pair in pairs}) < len(pairs):
        return []
    pattern: dict[str, Any] = {"id": question_id, "kind": QuestionKind.MATCHING.value}
    if pairs:
        pattern["options"] = [{"key": option} for option, _sign, _match in pairs]
        pattern["matches"] = [{"key": match} for _option, _sign, match in pairs]
    return [[pattern]]


def _ordering(question_id: int, given: Sequence[str]) -> Patterns:
    """Items of the question in an order, each once."""
    if len(set(given)) < len(given):
        return []
    pattern: dict[str, Any] = {"id": question_id, "kind": QuestionKind.ORDERING.value}
    if given:
        pattern["options"] = [{"key": key} for key in given]
    return [[pattern]]


def _any(question_id: int, given: Sequence[str]) -> Patterns:
    """Whatever shape the question asks for: each pattern names the kinds it is of."""
    return [pattern for shape in PATTERNS.values() for pattern in shape(question_id, given)]


PATTERNS = {"choice": _choice, "text": _text, "matching": _matching, "ordering": _ordering}
