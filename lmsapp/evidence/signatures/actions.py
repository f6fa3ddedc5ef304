"""Asking for signatures, and signing: in one transaction with whatever follows from it (ORG-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.signatures.events import TextSigned
from lmsapp.evidence.signatures.models import Signature, SignatureRequest, SigningText, SigningTextVersion
from lmsapp.evidence.signatures.rules import TextKind, TextStatus, seal_of
from lmsapp.evidence.signatures.testimony import SIGNATURES
from lmsapp.infra import clock, tracing
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.accounts.actions import confirm_password
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.events import EmployeesLeft
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

KIND = "signature"
UNSIGNED = (SignatureRequest.signature_id.is_(None), SignatureRequest.withdrawn_at.is_(None))
LEFT = N_("Left")


class TextChanged(RuleBroken):
    """What was on the screen is not in force any more; the page shows what is."""


def request_signature(
    employee: Employee, text: SigningText, *, due_on: dt.date | None, source: tuple[str, int], by: Viewer | None
) -> SignatureRequest:
    """Ask `employee` to sign `text`, once for each source: asked again, the request that is there is answered.

    Whoever has signed a version that still counts has fulfilled it at once. Raises RuleBroken when it cannot be signed.
    """
    request_signatures([employee.id], text, due_on=due_on, source=source, by=by)
    return db.session.scalars(
        select(SignatureRequest).where(
            SignatureRequest.employee_id == employee.id,
            SignatureRequest.text_id == text.id,
            SignatureRequest.source_kind == source[0],
            SignatureRequest.source_id == source[1],
            SignatureRequest.withdrawn_at.is_(None),
        ),
        execution_options={"populate_existing": True},
    ).one()


def request_signatures(
    employee_ids: Sequence[int],
    text: SigningText,
    *,
    due_on: dt.date | None,
    source: tuple[str, int],
    by: Viewer | None,
    anew: bool = False,
) -> list[int]:
    """The same for many, in a few statements: ids of the new requests. `anew`: earlier signatures do not count."""
    if text.status != TextStatus.PUBLISHED:
        raise RuleBroken(N_("“%(title)s” cannot be signed: it is not published."), title=text.title)
    asked = {
        "text_id": text.id,
        "due_on": due_on,
        "source_kind": source[0],
        "source_id": source[1],
        "anew": anew,
        "created_at": clock.now(),
        "asked_by_name": by.name if by else "",
    }
    rows = [{"employee_id": employee_id, **asked} for employee_id in employee_ids]
    if not rows:
        return []
    new = insert(SignatureRequest).on_conflict_do_nothing(
        index_elements=["employee_id", "text_id", "source_kind", "source_id"],
        index_where=SignatureRequest.withdrawn_at.is_(None),
    )
    ids = list(db.session.scalars(new.returning(SignatureRequest.id), rows))
    if not anew:
        _fulfil_signed(ids, text)
    return ids


def sign(
    viewer: Viewer, version: SigningTextVersion, *, password: str, address: str, meaning_agreed: bool, reason: str = ""
) -> Signature:
    """The viewer signs `version`; every open request of its text is fulfilled. Doubled, the first one is answered.

    Raises RuleBroken ('agreed', 'password'), TooManyTries, TextChanged when another version is in force by now, and
    NotAllowed when nobody asked this person or the account has no access any more.
    """
    if viewer.only_course is not None:
        raise RuleBroken(N_("You came by a link. Sign in with your password, then sign here."), field="password")
    text = _in_force(version)
    employee, user = _signer(viewer)
    if not meaning_agreed:
        raise RuleBroken(N_("Tick the box to say that you agree with these words."), field="agreed")
    confirm_password(user, password, address)
    requests = _open_requests(employee, text)
    if not requests and text.kind != TextKind.LESSON:
        return _signed_already(employee, version)
    signature = write_signature(employee, version, by=viewer, method="password", address=address, reason=reason)
    for request in requests:
        request.signature_id = signature.id
    db.session.flush()
    emit(TextSigned(signature, tuple(requests)))
    return signature


def write_signature(
    employee: Employee,
    version: SigningTextVersion,
    *,
    by: Viewer | None,
    method: str,
    address: str = "",
    reason: str = "",
) -> Signature:
    """Add the row and promise its PDF. Whoever calls this has made sure that the person did sign."""
    now = clock.now()
    said: dict[str, Any] = {
        "employee_id": employee.id,
        "user_id": employee.user_id,
        "printed_name": employee.name,
        "employee_number": employee.number,
        "text_version_id": version.id,
        "text_sha256": version.sha256,
        "meaning": version.meaning,
        "signed_at": now,
        "local_time": now.astimezone(clock.zone(employee.time_zone)).isoformat(timespec="seconds"),
        "time_zone": employee.time_zone,
        "method": method,
        "reason": reason,
    }
    traced = tracing.current().request_id
    signature = Signature(**said, address=address, request_id=traced, sha256=seal_of(said))
    db.session.add(signature)
    db.session.flush()
    attest(SIGNATURES, signature, "signed")
    promise_file(KIND, signature.id, employee_id=employee.id, title=version.title, language=version.language)
    after = {
        "employee_id": employee.id,
        "title": version.title,
        "version": version.number,
        "language": version.language,
        "text_sha256": version.sha256,
    }
    record_change("signed", (KIND, signature.id), by=by, after=after, reason=reason)
    return signature


def withdraw_requests(
    source: tuple[str, int], *, by: Viewer | None, reason: str, employee_ids: Sequence[int] | None = None
) -> int:
    """What is still open of that source is not asked any more; signatures stay. How many there were."""
    wanted = [SignatureRequest.source_kind == source[0], SignatureRequest.source_id == source[1]]
    if employee_ids is not None:
        wanted.append(SignatureRequest.employee_id.in_(employee_ids))
    return _withdraw(*wanted, by=by, reason=reason)


def withdraw_all(text: SigningText, *, by: Viewer | None, reason: str) -> int:
    """The same for everything that asks for one text."""
    return _withdraw(SignatureRequest.text_id == text.id, by=by, reason=reason)


def withdraw_for_leavers(event: EmployeesLeft) -> None:
    """Nobody who has left is asked for a signature."""
    _withdraw(SignatureRequest.employee_id.in_([one.id for one in event.employees]), by=event.by, reason=LEFT)


def _withdraw(*wanted: object, by: Viewer | None, reason: str) -> int:
    ended = db.session.execute(
        update(SignatureRequest)
        .where(*wanted, *UNSIGNED)  # type: ignore[arg-type]
        .values(withdrawn_at=clock.now(), withdrawn_reason=reason, next_reminder_on=None)
        .returning(SignatureRequest.id, SignatureRequest.employee_id, SignatureRequest.text_id),
        execution_options={"synchronize_session": "fetch"},
    ).all()
    for request_id, employee_id, text_id in ended:
        after = {"employee_id": employee_id, "text_id": text_id}
        record_change("request withdrawn", ("signature_request", request_id), by=by, after=after, reason=reason)
    return len(ended)


def _in_force(version: SigningTextVersion) -> SigningText:
    """The text, held so that no other version is published meanwhile. Raises TextChanged when one was."""
    text = db.session.scalars(
        select(SigningText)
        .where(SigningText.id == version.text_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one()
    if text.status != TextStatus.PUBLISHED:
        raise NotAllowed(N_("“%(title)s” was retired meanwhile. There is nothing to sign."), title=text.title)
    if version.number != text.number and text.kind != TextKind.LESSON:  # whoever shows a lesson has compared
        raise TextChanged(N_("This text was changed while you read it. Read the new version below, then sign it."))
    return text


def _signer(viewer: Viewer) -> tuple[Employee, User]:
    """Who signs, as they are now: access may have ended since the request began."""
    row = db.session.execute(
        select(Employee, User)
        .join(User, User.id == Employee.user_id)
        .where(Employee.id == viewer.employee_id, User.id == viewer.user_id, User.active, Employee.status == "active")
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotAllowed(N_("Only an employee with an active account can sign."))
    return row[0], row[1]


def _open_requests(employee: Employee, text: SigningText) -> list[SignatureRequest]:
    """Held, so that of two signings at once the second waits here and then finds nothing open."""
    return list(
        db.session.scalars(
            select(SignatureRequest)
            .where(SignatureRequest.employee_id == employee.id, SignatureRequest.text_id == text.id, *UNSIGNED)
            .order_by(SignatureRequest.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _signed_already(employee: Employee, version: SigningTextVersion) -> Signature:
    """A second press of the button. Raises NotAllowed when it was never signed: nobody asks for it."""
    signature = db.session.scalars(
        select(Signature)
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(
            Signature.employee_id == employee.id,
            SigningTextVersion.text_id == version.text_id,
            SigningTextVersion.number == version.number,
        )
        .order_by(Signature.id.desc())
        .limit(1)
    ).one_or_none()
    if signature is None:
        raise NotAllowed(N_("Nobody asks you to sign this."))
    return signature


def _fulfil_signed(request_ids: Sequence[int], text: SigningText) -> None:
    """New requests of people who have signed a version that still counts."""
    signed = (
        select(func.max(Signature.id))
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(
            Signature.employee_id == SignatureRequest.employee_id,
            SigningTextVersion.text_id == text.id,
            SigningTextVersion.number >= text.counts_from,
        )
        .scalar_subquery()
    )
    db.session.execute(
        update(SignatureRequest)
        .where(SignatureRequest.id.in_(request_ids), signed.is_not(None))
        .values(signature_id=signed),
        execution_options={"synchronize_session": False},
    )


def note_read(signature: Signature, by: Viewer) -> None:
    """Somebody else than the signer fetched the PDF (EVD-3)."""
    record_change("opened", (KIND, signature.id), by=by, after={"employee_id": signature.employee_id})
