"""System managers and auditors: users and roles, outbox, jobs, audit trail (ORG-2, REM-7, EVD-3)."""

from lmsapp.web.admin import (
    audit,
    channels,
    checkpoints,
    completion_ledger,
    jobs,
    links,
    matrix,
    notices,
    packs,
    reports,
    roles,
    scores,
    settings,
    signatures,
    status_words,
    users,
    why,
)
from lmsapp.web.admin.wing import bp

__all__ = [
    "audit",
    "bp",
    "channels",
    "checkpoints",
    "completion_ledger",
    "jobs",
    "links",
    "matrix",
    "notices",
    "packs",
    "reports",
    "roles",
    "scores",
    "settings",
    "signatures",
    "status_words",
    "users",
    "why",
]
