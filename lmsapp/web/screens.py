"""Which help page goes with which screen (HLP-1): each wing has one, and what has its own procedure leads there."""

from __future__ import annotations

from collections.abc import Mapping

WINGS: Mapping[str, str] = {
    "student": "take-a-course",
    "team": "team-dashboard",
    "hr": "employees",
    "studio": "writing-courses",
    "admin": "settings",
    "gonogo": "go-no-go",
    "account": "your-account",
}
# By how the names of its screens begin, in every wing or, with the wing's name before, in that one. The longest wins.
SCREENS: Mapping[str, tuple[str, ...]] = {
    "assign-training": ("new_assignment", "new_staggered"),
    "assignments": ("assignment", "new_assignment_changes", "bulk", "completion_news", "view", "new_view"),
    "audiences": ("audience", "ask_archive_audience", "edit_audience", "new_audience", "rule", "new_training_rule",
                  "edit_training_rule", "ask_end_training_rule"),
    "audit-trail": ("audit",),
    "catalogue": ("catalogue", "review", "reviews"),
    "certificates": ("certificate", "record", "evaluat", "new_certificate", "course_certificate", "path_certificate"),
    "certifications-and-renewal": ("certified", "expiring", "validity", "renewal"),
    "channels": ("channel", "email_channel", "new_channel"),
    "completing-by-hand": ("override",),
    "completion-ledger": ("receipt",),
    "completion-rules": ("why", "employee_why"),
    "compliance-matrix": ("matrix", "new_matrix"),
    "compliance-types": ("compliance_type", "compliance_batch", "ask_archive_compliance_type", "edit_compliance_type",
                         "new_compliance", "decision", "employee_compliance"),
    "course-versions": ("version", "publication"),
    "employee-documents": ("document", "own_documents", "person_documents", "new_document", "new_removal"),
    "enrollments": ("enrollment", "attempt", "learners", "instructor_request", "session", "new_session"),
    "evidence-packs": ("evidence_pack",),
    "file-evidence": ("to_file", "filing_policy", "marking_policy", "waivers"),
    "go-no-go": ("access_tokens",),
    "grading": ("grading", "answers", "hand_in"),
    "import-a-roster": ("roster",),
    "late-training": ("new_escalations",),
    "learning-paths": ("path", "new_path"),
    "message-texts": ("message_text", "message_letter"),
    "messages": ("person_message", "employee_message", "employee_texts", "assignment_message", "notices", "telling"),
    "messages-to-come": ("messages_",),
    "more-time": ("more_time", "extension_request"),
    "onboarding": ("onboarding", "new_onboarding", "employee_onboarding", "template_task", "new_template_task"),
    "organisation": ("organisation", "department", "holidays", "word"),
    "paid-courses": ("payment", "new_payment"),
    "pausing": ("pause",),
    "policies": ("polic", "new_policy", "draft", "new_publication", "new_retirement", "round", "new_round", "signature",
                 "hr.version"),
    "question-analysis": ("analys",),
    "question-bank": ("bank", "question", "new_question", "pool", "new_pool", "draw", "new_draw", "tags", "quiz_trial"),
    "question-files": ("question_template", "export_questions", "import"),
    "read-the-completion-report": ("completion_report", "recorded_later"),
    "reconciliation": ("reconciliation",),
    "regrading": ("regrade", "new_regrade"),
    "regulator-reports": ("trainers", "particulars"),
    "reminders": ("reminder", "new_reminder", "course_reminders"),
    "reports": ("report", "new_report", "edit_report", "compliance_report"),
    "retention-and-holds": ("retention", "new_retention", "legal_hold", "new_legal_hold", "erasure", "employee_erasure",
                            "disposals", "retrieval", "hr.review"),
    "roles-and-access": ("role", "user"),
    "scorm-packages": ("package",),
    "settings": ("organisation_settings",),
    "sign-a-policy": ("to_sign", "signing", "account.signature"),
    "signed-pdfs": ("paper",),
    "single-use-links": ("links",),
    "statistics": ("statistics", "course_statistics"),
    "status-words": ("status_words",),
    "take-a-course": ("student.why",),
    "taking-quizzes": ("quiz_", "held_quiz", "student.attempt"),
    "training-from-other-systems": ("player",),
    "verify-the-ledger": ("completion_ledger", "ledger_finding", "checkpoints", "latest_checkpoint", "verif"),
    "what-content-reported": ("reported", "package_learners"),
    "your-first-weeks": ("student.onboarding",),
}  # fmt: skip
_SLUGS = {begin: slug for slug, begins in SCREENS.items() for begin in begins}


def help_of(endpoint: str) -> str | None:
    """The help page of a screen, by the name of its endpoint; None outside the wings."""
    wing, _dot, name = endpoint.partition(".")
    found = [(len(begin), begin) for begin in _SLUGS if name.startswith(begin)]
    found += [(len(begin) - len(wing), begin) for begin in _SLUGS if endpoint.startswith(begin)]  # wins where both do
    return _SLUGS[max(found)[1]] if found and wing in WINGS else WINGS.get(wing)
