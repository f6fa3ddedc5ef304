"""Reads the demo courses under `content/` into plain, frozen values (CRS-1, CRS-3, CRS-6, QIZ-1, QIZ-2).

A folder is a course: `course.yaml`, lessons as Markdown, quizzes as YAML, PDFs and a video as files. Stands on pure
rules and PyYAML only; never touches the database. A mistake in a file is reported with its name and the key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast

from lmsapp.courses.quizzes import composing
from lmsapp.courses.quizzes.composing import Content
from lmsapp.demo.yaml_node import ContentError, YamlNode

ROOT: Final = Path(__file__).parent / "content"

LessonKind = Literal["text", "video", "pdf", "acknowledgement", "quiz"]
QuestionKind = Literal["single", "multiple", "true_false", "short", "numeric", "matching", "ordering"]
CourseKind = Literal["mandatory_compliance", "professional_certification", "elective_development", "onboarding"]
CriterionKind = Literal["lessons", "quiz_passed", "acknowledged"]

LESSON_KINDS: Final = ("text", "video", "pdf", "acknowledgement", "quiz")
CHOICES: Final = ("single", "multiple", "true_false")
QUESTION_KINDS: Final = (*CHOICES, "short", "numeric", "matching", "ordering")
COURSE_KINDS: Final = ("mandatory_compliance", "professional_certification", "elective_development", "onboarding")
BASES: Final = ("completion", "previous expiry")
CRITERION_KINDS: Final = ("lessons", "quiz_passed", "acknowledged")


@dataclass(frozen=True, slots=True)
class OptionContent:
    text: str
    correct: bool


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """`lesson` is the key of the lesson that teaches the answer (QIZ-7).

    `parts` and `detail`: options and detail of a kind without options to choose from, as `courses.quizzes` has them.
    """

    kind: QuestionKind
    prompt: str
    options: tuple[OptionContent, ...]
    explanation: str
    lesson: str
    points: int
    tags: tuple[str, ...] = ()
    parts: tuple[dict[str, Any], ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuizContent:
    """`passing_percent` is 0 to 100."""

    passing_percent: int
    max_attempts: int
    shuffle: bool
    questions: tuple[QuestionContent, ...]


@dataclass(frozen=True, slots=True)
class LessonContent:
    """`body` is Markdown without a title: the lesson, what is signed, or a video's transcript; None for PDF and quiz.

    `file` is the PDF or video, or where body or quiz came from. `captions` pairs a language with a WebVTT file.
    `statement` is the sentence an acknowledgement signs. `min_seconds` is the active time needed (0 for none).
    """

    key: str
    kind: LessonKind
    title: str
    minutes: int
    file: Path
    min_seconds: int
    body: str | None = None
    quiz: QuizContent | None = None
    statement: str | None = None
    captions: tuple[tuple[str, Path], ...] = ()
    poster: Path | None = None


@dataclass(frozen=True, slots=True)
class ChapterContent:
    title: str
    lessons: tuple[LessonContent, ...]


@dataclass(frozen=True, slots=True)
class CriterionContent:
    """`percent` is the share of lessons or the score needed, 0 to 100; None for an acknowledgement."""

    kind: CriterionKind
    percent: int | None


@dataclass(frozen=True, slots=True)
class RuleContent:
    mode: Literal["all", "any"]
    criteria: tuple[CriterionContent, ...]


@dataclass(frozen=True, slots=True)
class CourseContent:
    """`validity_months` is how long a completion is valid, `renewal_months` the age at which renewal is asked for.
    `counted_from`: 'completion' or 'previous expiry'."""

    slug: str
    title: str
    summary: str
    language: str
    minutes: int
    kind: CourseKind
    mandatory: bool
    citation: str | None
    validity_months: int | None
    renewal_months: int | None
    counted_from: str
    rule: RuleContent
    chapters: tuple[ChapterContent, ...]

    @property
    def lessons(self) -> tuple[LessonContent, ...]:
        return tuple(lesson for chapter in self.chapters for lesson in chapter.lessons)


def load_courses(root: Path = ROOT) -> tuple[CourseContent, ...]:
    """All courses under `root`, by slug. Raises ContentError."""
    return tuple(load_course(path.parent) for path in sorted(root.glob("*/course.yaml")))


def load_course(folder: Path) -> CourseContent:
    """The course in one folder, named like its slug. Raises ContentError."""
    node = YamlNode.read(folder / "course.yaml")
    slug = node.text("slug")
    if slug != folder.name:
        raise node.error("slug", f"must be the folder's name, {folder.name!r}")
    course = CourseContent(
        slug=slug,
        title=node.text("title"),
        summary=node.text("summary"),
        language=node.text("language"),
        minutes=node.number("minutes", least=1),
        kind=cast("CourseKind", node.choice("kind", COURSE_KINDS)),
        mandatory=node.flag("mandatory"),
        citation=node.maybe("citation", node.text),
        validity_months=node.maybe("validity_months", node.number),
        renewal_months=node.maybe("renewal_months", node.number),
        counted_from=node.choice("counted_from", BASES) if "counted_from" in node.data else BASES[0],
        rule=_rule(node.child("rule")),
        chapters=tuple(_chapter(chapter, folder) for chapter in node.children("chapters")),
    )
    _check_keys(node, course)
    return course


def _rule(node: YamlNode) -> RuleContent:
    mode = cast("Literal['all', 'any']", node.choice("mode", ("all", "any")))
    return RuleContent(mode, tuple(_criterion(criterion) for criterion in node.children("criteria")))


def _criterion(node: YamlNode) -> CriterionContent:
    kind = cast("CriterionKind", node.choice("kind", CRITERION_KINDS))
    key = {"lessons": "share", "quiz_passed": "percent"}.get(kind)
    return CriterionContent(kind, node.number(key, most=100) if key else None)


def _chapter(node: YamlNode, folder: Path) -> ChapterContent:
    return ChapterContent(node.text("title"), tuple(_lesson(lesson, folder) for lesson in node.children("lessons")))


def _lesson(node: YamlNode, folder: Path) -> LessonContent:
    kind = cast("LessonKind", node.choice("kind", LESSON_KINDS))
    file = node.file("file", folder)
    words = {"text": "file", "acknowledgement": "file", "video": "transcript"}.get(kind)
    captions = node.child("captions") if kind == "video" else None
    return LessonContent(
        key=node.text("key"),
        kind=kind,
        title=node.text("title"),
        minutes=node.number("minutes", least=1),
        file=file,
        min_seconds=node.number("min_seconds"),
        body=node.file(words, folder).read_text(encoding="utf-8") if words else None,
        quiz=_quiz(YamlNode.read(file)) if kind == "quiz" else None,
        statement=node.text("statement") if kind == "acknowledgement" else None,
        captions=tuple((language, captions.file(language, folder)) for language in captions.data) if captions else (),
        poster=node.file("poster", folder) if kind == "video" else None,
    )


def _quiz(node: YamlNode) -> QuizContent:
    return QuizContent(
        passing_percent=node.number("passing_percent", most=100),
        max_attempts=node.number("max_attempts", least=1),
        shuffle=node.flag("shuffle"),
        questions=tuple(_question(question) for question in node.children("questions")),
    )


def _question(node: YamlNode) -> QuestionContent:
    kind = cast("QuestionKind", node.choice("kind", QUESTION_KINDS))
    options = _options(node, kind) if kind in CHOICES else ()
    parts, detail = ([], {}) if kind in CHOICES else WRITTEN[kind](node)
    return QuestionContent(
        kind,
        node.text("prompt"),
        options,
        node.text("explanation"),
        node.text("lesson"),
        node.number("points", least=1),
        tuple(map(str, node.data.get("tags", ()))),
        tuple(parts),
        detail,
    )


def _options(node: YamlNode, kind: str) -> tuple[OptionContent, ...]:
    options = tuple(OptionContent(option.text("text"), option.flag("correct")) for option in node.children("options"))
    right = sum(option.correct for option in options)
    if right == 0 or right == len(options):
        raise node.error("options", "at least one must be right and one wrong")
    if kind != "multiple" and right != 1:
        raise node.error("options", f"{kind} has exactly one right option, here are {right}")
    if kind == "true_false" and len(options) != 2:
        raise node.error("options", f"true_false has two options, here are {len(options)}")
    return options


def _short(node: YamlNode) -> Content:
    return composing.short(
        [{"text": one.text("text"), "percent": one.number("percent")} for one in node.children("accepted")], case=False
    )


def _numeric(node: YamlNode) -> Content:
    rows = [
        {"value": one.text("value"), "tolerance": one.text("tolerance"), "percent": one.number("percent")}
        for one in node.children("accepted")
    ]
    return composing.numeric(rows, node.text("unit"))


def _matching(node: YamlNode) -> Content:
    pairs = [{"text": one.text("text"), "match": one.text("match")} for one in node.children("pairs")]
    return composing.matching(pairs, [{"text": str(one)} for one in node.data.get("extras", ())], node.text("scoring"))


def _ordering(node: YamlNode) -> Content:
    return composing.ordering([{"text": str(one)} for one in node.data["items"]], node.text("scoring"))


WRITTEN: Final = {"short": _short, "numeric": _numeric, "matching": _matching, "ordering": _ordering}


def _check_keys(node: YamlNode, course: CourseContent) -> None:
    """Lesson keys are unique in a course, and every question names one of them."""
    keys = [lesson.key for lesson in course.lessons]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise node.error("chapters", f"lesson key used twice: {', '.join(twice)}")
    for lesson in course.lessons:
        for number, question in enumerate(lesson.quiz.questions if lesson.quiz else (), start=1):
            if question.lesson not in keys:
                place = f"{course.slug}/{lesson.file.name}: questions[{number}].lesson"
                raise ContentError(f"{place}: no lesson has the key {question.lesson!r}")
