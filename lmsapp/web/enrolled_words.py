"""Words of enrollments for staff: where they came from, how they are marked, why they are paused (ENR-1, ENR-10)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as __
from flask_babel import lazy_pgettext

from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.pauses.rules import PauseKind

STATUSES: dict[str, Any] = {
    EnrollmentStatus.NOT_STARTED.value: __("Not Started"),
    EnrollmentStatus.IN_PROGRESS.value: __("In Progress"),
    EnrollmentStatus.PAUSED.value: __("Paused"),
    EnrollmentStatus.FAILED.value: __("Failed"),
    EnrollmentStatus.COMPLETED.value: __("Completed"),
    EnrollmentStatus.RENEWAL_REQUIRED.value: __("Renewal Required"),
    EnrollmentStatus.EXPIRED.value: __("Expired"),
    EnrollmentStatus.WITHDRAWN.value: __("Withdrawn"),
}
SOURCES: dict[str, Any] = {
    "self": __("By themselves"),
    "staff": __("By staff"),
    "assignment": __("Assigned training"),
    "onboarding": __("Onboarding"),
    "audience": __("Audience rule"),
    "path": __("Learning path"),
    "batch": __("Cohort"),
    "import": __("Import"),
    "api": __("Another system"),
    "demo": __("Demo"),
}
MARKS: dict[str, Any] = {"by hand": __("by hand"), "exempt": __("Exempt")}
PAUSE_KINDS: dict[str, Any] = {
    PauseKind.LEAVE.value: lazy_pgettext("pause", "Leave"),
    PauseKind.SICKNESS.value: __("Sickness"),
    PauseKind.WORK_CONFLICT.value: __("Conflict at work"),
}
PAUSE_ENDS: dict[str, Any] = {
    "over": __("to its last day"),
    "resumed": __("ended early"),
    "closed": __("nothing was left to do"),
}
OVERRIDE_KINDS: dict[str, Any] = {
    OverrideKind.COMPLETION.value: __("Completion"),
    OverrideKind.EXEMPTION.value: __("Exemption"),
    OverrideKind.LESSON.value: __("A lesson done"),
    OverrideKind.REVOCATION.value: __("Taking it back"),
}
OVERRIDE_STATES: dict[str, tuple[str, Any]] = {
    "waiting": ("waiting", __("Waits for a second person")),
    "applied": ("approved", __("Done")),
    "declined": ("declined", __("Declined")),
    "dropped": ("cancelled", __("Dropped")),
}
