"""What they were asked to learn, what they did, and what came of it. By the viewer's own employee id alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.parts import Part
from lmsapp.insight.held.person import plain
from lmsapp.learning.engagement.models import LessonVisit
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.notes.models import LessonNote
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.quizzes.lines import lines_of
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.audiences.models import Audience, AudienceMember
from lmsapp.people.viewer import Viewer


def enrollments(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title, Enrollment.source, Enrollment.enrolled_at, Enrollment.progress, Enrollment.started_at,
            Enrollment.last_active_at, Enrollment.completed_at, Enrollment.failed_at, Enrollment.withdrawn_at,
            Enrollment.best_score,
        )
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(Enrollment.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "enrolled_at": N_("Enrolled"),
        "progress": N_("Progress in percent"),
        "completed_at": N_("Completed"),
        "best_score": N_("Best score"),
    }
    return Part("courses", N_("Courses and progress"), columns, plain(rows))


def learning_paths(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            LearningPath.title, PathEnrollment.source, PathEnrollment.enrolled_at, PathEnrollment.due_on,
            PathEnrollment.progress, PathEnrollment.completed_at, PathEnrollment.withdrawn_at,
        )
        .join(LearningPath, LearningPath.id == PathEnrollment.path_id)
        .where(PathEnrollment.employee_id == viewer.employee_id)
        .order_by(PathEnrollment.id)
    )  # fmt: skip
    columns = {
        "title": N_("Path"),
        "enrolled_at": N_("On the path since"),
        "due_on": N_("Due"),
        "progress": N_("Progress in percent"),
        "completed_at": N_("Completed"),
    }
    return Part("learning_paths", N_("Learning paths"), columns, plain(rows))


def lessons(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title.label("course"), Lesson.title.label("lesson"), LessonProgress.opened_at,
            LessonProgress.active_seconds, LessonProgress.seen, LessonProgress.done_at, LessonProgress.detail,
        )
        .join(Enrollment, Enrollment.id == LessonProgress.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(LessonProgress.opened_at)
    )  # fmt: skip
    columns = {
        "course": N_("Course"),
        "lesson": N_("Lesson"),
        "opened_at": N_("Opened"),
        "active_seconds": N_("Seconds spent"),
        "done_at": N_("Done"),
    }
    return Part("lessons", N_("Lessons"), columns, plain(rows))


def visits(viewer: Viewer) -> Part:
    """What was measured each time the page of a lesson was open."""
    rows = db.session.execute(
        select(
            Course.title.label("course"), Lesson.title.label("lesson"), LessonVisit.opened_at, LessonVisit.last_at,
            LessonVisit.beats, LessonVisit.claimed, LessonVisit.credited, LessonVisit.gained, LessonVisit.visits,
            LessonVisit.earlier,
        )
        .join(Enrollment, Enrollment.id == LessonVisit.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Lesson, Lesson.id == LessonVisit.lesson_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(LessonVisit.opened_at)
    )  # fmt: skip
    columns = {
        "course": N_("Course"),
        "lesson": N_("Lesson"),
        "opened_at": N_("Opened"),
        "last_at": N_("Last report"),
        "credited": N_("Seconds counted"),
    }
    return Part("visits", N_("Visits of lessons"), columns, plain(rows))


def notes(viewer: Viewer) -> Part:
    """What they noted beside lessons, for themselves."""
    rows = db.session.execute(
        select(Course.title.label("course"), Lesson.title.label("lesson"), LessonNote.text, LessonNote.saved_at)
        .join(Enrollment, Enrollment.id == LessonNote.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Lesson, Lesson.id == LessonNote.lesson_id)
        .where(Enrollment.employee_id == viewer.employee_id, LessonNote.text != "")
        .order_by(LessonNote.saved_at, LessonNote.lesson_id)
    )
    columns = {"course": N_("Course"), "lesson": N_("Lesson"), "text": N_("Text"), "saved_at": N_("Saved")}
    return Part("notes", N_("My notes"), columns, plain(rows), N_("Nobody else reads them."))


def quizzes(viewer: Viewer) -> Part:
    """The score and what was answered. Not which answers were right: the same questions may be asked again."""
    rows = db.session.execute(
        select(
            Course.title.label("course"), Lesson.title.label("quiz"), QuizSubmission.number, QuizSubmission.started_at,
            QuizSubmission.submitted_at, QuizSubmission.points, QuizSubmission.max_points, QuizSubmission.percent,
            QuizSubmission.passing_percent, QuizSubmission.passed, QuizSubmission.questions, QuizSubmission.result,
        )
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(QuizSubmission.id)
    )  # fmt: skip
    found = plain(rows)
    for row in found:
        row["answers"] = _answers(row.pop("questions"), row.pop("result") or [])
    columns = {
        "course": N_("Course"),
        "quiz": N_("Quiz"),
        "number": N_("Attempt"),
        "submitted_at": N_("Handed in"),
        "percent": N_("Score in percent"),
        "passed": N_("Passed"),
        "answers": N_("Your answers"),
    }
    note = N_("Which answers were right is shown in the course, where its author allows it.")
    return Part("quizzes", N_("Quizzes"), columns, found, note)


def assignments(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            TrainingAssignment.id.label("number"), Course.title, TrainingAssignment.assigned_at,
            TrainingAssignment.assigned_by_name, TrainingAssignment.source, TrainingAssignment.due_on,
            status_at(clock.now()).label("status"), TrainingAssignment.started_at, TrainingAssignment.completed_at,
            TrainingAssignment.closed_as, TrainingAssignment.close_reason, TrainingAssignment.note,
            TrainingAssignment.reminders_sent,
        )
        .join(Course, Course.id == TrainingAssignment.course_id)
        .where(TrainingAssignment.employee_id == viewer.employee_id)
        .order_by(TrainingAssignment.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "assigned_at": N_("Assigned"),
        "assigned_by_name": N_("Assigned by"),
        "due_on": N_("Due"),
        "status": N_("Status"),
        "completed_at": N_("Completed"),
        "note": N_("Note"),
    }
    return Part("assignments", N_("Assigned training"), columns, plain(rows))


def certifications(viewer: Viewer) -> Part:
    kept = ("employee_id", "enrollment_id", "course_id", "made_by_id", "next_look_on", "is_current")
    columns = [column for column in CertificationPeriod.__table__.columns if column.name not in kept]
    rows = db.session.execute(
        select(Course.title, *columns)
        .join(Course, Course.id == CertificationPeriod.course_id)
        .where(CertificationPeriod.employee_id == viewer.employee_id)
        .order_by(CertificationPeriod.id)
    )
    words = {
        "title": N_("Course"),
        "certified_on": N_("Completed"),
        "valid_from": N_("Valid from"),
        "valid_until": N_("Valid until"),
        "revoked_at": N_("Revoked"),
        "replaced_at": N_("Replaced"),
    }
    return Part("certification_periods", N_("Certification periods"), words, plain(rows))


def audiences(viewer: Viewer) -> Part:
    """Which groups they belong or belonged to, by rule."""
    rows = db.session.execute(
        select(Audience.name.label("title"), AudienceMember.since, AudienceMember.left_at)
        .join(Audience, Audience.id == AudienceMember.audience_id)
        .where(AudienceMember.employee_id == viewer.employee_id)
        .order_by(AudienceMember.id)
    )
    columns = {"title": N_("Audience"), "since": N_("Since"), "left_at": N_("Left")}
    return Part("audiences", N_("Audiences"), columns, plain(rows))


def completions(viewer: Viewer) -> Part:
    people = ("employee_id", "actor_id", "approved_by_id")
    kept = [column for column in CompletionRecord.__table__.columns if column.name not in people]
    rows = db.session.execute(
        select(*kept).where(CompletionRecord.employee_id == viewer.employee_id).order_by(CompletionRecord.id)
    )
    columns = {
        "id": N_("Number"),
        "title": N_("Course"),
        "content_version": N_("Version"),
        "occurred_at": N_("Completed"),
        "score": N_("Score"),
        "how": N_("How"),
    }
    return Part("completion_records", N_("Completion records"), columns, plain(rows))


def _answers(questions: list[Any], result: list[Any]) -> list[dict[str, Any]]:
    """In words, whatever kind of question; what would have been right is left out."""
    return [
        {"question": line.prompt, "answer": [part.text for part in line.parts if part.chosen]}
        for line in lines_of(questions, result, shown=False)
    ]
