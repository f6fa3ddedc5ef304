"""The places of each wing, as its navigation names them: grouped by what somebody comes for."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as __


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a wing's navigation: label, endpoint, icon. Seen by whoever may go there.

    `holds`: where addresses of its pages begin, beside those below its own."""

    label: object
    endpoint: str
    icon: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together, under a word; '' in a wing of few."""

    label: object
    entries: tuple[Entry, ...]


WING_TITLES: dict[str, object] = {
    "student": __("My learning"),
    "team": __("Team"),
    "hr": __("HR"),
    "studio": __("Studio"),
    "admin": __("Administration"),
    "gonogo": __("Go/no-go"),
}

GROUPS: dict[str, tuple[Group, ...]] = {
    "student": (
        Group(
            "",
            (
                Entry(__("Home"), "student.home", "home", ("/learn/",)),
                Entry(__("Catalogue"), "student.catalogue", "book"),
                Entry(
                    __("My record"),
                    "student.record",
                    "award",
                    ("/learn/certificates/", "/learn/papers/", "/learn/enrollments/"),
                ),
                Entry(__("Help"), "help.index", "help"),
            ),
        ),
    ),
    "team": (
        Group(
            "",
            (
                Entry(__("Team"), "team.dashboard", "users", ("/team/",)),
                Entry(__("Assignments"), "team.assignments", "list"),
                Entry(__("Enrollments"), "team.enrollments", "book"),
                Entry(__("More time"), "team.extension_requests", "calendar"),
                Entry(__("Compliance matrix"), "team.matrix", "grid"),
                Entry(__("Onboarding"), "team.onboardings", "check"),
                Entry(__("Reports"), "team.reports", "chart"),
                Entry(__("Statistics"), "team.statistics", "trend"),
            ),
        ),
    ),
    "hr": (
        Group(
            __("People"),
            (
                Entry(__("Employees"), "hr.employees", "users"),
                Entry(__("Onboarding"), "hr.onboardings", "check"),
                Entry(__("Roster"), "hr.roster", "upload"),
                Entry(__("Organisation"), "hr.organisation", "folder"),
            ),
        ),
        Group(
            __("Employee file"),
            (
                Entry(__("To file"), "hr.to_file", "inbox"),
                Entry(__("Documents"), "hr.documents_ending", "file"),
                Entry(__("Policies"), "hr.policies", "signature"),
                Entry(__("Retention"), "hr.retention", "archive"),
            ),
        ),
        Group(
            __("Compliance"),
            (
                Entry(__("Compliance matrix"), "hr.matrix", "grid"),
                Entry(__("Compliance types"), "hr.compliance_types", "shield"),
                Entry(__("Reconciliation"), "hr.reconciliation", "list"),
            ),
        ),
        Group(
            __("Proof and reports"),
            (
                Entry(__("Reports"), "hr.reports", "chart"),
                Entry(__("Statistics"), "hr.statistics", "trend"),
                Entry(__("Evidence packs"), "hr.evidence_packs", "download"),
                Entry(__("Completion ledger"), "hr.completion_ledger", "shield"),
            ),
        ),
    ),
    "studio": (
        Group(
            __("Content"),
            (
                Entry(__("Courses"), "studio.courses", "book", ("/studio/lessons/", "/studio/chapters/")),
                Entry(__("Question bank"), "studio.bank", "quiz"),
                Entry(__("Learning paths"), "studio.paths", "path"),
            ),
        ),
        Group(
            __("Training"),
            (
                Entry(__("Assignments"), "studio.assignments", "list"),
                Entry(__("Enrollments"), "studio.enrollments", "users"),
                Entry(__("Audiences"), "studio.audiences", "users"),
                Entry(__("Grading"), "studio.grading", "inbox"),
                Entry(__("Time asked for"), "studio.instructor_requests", "comment"),
                Entry(__("By hand"), "studio.overrides", "edit"),
                Entry(__("Payments"), "studio.payments", "tag"),
            ),
        ),
        Group(
            __("Certificates"),
            (
                Entry(__("Certificates"), "studio.certificates", "award"),
                Entry(__("Expiring"), "studio.expiring", "renew"),
            ),
        ),
        Group(
            __("Messages"),
            (
                Entry(__("Reminder policies"), "studio.reminder_policies", "bell"),
                Entry(__("Message texts"), "studio.message_texts", "mail"),
                Entry(__("Messages to come"), "studio.messages_to_come", "calendar"),
            ),
        ),
    ),
    "admin": (
        Group(
            __("People"),
            (
                Entry(__("People and roles"), "admin.users", "users"),
                Entry(__("Who may do what"), "admin.roles", "shield"),
                Entry(__("Access tokens"), "admin.access_tokens", "key"),
            ),
        ),
        Group(
            __("Messages"),
            (
                Entry(__("Notices"), "admin.notices", "mail"),
                Entry(__("Channels"), "admin.channel_list", "plug"),
                Entry(__("Links in reminders"), "admin.links", "key"),
            ),
        ),
        Group(
            __("Running the system"),
            (
                Entry(__("Jobs"), "admin.jobs", "clock"),
                Entry(__("Settings"), "admin.organisation_settings", "gear"),
                Entry(__("Status words"), "admin.status_words", "edit"),
            ),
        ),
        Group(
            __("Proof"),
            (
                Entry(__("Audit trail"), "admin.audit_trail", "list"),
                Entry(__("Completion ledger"), "admin.completion_ledger", "shield"),
                Entry(__("Checkpoints"), "admin.checkpoints", "shield"),
                Entry(__("Signatures"), "admin.signatures", "signature"),
                Entry(__("Evidence packs"), "admin.evidence_packs", "download"),
            ),
        ),
        Group(
            __("Reports"),
            (
                Entry(__("Reports"), "admin.reports", "chart"),
                Entry(__("Statistics"), "admin.statistics", "trend"),
                Entry(__("Compliance matrix"), "admin.matrix", "grid"),
            ),
        ),
    ),
    "gonogo": (
        Group(
            "",
            (
                Entry(__("Checklists"), "gonogo.index", "check"),
                Entry(__("Access tokens"), "gonogo.tokens", "key"),
            ),
        ),
    ),
}
ENTRIES = {wing: tuple(entry for group in groups for entry in group.entries) for wing, groups in GROUPS.items()}

# Where each wing begins.
WING_DOORS: tuple[tuple[str, Entry], ...] = (
    ("student", Entry(__("My learning"), "student.home", "home")),
    ("team", Entry(__("My team"), "team.dashboard", "users")),
    ("hr", Entry(__("HR"), "hr.employees", "folder")),
    ("studio", Entry(__("Studio"), "studio.courses", "book")),
    ("admin", Entry(__("Administration"), "admin.notices", "gear")),
    ("gonogo", Entry(__("Go/no-go"), "gonogo.index", "check")),
)

ACCOUNT: tuple[Entry, ...] = (
    Entry(__("Your account"), "account.profile", "user"),
    Entry(__("Notices"), "account.notices", "bell"),
    Entry(__("To sign"), "account.to_sign", "signature"),
    Entry(__("Your documents"), "account.own_documents", "file"),
)
