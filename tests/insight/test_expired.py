"""CRS-6, REP-1, ORG-6: what has expired is completed no longer, wherever it is counted."""

from __future__ import annotations

import datetime as dt

from lmsapp.assignments.actions import assign
from lmsapp.courses.validity.actions import set_validity
from lmsapp.courses.validity.policy import Policy
from lmsapp.infra import clock as product_clock
from lmsapp.insight.completion import ReportFilters
from lmsapp.insight.completion_summary import summary
from lmsapp.insight.person import training_of
from lmsapp.onboarding.courses.queries import training_of as onboarding_facts
from lmsapp.people.roles import Role
from tests.clock import Clock
from tests.courses.authors import author
from tests.learning.certificates.learners import Learner


def test_expired_is_not_completed(clock: Clock) -> None:
    """CRS-6: Completed, then to renew and still valid, then Expired: in report, file and onboarding; then assignable."""
    learner = Learner(clock)
    set_validity(learner.written.course, Policy(12, 11), by=None)
    learner.finish()
    hana = author("Hana Novák", Role.HR_MANAGER)
    key = (learner.employee.id, learner.written.course.id)
    found = []
    for day in (dt.date(2027, 9, 1), dt.date(2027, 10, 2), dt.date(2027, 11, 3)):
        clock.set(dt.datetime(day.year, day.month, day.day, 18, tzinfo=dt.UTC))
        now = product_clock.now()
        total = summary(hana, ReportFilters(), now, line_only=False).total
        assert total is not None
        (row,) = training_of(hana, learner.employee.id, now)
        facts = onboarding_facts([learner.employee], [learner.written.course.id])[key]
        found.append((total.completed, total.renewal_required, total.expired, row.standing, facts.completed_on))
    done = dt.date(2026, 11, 2)
    assert found == [(1, 0, 0, "Completed", done), (1, 1, 0, "Renewal Required", done), (0, 0, 1, "Expired", None)]
    again = assign(learner.employee, learner.written.course, dt.date(2027, 12, 1), by=learner.written.by)
    assert again.started_at is None
    (row,) = training_of(hana, learner.employee.id, product_clock.now())
    assert (row.progress, row.status) == (0, "Pending"), "of the time round that is assigned"
