"""Working through an onboarding: done, handed in, accepted, sent back, waived, cancelled, looked at again (ORG-6).

Each takes the onboarding's lock first, so that doubled and reordered requests queue up and completion is noticed once.
"""

from __future__ import annotations

import datetime as dt
from typing import IO

from lmsapp.compliance.documents.actions import file_kept, keep_upload
from lmsapp.compliance.documents.models import DocumentType
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.files import StoredFile
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.onboarding.running import joiners, rules
from lmsapp.onboarding.running.asking import withdraw_signatures
from lmsapp.onboarding.running.events import TaskHandedIn, TaskSentBack
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.onboarding.running.queries import doer_of
from lmsapp.onboarding.running.rules import Doer, TaskState
from lmsapp.onboarding.running.settling import close, lock, settle
from lmsapp.onboarding.templates.rules import Kind
from lmsapp.people.viewer import Viewer

LONGEST_NOTE = 1000
NOT_THEIRS = N_("This is for somebody else to do. You see it so that you know how far things are.")
OVER = N_("This onboarding has ended; nothing in it can change.")
BY_ITSELF = {
    Kind.SIGNATURE: N_("This is done by signing the text."),
    Kind.TRAINING: N_("This is done by completing the courses."),
    Kind.UPLOAD: N_("This is done by handing in the document."),
}


def finish_task(task: OnboardingTask, by: Viewer, *, note: str = "", reason: str = "") -> None:
    """Tick it. HR may tick what is for others, and says why. Doubled, the first one counts. Raises RuleBroken."""
    onboarding, doer = _begin(task, by)
    if task.state == TaskState.DONE:
        return
    _check_open(task)
    if task.kind != Kind.TODO:
        raise RuleBroken(BY_ITSELF[Kind(task.kind)])
    if not rules.is_theirs(task.who, doer):
        reason = _needed(reason, N_("Say why you do it in their place."))
        task.reason = reason
    task.note = note.strip()[:LONGEST_NOTE]
    _done(task, by)
    _record("onboarding task done", task, by, reason=reason, note=task.note)
    settle([onboarding], by)


def reopen_task(task: OnboardingTask, by: Viewer) -> None:
    """Not done after all, or not waived after all. Raises RuleBroken for what is done by itself, or closed."""
    onboarding, doer = _begin(task, by)
    if task.state == TaskState.OPEN:
        return
    waived = task.state == TaskState.WAIVED
    if waived and not doer.hr:
        raise NotAllowed(N_("HR has decided this."))
    if not waived and task.kind != Kind.TODO:
        raise RuleBroken(BY_ITSELF[Kind(task.kind)])
    task.state, task.done_at, task.done_by_id, task.done_by_name = TaskState.OPEN, None, None, ""
    task.reason = ""
    task.next_reminder_on = _next_reminder(task, onboarding)
    _record("onboarding task reopened", task, by)
    settle([onboarding], by)


def waive_task(task: OnboardingTask, by: Viewer, reason: str) -> None:
    """HR decides that it need not be done, and says why. Raises RuleBroken."""
    onboarding, doer = _begin(task, by)
    _check_hr(doer)
    if task.state in rules.FINISHED:
        raise RuleBroken(N_("This is done already."))
    task.reason = _needed(reason, N_("Say why this need not be done."))
    task.state, task.done_at, task.next_reminder_on = TaskState.WAIVED, clock.now(), None
    task.done_by_id, task.done_by_name = by.user_id, by.name
    _record("onboarding task waived", task, by, reason=task.reason)
    settle([onboarding], by)


def hand_in(
    task: OnboardingTask, source: IO[bytes], name: str, by: Viewer, *, expires_on: dt.date | None = None
) -> None:
    """Hand in a document: it waits for HR, who hears of it; what HR itself hands in goes into the file at once.

    Raises RuleBroken.
    """
    onboarding, doer = _begin(task, by)
    if task.kind != Kind.UPLOAD:
        raise RuleBroken(N_("No document is asked for here."))
    if task.state in rules.FINISHED:
        raise RuleBroken(N_("HR has accepted a document already. Ask HR if it has to be replaced."))
    if not (doer.hr or rules.is_theirs(task.who, doer)):
        raise NotAllowed(NOT_THEIRS)
    stored = keep_upload(source, name)
    waited = task.state == TaskState.WAITING
    task.file_id, task.reason, task.note = stored.id, "", ""
    task.state, task.next_reminder_on = TaskState.WAITING, None
    _record("onboarding document handed in", task, by, sha256=stored.sha256)
    if doer.hr and not doer.own:
        _accept(task, onboarding, by, expires_on)
    elif not waited:
        task.onboarding = onboarding
        db.session.flush()
        emit(TaskHandedIn(task, by))
    settle([onboarding], by)


def accept_document(task: OnboardingTask, by: Viewer, *, expires_on: dt.date | None = None) -> None:
    """HR has looked at it: into the employee file, under its type. Raises RuleBroken."""
    onboarding, doer = _begin(task, by)
    _check_hr(doer)
    if task.state == TaskState.DONE:
        return
    if task.state != TaskState.WAITING:
        raise RuleBroken(N_("Nothing was handed in."))
    _accept(task, onboarding, by, expires_on)
    settle([onboarding], by)


def send_back(task: OnboardingTask, by: Viewer, reason: str) -> None:
    """HR cannot use it, and says why; whoever handed it in hears of it and does it again. Raises RuleBroken."""
    onboarding, doer = _begin(task, by)
    _check_hr(doer)
    if task.state != TaskState.WAITING:
        raise RuleBroken(N_("Nothing was handed in."))
    task.reason = _needed(reason, N_("Say what is wrong with it; they will read it."))
    file_id = task.file_id or 0
    task.state, task.file_id = TaskState.OPEN, None
    task.next_reminder_on = _next_reminder(task, onboarding)
    _record("onboarding document sent back", task, by, reason=task.reason)
    task.onboarding = onboarding
    db.session.flush()
    emit(TaskSentBack(task, file_id, by))


def cancel_onboarding(onboarding: Onboarding, by: Viewer, reason: str) -> None:
    """End it with a reason. Assigned training stays; signatures are not asked for any more."""
    onboarding = lock(onboarding.id)
    _check_hr(doer_of(by, onboarding.employee))
    _check_running(onboarding)
    reason = _needed(reason, N_("Say why it is cancelled."))
    withdraw_signatures(onboarding, by=by, reason=reason)
    close(onboarding, "cancelled", by=by, reason=reason)


def try_again(onboarding: Onboarding, by: Viewer) -> int:
    """Assign what applies by now, ask for signatures that could not be asked for. How many courses were added.

    Raises NotAllowed.
    """
    onboarding = lock(onboarding.id)
    doer = doer_of(by, onboarding.employee)
    if not (doer.hr or doer.leads):
        raise NotAllowed(N_("HR or the manager does that."))
    _check_running(onboarding)
    return len(joiners.look_again(onboarding))


def note_opened(task: OnboardingTask, by: Viewer) -> None:
    """Reading what somebody handed in is logged, as reading their file is (EVD-3)."""
    _record("opened", task, by)


def _begin(task: OnboardingTask, by: Viewer) -> tuple[Onboarding, Doer]:
    """Locked, read anew, not over. Raises RuleBroken, or NotAllowed when it is for somebody else."""
    onboarding = lock(task.onboarding_id)
    db.session.refresh(task)
    if not rules.may_change(onboarding.closed_as, task.required):
        raise RuleBroken(OVER)
    doer = doer_of(by, onboarding.employee)
    if not (doer.hr or rules.is_theirs(task.who, doer)):
        raise NotAllowed(NOT_THEIRS)
    return onboarding, doer


def _accept(task: OnboardingTask, onboarding: Onboarding, by: Viewer, expires_on: dt.date | None) -> None:
    stored = db.session.get_one(StoredFile, task.file_id)
    type_ = db.session.get_one(DocumentType, task.document_type_id)
    document = file_kept(onboarding.employee_id, stored, type_, by, expires_on=expires_on)
    task.document_id = document.id
    _done(task, by)
    _record("onboarding document accepted", task, by, document_id=document.id)


def _next_reminder(task: OnboardingTask, onboarding: Onboarding) -> dt.date | None:
    if onboarding.closed_as is not None:
        return None
    return rules.next_reminder(task.kind, task.due_on, clock.today(onboarding.employee.time_zone))


def _done(task: OnboardingTask, by: Viewer) -> None:
    task.state, task.done_at, task.next_reminder_on = TaskState.DONE, clock.now(), None
    task.done_by_id, task.done_by_name = by.user_id, by.name


def _check_hr(doer: Doer) -> None:
    if not doer.hr:
        raise NotAllowed(N_("Only HR does that."))
    if doer.own:
        raise NotAllowed(N_("Somebody else in HR decides about your own onboarding."))


def _check_open(task: OnboardingTask) -> None:
    if task.state == TaskState.WAIVED:
        raise RuleBroken(N_("HR has decided that this need not be done."))


def _check_running(onboarding: Onboarding) -> None:
    if onboarding.closed_as is not None:
        raise RuleBroken(OVER)


def _needed(reason: str, words: str) -> str:
    if not reason.strip():
        raise RuleBroken(words, field="reason")
    return reason.strip()[:LONGEST_NOTE]


def _record(action: str, task: OnboardingTask, by: Viewer, *, reason: str = "", **more: object) -> None:
    after = {"task": task.title, **{key: value for key, value in more.items() if value}}
    record_change(action, ("onboarding", task.onboarding_id), by=by, after=after, reason=reason)
