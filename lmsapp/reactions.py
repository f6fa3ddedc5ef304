"""What follows from what, in order: the one page that shows it. Handlers run at once, in the emitting transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmsapp.assignments.actions import close_for_leavers, complete_for, note_progress
from lmsapp.assignments.events import TrainingAssigned
from lmsapp.assignments.letters import tell_assignee
from lmsapp.evidence.audit.people import (
    note_account_change,
    note_employee_change,
    note_hires,
    note_leavers,
    note_roster,
    note_roster_file,
    note_settings,
)
from lmsapp.evidence.seals.events import FileSealed
from lmsapp.infra.events import Event
from lmsapp.learning.certificates.actions import certify, promise_pdf, tell_holder
from lmsapp.learning.certificates.events import CertificateIssued
from lmsapp.learning.enrollments.events import CourseCompleted, ProgressMade
from lmsapp.learning.quizzes.events import QuizSubmitted
from lmsapp.learning.quizzes.report import promise_report
from lmsapp.outreach.notices.letters import tell_hr_roster_missing, tell_hr_roster_waits, write_letters_with_links
from lmsapp.people.accounts.events import AccountChanged, UsersInvited
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired, EmployeesLeft
from lmsapp.people.roster.events import RosterApplied, RosterFileOpened, RosterMissing, RosterWaits
from lmsapp.people.settings.events import SettingsChanged

REACTIONS: dict[type[Event], tuple[Callable[[Any], object], ...]] = {
    UsersInvited: (write_letters_with_links,),
    AccountChanged: (note_account_change,),
    EmployeesHired: (note_hires,),
    EmployeeChanged: (note_employee_change,),
    EmployeesLeft: (note_leavers, close_for_leavers),
    RosterApplied: (note_roster,),
    RosterFileOpened: (note_roster_file,),
    RosterWaits: (tell_hr_roster_waits,),
    RosterMissing: (tell_hr_roster_missing,),
    SettingsChanged: (note_settings,),
    TrainingAssigned: (tell_assignee,),
    ProgressMade: (note_progress,),
    QuizSubmitted: (promise_report,),
    CourseCompleted: (complete_for, certify),
    CertificateIssued: (promise_pdf,),
    FileSealed: (tell_holder,),
}
