"""Signatures an onboarding asks for: requested when it starts, done when the text is signed (ORG-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, update

from lmsapp.evidence.signatures.actions import request_signatures, withdraw_requests
from lmsapp.evidence.signatures.events import TextSigned
from lmsapp.evidence.signatures.models import SignatureRequest, SigningText
from lmsapp.evidence.signatures.rules import TextStatus
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.onboarding.running.queries import not_over
from lmsapp.onboarding.running.rules import TaskState
from lmsapp.onboarding.running.settling import lock, settle
from lmsapp.onboarding.templates.models import TemplateTask
from lmsapp.onboarding.templates.rules import Kind
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

SOURCE = "onboarding"  # with the id of the template's task: one request each, however many people start with it


def ask_for_signatures(onboardings: Sequence[Onboarding], by: Viewer | None) -> None:
    """Request what their open signature tasks ask for and was not requested yet; a text that is not published waits.

    Who has signed a version that still counts is done at once.
    """
    waiting = _waiting(onboardings)
    if not waiting:
        return
    texts = {
        one.id: one
        for one in db.session.scalars(
            select(SigningText).where(
                SigningText.id.in_({row[1] for row in waiting}), SigningText.status == TextStatus.PUBLISHED
            )
        )
    }
    for (task_id, text_id, due_on), employee_ids in waiting.items():
        if text_id in texts:
            source = (SOURCE, task_id)
            request_signatures(employee_ids, texts[text_id], due_on=due_on, source=source, by=by)
    _link([one.id for one in onboardings])


def note_signed(event: TextSigned) -> None:
    """Somebody signed: the tasks that asked for it are done, and the onboarding perhaps complete."""
    ids = [one.id for one in event.requests if one.source_kind == SOURCE]
    if not ids:
        return
    found = db.session.scalars(
        select(OnboardingTask.onboarding_id)
        .join(Onboarding, Onboarding.id == OnboardingTask.onboarding_id)
        .where(OnboardingTask.request_id.in_(ids), not_over())
        .distinct()
    ).all()
    onboardings = [lock(onboarding_id) for onboarding_id in sorted(found)]
    _mark_signed([one.id for one in onboardings])
    settle(onboardings, None)


def withdraw_signatures(onboarding: Onboarding, *, by: Viewer | None, reason: str) -> None:
    """A cancelled onboarding asks for no signature any more."""
    tasks = db.session.scalars(
        select(OnboardingTask.template_task_id).where(
            OnboardingTask.onboarding_id == onboarding.id, OnboardingTask.request_id.is_not(None)
        )
    ).all()
    for task_id in tasks:
        if task_id is not None:
            withdraw_requests((SOURCE, task_id), by=by, reason=reason, employee_ids=[onboarding.employee_id])


def _waiting(onboardings: Sequence[Onboarding]) -> dict[tuple[int, int, dt.date], list[int]]:
    """(template task, text, due date) -> employees who are to be asked."""
    rows = db.session.execute(
        select(TemplateTask.id, TemplateTask.signing_text_id, OnboardingTask.due_on, Onboarding.employee_id)
        .join(OnboardingTask, OnboardingTask.template_task_id == TemplateTask.id)
        .join(Onboarding, Onboarding.id == OnboardingTask.onboarding_id)
        .where(
            OnboardingTask.onboarding_id.in_([one.id for one in onboardings]),
            OnboardingTask.kind == Kind.SIGNATURE,
            OnboardingTask.state == TaskState.OPEN,
            OnboardingTask.request_id.is_(None),
        )
    )
    waiting: dict[tuple[int, int, dt.date], list[int]] = {}
    for task_id, text_id, due_on, employee_id in rows:
        waiting.setdefault((task_id, text_id or 0, due_on), []).append(employee_id)
    return waiting


def _link(onboarding_ids: Sequence[int]) -> None:
    db.session.flush()
    db.session.execute(
        update(OnboardingTask)
        .where(
            OnboardingTask.onboarding_id.in_(onboarding_ids),
            OnboardingTask.request_id.is_(None),
            Onboarding.id == OnboardingTask.onboarding_id,
            SignatureRequest.employee_id == Onboarding.employee_id,
            SignatureRequest.source_kind == SOURCE,
            SignatureRequest.source_id == OnboardingTask.template_task_id,
            SignatureRequest.withdrawn_at.is_(None),
        )
        .values(request_id=SignatureRequest.id),
        execution_options={"synchronize_session": False},
    )
    _mark_signed(onboarding_ids)


def _mark_signed(onboarding_ids: Sequence[int]) -> None:
    db.session.flush()
    db.session.execute(
        update(OnboardingTask)
        .where(
            OnboardingTask.onboarding_id.in_(onboarding_ids),
            OnboardingTask.state == TaskState.OPEN,
            SignatureRequest.id == OnboardingTask.request_id,
            SignatureRequest.signature_id.is_not(None),
            Onboarding.id == OnboardingTask.onboarding_id,
            Employee.id == Onboarding.employee_id,
        )
        .values(
            state=TaskState.DONE.value,
            done_at=clock.now(),
            done_by_id=Employee.user_id,
            done_by_name=Employee.name,
            next_reminder_on=None,
        ),
        execution_options={"synchronize_session": False},
    )
