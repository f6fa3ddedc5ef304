"""Entering a request to be erased. What goes is the worker's (`work`)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.retention.erasures.models import Erasure
from lmsapp.evidence.retention.reviews.actions import SECOND_PERSON
from lmsapp.evidence.retention.reviews.models import RetentionReview
from lmsapp.evidence.retention.testimony import ERASURES
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

ERASURE_JOB = "erasure"


def enter_erasure(employee_id: int, asked_on: dt.date, *, by: Viewer, language: str, confirmed: bool) -> Erasure:
    """Somebody asked to be erased; the worker carries it out, after a second person agreed where the settings ask for
    one. Raises RuleBroken for people who work here, and twice for one."""
    person = db.session.scalar(select(Employee).where(Employee.id == employee_id).with_for_update())
    if person is None or person.status != "left":
        raise RuleBroken(N_("Only people who have left can be erased. Enter their last day first."))
    if asked_on > clock.today(by.zone):
        raise RuleBroken(N_("The request cannot be from a day to come."), field="asked_on")
    if not confirmed:
        raise RuleBroken(N_("Confirm that you have read what goes and what stays."), field="confirmed")
    erasure = Erasure(employee_id=employee_id, asked_on=asked_on, entered_by_id=by.user_id, language=language)
    try:
        with db.session.begin_nested():
            db.session.add(erasure)
            db.session.flush()
    except IntegrityError as twice:
        raise RuleBroken(N_("This request was entered already.")) from twice
    attest(ERASURES, erasure, "asked to be erased")
    now, second = clock.now(), setting(SECOND_PERSON)
    review = RetentionReview(
        why="erasure",
        erasure_id=erasure.id,
        status="reviewed" if second else "approved",
        opened_by_id=by.user_id,
        reviewed_at=now,
        reviewed_by_id=by.user_id,
        approved_at=None if second else now,
        approved_by_id=None if second else by.user_id,
    )
    db.session.add(review)
    record_change("erasure entered", ("erasure", erasure.id), by=by, after={"asked_on": asked_on})
    if not second:
        ask(erasure)
    db.session.flush()
    return erasure


def approve_erasure(erasure: Erasure, *, by: Viewer) -> None:
    """The second person agrees. Raises RuleBroken for whoever entered it."""
    review = db.session.scalar(
        select(RetentionReview).where(RetentionReview.erasure_id == erasure.id).with_for_update()
    )
    if review is None or review.status != "reviewed":
        raise RuleBroken(N_("This request does not wait for approval."))
    if review.reviewed_by_id == by.user_id and setting(SECOND_PERSON):
        raise RuleBroken(N_("You entered this request yourself: a second person has to approve it."))
    review.status, review.approved_at, review.approved_by_id = "approved", clock.now(), by.user_id
    record_change("approved", ("erasure", erasure.id), by=by)
    ask(erasure)


def carry_on(erasure: Erasure, *, by: Viewer) -> None:
    """Once more: after a failure, or since a hold was lifted. Raises RuleBroken while it is under way."""
    if erasure.state not in ("ready", "failed"):
        raise RuleBroken(N_("This request is being worked on."))
    record_change("carried on", ("erasure", erasure.id), by=by)
    ask(erasure)


def note_letter_taken(erasure: Erasure, *, by: Viewer) -> None:
    """The letter leaves the house (EVD-3)."""
    record_change("downloaded", ("erasure", erasure.id), by=by)


def ask(erasure: Erasure) -> None:
    """Ask the worker, and ring."""
    erasure.asked, erasure.state, erasure.tries, erasure.error, erasure.lease_until = "erase", "waiting", 0, None, None
    db.session.flush()
    ring(ERASURE_JOB, erasure.id, urgent=True)
