"""What may be true of a learner's rows, worked out without any code of the product: plain SQL and arithmetic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from lmsapp.infra.db import db

SLACK = 1.0  # seconds, for rounding


@dataclass(frozen=True)
class Scene:
    """Whose rows are looked at. `courses`: the attacker's by name, each with its lessons {id: (kind, least, length)}."""

    learner_id: int
    user_id: int
    courses: dict[str, int]
    lessons: dict[int, dict[int, tuple[str, int, float]]]
    untouchable: frozenset[int]  # courses in which nothing of the learner's may move
    in_order: frozenset[int]
    others: dict[str, str]  # digests of what belongs to others, by table
    foreign_attempt: int
    foreign_course: int
    noted: set[tuple[int, int]] = field(default_factory=set)  # (time round, lesson) open when the oracle looked last


ROWS = text(
    """
    SELECT e.id, e.course_id, e.cycle, e.progress, e.best_score, p.lesson_id, p.opened_at, p.active_seconds, p.seen,
           p.done_at, p.last_beat_at,
           CASE WHEN e.renewal_started_at IS NULL THEN e.completed_at END AS completed_at
    FROM enrollment e LEFT JOIN lesson_progress p ON p.enrollment_id = e.id AND p.cycle = e.cycle
    WHERE e.employee_id = :learner ORDER BY e.id, p.lesson_id
    """
)
# Signatures given, less the acknowledgements that were done before: each is done by one of its own.
SIGNED = text(
    """
    SELECT (SELECT count(*) FROM signature WHERE user_id = :user)
           - (SELECT count(*) FROM lesson_progress p JOIN enrollment e ON e.id = p.enrollment_id
              JOIN lesson l ON l.id = p.lesson_id
              WHERE e.employee_id = :learner AND l.kind = 'acknowledgement' AND p.done_at IS NOT NULL) AS spare
    """
)
ATTEMPTS = text(
    """
    SELECT s.questions, s.submitted_at, z.lesson_id,
           (SELECT jsonb_object_agg(a.question_id, a.given) FROM quiz_answer a WHERE a.submission_id = s.id) AS given
    FROM quiz_submission s JOIN quiz z ON z.id = s.quiz_id JOIN enrollment e ON e.id = s.enrollment_id
    WHERE e.employee_id = :learner AND s.submitted_at IS NOT NULL AND s.cycle = e.cycle
    """
)
OTHERS = {
    "enrollment": "SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM enrollment t WHERE employee_id <> :learner",
    "lesson_progress": "SELECT md5(string_agg(t::text, '' ORDER BY t.enrollment_id, t.lesson_id)) FROM lesson_progress t "
    "JOIN enrollment e ON e.id = t.enrollment_id WHERE e.employee_id <> :learner",
    "quiz_submission": "SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM quiz_submission t "
    "JOIN enrollment e ON e.id = t.enrollment_id WHERE e.employee_id <> :learner",
    "quiz_answer": "SELECT md5(string_agg(t::text, '' ORDER BY t.submission_id, t.question_id)) FROM quiz_answer t "
    "JOIN quiz_submission s ON s.id = t.submission_id JOIN enrollment e ON e.id = s.enrollment_id "
    "WHERE e.employee_id <> :learner",
    "course": "SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM course t",
    "user_role": "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM user_role t",
    "enrollments": "SELECT count(*)::text FROM enrollment",
}


def digests(learner_id: int) -> dict[str, str]:
    """One word for everything that is not the learner's."""
    return {name: str(db.session.scalar(text(sql), {"learner": learner_id})) for name, sql in OTHERS.items()}


def wrongs(scene: Scene, now: dt.datetime) -> Iterator[str]:
    """Whatever is true that should not be."""
    by_course: dict[int, list[Any]] = {}
    for row in db.session.execute(ROWS, {"learner": scene.learner_id}):
        by_course.setdefault(row.course_id, []).append(row)
    signed = db.session.scalar(SIGNED, {"user": scene.user_id, "learner": scene.learner_id}) or 0
    passed = set(_passed(scene.learner_id))
    for course_id, rows in by_course.items():
        begun = [row for row in rows if row.lesson_id is not None]
        if course_id not in scene.untouchable:
            yield from _open_course(scene, course_id, rows, begun, signed, passed, now)
        elif begun or rows[0].progress or rows[0].completed_at:
            yield f"something moved in course {course_id}, which is closed"
    for name, digest in digests(scene.learner_id).items():
        if digest != scene.others[name]:
            yield f"rows of others changed: {name}"


def _open_course(
    scene: Scene, course_id: int, rows: list[Any], begun: list[Any], signed: int, passed: set[int], now: dt.datetime
) -> Iterator[str]:
    yield from _time(scene, course_id, begun, now)
    for row in begun:
        yield from _done(scene, course_id, row, signed, passed)
    if course_id in scene.in_order:
        yield from _order(scene, course_id, begun)
    yield from _completion(scene, course_id, rows, passed)


def _time(scene: Scene, course_id: int, rows: list[Any], now: dt.datetime) -> Iterator[str]:
    """All tabs and lessons together earn no more than the time since the first page was opened."""
    if not rows:
        return
    wall = (now - min(row.opened_at for row in rows)).total_seconds() + SLACK + 60  # the server's clock is set back too
    active = sum(row.active_seconds for row in rows)
    kinds = {key: lesson[0] for key, lesson in scene.lessons[course_id].items()}
    watched = sum(end - start for row in rows if kinds.get(row.lesson_id) == "video" for start, end in row.seen)
    pages = sum(len(row.seen) for row in rows if kinds.get(row.lesson_id) == "pdf")
    if active > wall or watched > 2 * wall or pages > wall:
        yield f"course {course_id}: {active} s, {watched:.0f} s watched, {pages} pages in {wall:.0f} s"
    for row in rows:
        if row.lesson_id not in kinds:
            yield f"course {course_id}: lesson {row.lesson_id} of another course was begun"


def _done(scene: Scene, course_id: int, row: Any, signed: int, passed: set[int]) -> Iterator[str]:
    """A lesson is done only for a reason."""
    if row.done_at is None or row.lesson_id not in scene.lessons[course_id]:
        return
    kind, least, length = scene.lessons[course_id][row.lesson_id]
    waited = (row.done_at - row.opened_at).total_seconds()
    unmeasured = row.last_beat_at is None
    watched = sum(end - start for start, end in row.seen) if kind == "video" else 0
    reasons = {
        "text": row.active_seconds >= least,
        "pdf": len(row.seen) >= length * 0.9 or (unmeasured and waited >= 5 * length),
        "acknowledgement": signed >= 0 and row.active_seconds >= least,
        "quiz": row.lesson_id in passed,
        "video": watched >= length * 0.9 - 1 and waited >= length * 0.9 / 2 - 1,
    }
    if not reasons[kind]:
        yield f"lesson {row.lesson_id} ({kind}) is done without a reason"
    if waited + SLACK < (0 if kind == "quiz" else least):
        yield f"lesson {row.lesson_id} ({kind}) was done {waited:.0f} s after it was opened"


def _order(scene: Scene, course_id: int, rows: list[Any]) -> Iterator[str]:
    """In a course that is taken in order, whatever was opened by this try had all before it done. By what is there and
    not by what time it says: the server's clock is set back too."""
    opened = {(row.cycle, row.lesson_id) for row in rows}
    done = {row.lesson_id for row in rows if row.done_at is not None}
    before: set[int] = set()
    for lesson_id in scene.lessons[course_id]:
        fresh = opened - scene.noted
        if any(lesson_id == key for _cycle, key in fresh) and before - done:
            yield f"lesson {lesson_id} was opened before {sorted(before - done)} were done"
        before.add(lesson_id)
    scene.noted.update(opened)


def _completion(scene: Scene, course_id: int, rows: list[Any], passed: set[int]) -> Iterator[str]:
    """The rule of these courses: every lesson done, the quiz passed, four active minutes in all."""
    done = {row.lesson_id for row in rows if row.done_at is not None}
    active = sum(row.active_seconds or 0 for row in rows)
    quizzes = {key for key, lesson in scene.lessons[course_id].items() if lesson[0] == "quiz"}
    met = done >= set(scene.lessons[course_id]) and quizzes <= passed and active >= 240
    if bool(rows[0].completed_at) != met:
        yield f"course {course_id} is {'' if rows[0].completed_at else 'not '}complete; the rule says {met}"
    if (rows[0].progress == 100) != bool(rows[0].completed_at):
        yield f"course {course_id} stands at {rows[0].progress} per cent"
    if rows[0].best_score is not None and not quizzes & passed:
        yield f"course {course_id} has a score of {rows[0].best_score} without a pass"


def _passed(learner_id: int) -> Iterator[int]:
    """Lessons whose quiz was handed in with at least 75 per cent right, counted anew from questions and answers."""
    for row in db.session.execute(ATTEMPTS, {"learner": learner_id}):
        given = row.given or {}
        right = sum(
            set(given.get(str(one["id"]), [])) == {option["key"] for option in one["options"] if option["correct"]}
            for one in row.questions
        )
        if right * 100 >= 75 * len(row.questions):
            yield row.lesson_id
