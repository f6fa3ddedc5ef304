"""The work they handed in, what was said of it, and the files. By the viewer's own employee id alone."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.papers import safe
from lmsapp.insight.held.parts import Paper, Part
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn, HandInDraft
from lmsapp.people.viewer import Viewer

GRADED = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_object(
                    "decision", Grading.decision, "points", Grading.total, "of", Grading.max_points,
                    "feedback", Grading.feedback, "reason", Grading.reason, "by", Grading.graded_by_name,
                    "at", Grading.graded_at,
                ),
                Grading.number,
            )
        )
    )
    .where(Grading.hand_in_id == HandIn.id)
    .correlate(HandIn)
    .scalar_subquery()
)  # fmt: skip


def handed_in(viewer: Viewer) -> Part:
    """Every hand-in, and what is being written."""
    rows = db.session.execute(
        select(
            HandIn.id, Course.title.label("course"), HandIn.title, HandIn.number, HandIn.handed_in_at, HandIn.text,
            HandIn.link, HandIn.files, GRADED.label("judged"),
        )
        .join(Enrollment, Enrollment.id == HandIn.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(HandIn.id)
    )  # fmt: skip
    found, papers = [], []
    for row in rows:
        here = [Paper(f"files/work-{row.id}-{one['id']}-{safe(one['name'])}", one["sha256"]) for one in row.files]
        papers += here
        last = row.judged[-1] if row.judged else {}
        said = {"decision": last.get("decision"), "feedback": last.get("feedback"), "judged": row.judged or []}
        kept = {name: getattr(row, name) for name in ("course", "title", "number", "handed_in_at", "text", "link")}
        found.append(kept | said | {"files": [paper.name for paper in here]})
    columns = {
        "course": N_("Course"),
        "title": N_("Assignment"),
        "number": N_("Hand-in"),
        "handed_in_at": N_("Handed in"),
        "text": N_("Text"),
        "link": N_("Link"),
        "files": N_("Files"),
        "decision": N_("Decision"),
        "feedback": N_("Feedback"),
    }
    return Part("work", N_("Work handed in"), columns, found, "", tuple(papers))


def drafts(viewer: Viewer) -> Part:
    """What is not handed in yet."""
    rows = db.session.execute(
        select(
            Course.title.label("course"), HandInDraft.text, HandInDraft.link, HandInDraft.files, HandInDraft.saved_at
        )
        .join(Enrollment, Enrollment.id == HandInDraft.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(HandInDraft.enrollment_id)
    )
    found = [
        {"course": row.course, "text": row.text, "link": row.link, "saved_at": row.saved_at,
         "files": [one["name"] for one in row.files]}
        for row in rows
        if row.text or row.link or row.files
    ]  # fmt: skip
    columns = {"course": N_("Course"), "text": N_("Text"), "link": N_("Link"), "files": N_("Files")}
    return Part("work-drafts", N_("Work not handed in yet"), columns, found)
