"""Beginning and ending rounds, asking those who come later, and publishing a change that asks again (ORG-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from lmsapp.compliance.policies.models import SigningRound
from lmsapp.compliance.policies.queries import whom_ids, whom_of
from lmsapp.compliance.policies.rules import JOINER_DAYS, SOURCE, Whom, fits, joiner_due
from lmsapp.evidence.audit.actions import SYSTEM, record_change
from lmsapp.evidence.signatures import texts
from lmsapp.evidence.signatures.actions import request_signatures, withdraw_requests
from lmsapp.evidence.signatures.models import SigningText
from lmsapp.evidence.signatures.rules import TextKind, TextStatus
from lmsapp.evidence.signatures.written import signers_of_earlier
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.forwhom.rules import own_and_above
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KIND = "signing_round"
LETTERS_JOB = "policy_letters"
MOVES = {"job_role", "department", "department_id", "status"}
FURTHEST = dt.timedelta(days=730)


def begin_round(
    text: SigningText,
    whom: Whom,
    *,
    due_on: dt.date,
    by: Viewer | None,
    standing: bool = False,
    anew: bool = False,
    joiner_days: int = JOINER_DAYS,
    zone: str = "UTC",
) -> SigningRound:
    """Ask everybody who fits to sign by `due_on`; `standing`: whoever comes to fit too. Letters follow from the worker.

    `by` None is a command. Raises RuleBroken when nobody is meant or the date cannot be, NotAllowed for others than HR.
    """
    _only_hr(by)
    if text.kind == TextKind.LESSON or text.status != TextStatus.PUBLISHED:
        raise RuleBroken(N_("Only a published text can be signed."))
    today = clock.today(by.zone if by else zone)
    if not today <= due_on <= today + FURTHEST:
        raise RuleBroken(N_("Choose a day from today on, within two years."), field="due_on")
    if not whom:
        raise RuleBroken(N_("Choose whom to ask."), field="everybody")
    ids = db.session.scalars(whom_ids(whom)).all()
    if not ids and not standing:
        raise RuleBroken(N_("Nobody fits. Choose other job roles or departments."), field="everybody")
    return _begin(text, whom, ids, due_on=due_on, by=by, standing=standing, anew=anew, joiner_days=joiner_days)


def end_round(round_: SigningRound, *, by: Viewer, reason: str) -> int:
    """Nobody is asked any more who has not signed; signatures stay. How many that were. Raises RuleBroken."""
    _only_hr(by)
    db.session.refresh(round_, with_for_update=True)
    if not reason.strip():
        raise RuleBroken(N_("Say why this round is ended."), field="reason")
    if round_.ended_at is not None:
        raise RuleBroken(N_("This round was ended already."))
    round_.ended_at, round_.ended_reason = clock.now(), reason.strip()
    record_change("round ended", (KIND, round_.id), by=by, after={"text_id": round_.text_id}, reason=reason.strip())
    return withdraw_requests((SOURCE, round_.id), by=by, reason=reason.strip())


def publish_change(
    text: SigningText, *, by: Viewer, asks_again: bool, note: str, due_on: dt.date | None
) -> SigningRound | None:
    """Publish the draft. Where it asks again, everybody who signed an earlier version is asked by `due_on`.

    Those who have not signed yet stay asked, and sign the new version. Raises RuleBroken.
    """
    first = text.number is None
    texts.publish(text, by=by, asks_again=asks_again, note=note)
    if first or not asks_again:
        return None
    ids = signers_of_earlier(text)
    if not ids:
        return None
    if due_on is None or due_on < clock.today(by.zone):
        raise RuleBroken(N_("Say until when it is to be signed again: today or later."), field="due_on")
    return _begin(text, Whom(), ids, due_on=due_on, by=by, why="changed text")


def ask_joiners(event: EmployeesHired) -> None:
    """New people are asked by every standing round they fit."""
    _ask_later(event.employees)


def ask_mover(event: EmployeeChanged) -> None:
    """Whoever moves into a standing round is asked by it. Moving out withdraws nothing: it was asked for a reason."""
    if MOVES & event.after.keys() and event.employee.status == "active":
        _ask_later((event.employee,))


def _begin(
    text: SigningText,
    whom: Whom,
    ids: Sequence[int],
    *,
    due_on: dt.date,
    by: Viewer | None,
    standing: bool = False,
    anew: bool = False,
    joiner_days: int = JOINER_DAYS,
    why: str = "asked",
) -> SigningRound:
    round_ = SigningRound(
        text_id=text.id,
        why=why,
        everybody=whom.everybody,
        job_roles=list(whom.job_roles),
        departments=list(whom.departments),
        picked=list(whom.picked),
        standing=standing,
        anew=anew,
        due_on=due_on,
        joiner_days=joiner_days,
        begun_by_id=by.user_id if by else None,
        begun_by_name=by.name if by else SYSTEM,
    )
    db.session.add(round_)
    db.session.flush()
    asked = request_signatures(ids, text, due_on=due_on, source=(SOURCE, round_.id), by=by, anew=anew)
    after = {"text_id": text.id, "title": text.title, "due_on": due_on, "people": len(asked), "later joiners": standing}
    record_change("round begun", (KIND, round_.id), by=by, after=after)
    ring(LETTERS_JOB)
    return round_


def _ask_later(employees: Iterable[Employee]) -> None:
    standing = db.session.execute(
        select(SigningRound, SigningText)
        .join(SigningText, SigningText.id == SigningRound.text_id)
        .where(SigningRound.standing, SigningRound.ended_at.is_(None), SigningText.status == TextStatus.PUBLISHED)
        .order_by(SigningRound.id)
    ).all()
    parents = department_parents() if standing else {}
    for round_, text in standing:
        whom = whom_of(round_)
        meant = [
            one
            for one in employees
            if fits(
                whom,
                employee_id=one.id,
                job_role=one.job_role,
                departments=own_and_above(one.department_id, parents),
            )
        ]
        _ask(round_, text, meant)


def _ask(round_: SigningRound, text: SigningText, employees: Sequence[Employee]) -> None:
    """People of one time zone together, because their days differ. Whoever is asked already stays as asked."""
    for zone in sorted({one.time_zone for one in employees}):
        ids = [one.id for one in employees if one.time_zone == zone]
        due_on = joiner_due(round_.due_on, round_.joiner_days, clock.today(zone))
        if request_signatures(ids, text, due_on=due_on, source=(SOURCE, round_.id), by=None, anew=round_.anew):
            ring(LETTERS_JOB)


def _only_hr(by: Viewer | None) -> None:
    if by is not None and not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR asks people to sign."))
