"""Saving an answer as it is given, in one statement (QIZ-3). A late, older one changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from lmsapp.courses.quizzes.rules import MAX_ANSWER, MAX_SHORT, QuestionKind
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.door import refuse_locks
from lmsapp.learning.quizzes import rules
from lmsapp.people.viewer import Viewer

Patterns = list[list[dict[str, Any]]]
"""Any of these must be contained in the questions as asked."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an answer. `kept` is false when a newer one was there already; `revision` is the one now held."""

    kept: bool
    revision: int
    at: dt.datetime


def save_answer(
    submission_id: int,
    question_id: int,
    given: Sequence[str],
    revision: int | None = None,
    flagged: bool = False,
    *,
    by: Viewer | None,
    kind: str = "choice",
) -> Saved | None:
    """Keep the answer if nothing newer is held, in one statement. None when `by` has no such attempt.

    `kind` is the shape of the answer: 'choice', 'text', 'matching' or 'ordering'; it must be the question's.
    `revision` counts up with each change at the page; None means 'this is the newest', as a form without script does.
    `by` None is a job or a command. Raises RuleBroken after the deadline, after handing in, or for another question;
    NotAllowed while the course is locked.
    """
    now = clock.now()
    row = db.session.execute(
        SAVE,
        {
            "submission": submission_id,
            "question": question_id,
            "asked": json.dumps(PATTERNS[kind](question_id, given)),
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
    if row.submitted_at is not None:
        raise RuleBroken(N_("You have handed this check in. Its answers can no longer change."))
    if rules.is_over(row.deadline, now):
        raise RuleBroken(N_("Time is up. What you had saved by then counts."))
    if not row.asked:
        raise RuleBroken(N_("This answer does not belong to this question. Load the page again."))
    if row.revision is None:
        return Saved(kept=False, revision=row.held or 0, at=row.held_at or now)
    return Saved(kept=True, revision=row.revision, at=now)


# FOR SHARE waits for a hand-in that is under way and then sees it; the hand-in waits for answers under way. Only what
# was asked is taken: one of the patterns must be contained in the questions as asked.
SAVE = text(
    """
    WITH attempt AS (
      SELECT s.id, s.submitted_at, s.deadline, e.locks,
             EXISTS (SELECT FROM jsonb_array_elements(CAST(:asked AS jsonb)) p WHERE s.questions @> p) AS asked
      FROM quiz_submission s JOIN enrollment e ON e.id = s.enrollment_id
      WHERE s.id = :submission AND e.withdrawn_at IS NULL AND (:anyone OR e.employee_id = CAST(:employee AS integer))
      FOR SHARE OF s
    ), written AS (
      INSERT INTO quiz_answer AS a (submission_id, question_id, given, flagged, revision, saved_at)
      SELECT id, :question, CAST(:given AS jsonb), :flagged, COALESCE(CAST(:revision AS integer), 1), :now
      FROM attempt WHERE submitted_at IS NULL AND asked AND locks = '[]' AND (deadline IS NULL OR deadline > :now)
      ON CONFLICT (submission_id, question_id) DO UPDATE
      SET given = EXCLUDED.given, flagged = EXCLUDED.flagged, saved_at = EXCLUDED.saved_at,
          revision = COALESCE(CAST(:revision AS integer), a.revision + 1)
      WHERE CAST(:revision AS integer) IS NULL OR a.revision < CAST(:revision AS integer)
      RETURNING revision
    )
    SELECT attempt.submitted_at, attempt.deadline, attempt.asked, attempt.locks, written.revision,
           held.revision AS held, held.saved_at AS held_at
    FROM attempt LEFT JOIN written ON true
    LEFT JOIN quiz_answer held ON held.submission_id = attempt.id AND held.question_id = :question
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


PATTERNS = {"choice": _choice, "text": _text, "matching": _matching, "ordering": _ordering}
