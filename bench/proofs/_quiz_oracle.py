"""What the rows must say after an attempt was taken: told from what its windows showed, not from the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from bench.proofs._quiz_client import Given
from bench.proofs._quiz_scene import Attempt
from lmsapp.infra.db import db
from lmsapp.learning.quizzes.models import QuizAnswer, QuizGrading, QuizSubmission


@dataclass
class Expected:
    """What the windows showed. `shown`: by question the last answer said to be saved, with its revision.

    `sent`: everything any window sent, by question: (revision, given). `final`: what stood there when it was handed in.
    """

    shown: dict[int, tuple[int, Given]] = field(default_factory=dict)
    sent: dict[int, set[tuple[int, Given]]] = field(default_factory=dict)
    handed_in: bool = True
    saved: int = 0
    windows: int = 1
    overtaken: int = 0
    wrong: list[str] = field(default_factory=list)


def wrongs(app: Flask, attempt: Attempt, expected: Expected) -> list[str]:
    """Everything that is not as it was shown."""
    with app.app_context():
        rows = db.session.execute(
            select(QuizAnswer.question_id, QuizAnswer.revision, QuizAnswer.given).where(
                QuizAnswer.submission_id == attempt.submission_id
            )
        ).all()
        held = {row.question_id: (row.revision, tuple(row.given)) for row in rows}
        submission = db.session.get_one(QuizSubmission, attempt.submission_id)
        gradings = db.session.scalars(
            select(QuizGrading).where(QuizGrading.submission_id == attempt.submission_id)
        ).all()
        found = [*_lost(held, expected), *_handed_in(submission, len(gradings), expected)]
        if submission.submitted_at is not None:
            found += _points(attempt, submission, expected)
        db.session.remove()
    return found


def _lost(held: dict[int, tuple[int, Given]], expected: Expected) -> list[str]:
    found = []
    for question, (revision, given) in expected.shown.items():
        kept = held.get(question)
        if kept is None:
            found.append(f"question {question} was shown as saved and is nowhere")
        elif kept[0] < revision:
            found.append(f"question {question}: revision {revision} was shown, {kept[0]} is held")
        elif kept[0] == revision and kept[1] != given:
            found.append(f"question {question}: {given} was shown as saved, {kept[1]} is held")
        elif kept not in expected.sent.get(question, set()):
            found.append(f"question {question}: {kept} was never given")
        elif kept != (revision, given):
            found.append(f"question {question}: {kept} is newer than {(revision, given)}, which was shown last")
    return found


def _handed_in(submission: QuizSubmission, gradings: int, expected: Expected) -> list[str]:
    if not expected.handed_in:
        return []
    if submission.submitted_at is None:
        return ["was shown as handed in and is not"]
    return [] if gradings == 1 else [f"was scored {gradings} times"]


def _points(attempt: Attempt, submission: QuizSubmission, expected: Expected) -> list[str]:
    """One point for each right answer that was shown as saved; an open one waits."""
    right = {one.id: one.right for one in attempt.questions if one.kind != "open"}
    due = Decimal(sum(expected.shown.get(key, (0, ()))[1] == answer for key, answer in right.items()))
    if submission.points != due:
        return [f"{submission.points} points, but {due} for what was shown as saved"]
    given = {one["id"]: tuple(one["given"]) for one in submission.result or ()}
    return [
        f"question {one.id} was scored for {given.get(one.id)}, shown was {expected.shown[one.id][1]}"
        for one in attempt.questions
        if one.kind in ("open", "short", "numeric") and one.id in expected.shown
        if given.get(one.id) != expected.shown[one.id][1]
    ]
