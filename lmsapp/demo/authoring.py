"""The demo courses, written with the actions of the studio: files stored, pages drawn, questions asked, published."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from lmsapp.assignments.actions import set_reminder_policy
from lmsapp.courses.catalogue.actions import Upload, add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.demo.content import CourseContent, LessonContent, QuizContent, RuleContent, load_courses
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.particulars.actions import name_trainer
from lmsapp.learning.particulars.rules import Trainer
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.viewer import Viewer

# Days before the due date; the other courses keep the organisation's default.
REMINDERS = {
    "hipaa-privacy-basics": (30, 14, 3),
    "bloodborne-pathogens": (30, 14, 3),
    "fall-protection": (60, 30, 7),
}
NURSING, SALES = ["Charge Nurse", "LPN", "Nurse Manager", "RN", "Technician"], ["Sales Manager", "Sales Rep"]
# Who answers for them; regulators ask for names and qualifications.
TRAINERS = {
    "bloodborne-pathogens": Trainer("Dr Helena Marsh", "MD, infection control, 14 years"),
    "fall-protection": Trainer("Walt Kowalski", "Competent person for fall protection, OSHA 510"),
    "hipaa-privacy-basics": Trainer("Ingrid Sole", "Privacy officer, CHPC"),
}
# For which job roles; what stands not here is for everybody.
MANDATORY_FOR = {
    "bloodborne-pathogens": NURSING,
    "competitive-positioning": SALES,
    "core-product-features": SALES,
    "fall-protection": ["Foreman", "Roofer"],
    "hipaa-privacy-basics": [*NURSING, "Admin"],
    "live-demo-certification": SALES,
    "product-demo-skills": SALES,
}


@lru_cache(maxsize=1)
def contents() -> dict[str, CourseContent]:
    """By slug; read once."""
    return {content.slug: content for content in load_courses()}


def courses() -> dict[str, Course]:
    """Those that are there, by the content's slug."""
    by_title = {course.title: course for course in db.session.scalars(select(Course))}
    return {slug: by_title[content.title] for slug, content in contents().items() if content.title in by_title}


def add_courses(author: Viewer, moderator: Viewer) -> int:
    """Add and publish what is not there yet, at the clock's time. How many."""
    there = courses()
    new = [content for slug, content in contents().items() if slug not in there]
    for content in new:
        course = _add(content, author)
        if content.slug in REMINDERS:
            set_reminder_policy(course, REMINDERS[content.slug], by=moderator)
        if content.slug in TRAINERS:
            name_trainer(course, TRAINERS[content.slug], clock.today(author.zone), by=author)
    return len(new)


def _add(content: CourseContent, by: Viewer) -> Course:
    course = create_course(
        content.title,
        by=by,
        summary=content.summary,
        kind=content.kind.replace("_", " "),
        language=content.language,
        mandatory=content.mandatory,
        mandatory_for=ForWhom(job_roles=tuple(MANDATORY_FOR.get(content.slug, ()))).as_json(),
        self_enroll=not content.mandatory,
        citation=content.citation or "",
        validity_months=content.validity_months,
        renewal_months=content.renewal_months,
        validity_terms={"basis": content.counted_from} if content.validity_months else {},
    )
    lessons: dict[str, Lesson] = {}
    for part in content.chapters:
        chapter = add_chapter(course, part.title, by=by)
        for lesson in part.lessons:
            lessons[lesson.key] = _add_lesson(chapter, lesson, by)
    for lesson in content.lessons:
        if lesson.quiz:
            _add_quiz(lessons[lesson.key], lesson.quiz, lessons, by)
    set_rule(course, content.rule.mode, _criteria(content.rule), by)
    publish(course, by)
    return course


def _add_lesson(chapter: Chapter, lesson: LessonContent, by: Viewer) -> Lesson:
    body = "" if lesson.body is None else lesson.body
    if lesson.statement:
        body = f"{body.rstrip()}\n\n## What you sign\n\n> {lesson.statement}\n"
    english = dict(lesson.captions).get("en")
    return add_lesson(
        chapter,
        lesson.kind,
        lesson.title,
        by=by,
        body=body,
        minutes=lesson.minutes,
        min_seconds=lesson.min_seconds,
        upload=Upload.of(lesson.file.read_bytes(), lesson.file.name) if lesson.kind in ("pdf", "video") else None,
        captions=Upload.of(english.read_bytes(), english.name) if english else None,
    )


def _add_quiz(lesson: Lesson, content: QuizContent, lessons: dict[str, Lesson], by: Viewer) -> None:
    quiz = create_quiz(
        lesson,
        by=by,
        passing_percent=content.passing_percent,
        max_attempts=content.max_attempts,
        shuffle=content.shuffle,
    )
    for question in content.questions:
        add_question(
            quiz,
            question.kind,
            question.prompt,
            question.parts or [{"text": option.text, "correct": option.correct} for option in question.options],
            by=by,
            detail=question.detail,
            tags=question.tags,
            explanation=question.explanation,
            points=question.points,
            source_lesson_id=lessons[question.lesson].id,
        )


def _criteria(rule: RuleContent) -> list[dict[str, object]]:
    names = {"lessons": "share", "quiz_passed": "percent"}
    return [{"kind": one.kind} | ({names[one.kind]: one.percent} if one.kind in names else {}) for one in rule.criteria]
