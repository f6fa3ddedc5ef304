"""CRS-6 on PostgreSQL: some people, day by day for years, with the daily job run late, twice or not at all.

Beside it runs the pure rule alone; each day the status of everybody, and in the end each notice, must be what it says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import select

from bench.proofs._calendar import Figures, name, when
from lmsapp.courses.validity.actions import set_validity
from lmsapp.courses.validity.policy import Basis, Late, Policy, Unit
from lmsapp.courses.validity.rules import Dates, dates_of
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.jobs import in_batches
from lmsapp.learning.enrollments.expressions import status_at
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.actions import renew
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.learning.validity.renewals import tell_of_turns
from lmsapp.learning.validity.rules import Stage, reached
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee
from tests.clock import Clock
from tests.learning.certificates.learners import Learner

BEGIN = dt.datetime(2027, 1, 29, 12, tzinfo=dt.UTC)
# Zone, policy, when they renew.
CAST = (
    ("America/Chicago", Policy(12, 11, basis=Basis.PREVIOUS, grace_days=30), "first day of window"),
    ("Pacific/Auckland", Policy(12, 11, basis=Basis.PREVIOUS, late=Late.PREVIOUS), "late"),
    ("Asia/Kolkata", Policy(6, None, 14, lead=2, lead_unit=Unit.MONTHS), "last day"),
    (
        "Pacific/Honolulu",
        Policy(12, 10, basis=Basis.FIXED, fixed_month=2, fixed_day=29, grace_days=20),
        "last day of grace",
    ),
    ("Europe/Madrid", Policy(1, lead=7, basis=Basis.PREVIOUS), "day before window"),
    ("UTC", Policy(12, 11, basis=Basis.PREVIOUS), "never"),
)


@dataclass
class Watched:
    """One person: the real one, and what the rule alone says of them."""

    learner: Learner
    policy: Policy
    moment: str
    dates: Dates
    told: list[tuple[int, Stage]] = field(default_factory=list)
    seen: set[Stage] = field(default_factory=set)
    number: int = 1

    def today(self) -> dt.date:
        """Where they are."""
        return product_clock.today(self.learner.zone)

    def renewal_is_due(self) -> bool:
        """Whether they renew today."""
        return self.moment != "never" and self.today() == when(self.dates, self.moment)

    def may_renew(self) -> bool:
        """Before the window opens it is refused: then they wait for it."""
        return self.dates.window_opens_on is not None and self.today() >= self.dates.window_opens_on

    def renewed(self) -> None:
        """The rule alone."""
        self.dates = dates_of(self.policy, self.today(), self.dates.held())
        self.seen, self.number = set(), self.number + 1

    def job_ran(self) -> None:
        """What the job has to tell at this instant."""
        there = product_clock.day_begun(self.learner.zone)
        stages = reached(self.dates, self.seen, there)
        if stages:
            self.seen |= set(stages)
            self.told.append((self.number, stages[-1]))


def run(days: int, clock: Clock, cast: tuple[tuple[str, Policy, str], ...] = CAST) -> Figures:
    """So many days from BEGIN on, in an application context; `clock` is the product's clock, running."""
    figures, random = Figures(), Random(6)
    clock.set(BEGIN)
    watched = [_begin(clock, n, *one) for n, one in enumerate(cast)]
    for day in range(days):
        for hour in (4, 13, 22):
            clock.set(BEGIN.replace(hour=hour, minute=random.randrange(60)) + dt.timedelta(days=day))
            for _again in range(_runs(random, day)):
                in_batches(tell_of_turns)
                for one in watched:
                    one.job_ran()
            _compare(figures, watched)
        for one in watched:
            _maybe_renew(figures, one)
    for one in watched:
        figures.expect(one.told == list(_told(one)), "notices", one.moment, one.told, list(_told(one)))
        figures.certifications += one.number
    return figures


def _begin(clock: Clock, number: int, zone: str, policy: Policy, moment: str) -> Watched:
    learner = Learner(clock, name=f"Person {number}", zone=zone, title=f"Course {number}", due_on=dt.date(2027, 6, 1))
    set_validity(learner.written.course, policy, by=None)
    learner.finish()
    today = product_clock.today(zone)
    return Watched(learner, policy, moment, dates_of(policy, today))


def _runs(random: Random, day: int) -> int:
    """How often the job runs at this hour: not at all in some weeks, mostly once, sometimes twice."""
    if day // 7 % 5 == 3:
        return 0
    return random.choice((0, 1, 1, 2))


def _maybe_renew(figures: Figures, one: Watched) -> None:
    early = one.moment == "day before window"
    if not (one.renewal_is_due() or (early and one.today() == one.dates.window_opens_on)):
        return
    if not one.may_renew():
        return
    db.session.expire_all()
    renew(one.learner.enrollment, by=one.learner.viewer)
    one.learner.read()
    one.learner.take_quiz()
    one.renewed()
    _compare(figures, [one])


def _compare(figures: Figures, watched: list[Watched]) -> None:
    ids = [one.learner.employee.id for one in watched]
    rows = db.session.execute(
        select(Employee.id, status_at(product_clock.now()), Enrollment.valid_until)
        .join(Enrollment, Enrollment.employee_id == Employee.id)
        .where(Employee.id.in_(ids))
    ).all()
    found = {row[0]: (row[1], row[2]) for row in rows}
    db.session.rollback()
    for one in watched:
        figures.days += 1
        wanted = (name(one.dates, one.today()).value, one.dates.valid_until)
        got = found[one.learner.employee.id]
        figures.expect(got == wanted, "status", got, "instead of", wanted, one.today(), one.moment)


def _told(one: Watched) -> Iterator[tuple[int, Stage]]:
    rows = db.session.execute(
        select(CertificationPeriod.number, Notice.key)
        .join(Notice, (Notice.about_kind == "certification_period") & (Notice.about_id == CertificationPeriod.id))
        .where(CertificationPeriod.employee_id == one.learner.employee.id, Notice.channel == "in_app")
        .order_by(Notice.id)
    )
    for number, key in rows:
        yield number, Stage[key.split("/")[2].upper()]
