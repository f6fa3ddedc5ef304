"""CRS-6 on PostgreSQL: a period for each completion, renewal, what the daily job tells, revoking, another policy."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lmsapp.assignments.actions import assign, close
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.validity.actions import set_validity
from lmsapp.courses.validity.policy import Basis, Policy
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.jobs.letters import STILL_WANTED
from lmsapp.learning.certificates.actions import revoke_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.facts import status_of
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.validity.actions import renew
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.learning.validity.renewals import tell_of_turns
from lmsapp.learning.validity.replacing import Reach, reach_of
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.actions import leave
from lmsapp.people.roles import Role
from tests.clock import Clock
from tests.courses.authors import author
from tests.learning.certificates.learners import Learner

YEARLY = Policy(12, 11, basis=Basis.PREVIOUS, lead=60, grace_days=30)


def day(year: int, month: int, of_month: int, hour: int = 18) -> dt.datetime:
    return dt.datetime(year, month, of_month, hour, tzinfo=dt.UTC)


def certified(clock: Clock, policy: Policy = YEARLY, name: str = "Priya Nair") -> Learner:
    """Certified on 2 November 2026 in Chicago."""
    learner = Learner(clock, name=name, title=f"Fall protection of {name}")
    set_validity(learner.written.course, policy, by=None)
    learner.finish()
    return learner


def periods(learner: Learner) -> list[CertificationPeriod]:
    return list(
        db.session.scalars(
            select(CertificationPeriod)
            .where(CertificationPeriod.employee_id == learner.employee.id)
            .order_by(CertificationPeriod.id)
            .execution_options(populate_existing=True)
        )
    )


def told(learner: Learner) -> list[tuple[str, str]]:
    rows = select(Notice.template, Notice.channel).where(
        Notice.employee_id == learner.employee.id, Notice.template.startswith("certification")
    )
    return sorted((row.template, row.channel) for row in db.session.execute(rows))


def status(learner: Learner) -> str:
    db.session.expire_all()
    return status_of(learner.enrollment, product_clock.today(learner.employee.time_zone)).value


def renewals(learner: Learner) -> list[TrainingAssignment]:
    return list(
        db.session.scalars(
            select(TrainingAssignment).where(
                TrainingAssignment.employee_id == learner.employee.id, TrainingAssignment.source == "renewal"
            )
        )
    )


def test_from_certified_to_renewed(clock: Clock) -> None:
    """CRS-6, ENR-3, ASG-5: told once and assigned when the window opens; renewing restarts and loses nothing."""
    learner = certified(clock)
    (first,) = periods(learner)
    old = learner.certificate
    assert (first.certified_on, first.window_opens_on, first.renewal_from, first.valid_until, first.grace_until) == (
        dt.date(2026, 11, 2), dt.date(2027, 9, 3), dt.date(2027, 10, 2), dt.date(2027, 11, 2), dt.date(2027, 12, 2),
    )  # fmt: skip
    assert (learner.enrollment.valid_until, old.valid_until) == (first.valid_until, first.valid_until)
    assert status(learner) == "Completed"

    clock.set(day(2027, 9, 3, 10))  # five in the morning in Chicago: nobody is written to yet
    assert tell_of_turns() == 0
    clock.set(day(2027, 9, 2))
    with pytest.raises(RuleBroken, match="has completed this training"):
        assign(learner.employee, learner.written.course, dt.date(2027, 9, 30), by=learner.written.by)
    with pytest.raises(RuleBroken, match="You can renew from"):
        renew(learner.enrollment, by=learner.viewer)
    clock.set(day(2027, 9, 3, 11))
    assert (tell_of_turns(), tell_of_turns()) == (1, 0)
    assert told(learner) == [("certification_renewal", "email"), ("certification_renewal", "in_app")]
    (renewal,) = renewals(learner)
    assert (renewal.due_on, renewal.started_at) == (first.valid_until, None)
    assert status(learner) == "Completed"
    wanted = STILL_WANTED["certification_renewal"]
    assert wanted(first.id) is None

    clock.set(day(2027, 10, 2))
    assert status(learner) == "Renewal Required"  # before the job
    renew(learner.enrollment, by=learner.viewer)
    enrollment = learner.enrollment
    assert (enrollment.progress, enrollment.cycle, enrollment.completed_at is None) == (0, 2, False)
    assert status(learner) == "Renewal Required"
    with pytest.raises(RuleBroken, match="You are taking this course"):
        renew(learner.enrollment, by=learner.viewer)
    learner.read()
    learner.take_quiz()

    first, second = periods(learner)
    assert (second.number, second.timing, second.valid_from, second.valid_until) == (
        2, "on time", dt.date(2027, 11, 3), dt.date(2028, 11, 2),
    )  # fmt: skip
    assert (first.is_current, second.is_current, wanted(first.id) is None) == (False, True, False)
    assert status(learner) == "Completed"
    assert db.session.get_one(TrainingAssignment, renewal.id).completed_on == dt.date(2027, 10, 2)
    certificates = list(db.session.scalars(select(Certificate).order_by(Certificate.id)))
    assert [one.valid_until for one in certificates] == [dt.date(2027, 11, 2), dt.date(2028, 11, 2)]
    cycles = db.session.scalars(select(LessonProgress.cycle).where(LessonProgress.enrollment_id == enrollment.id))
    assert sorted(cycles) == [1, 1, 1, 2, 2, 2]

    moderator = author("Mo Derator", Role.MODERATOR)
    revoke_certificate(certificates[1], by=moderator, reason="Taken by somebody else")
    first, second = periods(learner)
    assert (first.is_current, second.is_current, second.revoke_reason) == (True, False, "Taken by somebody else")
    assert (status(learner), learner.enrollment.valid_until) == ("Renewal Required", dt.date(2027, 11, 2))
    revoke_certificate(certificates[0], by=moderator, reason="And that one")
    assert (status(learner), learner.enrollment.valid_until) == ("Expired", dt.date(2027, 10, 1))
    assert tell_of_turns() == 0
    renew(learner.enrollment, by=learner.viewer)  # what was revoked may be earned again at once
    assert learner.enrollment.cycle == 3
    actions = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "enrollment")))
    assert {"certified", "certification turned", "begun again", "certification revoked"} <= actions


def test_days_missed_are_caught_up_by_the_last_turn(clock: Clock) -> None:
    """CRS-6, REM-1: after downtime one notice, not three; who left is not written to, and is once they return."""
    learner, leaver = certified(clock), certified(clock, name="Tom Gone")
    exempt = certified(clock, name="Eve Exempt")
    clock.set(day(2027, 10, 20))
    again = assign(exempt.employee, exempt.written.course, dt.date(2027, 12, 1), by=exempt.written.by)
    close(again, "exempt", by=exempt.written.by, reason="Retires")
    leave(leaver.employee, dt.date(2027, 9, 1), None)
    clock.set(day(2027, 12, 24))
    assert status(learner) == "Expired"
    assert tell_of_turns() == 2
    assert told(learner) == [("certification_expired", "email"), ("certification_expired", "in_app")]
    (late,) = renewals(learner)
    assert (late.due_on, late.overdue_noted_at) == (dt.date(2027, 11, 2), None)
    assert (told(leaver), renewals(exempt), tell_of_turns()) == ([], [], 0)
    leaver.employee.status = "active"
    assert (tell_of_turns(), len(told(leaver))) == (1, 2)

    renew(learner.enrollment, by=learner.viewer)
    learner.read()
    learner.take_quiz()
    assert periods(learner)[-1].timing == "late"
    assert periods(learner)[-1].valid_until == dt.date(2028, 12, 24)
    assert status(learner) == "Completed"


def test_another_policy_reaches_what_is_held_only_when_asked(clock: Clock) -> None:
    """CRS-6: what people hold stands; on request it follows by new rows with the reason, the old ones stay."""
    learner = certified(clock)
    course = learner.written.course
    longer = Policy(24, 23, basis=Basis.PREVIOUS, lead=90)
    assert reach_of(course.id, longer) == Reach(1, 1, 0)
    assert reach_of(course.id, Policy(6)) == Reach(1, 1, 1)
    assert reach_of(course.id, YEARLY) == Reach(1, 0, 0)
    assert set_validity(course, longer, by=learner.written.by)
    assert [one.valid_until for one in periods(learner)] == [dt.date(2027, 11, 2)]
    with pytest.raises(RuleBroken, match="Give the reason"):
        set_validity(course, longer, by=learner.written.by, held_too=True)
    assert not set_validity(course, longer, by=learner.written.by)

    assert set_validity(course, longer, by=learner.written.by, held_too=True, reason="The law allows two years")
    old, new = periods(learner)
    assert (old.is_current, old.replaced_at is None, old.valid_until) == (False, False, dt.date(2027, 11, 2))
    assert (new.replaces_id, new.number, new.reason) == (old.id, 1, "The law allows two years")
    assert (new.valid_until, new.window_opens_on) == (dt.date(2028, 11, 2), dt.date(2028, 8, 4))
    assert (learner.enrollment.valid_until, learner.enrollment.renewal_from) == (new.valid_until, new.renewal_from)
    entries = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.contains("certification dates")))
    assert list(entries) == ["certification dates changed"]


@pytest.mark.owner
@pytest.mark.parametrize(
    "change", ["valid_until = valid_until + 1", "certified_on = certified_on - 1", "revoked_at = NULL", "DELETE"]
)
def test_a_period_is_never_changed(clock: Clock, change: str) -> None:
    """CRS-6, EVD-1: the database refuses other dates, taking back what was noted, and deleting; even to its owner."""
    learner = certified(clock)
    revoke_certificate(learner.certificate, by=author("Mo Derator", Role.MODERATOR), reason="Test")
    where = f"WHERE employee_id = {learner.employee.id}"
    statement = f"DELETE FROM certification_period {where}"
    if change != "DELETE":
        statement = f"UPDATE certification_period SET {change} {where}"
    with pytest.raises(DBAPIError, match=r"never changed|stays"):
        db.session.execute(text(statement))
