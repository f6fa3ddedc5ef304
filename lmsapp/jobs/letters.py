"""Letters that are worded and asked about when they are sent: by template, who knows."""

from __future__ import annotations

from lmsapp.assignments.digest import own_letter
from lmsapp.assignments.escalation import letters as escalation_letters
from lmsapp.assignments.escalation.lines import team_letter
from lmsapp.assignments.links import link_for_assignment
from lmsapp.assignments.reminding import letters as training_letters
from lmsapp.compliance.documents import ends as document_ends
from lmsapp.compliance.ledger import letters as compliance_letters
from lmsapp.compliance.policies.letters import still_to_sign
from lmsapp.infra.words import N_
from lmsapp.learning.links.letters import link_for_enrollment, link_for_period
from lmsapp.learning.links.letters import still_wanted as link_wanted
from lmsapp.learning.validity.renewals import still_current
from lmsapp.onboarding.running.reminders import task_still_open
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.personal import Links

TRAINING_CLOSED = N_("The training was completed or closed meanwhile.")
TASK_DONE = N_("The task was done or closed meanwhile.")
RENEWED_MEANWHILE = N_("The certification was renewed or revoked meanwhile.")
SIGNED_MEANWHILE = N_("The text was signed, or is not asked for any more.")
STILL_WANTED: delivery.StillWanted = {
    "training_reminder": training_letters.why_unwanted,
    "training_overdue": training_letters.why_unwanted,
    "escalation": escalation_letters.why_unwanted,
    "stalled": escalation_letters.why_unwanted,
    "signature_requested": lambda request_id: None if still_to_sign(request_id) else SIGNED_MEANWHILE,
    "signature_reminder": lambda request_id: None if still_to_sign(request_id) else SIGNED_MEANWHILE,
    "compliance_renewal": compliance_letters.why_unwanted,
    "certification_renewal": lambda period_id: None if still_current(period_id) else RENEWED_MEANWHILE,
    "training_link": lambda enrollment_id: None if link_wanted(enrollment_id) else TRAINING_CLOSED,
    "certification_expired": lambda period_id: None if still_current(period_id) else RENEWED_MEANWHILE,
    "onboarding_task_due": lambda task_id: None if task_still_open(task_id) else TASK_DONE,
}

WORDS: delivery.Words = {
    **training_letters.WORDS,
    "escalation": escalation_letters.words,
    "stalled": escalation_letters.words,
    "digest_manager": team_letter,
    "digest_learner": own_letter,
    document_ends.TO_EMPLOYEE: document_ends.words_for_employee,
    document_ends.TO_HR: document_ends.words_for_hr,
    "compliance_renewal": compliance_letters.words,
    "digest_compliance": compliance_letters.compliance_letter,
}

LINKS: Links = {
    "training_reminder": link_for_assignment,
    "certification_renewal": link_for_period,
    "training_link": link_for_enrollment,
}
