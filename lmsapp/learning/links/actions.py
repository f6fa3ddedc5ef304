"""Opening a link, which uses it up, and revoking it (REM-5)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from lmsapp.evidence.audit.actions import record_change, record_refusal
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.links.queries import gets_links
from lmsapp.learning.links.rules import Ended, is_double_tap, session_until
from lmsapp.learning.scorm.launches.revoking import revoke_of
from lmsapp.people.accounts import throttle
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import token_hash
from lmsapp.people.accounts.rules import TRIES_PER_ADDRESS, TRIES_PER_LINK
from lmsapp.people.accounts.visits import close_sessions, open_session
from lmsapp.people.employees.account import account_by_link
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Opened:
    """The session to begin: whose, by which key, for which course."""

    user: User
    key: str
    course_id: int


def open_link(token: str, mark: str, *, address: str, browser: str) -> Opened | None:
    """Use the link up, for the browser that carries `mark`; None where it opens nothing, whatever the reason.

    Whoever comes first wins, in the database; the same browser pressing twice gets its one session twice. Counted
    before anything is looked up, so that every answer costs the same. Raises TooManyTries.
    """
    digest = token_hash(token)
    throttle.book({f"link/{digest[:32]}": TRIES_PER_LINK, f"link-from/{address}": TRIES_PER_ADDRESS})
    key, now, mark_sha256 = secrets.token_urlsafe(16), clock.now(), token_hash(mark)
    won = db.session.scalars(
        update(AccessLink)
        .where(
            AccessLink.token_sha256 == digest,
            AccessLink.opened_at.is_(None),
            AccessLink.revoked_at.is_(None),
            AccessLink.expires_at > now,
        )
        .values(opened_at=now, session_key=key, mark_sha256=mark_sha256)
        .returning(AccessLink)
    ).one_or_none()
    if won is None:
        return _again_or_refused(digest, mark, address)
    employee = db.session.scalars(select(Employee).where(Employee.id == won.employee_id).with_for_update()).one()
    if not gets_links(employee.id):
        record_refusal("link refused", ("enrollment", won.enrollment_id), after={"link": won.id, "why": "not entitled"})
        raise RuleBroken(N_("This link does not open anything any more."))
    throttle.give_back_one(f"link-from/{address}")  # a whole crew may come by one address
    return _begin(won, employee, address, browser)


def revoke(links: Sequence[AccessLink], why: Ended, *, by: Viewer | None, reason: str = "") -> int:
    """These open nothing any more, and sessions they began are over with the next request. How many were revoked."""
    now, keys = clock.now(), []
    for link in links:
        link.revoked_at, link.revoked_as = now, why.value
        if link.session_key is not None:
            keys.append(link.session_key)
            revoke_of(link.enrollment_id, link.opened_at or now)
        told = {"link": link.id, "why": why.value, "sent_to": link.sent_to}
        record_change("link revoked", ("enrollment", link.enrollment_id), by=by, after=told, reason=reason)
    if keys:
        close_sessions(keys)
    db.session.flush()
    return len(links)


def revoke_links(employee: Employee, *, by: Viewer, reason: str) -> int:
    """Revoke all of somebody's, by hand: a phone was lost. How many. Raises RuleBroken without a reason."""
    if not reason.strip():
        raise RuleBroken(N_("Say why; the audit trail keeps it."), field="reason")
    return revoke(alive(AccessLink.employee_id == employee.id), Ended.BY_HAND, by=by, reason=reason.strip())


def alive(*conditions: object) -> Sequence[AccessLink]:
    """Links not revoked yet that still matter: they open something, or their session may last."""
    return db.session.scalars(
        select(AccessLink)
        .where(AccessLink.revoked_at.is_(None), AccessLink.expires_at > clock.now(), *conditions)  # type: ignore[arg-type]
        .order_by(AccessLink.id)
        .with_for_update()
    ).all()


def _begin(link: AccessLink, employee: Employee, address: str, browser: str) -> Opened | None:
    user = account_by_link(employee)
    until = session_until(link.expires_at, clock.now())
    others = alive(AccessLink.enrollment_id == link.enrollment_id, AccessLink.id != link.id)
    revoke(others, Ended.OTHER_OPENED, by=None)
    key = str(link.session_key)
    open_session(user, "link", address=address, browser=browser, key=key, only_course=link.course_id, ends_at=until)
    who = Viewer(user.id, employee.id, employee.name, user.email, only_course=link.course_id, until=until)
    told = {"link": link.id, "channel": link.channel, "sent_to": link.sent_to, "until": until}
    record_change("link opened", ("enrollment", link.enrollment_id), by=who, after=told)
    return Opened(user, key, link.course_id)


def _again_or_refused(digest: str, mark: str, address: str) -> Opened | None:
    """It was not there to be won: pressed twice in one browser, or not to be opened at all."""
    link = db.session.scalars(
        select(AccessLink).where(AccessLink.token_sha256 == digest), execution_options={"populate_existing": True}
    ).one_or_none()
    if link is None:
        return None
    twice = is_double_tap(link.opened_at, link.mark_sha256, token_hash(mark), link.revoked_at, clock.now())
    if twice and mark and link.session_key:
        user = db.session.scalar(
            select(User).join(Employee, Employee.user_id == User.id).where(Employee.id == link.employee_id)
        )
        return Opened(user, link.session_key, link.course_id) if user else None
    why = link.revoked_as or ("opened before" if link.opened_at else "expired")
    record_refusal("link refused", ("enrollment", link.enrollment_id), after={"link": link.id, "why": why})
    return None
