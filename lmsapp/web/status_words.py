"""Words that pages show but no page writes: they come from enums, stored actions and column heads (UX-3).

Nothing reads these lists. They mark the words for gettext's extractor, which cannot see values; each says where its
words come from.
"""

from __future__ import annotations

from typing import Final

from lmsapp.infra.words import N_

# rules.py of assignments, enrollments, the compliance ledger and certificates; insight/completion.py
STATUSES: Final = (
    N_("Pending"),
    N_("In Progress"),
    N_("Completed"),
    N_("Overdue"),
    N_("Cancelled"),
    N_("Exempt"),
    N_("Not Started"),
    N_("Failed"),
    N_("Renewal Required"),
    N_("Expired"),
    N_("Withdrawn"),
    N_("Expiring"),
    N_("Required"),
    N_("Complete"),
    N_("Waived"),
    N_("Valid"),
    N_("Revoked"),
    N_("Paused"),
    N_("Passed"),
    N_("Not passed"),
    N_("Replaced"),
    N_("Lapses before the day"),
    N_("Not enrolled"),
)

# templates/components/badge.html, for a status given without its words
BADGES: Final = (
    N_("Requested"),
    N_("Future"),
    N_("Scheduled"),
    N_("Waiting"),
    N_("Queued"),
    N_("Running"),
    N_("Active"),
    N_("Under Review"),
    N_("In Review"),
    N_("Submitted"),
    N_("Passed"),
    N_("Filed"),
    N_("Approved"),
    N_("Sent"),
    N_("Ready"),
    N_("Published"),
    N_("Certified"),
    N_("Signed"),
    N_("Rejected"),
    N_("Broken"),
    N_("Needs Attention"),
    N_("Uncertain"),
    N_("Due Soon"),
    N_("Paused"),
    N_("Declined"),
    N_("Skipped"),
    N_("Dropped"),
    N_("Draft"),
    N_("Retired"),
    N_("Archived"),
    N_("Superseded"),
    N_("Inactive"),
)

# people/roles.py
ROLES: Final = (
    N_("System Manager"),
    N_("Moderator"),
    N_("Course Creator"),
    N_("Batch Evaluator"),
    N_("LMS Student"),
    N_("HR Manager"),
    N_("Auditor"),
)
