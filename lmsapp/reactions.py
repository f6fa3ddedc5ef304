"""What follows from what, in order: the one page that shows it. Handlers run at once, in the emitting transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmsapp.assignments.actions import close_for_leaver, complete_for, note_progress
from lmsapp.assignments.events import AssignmentClosed, TrainingAssigned
from lmsapp.assignments.letters import tell_assignee
from lmsapp.compliance.documents.actions import file_signature
from lmsapp.compliance.policies.actions import ask_joiners, ask_mover
from lmsapp.courses.publishing.events import CoursePublished
from lmsapp.evidence.audit.people import (
    note_account_change,
    note_employee_change,
    note_hires,
    note_leaving,
    note_roster,
    note_settings,
)
from lmsapp.evidence.seals.events import FileSealed
from lmsapp.evidence.signatures.actions import withdraw_for_leaver
from lmsapp.evidence.signatures.events import TextSigned
from lmsapp.infra.events import Event
from lmsapp.learning.certificates.actions import certify, promise_pdf, tell_holder
from lmsapp.learning.certificates.events import CertificateIssued
from lmsapp.learning.enrollments.events import CourseCompleted, ProgressMade
from lmsapp.learning.quizzes.events import QuizSubmitted
from lmsapp.learning.quizzes.report import promise_report
from lmsapp.onboarding.running.asking import note_signed
from lmsapp.onboarding.running.events import OnboardingCompleted, OnboardingsStarted, TaskSentBack
from lmsapp.onboarding.running.joiners import (
    add_published,
    close_onboarding_for_leaver,
    follow_change,
    note_closing,
    note_completion,
    start_for_joiners,
)
from lmsapp.onboarding.running.letters import tell_completed, tell_sent_back, welcome
from lmsapp.outreach.notices.letters import write_letters_with_links
from lmsapp.people.accounts.events import AccountChanged, UsersInvited
from lmsapp.people.employees.events import EmployeeChanged, EmployeeLeft, EmployeesHired
from lmsapp.people.roster.events import RosterApplied
from lmsapp.people.settings.events import SettingsChanged

REACTIONS: dict[type[Event], tuple[Callable[[Any], object], ...]] = {
    UsersInvited: (write_letters_with_links,),
    AccountChanged: (note_account_change,),
    EmployeesHired: (note_hires, ask_joiners, start_for_joiners),
    EmployeeChanged: (note_employee_change, ask_mover, follow_change),
    EmployeeLeft: (note_leaving, close_for_leaver, withdraw_for_leaver, close_onboarding_for_leaver),
    RosterApplied: (note_roster,),
    SettingsChanged: (note_settings,),
    TrainingAssigned: (tell_assignee,),
    ProgressMade: (note_progress,),
    QuizSubmitted: (promise_report,),
    CourseCompleted: (complete_for, certify, note_completion),
    CertificateIssued: (promise_pdf,),
    FileSealed: (tell_holder, file_signature),
    CoursePublished: (add_published,),
    AssignmentClosed: (note_closing,),
    TextSigned: (note_signed,),
    OnboardingsStarted: (welcome,),
    TaskSentBack: (tell_sent_back,),
    OnboardingCompleted: (tell_completed,),
}
