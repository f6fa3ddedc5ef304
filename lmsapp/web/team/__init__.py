"""Line managers: the team dashboard and what follows from it (DSH-1, REP-1). Own reporting line only."""

from lmsapp.web.team import (
    acting,
    acts,
    assigning,
    assignments,
    dashboard,
    documents,
    enrollments,
    extensions,
    further,
    matrix,
    messages,
    onboarding,
    people,
    reports,
    scores,
    statistics,
    transcripts,
)
from lmsapp.web.team.wing import bp

__all__ = [
    "acting",
    "acts",
    "assigning",
    "assignments",
    "bp",
    "dashboard",
    "documents",
    "enrollments",
    "extensions",
    "further",
    "matrix",
    "messages",
    "onboarding",
    "people",
    "reports",
    "scores",
    "statistics",
    "transcripts",
]
