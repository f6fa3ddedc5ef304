"""ORG-2 as one table, read in two steps: a role holds grants (GRANTS), a grant reaches somebody's objects (REACHES).

Gates, navigation, the page 'Who may do what' and the tests are made from it; nothing repeats it. What an address asks
for stands with the wing (`web.gates.WINGS`) or, where it asks for more, with the view (`@needs`): whoever enters by a
grant finds there what that grant reaches, and nothing else.

Line manager is no role to hand out; it follows from the reporting line (see `Viewer`).
"""

from __future__ import annotations

from enum import StrEnum

from lmsapp.infra.words import N_


class Role(StrEnum):
    """A role a user can hold; any number of them."""

    SYSTEM_MANAGER = "System Manager"
    MODERATOR = "Moderator"
    COURSE_CREATOR = "Course Creator"
    BATCH_EVALUATOR = "Batch Evaluator"
    LMS_STUDENT = "LMS Student"
    HR_MANAGER = "HR Manager"
    AUDITOR = "Auditor"


class Reach(StrEnum):
    """Whose objects somebody finds; from narrow to wide."""

    OWN = "own"  # about oneself
    WRITTEN = "written"  # courses one is an author of, and what hangs on them
    LINE = "line"  # of everybody who reports to one, directly or not
    EVERYBODY = "everybody"


class May(StrEnum):
    """What can be granted. Verbs as the spec uses them."""

    LEARN = "learn"
    LEAD = "lead"  # follows from having reports
    AUTHOR = "author"
    MODERATE = "moderate"
    GRADE = "grade"
    KEEP_RECORDS = "keep records"
    AUDIT = "audit"
    CONFIGURE = "configure"


# What each grant reaches, and what it lets do, in words for everybody.
REACHES: dict[May, tuple[Reach, str]] = {
    May.LEARN: (Reach.OWN, N_("Take own courses and quizzes, see own assignments, certificates and record.")),
    May.LEAD: (
        Reach.LINE,
        N_("See the training of everybody who reports to them; assign, remind, move due dates, report."),
    ),
    May.AUTHOR: (Reach.WRITTEN, N_("Write courses, lessons and quizzes, and publish them.")),
    May.MODERATE: (Reach.EVERYBODY, N_("Look after every course, enrollment, training assignment and certificate.")),
    May.GRADE: (Reach.EVERYBODY, N_("Grade submissions, evaluate for certificates and assess cohorts.")),
    May.KEEP_RECORDS: (Reach.EVERYBODY, N_("Keep employee records, documents, compliance, rosters and onboarding.")),
    May.AUDIT: (Reach.EVERYBODY, N_("Read records, reports, the audit trail and the outbox; change nothing.")),
    May.CONFIGURE: (Reach.EVERYBODY, N_("Set up the system: accounts and roles, settings, integrations, jobs.")),
}

# What each role holds.
GRANTS: dict[Role, frozenset[May]] = {
    Role.SYSTEM_MANAGER: frozenset(May) - {May.LEAD, May.LEARN},
    Role.MODERATOR: frozenset({May.MODERATE, May.AUTHOR}),
    Role.COURSE_CREATOR: frozenset({May.AUTHOR}),
    Role.BATCH_EVALUATOR: frozenset({May.GRADE}),
    Role.LMS_STUDENT: frozenset({May.LEARN}),
    Role.HR_MANAGER: frozenset({May.KEEP_RECORDS}),
    Role.AUDITOR: frozenset({May.AUDIT}),
}
