"""The completion report by department (REP-1)."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from io import StringIO

import pytest
from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.completion import HEAD, ReportFilters, ReportStatus, completion_sheet
from lmsapp.insight.completion_summary import summary
from lmsapp.insight.sheets import BOM, as_csv
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.insight.crowd import Crowd, assign_raw
from tests.learning.certificates.learners import Learner


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(12)


def rows(viewer: Viewer, filters: ReportFilters, *, line_only: bool = False) -> list[dict[str, str]]:
    labels = {"Completed": "Erledigt"}
    statement = completion_sheet(viewer, filters, product_clock.now(), labels, line_only=line_only)
    text = "".join(as_csv(HEAD, statement))
    assert text.startswith(BOM)
    return list(csv.DictReader(StringIO(text.removeprefix(BOM))))


def test_summary_and_sheet_agree(crowd: Crowd) -> None:
    """REP-1: what the page counts is what the sheet holds."""
    hana, filters = crowd.cast.hana.viewer, ReportFilters(courses=(crowd.courses[0].id,))
    found = summary(hana, filters, product_clock.now(), line_only=False)
    sheet = rows(hana, filters)
    assert found.total is not None
    assert (found.total.people, found.total.enrolled) == (12, 12) == (12, len(sheet))
    assert (found.total.completed, found.total.in_progress, found.total.not_started, found.total.overdue) == (
        3,
        3,
        3,
        3,
    )
    for department in found.departments:
        mine = [row for row in sheet if row["department"] == department.department]
        assert len(mine) == department.enrolled
        assert sum(row["status"] == "Overdue" for row in mine) == department.overdue
        assert sum(row["status"] == "Erledigt" for row in mine) == department.completed
    assert found.departments[0].share <= found.departments[1].share


def test_a_manager_gets_the_own_line(crowd: Crowd) -> None:
    """REP-1, SEC-4: with the same filters, Otto gets nothing and Mark not Otto."""
    assign_raw(crowd.cast.otto.record, crowd.courses[0], state=3)
    everybody = rows(crowd.cast.hana.viewer, ReportFilters(courses=(crowd.courses[0].id,)))
    mine = rows(crowd.cast.mark.viewer, ReportFilters(courses=(crowd.courses[0].id,)), line_only=True)
    assert len(everybody) == 13
    assert len(mine) == 12
    assert "Otto Nobody" not in {row["name"] for row in mine}
    assert rows(crowd.cast.otto.viewer, ReportFilters(), line_only=True) == []
    assert {row["name"] for row in rows(crowd.cast.otto.viewer, ReportFilters())} == {"Otto Nobody"}


def test_filters(crowd: Crowd) -> None:
    """REP-1: department, role and dates; leavers only when asked for."""
    hana, today = crowd.cast.hana.viewer, product_clock.today("America/Chicago")
    assert len(rows(hana, ReportFilters(departments=(crowd.departments[0].id,), roles=("RN",)))) == 4
    assert len(rows(hana, ReportFilters(since=today, until=today))) == 6
    assert rows(hana, ReportFilters(until=today - dt.timedelta(days=1))) == []
    assert len(rows(hana, ReportFilters(dates="due", until=today))) == 6
    crowd.employees[3].status = "left"
    db.session.flush()
    assert len(rows(hana, ReportFilters(courses=(crowd.courses[0].id,)))) == 11
    assert len(rows(hana, ReportFilters(courses=(crowd.courses[0].id,), left=True))) == 12


def test_who_need_not_and_who_failed(crowd: Crowd) -> None:
    """REP-1, ENR-3: an exemption, whoever decided it, and a failure are said as such: nobody who is excused has not begun,
    and what nobody is asked for is no part of the share. What is exempt by now and still holds is completed."""
    hana, course, now = crowd.cast.hana.viewer, crowd.courses[0], product_clock.now()
    latest = {one.employee_id: one for one in db.session.scalars(select(TrainingAssignment))
              if one.course_id == course.id}  # fmt: skip
    mine = {one.id: one for one in db.session.scalars(select(Enrollment).where(Enrollment.course_id == course.id))}
    late, begun, pending, done = (latest[one.id] for one in crowd.employees[:4])
    late.closed_as, late.closed_at = "exempt", now
    mine[begun.enrollment_id].exempted_at = now
    mine[pending.enrollment_id].failed_at = now
    mine[done.enrollment_id].exempted_at = now
    db.session.flush()
    of_course = ReportFilters(courses=(course.id,))
    said = {row["name"]: row["status"] for row in rows(hana, of_course)}
    assert [said[one.name] for one in crowd.employees[:4]] == ["Exempt", "Exempt", "Failed", "Erledigt"]
    total = summary(hana, of_course, now, line_only=False).total
    assert total is not None
    assert (total.enrolled, total.asked, total.failed, total.completed, total.share) == (12, 10, 1, 3, 30.0)
    excused = replace(of_course, statuses=(ReportStatus.EXEMPT,))
    assert [row["name"] for row in rows(hana, excused)] == [one.name for one in sorted(
        crowd.employees[:2], key=lambda one: (one.department_id, one.name))]  # fmt: skip


def test_by_region_cohort_and_department_alone(crowd: Crowd) -> None:
    """REP-1: of a hire cohort and a region; of a department with those below it, or of itself alone."""
    hana, (upper, lower) = crowd.cast.hana.viewer, crowd.departments
    lower.parent_id = upper.id
    for one in crowd.employees[:3]:
        one.cohort, one.region = "Spring", "West"
    crowd.employees[3].cohort = "Spring"
    db.session.flush()
    of_course = ReportFilters(courses=(crowd.courses[0].id,))
    assert len(rows(hana, replace(of_course, cohorts=("Spring",)))) == 4
    assert len(rows(hana, replace(of_course, cohorts=("Spring",), regions=("West",)))) == 3
    assert rows(hana, replace(of_course, cohorts=("Autumn",))) == []
    assert len(rows(hana, replace(of_course, departments=(upper.id,)))) == 12
    assert len(rows(hana, replace(of_course, departments=(upper.id,), alone=True))) == 6


def test_a_real_completion_carries_its_proof(clock: Clock) -> None:
    """REP-1, EVD-1: score, certificate and record number stand in the row."""
    learner = Learner(clock)
    certificate = learner.finish()
    row = next(r for r in rows(learner.viewer, ReportFilters()) if r["course"] == learner.written.title)
    assert row["certificate number"] == certificate.number
    assert row["record number"] == str(certificate.record_id)
    assert (row["status"], row["progress"], row["completed on"], row["score"]) == (
        "Erledigt",
        "100",
        "2026-11-02",
        "100.00",
    )
