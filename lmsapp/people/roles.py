"""ORG-2 as one table: what each role may do. Gates, navigation and tests are made from it.

Line manager is no role to hand out; it follows from the reporting line (see `Viewer.may`).
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role a user can hold; any number of them."""

    SYSTEM_MANAGER = "System Manager"
    MODERATOR = "Moderator"
    COURSE_CREATOR = "Course Creator"
    BATCH_EVALUATOR = "Batch Evaluator"
    LMS_STUDENT = "LMS Student"
    HR_MANAGER = "HR Manager"
    AUDITOR = "Auditor"


class May(StrEnum):
    """What can be granted. Verbs as the spec uses them."""

    LEARN = "learn"
    LEAD = "lead"  # own reporting line only; follows from having reports
    AUTHOR = "author"
    MODERATE = "moderate"  # every course, enrollment, assignment, certificate
    GRADE = "grade"
    KEEP_RECORDS = "keep records"  # employee file, roster, compliance
    AUDIT = "audit"  # read records, reports, evidence
    CONFIGURE = "configure"


GRANTS: dict[Role, frozenset[May]] = {
    Role.SYSTEM_MANAGER: frozenset(May) - {May.LEAD, May.LEARN},
    Role.MODERATOR: frozenset({May.MODERATE, May.AUTHOR}),
    Role.COURSE_CREATOR: frozenset({May.AUTHOR}),
    Role.BATCH_EVALUATOR: frozenset({May.GRADE}),
    Role.LMS_STUDENT: frozenset({May.LEARN}),
    Role.HR_MANAGER: frozenset({May.KEEP_RECORDS}),
    Role.AUDITOR: frozenset({May.AUDIT}),
}
