"""What follows from what, in order: the one page that shows it. Handlers run at once, in the emitting transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmsapp.assignments.actions import assign_again, close_for_leavers, complete_for, note_progress
from lmsapp.assignments.acts.events import ActDone
from lmsapp.assignments.acts.letters import tell_of_act
from lmsapp.assignments.completions.letters import tell_of_completion
from lmsapp.assignments.events import AssignmentClosed, AssignmentCompleted, PathAssigned, TrainingAssigned
from lmsapp.assignments.extensions.actions import end_for_assignment
from lmsapp.assignments.extensions.events import ExtensionAnswered, ExtensionAsked
from lmsapp.assignments.extensions.letters import tell_of_answer, tell_of_request
from lmsapp.assignments.following import cancel_for_revoked, exempt_for, follow_zone, reopen_for
from lmsapp.assignments.letters import tell_assignee, tell_of_path
from lmsapp.assignments.paths import leave_path
from lmsapp.assignments.pausing import extend_for_pause, shorten_for_resumption
from lmsapp.assignments.policies.events import CoursePolicyReset
from lmsapp.assignments.policies.following import follow_holidays
from lmsapp.assignments.renewals import assign_renewal
from lmsapp.assignments.standing import following as audience_training
from lmsapp.assignments.standing.on_paths import forget_rule
from lmsapp.compliance.alarm.letters import tell_of_failure, tell_of_tampering
from lmsapp.compliance.documents.actions import file_signature
from lmsapp.compliance.documents.events import DocumentFiled
from lmsapp.compliance.ledger import following as duties
from lmsapp.compliance.ledger import itself
from lmsapp.compliance.ledger.actions import place_again
from lmsapp.compliance.policies import following as round_following
from lmsapp.compliance.policies.actions import ask_joiners, ask_mover
from lmsapp.courses.catalogue import following as course_following
from lmsapp.courses.catalogue.events import PriceChanged
from lmsapp.courses.paths.events import PathPublished
from lmsapp.courses.publishing.events import CoursePublished
from lmsapp.courses.validity.events import ValidityChanged
from lmsapp.evidence.audit.people import (
    note_account_change,
    note_change,
    note_department,
    note_employee_change,
    note_export,
    note_hires,
    note_holidays,
    note_leavers,
    note_links,
    note_renaming,
    note_roster,
    note_roster_file,
    note_settings,
    note_status_words,
    note_value,
)
from lmsapp.evidence.ledger.events import CheckpointMade, LedgerTroubled
from lmsapp.evidence.retention.retrieval.events import RetrievalFailed
from lmsapp.evidence.seals.events import FileGivenUp, FileSealed
from lmsapp.evidence.signatures.actions import withdraw_for_leavers
from lmsapp.evidence.signatures.events import TextSigned
from lmsapp.evidence.verifications.events import TamperingFound, VerificationFailed
from lmsapp.infra.events import Event
from lmsapp.insight.keeping.letters import tell_hr_of_failed_test
from lmsapp.insight.ledger_letters import send_checkpoint, tell_of_trouble
from lmsapp.insight.pack.events import PackFailed, PackReady
from lmsapp.insight.pack.letters import tell_of_failed_pack, tell_of_pack
from lmsapp.insight.printed.letters import tell_of_failed_pdf, tell_of_pdf
from lmsapp.insight.reports.runs.events import RunFailed, RunReady
from lmsapp.insight.reports.runs.letters import tell_of_failed_run, tell_of_run
from lmsapp.insight.reports.schedules import following as schedule_following
from lmsapp.insight.reports.schedules.actions import plan_again
from lmsapp.learning.answers.events import AnswersReturned
from lmsapp.learning.answers.letters import tell_of_result, tell_returned
from lmsapp.learning.certificates.actions import certify, promise_pdf, revoke_for_taken_back, tell_holder
from lmsapp.learning.certificates.evaluations.actions import ask_evaluation, close_evaluation
from lmsapp.learning.certificates.evaluations.events import EvaluationDecided
from lmsapp.learning.certificates.evaluations.letters import tell_verdict
from lmsapp.learning.certificates.events import CertificateIssued, CertificateRevoked
from lmsapp.learning.certificates.of_paths import certify_path
from lmsapp.learning.enrollments.events import (
    AccessRevoked,
    CompletionTakenBack,
    CourseCompleted,
    Exempted,
    ManyEnrolled,
    ProgressMade,
)
from lmsapp.learning.grading.letters import tell_learner
from lmsapp.learning.handins.events import HandInGraded
from lmsapp.learning.instructor.events import TimeAnswered, TimeAsked
from lmsapp.learning.instructor.letters import tell_instructors, tell_learner_of_answer
from lmsapp.learning.links import following as links
from lmsapp.learning.paths.actions import follow_completion, follow_publication
from lmsapp.learning.paths.events import PathCompleted, PathWithdrawn
from lmsapp.learning.pauses.actions import close_pause
from lmsapp.learning.pauses.events import EnrollmentPaused, EnrollmentResumed
from lmsapp.learning.pauses.letters import welcome_back
from lmsapp.learning.payments.actions import ask_payments, follow_price
from lmsapp.learning.quizpapers.actions import promise_report
from lmsapp.learning.quizzes.events import QuizGraded
from lmsapp.learning.regrading.actions import follow_regrades
from lmsapp.learning.scorm.launches import revoking
from lmsapp.learning.validity.actions import begin_period, follow_revoking
from lmsapp.learning.validity.events import RenewalDue
from lmsapp.learning.validity.replacing import follow_policy
from lmsapp.learning.versions.events import TakenAgain
from lmsapp.onboarding.running.asking import note_signed
from lmsapp.onboarding.running.events import OnboardingCompleted, OnboardingsStarted, TaskHandedIn, TaskSentBack
from lmsapp.onboarding.running.joiners import (
    add_published,
    close_onboarding_for_leavers,
    follow_change,
    note_closing,
    note_completion,
    start_for_joiners,
)
from lmsapp.onboarding.running.letters import tell_completed, tell_handed_in, tell_sent_back, welcome
from lmsapp.onboarding.templates import following as template_following
from lmsapp.outreach.notices.letters import (
    tell_hr_roster_missing,
    tell_hr_roster_waits,
    tell_of_new_mobile,
    tell_old_address,
    write_letters_with_links,
    write_to_new_address,
)
from lmsapp.people.accounts.events import AccountChanged, EmailChangeAsked, EmailChanged, UsersInvited
from lmsapp.people.audiences import following as audience_following
from lmsapp.people.calendar.events import HolidaysChanged
from lmsapp.people.changes import Changed
from lmsapp.people.employees.events import (
    EmployeeChanged,
    EmployeesExported,
    EmployeesHired,
    EmployeesLeft,
    OwnMobileChanged,
)
from lmsapp.people.labels.events import StatusWordsChanged
from lmsapp.people.organisation.events import DepartmentChanged, DepartmentMerged, ValueChanged, ValueRenamed
from lmsapp.people.roster.events import RosterApplied, RosterFileOpened, RosterMissing, RosterWaits
from lmsapp.people.settings.events import SettingsChanged
from lmsapp.people.views import following as view_following

REACTIONS: dict[type[Event], tuple[Callable[[Any], object], ...]] = {
    Changed: (note_change, duties.follow_audience),
    CoursePolicyReset: (place_again,),
    UsersInvited: (note_links, write_letters_with_links),
    AccountChanged: (note_account_change, revoking.follow_account, links.follow_account),
    EmailChangeAsked: (write_to_new_address,),
    EmailChanged: (tell_old_address, links.follow_email),
    OwnMobileChanged: (tell_of_new_mobile,),
    EmployeesHired: (note_hires, ask_joiners, start_for_joiners, audience_training.settle_hired, duties.follow_hired),
    EmployeeChanged: (
        note_employee_change,
        follow_zone,
        ask_mover,
        follow_change,
        audience_training.settle_changed,
        duties.follow_changed,
        links.follow_record,
    ),
    EmployeesLeft: (
        note_leavers,
        links.follow_leavers,
        close_for_leavers,
        withdraw_for_leavers,
        close_onboarding_for_leavers,
        audience_training.settle_left,
        duties.follow_left,
    ),
    RosterApplied: (note_roster,),
    RosterFileOpened: (note_roster_file,),
    RosterWaits: (tell_hr_roster_waits,),
    RosterMissing: (tell_hr_roster_missing,),
    LedgerTroubled: (tell_of_trouble,),
    CheckpointMade: (send_checkpoint,),
    SettingsChanged: (note_settings, links.follow_settings),
    StatusWordsChanged: (note_status_words,),
    DepartmentChanged: (note_department, audience_training.settle_tree, duties.follow_tree),
    ValueChanged: (note_value,),
    ValueRenamed: (
        note_renaming,
        course_following.follow_renaming,
        round_following.follow_renaming,
        template_following.follow_renaming,
        audience_following.follow_renaming,
        view_following.follow_renaming,
        schedule_following.follow_renaming,
        audience_training.settle_words,
        duties.follow_renaming,
    ),
    DepartmentMerged: (
        course_following.follow_merging,
        round_following.follow_merging,
        template_following.follow_merging,
        audience_following.follow_merging,
        view_following.follow_merging,
        schedule_following.follow_merging,
        audience_training.settle_merged,
        duties.follow_merging,
    ),
    HolidaysChanged: (note_holidays, follow_holidays, plan_again),
    EmployeesExported: (note_export,),
    TrainingAssigned: (tell_assignee,),
    ProgressMade: (note_progress,),
    PriceChanged: (follow_price,),
    ManyEnrolled: (ask_payments,),
    QuizGraded: (promise_report, tell_of_result, follow_regrades),
    AnswersReturned: (tell_returned,),
    HandInGraded: (tell_learner,),
    TimeAsked: (tell_instructors,),
    TimeAnswered: (tell_learner_of_answer,),
    # The dates of validity first, then paths: they hold what their assignments wait for.
    CourseCompleted: (
        begin_period,
        follow_completion,
        complete_for,
        certify,
        ask_evaluation,
        note_completion,
        close_pause,
        links.follow_completion,
        itself.mark_for_completion,
    ),
    PathCompleted: (certify_path,),
    EvaluationDecided: (tell_verdict,),
    PathPublished: (follow_publication, audience_training.settle_path),
    PathWithdrawn: (leave_path, forget_rule),
    PathAssigned: (tell_of_path,),
    CompletionTakenBack: (reopen_for, revoke_for_taken_back, close_evaluation, follow_completion),
    AccessRevoked: (cancel_for_revoked, close_pause, links.follow_access),
    Exempted: (exempt_for, close_pause, links.follow_access),
    EnrollmentPaused: (extend_for_pause,),
    EnrollmentResumed: (shorten_for_resumption, welcome_back),
    CertificateIssued: (promise_pdf,),
    CertificateRevoked: (follow_revoking,),
    ValidityChanged: (follow_policy,),
    RenewalDue: (assign_renewal,),
    TakenAgain: (assign_again,),
    FileSealed: (tell_holder, file_signature, itself.file_for, tell_of_pdf),
    FileGivenUp: (tell_of_failed_pdf,),
    DocumentFiled: (itself.mark_for_filed,),
    CoursePublished: (add_published, audience_training.settle_published),
    AssignmentClosed: (note_closing, end_for_assignment, links.follow_closing),
    AssignmentCompleted: (end_for_assignment, tell_of_completion),
    ExtensionAsked: (tell_of_request,),
    ExtensionAnswered: (tell_of_answer,),
    TextSigned: (note_signed,),
    TamperingFound: (tell_of_tampering,),
    VerificationFailed: (tell_of_failure,),
    OnboardingsStarted: (welcome,),
    TaskHandedIn: (tell_handed_in,),
    TaskSentBack: (tell_sent_back,),
    OnboardingCompleted: (tell_completed,),
    ActDone: (tell_of_act,),
    PackReady: (tell_of_pack,),
    PackFailed: (tell_of_failed_pack,),
    RunReady: (tell_of_run,),
    RunFailed: (tell_of_failed_run,),
    RetrievalFailed: (tell_hr_of_failed_test,),
}
