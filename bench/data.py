"""The organisation of a run: courses through the product's own actions, everything else set by set in SQL."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import select

from bench.size import Size
from lmsapp.courses.catalogue.actions import add_chapter, create_course, set_rule
from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.paths.actions import add_item, create_path, publish_path
from lmsapp.courses.paths.rules import Ordering
from lmsapp.courses.publishing.actions import publish
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.courses.quizzes.drawing import asked_for
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.queries import questions_as_asked
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.people.accounts.passwords import make_hash

PASSWORD = "bench-only-correct-horse"
TOPICS = (
    "HIPAA Privacy", "Hand Hygiene", "Fire Safety", "Bloodborne Pathogens", "Safe Lifting", "Medication Safety",
    "Infection Control", "Patient Dignity", "Information Security", "Emergency Codes", "Falls Prevention",
    "Radiation Safety", "Hazardous Waste", "Cultural Competence", "Workplace Violence", "Restraint Use",
    "Sharps Safety", "Consent", "Charting", "Ethics",
)  # fmt: skip
PARAGRAPH = (
    "Ask yourself who needs to know, what they need to know, and how you can be sure that nobody else learns it. "
    "When in doubt, stop, and ask your lead before you go on.\n\n"
)
NUMBERED = (
    "department", "app_user", "employee", "enrollment", "training_assignment", "completion_record", "certificate",
    "stored_file", "quiz_submission", "path_enrollment", "certification_period",
)  # fmt: skip
COURSES_A_PATH = 5
QUIZ_ATTEMPTS = 6000  # open attempts at most: for answers and for handing in


def load(app: Flask, size: Size) -> dict[str, float]:
    """Fill an empty, migrated database. Seconds per step."""
    took, started = {}, dt.datetime.now(dt.UTC)
    with app.app_context():
        for k in range(size.courses):
            with unit_of_work():
                _course(k, size)
        with unit_of_work():
            _paths()
        took["courses"] = (dt.datetime.now(dt.UTC) - started).total_seconds()
        with psycopg.connect(_dsn(app)) as connection:
            _tell_size(connection, size, app.config["TIME_ZONE"])
            connection.execute(Path(__file__).with_name("data.sql").read_text())
            _attempts(connection)
            _set_sequences(connection)
        with psycopg.connect(_dsn(app), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
        db.session.remove()
    took["all"] = (dt.datetime.now(dt.UTC) - started).total_seconds()
    return took


def title_of(k: int) -> str:
    """Of the k-th course, from 0."""
    return f"{TOPICS[k % len(TOPICS)]} {k // len(TOPICS) + 1}"


def lesson_title(position: int) -> str:
    """Of a lesson by its place, from 1."""
    return f"Part {position}: what to do"


def _course(k: int, size: Size) -> None:
    """Texts in two chapters, a pledge, and a quiz at the end."""
    course = create_course(title_of(k), by=None, summary=PARAGRAPH.strip(), mandatory=True, validity_months=12)
    chapters = [add_chapter(course, title, by=None) for title in ("What it is about", "In your day")]
    for position in range(1, size.lessons):
        kind = "acknowledgement" if position == size.lessons - 1 else "text"
        chapter = chapters[position > size.lessons // 2]
        body = f"## {lesson_title(position)}\n\n" + PARAGRAPH * 6
        add_lesson(chapter, kind, lesson_title(position), by=None, body=body, minutes=3, min_seconds=30)
    lesson = add_lesson(chapters[1], "quiz", "What have you learned?", by=None, minutes=5)
    quiz = create_quiz(lesson, by=None)
    for number in range(size.questions):
        options = [{"text": f"Answer {letter} to question {number + 1}", "correct": letter == "B"} for letter in "ABCD"]
        add_question(quiz, "single", f"Question {number + 1}: which of these do you do first?", options, by=None)
    criteria: list[dict[str, Any]] = [
        {"kind": "lessons", "share": 100},
        {"kind": "quiz_passed", "lesson_id": None, "percent": 80},
    ]
    set_rule(course, "all", criteria, None)
    publish(course, None)


def _paths() -> None:
    """Every course lies in a path, five to each; nothing in them waits, so that every course can be opened."""
    courses = db.session.scalars(select(Course).order_by(Course.id)).all()
    for start in range(0, len(courses), COURSES_A_PATH):
        path = create_path(f"Path {start // COURSES_A_PATH + 1}", by=None, ordering=Ordering.FREE)
        for course in courses[start : start + COURSES_A_PATH]:
            add_item(path, course, by=None)
        publish_path(path, by=None)


def _tell_size(connection: psycopg.Connection, size: Size, zone: str) -> None:
    connection.execute(
        "CREATE TEMP TABLE bench_size AS SELECT %s::int AS people, %s::int AS departments, %s::int AS roles, "
        "%s::int AS locations, %s::timestamptz AS now, %s::date AS today, %s::text AS zone, %s::text AS password_hash",
        (
            size.people,
            size.departments,
            size.roles,
            size.locations,
            clock.now(),
            clock.today(zone),
            zone,
            make_hash(PASSWORD),
        ),
    )
    rows = db.session.execute(
        select(Lesson.course_id, Lesson.id)
        .join(Chapter, Chapter.id == Lesson.chapter_id)
        .order_by(Lesson.course_id, Chapter.position, Lesson.position)
    ).all()
    connection.execute("CREATE TEMP TABLE bench_lesson (course_id int, k int, lesson_id int, position int)")
    places: dict[int, int] = {}
    with connection.cursor().copy("COPY bench_lesson FROM STDIN") as copy:
        for course_id, lesson_id in rows:
            places[course_id] = places.get(course_id, 0) + 1
            copy.write_row((course_id, len(places), lesson_id, places[course_id]))


def _attempts(connection: psycopg.Connection) -> None:
    """Open attempts of those who stand before the quiz, every question answered rightly."""
    quizzes = {row.course_id: row.id for row in db.session.execute(select(Quiz.course_id, Quiz.id))}
    asked = {course_id: questions_as_asked(quiz_id) for course_id, quiz_id in quizzes.items()}
    waiting = connection.execute(
        "SELECT id, course_id FROM bench_fact WHERE kind = 'quiz' ORDER BY hashint4(id) LIMIT %s", (QUIZ_ATTEMPTS,)
    ).fetchall()
    columns = "id, enrollment_id, quiz_id, number, questions, passing_percent, started_at"
    with connection.cursor().copy(f"COPY quiz_submission ({columns}) FROM STDIN") as copy:
        for number, (enrollment_id, course_id) in enumerate(waiting, start=1):
            questions = json.dumps(asked_for(asked[course_id], (), enrollment_id * 1000 + 1, shuffle=True))
            copy.write_row((number, enrollment_id, quizzes[course_id], 1, questions, 80, clock.now()))
    connection.execute(
        "INSERT INTO quiz_answer (submission_id, question_id, given, flagged, revision, saved_at) "
        "SELECT s.id, (q->>'id')::int, jsonb_build_array(o->'key'), false, 1, s.started_at FROM quiz_submission s, "
        "jsonb_array_elements(s.questions) q, jsonb_array_elements(q->'options') o WHERE (o->>'correct')::boolean"
    )


def _set_sequences(connection: psycopg.Connection) -> None:
    for table in NUMBERED:
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(max(id), 1) FROM {table}))"
        )


def _dsn(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])
