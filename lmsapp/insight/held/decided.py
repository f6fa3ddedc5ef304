"""What staff decided and noted about one's learning: pauses, decisions by hand, attendance (ORG-8)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.assignments.extensions.models import ExtensionRequest
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.parts import Part
from lmsapp.insight.held.person import plain
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.learning.particulars.models import TrainingParticular
from lmsapp.learning.pauses.models import EnrollmentPause
from lmsapp.people.viewer import Viewer


def pauses(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title, EnrollmentPause.kind, EnrollmentPause.reason, EnrollmentPause.from_on,
            EnrollmentPause.until_on, EnrollmentPause.paused_by_name, EnrollmentPause.ended_at,
            EnrollmentPause.ended_how,
        )
        .join(Enrollment, Enrollment.id == EnrollmentPause.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(EnrollmentPause.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "from_on": N_("From"),
        "until_on": N_("Until"),
        "reason": N_("Reason"),
        "paused_by_name": N_("Paused by"),
    }
    return Part("pauses", N_("Pauses"), columns, plain(rows))


def more_time(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title, ExtensionRequest.due_on, ExtensionRequest.wanted_on, ExtensionRequest.reason,
            ExtensionRequest.state, ExtensionRequest.asked_at, ExtensionRequest.granted_on,
            ExtensionRequest.answered_by_name, ExtensionRequest.answered_at, ExtensionRequest.answer,
        )
        .join(TrainingAssignment, TrainingAssignment.id == ExtensionRequest.assignment_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .where(TrainingAssignment.employee_id == viewer.employee_id)
        .order_by(ExtensionRequest.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "due_on": N_("Due"),
        "wanted_on": N_("Asked for"),
        "reason": N_("Reason"),
        "state": N_("State"),
        "answered_by_name": N_("Decided by"),
    }
    return Part("more_time", N_("More time asked for"), columns, plain(rows))


def decisions(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title, Lesson.title.label("lesson"), CompletionOverride.kind, CompletionOverride.state,
            CompletionOverride.reason, CompletionOverride.asked_by_name, CompletionOverride.asked_at,
            CompletionOverride.decided_by_name, CompletionOverride.decided_at, CompletionOverride.decision_reason,
        )
        .join(Enrollment, Enrollment.id == CompletionOverride.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(Lesson, Lesson.id == CompletionOverride.lesson_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(CompletionOverride.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "kind": N_("Decision"),
        "state": N_("State"),
        "reason": N_("Reason"),
        "asked_by_name": N_("Set by"),
        "decided_by_name": N_("Decided by"),
    }
    return Part("decisions_by_hand", N_("Decisions by hand"), columns, plain(rows))


def attendance(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title.label("course"), AttendanceSession.title, AttendanceSession.held_on,
            AttendanceSession.minutes, Attendance.recorded_by_name, Attendance.recorded_at, Attendance.taken_back_at,
            Attendance.taken_back_reason,
        )
        .join(AttendanceSession, AttendanceSession.id == Attendance.session_id)
        .join(Enrollment, Enrollment.id == Attendance.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(Attendance.id)
    )  # fmt: skip
    columns = {
        "course": N_("Course"),
        "title": N_("Session"),
        "held_on": N_("On"),
        "minutes": N_("Minutes"),
        "taken_back_reason": N_("Taken back because"),
    }
    return Part("attendance", N_("Sessions attended"), columns, plain(rows))


def evaluations(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title.label("course"), CertificateEvaluation.state, CertificateEvaluation.asked_at,
            CertificateEvaluation.decided_at, CertificateEvaluation.decided_by_name, CertificateEvaluation.reason,
        )
        .join(Enrollment, Enrollment.id == CertificateEvaluation.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(CertificateEvaluation.id)
    )  # fmt: skip
    columns = {
        "course": N_("Course"),
        "state": N_("State"),
        "asked_at": N_("Asked for"),
        "decided_at": N_("Decided"),
        "decided_by_name": N_("Decided by"),
        "reason": N_("Reason"),
    }
    return Part("evaluations", N_("Evaluations for certificates"), columns, plain(rows))


def particulars(viewer: Viewer) -> Part:
    said = TrainingParticular
    rows = db.session.execute(
        select(
            CompletionRecord.title, CompletionRecord.id.label("record"), said.trainer, said.qualification,
            said.evaluated_on, said.evaluated_by, said.equipment, said.adequate_on, said.given_by, said.reason,
            said.recorded_by_name, said.recorded_at,
        )
        .join(CompletionRecord, CompletionRecord.id == said.record_id)
        .where(CompletionRecord.employee_id == viewer.employee_id)
        .order_by(said.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "trainer": N_("Trainer"),
        "evaluated_on": N_("Evaluated on"),
        "evaluated_by": N_("Evaluated by"),
        "equipment": N_("On what"),
        "adequate_on": N_("Found adequate on"),
        "given_by": N_("Training given by"),
    }
    return Part("particulars", N_("What a rule asks of a training"), columns, plain(rows))


def links(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title, AccessLink.channel, AccessLink.sent_to, AccessLink.made_at, AccessLink.opened_at,
            AccessLink.expires_at, AccessLink.revoked_at, AccessLink.revoked_as,
        )
        .join(Course, Course.id == AccessLink.course_id)
        .where(AccessLink.employee_id == viewer.employee_id)
        .order_by(AccessLink.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "channel": N_("Sent by"),
        "sent_to": N_("Sent to"),
        "made_at": N_("Sent"),
        "opened_at": N_("Opened"),
        "expires_at": N_("Until"),
    }
    return Part("links", N_("Single-use links in reminders"), columns, plain(rows), N_("Never the link itself."))
