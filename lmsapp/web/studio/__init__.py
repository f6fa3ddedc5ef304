"""Course creators, moderators and evaluators: authoring, assigning and grading (CRS-1 to CRS-3, ASG-5, QIZ-5).

Stands on courses, learning and assignments. Course creators see the courses they wrote, moderators all; only moderators
assign. Who only grades finds nothing here but grading (`gates.UNLESS_SAID`).
"""

from __future__ import annotations

from lmsapp.web.studio import (
    assigning,
    assignments,
    audience_runs,
    audiences,
    completion,
    courses,
    evaluators,
    exceptions,
    expiring,
    grading,
    lessons,
    moving,
    outline,
    path_outline,
    path_people,
    paths,
    payments,
    preview,
    publication,
    questions,
    reviews,
    status_words,
    training_rules,
    validity,
    why,
    writing,
)
from lmsapp.web.studio.wing import bp

__all__ = [
    "assigning",
    "assignments",
    "audience_runs",
    "audiences",
    "bp",
    "completion",
    "courses",
    "evaluators",
    "exceptions",
    "expiring",
    "grading",
    "lessons",
    "moving",
    "outline",
    "path_outline",
    "path_people",
    "paths",
    "payments",
    "preview",
    "publication",
    "questions",
    "reviews",
    "status_words",
    "training_rules",
    "validity",
    "why",
    "writing",
]
