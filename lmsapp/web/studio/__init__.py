"""Course creators and moderators: authoring and assigning (CRS-1 to CRS-3, ASG-5).

Stands on courses and assignments. Course creators see the courses they wrote, moderators all;
only moderators assign.
"""

from __future__ import annotations

from lmsapp.web.studio import (
    assigning,
    assignments,
    attendance,
    audience_runs,
    audiences,
    bulk,
    completion,
    courses,
    enrollments,
    exceptions,
    learners,
    lessons,
    outline,
    overrides,
    preview,
    publication,
    questions,
    training_rules,
    why,
)
from lmsapp.web.studio.wing import bp

__all__ = [
    "assigning",
    "assignments",
    "attendance",
    "audience_runs",
    "audiences",
    "bp",
    "bulk",
    "completion",
    "courses",
    "enrollments",
    "exceptions",
    "learners",
    "lessons",
    "outline",
    "overrides",
    "preview",
    "publication",
    "questions",
    "training_rules",
    "why",
]
