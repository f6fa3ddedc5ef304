"""The demo courses are complete, consistent and readable, and a mistake in a file is named."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
import yaml

from lmsapp.courses.quizzes.checking import check_question
from lmsapp.courses.quizzes.rules import CHOICES, QuestionKind
from lmsapp.demo.content import COURSE_KINDS, ROOT, CourseContent, LessonContent, QuizContent, load_course, load_courses
from lmsapp.demo.yaml_node import ContentError

pytestmark = pytest.mark.pure

COURSES = load_courses()
LESSONS = [(course, lesson) for course in COURSES for lesson in course.lessons]
QUIZZES = [(course, lesson) for course, lesson in LESSONS if lesson.kind == "quiz"]
PLACEHOLDERS = re.compile(r"lorem|ipsum|\bTODO\b|\bTBD\b|\bXXX\b|coming soon|insert .* here", re.IGNORECASE)
WORDS_A_MINUTE = 240


def course_named(slug: str) -> CourseContent:
    return next(course for course in COURSES if course.slug == slug)


def named(pair: tuple[CourseContent, LessonContent]) -> str:
    return f"{pair[0].slug}-{pair[1].key}"


def quiz_of(lesson: LessonContent) -> QuizContent:
    assert lesson.quiz is not None
    return lesson.quiz


def test_every_kind_that_is_scored_at_once_is_asked() -> None:
    """QIZ-1: the demo courses have a question of each kind."""
    kinds = {question.kind for _course, lesson in QUIZZES for question in quiz_of(lesson).questions}
    assert kinds == set(QuestionKind) - {QuestionKind.OPEN}


def test_the_ten_courses_are_there() -> None:
    """CRS-1: the courses of the four acceptance stories load, each of a known kind."""
    assert {course.slug: course.title for course in COURSES} == {
        "bloodborne-pathogens": "Bloodborne Pathogens",
        "code-of-conduct": "Code of Conduct",
        "competitive-positioning": "Competitive Positioning",
        "core-product-features": "Core Product Features",
        "fall-protection": "Fall Protection for Roofers",
        "fire-safety": "Fire Safety and Evacuation",
        "hipaa-privacy-basics": "HIPAA Privacy Basics",
        "live-demo-certification": "Live Demo Certification",
        "product-demo-skills": "Product Demo Skills",
        "style-guide-essentials": "Documentation Style Guide",
    }
    assert {course.kind for course in COURSES} == set(COURSE_KINDS)


def test_hipaa_has_the_shape_of_the_first_story() -> None:
    """CRS-1, CRS-3, QIZ-2: three chapters, every lesson kind, ten questions at 80 % in three attempts."""
    course = course_named("hipaa-privacy-basics")
    kinds = Counter(lesson.kind for lesson in course.lessons)
    assert len(course.chapters) == 3
    assert kinds["text"] in (6, 7)
    assert {kind: kinds[kind] for kind in ("pdf", "video", "acknowledgement", "quiz")} == dict.fromkeys(
        ("pdf", "video", "acknowledgement", "quiz"), 1
    )
    assert course.lessons[-1].kind == "quiz"
    quiz = quiz_of(course.lessons[-1])
    assert (len(quiz.questions), quiz.passing_percent, quiz.max_attempts) == (10, 80, 3)
    assert course.validity_months == 12


def test_fall_protection_renews_at_eleven_months() -> None:
    """CRS-6: valid for twelve months, 'Renewal Required' at eleven, with the rule it rests on."""
    course = course_named("fall-protection")
    assert (course.validity_months, course.renewal_months, course.citation) == (12, 11, "29 CFR 1926.503")


def test_style_guide_is_twenty_minutes_and_five_questions() -> None:
    """QIZ-2: the fourth story's module takes 20 minutes and has a knowledge check of five questions."""
    course = course_named("style-guide-essentials")
    assert course.minutes == 20
    assert len(quiz_of(course.lessons[-1]).questions) == 5


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.slug)
def test_a_course_adds_up(course: CourseContent) -> None:
    """CRS-3: minutes are the sum of the lessons, and the rule asks for what the course holds."""
    kinds = {lesson.kind for lesson in course.lessons}
    criteria = {criterion.kind: criterion.percent for criterion in course.rule.criteria}
    assert course.minutes == sum(lesson.minutes for lesson in course.lessons)
    assert len({lesson.kind for lesson in course.lessons}) >= 3
    assert course.rule.mode == "all"
    assert criteria["lessons"] == 100
    assert criteria["quiz_passed"] == 80
    assert ("acknowledged" in criteria) == ("acknowledgement" in kinds)
    assert 60 <= len(course.summary) <= 240
    assert course.language == "en"
    if course.validity_months is not None and course.renewal_months is not None:
        assert course.renewal_months < course.validity_months


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.slug)
def test_every_file_of_a_course_is_used(course: CourseContent) -> None:
    """CRS-1: nothing lies in a course's folder that no lesson shows, except the sources of its media."""
    used = {"course.yaml"}
    for lesson in course.lessons:
        used |= {lesson.file.name} | {path.name for _language, path in lesson.captions}
        used |= {lesson.poster.name} if lesson.poster else set()
    there = {path.name for path in (ROOT / course.slug).iterdir()}
    sources = {name for name in there if name.endswith((".src.yaml", ".slides.yaml", "-transcript.md"))}
    assert there == used | sources


@pytest.mark.parametrize("pair", [pair for pair in LESSONS if pair[1].kind in ("text", "acknowledgement")], ids=named)
def test_a_text_can_be_read_in_its_minutes(pair: tuple[CourseContent, LessonContent]) -> None:
    """CRS-1, CRS-3: length fits the course, minutes leave time to read, and reading alone meets the active time."""
    course, lesson = pair
    assert lesson.body is not None
    words = len(lesson.body.split())
    least, most = (250, 500) if course.slug == "hipaa-privacy-basics" else (150, 355)
    assert least <= words <= most
    assert words / WORDS_A_MINUTE <= lesson.minutes <= words / 50
    assert 0 < lesson.min_seconds <= words / WORDS_A_MINUTE * 60
    assert "\n## " in lesson.body
    assert not lesson.body.startswith("#"), "the page prints the title itself"
    if lesson.kind == "text":
        assert "\n> " in lesson.body or lesson.body.count("\n- ") >= 3


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/*.*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_words_are_finished(path: Path) -> None:
    """CRS-1: no placeholder, no straight quotation mark in a text."""
    if path.suffix not in (".md", ".yaml", ".vtt"):
        return
    text = path.read_text(encoding="utf-8")
    assert not PLACEHOLDERS.search(text)
    assert not re.search(r"\w'\w", text)
    if path.suffix == ".md":
        assert '"' not in text


@pytest.mark.parametrize("pair", QUIZZES, ids=named)
def test_questions_have_right_answers_and_teach(pair: tuple[CourseContent, LessonContent]) -> None:
    """QIZ-1, QIZ-7: right answers fit the kind, their number is asked for, and each question leads back to a lesson."""
    course, lesson = pair
    taught = {other.key for other in course.lessons if other.kind in ("text", "pdf", "video")}
    for question in quiz_of(lesson).questions:
        right = sum(option.correct for option in question.options)
        texts = [option.text for option in question.options]
        assert question.lesson in taught
        assert len(set(texts)) == len(texts)
        assert len(question.explanation.split()) >= 15
        if question.kind not in CHOICES:
            check_question(QuestionKind(question.kind), question.prompt, question.parts, Decimal(1), question.detail)
            continue
        if question.kind == "multiple":
            assert right in (2, 3)
            assert question.prompt.endswith({2: "Choose two.", 3: "Choose three."}[right])
        else:
            assert right == 1
        if question.kind != "true_false":
            assert len(texts) >= 4


@pytest.mark.parametrize("pair", QUIZZES, ids=named)
def test_the_right_answer_has_no_usual_place(pair: tuple[CourseContent, LessonContent]) -> None:
    """QIZ-2: among the single questions of a quiz, the right option stands in at least three different places."""
    singles = [question for question in quiz_of(pair[1]).questions if question.kind == "single"]
    places = {next(i for i, option in enumerate(question.options) if option.correct) for question in singles}
    assert len(places) >= min(3, len(singles))


@pytest.mark.parametrize("pair", [pair for pair in LESSONS if pair[1].kind == "pdf"], ids=named)
def test_pdf_opens_is_small_and_titled(pair: tuple[CourseContent, LessonContent]) -> None:
    """CRS-1: each PDF lesson is a real document of one to four pages, under 60 kB, with title and headings."""
    lesson = pair[1]
    document = pypdfium2.PdfDocument(lesson.file)
    source = yaml.safe_load(lesson.file.with_suffix(".src.yaml").read_text(encoding="utf-8"))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert 1 <= len(document) <= 4
    assert lesson.file.stat().st_size < 60_000
    assert document.get_metadata_dict()["Title"] == source["title"]
    for block in source["blocks"]:
        assert str(block.get("h", "")) in text


def test_video_is_small_seekable_and_captioned() -> None:
    """CRS-1: a WebM with its cues before the first cluster, captions in two languages, a transcript and a poster."""
    lesson = next(lesson for _course, lesson in LESSONS if lesson.kind == "video")
    data = lesson.file.read_bytes()
    assert data[:4] == b"\x1a\x45\xdf\xa3"
    assert len(data) < 900_000
    assert 0 < data.find(b"\x1c\x53\xbb\x6b") < data.find(b"\x1f\x43\xb6\x75")
    assert lesson.body is not None
    assert lesson.poster is not None
    assert [language for language, _path in lesson.captions] == ["en", "es"]
    counts = set()
    for _language, path in lesson.captions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("WEBVTT")
        times = [tuple(map(_seconds, line.split(" --> "))) for line in text.splitlines() if " --> " in line]
        assert all(begin < end for begin, end in times)
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(times))
        assert 60 <= times[-1][1] <= 75
        counts.add(len(times))
    assert len(counts) == 1


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("course.yaml", "minutes: 18", "minutes: soon", "fire-safety/course.yaml: minutes: must be a whole number"),
        ("course.yaml", "file: quiz.yaml", "file: quizz.yaml", r"chapters\[2\]\.lessons\[3\]\.file: there is no file"),
        ("course.yaml", "kind: pdf", "kind: poster", r"chapters\[2\]\.lessons\[1\]\.kind: must be one of text"),
        ("course.yaml", "key: evacuation-card", "key: extinguishers", "lesson key used twice: extinguishers"),
        ("course.yaml", "share: 100", "share: 101", r"rule\.criteria\[1\]\.share: must be from 0 to 100"),
        ("quiz.yaml", "lesson: extinguishers", "lesson: nowhere", r"questions\[2\]\.lesson: no lesson has the key"),
        ("quiz.yaml", "corridor, correct: false", "corridor, correct: true", r"\[1\]\.options: single has exactly one"),
        ("quiz.yaml", "max_attempts: 3", "", "fire-safety/quiz.yaml: max_attempts: is missing"),
        ("quiz.yaml", "questions:", "questions: [", "fire-safety/quiz.yaml: cannot be read"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    """CRS-10: whoever writes a course file is told which file and which key is wrong."""
    folder = Path(shutil.copytree(ROOT / "fire-safety", tmp_path / "fire-safety"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=words):
        load_course(folder)
