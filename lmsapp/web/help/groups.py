"""Whose work each help page is about (HLP-1)."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as __

from lmsapp.people.roles import May


class Group(NamedTuple):
    """Pages in reading order. `any_of`: for whom; empty: for everybody."""

    title: Any
    any_of: tuple[May, ...]
    slugs: tuple[str, ...]


GROUPS = (
    Group(
        __("Taking training"),
        (),
        (
            "take-a-course",
            "taking-quizzes",
            "catalogue",
            "assignments-to-hand-in",
            "training-from-other-systems",
            "learning-paths",
            "more-time",
            "pausing",
            "what-the-statuses-mean",
            "what-counts-as-learning-time",
            "certificates",
            "certifications-and-renewal",
            "sign-a-policy",
            "your-first-weeks",
        ),
    ),
    Group(
        __("You and your account"),
        (),
        ("your-account", "messages", "completion-ledger", "signed-pdfs", "accessibility", "privacy"),
    ),
    Group(
        __("Leading people"),
        (May.LEAD,),
        ("team-dashboard", "assign-training", "assignments", "late-training", "enrollments", "onboarding", "go-no-go"),
    ),
    Group(
        __("Reports and proofs"),
        (May.LEAD, May.KEEP_RECORDS, May.AUDIT, May.CONFIGURE),
        (
            "reports",
            "read-the-completion-report",
            "statistics",
            "regulator-reports",
            "as-of",
            "evidence-packs",
            "verify-the-ledger",
            "audit-trail",
        ),
    ),
    Group(
        __("HR"),
        (May.KEEP_RECORDS,),
        (
            "employees",
            "organisation",
            "import-a-roster",
            "file-evidence",
            "employee-documents",
            "compliance-types",
            "compliance-matrix",
            "reconciliation",
            "policies",
            "retention-and-holds",
        ),
    ),
    Group(
        __("Courses and their learners"),
        (May.AUTHOR, May.MODERATE, May.GRADE),
        (
            "writing-courses",
            "question-bank",
            "question-files",
            "scorm-packages",
            "course-versions",
            "completion-rules",
            "grading",
            "question-analysis",
            "regrading",
            "completing-by-hand",
            "what-content-reported",
            "audiences",
            "reminders",
            "messages-to-come",
            "message-texts",
            "paid-courses",
        ),
    ),
    Group(
        __("Setting up the system"),
        (May.CONFIGURE,),
        ("settings", "channels", "roles-and-access", "status-words", "single-use-links", "scorm-content-host"),
    ),
)


def group_of(slug: str) -> Group | None:
    """The group of a page; None where there is no such page."""
    return next((group for group in GROUPS if slug in group.slugs), None)
