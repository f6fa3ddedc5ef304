"""A course with a quiz of all eight kinds and a draw from a pool, and right and wrong answers to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lmsapp.courses.catalogue.actions import add_chapter, create_course, set_rule
from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.publishing.actions import publish
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.courses.quizzes.models import QuestionPool, Quiz
from lmsapp.courses.quizzes.pools import add_draw, create_pool
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.actions import start_submission
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.viewer import Viewer
from tests.cast import Person
from tests.kept import kept

Texts = Mapping[str, str]
"""Words to plant instead of the usual ones: 'explanation', 'tag', 'pool', 'short', 'number', 'sample', 'rubric'."""
USUAL: Texts = {
    "explanation": "Because it is so.",
    "tag": "needles",
    "pool": "Spare questions",
    "short": "Autoclave",
    "number": "9.81",
    "sample": "I would tell the charge nurse.",
    "rubric": "Names the nurse",
}


@kept
@dataclass
class Eight:
    """A text, and a quiz: one question of each kind, and one of two drawn from a pool. Each is worth one point.

    `settings` as `create_quiz` takes them. `practice`: a second quiz, for practice, that shares the tag.
    """

    title: str = "All kinds"
    texts: Texts = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    by: Viewer | None = None
    practice: bool = False
    with_open: bool = True
    course: Course = field(init=False)
    text: Lesson = field(init=False)
    check: Lesson = field(init=False)
    quiz: Quiz = field(init=False)
    pool: QuestionPool = field(init=False)
    exercise: Lesson | None = None

    def __post_init__(self) -> None:
        self.course = create_course(self.title, by=self.by, self_enroll=True)
        chapter = add_chapter(self.course, "All of it", by=None)
        if self.practice:  # first: a quiz opens when the lessons before it are done
            self.exercise = add_lesson(chapter, "quiz", "Exercise", by=None)
        self.check = add_lesson(chapter, "quiz", "Check", by=None)
        self.text = add_lesson(chapter, "text", "Why it matters", by=None, body="Mind it.", min_seconds=0)
        usual = {"passing_percent": 75, "max_attempts": 3, "show_answers": "never"}
        self.quiz = create_quiz(self.check, by=None, **(usual | self.settings))
        said = {**USUAL, **self.texts}
        for kind in KINDS if self.with_open else [one for one in KINDS if one != "open"]:
            self.ask(self.quiz, kind, said)
        self.pool = create_pool(said["pool"], by=self.by)
        for number in (1, 2):
            self.ask(self.pool, "single", said, f"Drawn {number}: who decides?")
        add_draw(self.quiz, self.pool, 1, by=None)
        if self.exercise:
            exercise = create_quiz(self.exercise, by=None, practice=True, show_answers="never")
            for kind in ("single", "open"):
                self.ask(exercise, kind, said)
        set_rule(self.course, "all", [{"kind": "lessons", "share": 100}], None)
        publish(self.course, None)
        db.session.commit()

    def ask(self, place: Quiz | QuestionPool, kind: str, said: Texts, prompt: str = "") -> None:
        options, detail = asked_as(kind, said)
        if "key" in said:
            options = [{**one, "key": f"{said['key']}{place}"} for place, one in enumerate(options)]
        source = self.text.id if isinstance(place, Quiz) else None
        more = {
            "explanation": said.get(f"explanation {kind}", said["explanation"]),
            "tags": [said["tag"]],
            "source_lesson_id": source,
        }
        add_question(place, kind, prompt or PROMPTS[kind], options, by=None, detail=detail, **more)

    def enroll(self, person: Person) -> Enrollment:
        enrollment = enroll(person.record, self.course, source="staff", by=None)
        db.session.commit()
        return enrollment

    def start(self, enrollment: Enrollment, lesson: Lesson | None = None) -> QuizSubmission:
        wanted = (lesson or self.check).id
        quiz, body = quiz_of(enrollment, wanted), lesson_of(enrollment, wanted)
        assert quiz is not None
        assert body is not None
        return start_submission(enrollment, quiz, body)


KINDS = ("single", "multiple", "true_false", "short", "numeric", "matching", "ordering", "open")
PROMPTS = {
    "single": "A needle is missing. What comes first?",
    "multiple": "What do you note?",
    "true_false": "Gloves replace washing.",
    "short": "What sterilises instruments?",
    "numeric": "How strong is gravity?",
    "matching": "What belongs together?",
    "ordering": "Put the steps in order.",
    "open": "What would you do?",
}


def asked_as(kind: str, said: Texts) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(options, detail) of a question of that kind."""
    match kind:
        case "single":
            return choices(("Report it", True), ("Wait", False), ("Forget it", False), ("Laugh", False)), {}
        case "multiple":
            return choices(("Time", True), ("Place", True), ("Weather", False), ("Mood", False)), {"scoring": "each"}
        case "true_false":
            return choices(("True", False), ("False", True)), {}
        case "short":
            return [], {"accepted": [{"text": said["short"], "percent": 100}], "case": False}
        case "numeric":
            accepted = [{"value": said["number"], "tolerance": "0.05", "percent": 100}]
            return [], {"accepted": accepted, "unit": "m/s2"}
        case "matching":
            matches = [{"key": f"m{n}", "text": text} for n, text in enumerate(("Bin", "Cloth", "Form", "Key"), 1)]
            rows = [{"text": text, "match": f"m{n}"} for n, text in enumerate(("Needle", "Table", "Report"), 1)]
            return rows, {"matches": matches, "scoring": "each"}
        case "ordering":
            return [{"text": text} for text in ("Stop", "Look", "Tell", "Write")], {"scoring": "each"}
    rubric = [{"key": "r1", "title": said["rubric"], "points": "1", "levels": []}]
    return [], {"rubric": rubric, "sample": said["sample"], "min_words": 3, "max_words": 50}


def choices(*pairs: tuple[str, bool]) -> list[dict[str, Any]]:
    return [{"text": text, "correct": correct} for text, correct in pairs]


def answer(question: Mapping[str, Any], *, right: bool) -> list[str]:
    """An answer that brings all its points, or one that brings none. To an open one: words."""
    options = [str(one["key"]) for one in question["options"]]
    match question["kind"]:
        case "matching":
            by_row = {one["key"]: one["match"] for one in question["options"]}
            all_keys = [one["key"] for one in question["matches"]]
            other = {key: next(one for one in all_keys if one != match) for key, match in by_row.items()}
            return [f"{key}={match}" for key, match in (by_row if right else other).items()]
        case "ordering":
            placed = [one["key"] for one in sorted(question["options"], key=lambda one: one["place"])]
            return placed if right else placed[1:] + placed[:1]
        case "short":
            return [str(question["detail"]["accepted"][0]["text"]) if right else "a sponge"]
        case "numeric":
            return [str(question["detail"]["accepted"][0]["value"]).replace(".", ",") if right else "4"]
        case "open":
            return ["I tell the nurse." if right else "Nothing at all."]
    found = [key for key, one in zip(options, question["options"], strict=True) if one["correct"] is right]
    return found if right else found[:1]
