"""Which tables have a past."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """`born`: the column that says when a row was recorded; '' where there is none, then the trigger notes it.

    `quiet`: columns in which no report is interested; a change of them alone is not kept. `only_added`: rows never
    change, so that there is nothing to keep.
    """

    born: str = ""
    key: tuple[str, ...] = ("id",)
    quiet: tuple[str, ...] = ()
    only_added: bool = False


KEPT: dict[str, Kept] = {
    "employee": Kept("created_at"),
    "department": Kept(),
    "course": Kept("created_at", quiet=("draft_changed_at", "topics", "summary")),
    "learning_path": Kept("created_at"),
    "enrollment": Kept("enrolled_at", quiet=("last_active_at", "counted_until", "current_lesson_id")),
    "path_enrollment": Kept("enrolled_at"),
    "training_assignment": Kept(
        "assigned_at",
        quiet=("next_reminder_on", "reminded_through", "overdue_noted_at", "told_at", "stall_look_at", "active_on"),
    ),
    "completion_record": Kept("recorded_at", only_added=True),
    "certification_period": Kept("made_at", quiet=("next_look_on", "opened_at", "required_at", "expired_at")),
    "certificate": Kept("issued_at"),
    "compliance_type": Kept(),
    "compliance_type_course": Kept(key=("type_id", "course_id")),
    "compliance_duty": Kept(),
    "employee_compliance": Kept("decided_at"),
    "document_type": Kept(),
    "employee_document": Kept("filed_at"),
}
