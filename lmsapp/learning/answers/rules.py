"""What a grader may say of open answers. Pure (QIZ-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra.words import N_, RuleBroken

LONGEST_FEEDBACK = 10_000
CENT = Decimal("0.01")
Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of one answer. `points` None: nothing yet. `criteria`: by key, where the question has a rubric."""

    points: Decimal | None = None
    criteria: Mapping[str, Decimal] = field(default_factory=dict)
    feedback: str = ""


def open_questions(questions: Sequence[Question]) -> list[Question]:
    """Those graded by hand, in the order shown."""
    return [one for one in questions if one["kind"] == QuestionKind.OPEN]


def rubric_of(question: Question) -> list[Mapping[str, Any]]:
    """Its criteria; empty where it has none."""
    return list((question.get("detail") or {}).get("rubric") or ())


def mark_of(question: Question, given: Mapping[str, Decimal | None], feedback: str) -> Mark:
    """Points typed ('' for the whole answer, else by criterion) held against the question.

    Criteria add up; where a rubric gives more or less than the question, its share counts. Raises RuleBroken.
    """
    feedback = checked_feedback(question, feedback)
    rubric = rubric_of(question)
    if not rubric:
        value = given.get("")
        _check_within(question, "", value, Decimal(str(question["points"])))
        return Mark(value, {}, feedback)
    if set(given) - {str(row["key"]) for row in rubric}:
        raise RuleBroken(N_("These points do not belong to this question. Load the page again."))
    for row in rubric:
        _check_within(question, str(row["key"]), given.get(str(row["key"])), Decimal(str(row["points"])))
    held = {key: value for key, value in given.items() if value is not None}
    if len(held) < len(rubric):
        return Mark(None, held, feedback)
    return Mark(_scaled(question, rubric, sum(held.values(), Decimal(0))), held, feedback)


def _scaled(question: Question, rubric: Sequence[Mapping[str, Any]], total: Decimal) -> Decimal:
    most = sum((Decimal(str(row["points"])) for row in rubric), Decimal(0))
    full = Decimal(str(question["points"]))
    if most == full or not most:
        return min(total, full)
    return (total * full / most).quantize(CENT, ROUND_HALF_UP)


def _check_within(question: Question, key: str, value: Decimal | None, most: Decimal) -> None:
    if value is not None and not 0 <= value <= most:
        raise RuleBroken(
            N_("Give between 0 and %(most)s points."), field=field_of(question["id"], key), most=f"{most:f}"
        )


def field_of(question_id: int, key: str = "") -> str:
    """The name of the field of these points."""
    return f"points-{question_id}-{key}" if key else f"points-{question_id}"


def checked_feedback(question: Question, feedback: str) -> str:
    """As typed, with one kind of line end. Raises RuleBroken."""
    feedback = feedback.replace("\r\n", "\n").replace("\0", "").strip()
    if len(feedback) > LONGEST_FEEDBACK:
        raise RuleBroken(
            N_("The text is too long: at most %(most)s characters."),
            field=f"feedback-{question['id']}",
            most=LONGEST_FEEDBACK,
        )
    return feedback


def check_complete(questions: Sequence[Question], marks: Mapping[int, Mark]) -> None:
    """Every open answer has its points. Raises RuleBroken at the first that has none."""
    for question in open_questions(questions):
        mark = marks.get(question["id"])
        if mark is None or mark.points is None:
            missing = next((str(row["key"]) for row in rubric_of(question) if mark is None
                            or str(row["key"]) not in mark.criteria), "")  # fmt: skip
            raise RuleBroken(N_("Give points for every answer."), field=field_of(question["id"], missing))


def returned_words(questions: Sequence[Question], wanted: Sequence[int], marks: Mapping[int, Mark]) -> dict[str, str]:
    """What is given back, by question: the words the learner reads. Raises RuleBroken."""
    known = {one["id"] for one in open_questions(questions)}
    if not wanted or set(wanted) - known:
        raise RuleBroken(N_("Tick the answers to give back."), field="return")
    said = {str(key): marks[key].feedback if key in marks else "" for key in wanted}
    for key, words in said.items():
        if not words:
            raise RuleBroken(N_("Say what is missing: the learner reads it."), field=f"feedback-{key}")
    return said


def words_in(text: str) -> int:
    """How many words; scripts without blanks count their characters' runs as they are written."""
    return len(text.split())
