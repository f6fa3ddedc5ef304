"""What an entry says, and what it must never say (EVD-3, SEC-5)."""

from __future__ import annotations

import json
import re

from sqlalchemy import select

from lmsapp.assignments.actions import assign
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock, tracing
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring, ring
from lmsapp.jobs import JOBS, run_job
from lmsapp.people.accounts.actions import create_user, grant_role, invite, set_password, use_link
from lmsapp.people.accounts.models import ResetAsked, SignInLink, User
from lmsapp.people.accounts.resets import answer_reset, ask_for_reset
from lmsapp.people.accounts.rules import Purpose
from lmsapp.people.employees.actions import leave
from lmsapp.people.roles import Role
from tests.cast import make_cast
from tests.courses.authors import Written

SECRET = "correct horse battery staple 9"


def entries() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_no_secret_stands_in_any_entry() -> None:
    """SEC-5: accounts, links and passwords are on the trail; what opens them is not."""
    user = create_user("new@example.org", "New Person", by=None)
    grant_role(user, Role.AUDITOR, by=None)
    token = invite(user)
    use_link(token, Purpose.INVITATION, SECRET)
    set_password(user, SECRET + "x")
    ask_for_reset(user.email, "127.0.0.1")
    answer_reset(db.session.scalars(select(ResetAsked.id)).one())
    db.session.flush()
    known = {entry.action for entry in entries() if entry.subject_id == user.id}
    assert {"create account", "give role", "invited", "set password", "reset link made"} <= known
    text = json.dumps([[entry.before, entry.after, entry.reason, entry.action] for entry in entries()])
    hashes = [*db.session.scalars(select(SignInLink.token_hash)), *db.session.scalars(select(User.password_hash))]
    for secret in (token, SECRET, *filter(None, hashes)):
        assert secret not in text
    assert not re.search(r"argon2|/invitation/|/reset/", text)


def test_on_whose_behalf_and_in_which_request() -> None:
    """EVD-3: a job rung at a page names the page's person and number; what somebody does themselves names nobody else."""
    cast = make_cast()
    sam = tracing.Person(cast.sam.user.id, cast.sam.user.name)
    with tracing.traced(tracing.Origin.PAGE, "page-number-1", sam):
        own = record_change("x", ("course", 1), by=cast.sam.viewer)
        rule = record_change("x", ("course", 1), by=None)
        other = record_change("x", ("course", 1), by=cast.hana.viewer)
    assert (own.on_behalf_of_id, own.request_id, own.origin) == (None, "page-number-1", "page")
    assert (rule.actor_id, rule.on_behalf_of_name) == (None, sam.name)
    assert (other.actor_name, other.on_behalf_of_id) == (cast.hana.viewer.name, sam.id)
    command = record_change("x", ("course", 1), by=None)
    assert (command.origin, command.on_behalf_of_id) == ("command line", None)


def test_a_job_carries_the_number_of_what_rang(rings: list[Ring]) -> None:
    """EVD-3: by the queue's own arguments, which JSON carries."""
    with tracing.traced(tracing.Origin.PAGE, "page-number-2", tracing.Person(7, "Ada")):
        ring("probe", 1)
    db.session.commit()
    JOBS["probe"] = lambda _id: record_change("probed", ("course", 1), by=None)
    try:
        run_job("probe", 1, trace=json.loads(json.dumps(rings[0].trace)))
    finally:
        del JOBS["probe"]
    entry = entries()[-1]
    assert (entry.action, entry.origin, entry.request_id) == ("probed", "job", "page-number-2")
    assert (entry.on_behalf_of_id, entry.on_behalf_of_name) == (7, "Ada")


def test_what_a_leaver_loses_is_on_the_trail() -> None:
    """ORG-5, EVD-3: the assignment closed as 'left' and the roles taken, each by name."""
    cast = make_cast()
    written = Written(cast.carla.viewer, title="Fire safety")
    written.publish()
    due = clock.today("UTC").replace(year=clock.today("UTC").year + 1, day=1)
    assignment = assign(cast.lena.record, written.course, due, by=cast.milo.viewer)
    grant_role(cast.lena.user, Role.AUDITOR, by=None)
    leave(cast.lena.record, clock.today("UTC"), cast.hana.viewer)
    db.session.flush()
    closed = next(one for one in entries() if one.action == "closed")
    assert (closed.subject_kind, closed.subject_id, closed.reason) == ("assignment", assignment.id, "left")
    taken = [one for one in entries() if one.action == "take role"]
    assert [one.before for one in taken] == [{"roles": ["Auditor"]}]
    assert closed.actor_name == taken[0].actor_name == cast.hana.viewer.name
