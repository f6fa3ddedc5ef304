"""Every kind of record that is kept, in the order shown (EVD-6). A kind needs its rows in the database's own views and
door too (`migrations/retention`); a test holds both side by side."""

from __future__ import annotations

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import EmployeeCompliance
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.retention.kinds import Kind
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures.models import Signature
from lmsapp.infra.words import N_
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.learning.certificates.groups.models import CertificateGroup
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.handins.models import HandIn
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.scorm.models import ScormAttempt
from lmsapp.learning.transcripts.models import Transcript
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.models import SignIn
from lmsapp.people.employees.models import Employee
from lmsapp.people.roster.models import RosterRun

SEALED_PARTS = {
    "certificate": N_("certificates"),
    "signature": N_("signatures"),
    "transcript": N_("transcripts"),
    "quiz_report": N_("quiz reports"),
    "quiz_regrade_report": N_("reports of regrading"),
    "course_quiz_report": N_("quiz reports of a course"),
    "question_analysis": N_("analyses of questions"),
    "completion_report": N_("reports"),
    "go_no_go": N_("go/no-go checklists"),
    "retrieval_test": N_("retrieval tests"),
}
KINDS: dict[str, Kind] = {
    one.name: one
    for one in (
        Kind(CompletionRecord, N_("Completion records"), CompletionRecord.title),
        Kind(Certificate, N_("Certificates"), Certificate.title),
        Kind(SealedFile, N_("Sealed PDFs"), SealedFile.title, SealedFile.file_id, sealed=True, parts=SEALED_PARTS),
        Kind(Signature, N_("Signatures"), Signature.meaning),
        Kind(EmployeeDocument, N_("Employee documents"), EmployeeDocument.title, EmployeeDocument.file_id),
        Kind(EmployeeCompliance, N_("Compliance decisions"), EmployeeCompliance.decision),
        Kind(TrainingAssignment, N_("Training assignments"), TrainingAssignment.source),
        Kind(QuizSubmission, N_("Quiz attempts and answers"), QuizSubmission.number),
        Kind(ScormAttempt, N_("Attempts at packages"), ScormAttempt.number),
        Kind(HandIn, N_("Work handed in"), HandIn.title),
        Kind(Transcript, N_("Transcripts"), Transcript.number),
        Kind(Notice, N_("Notices and reminders"), Notice.subject),
        Kind(SignIn, N_("Sign-ins"), SignIn.how),
        Kind(ReportRequest, N_("Reports asked for"), ReportRequest.asked_at),
        Kind(CertificateGroup, N_("Certificates taken together"), CertificateGroup.title),
        Kind(RosterRun, N_("Roster files"), RosterRun.file_name, RosterRun.file_id),
        Kind(Employee, N_("Names and profiles of people who left"), Employee.name),
        Kind(AuditEntry, N_("Audit trail"), AuditEntry.action, disposable=False),
    )
}
