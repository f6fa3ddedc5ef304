"""Figures from real rows: the SQL says what the rules say, and costs the same for any number of people (DSH-3, DSH-4)."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.statistics import facts
from lmsapp.insight.statistics.asking import BY, FIGURES, Asking, StatisticsFilters
from lmsapp.insight.statistics.by_course import scores, times
from lmsapp.insight.statistics.compliance import compliance
from lmsapp.insight.statistics.dropoff import chosen_course, curve, stops
from lmsapp.insight.statistics.over_time import certified, completions
from lmsapp.insight.statistics.reminders import what_followed
from lmsapp.insight.statistics.rules import Kept, kept, months_back, was_behind
from lmsapp.insight.statistics.segments import segments
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.viewer import Viewer
from tests.cast import ZONE
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.figures import Figures


@pytest.fixture
def figures(clock: Clock) -> Figures:
    return Figures()


def asking(viewer: Viewer, *, line_only: bool = True, course_id: int | None = None, **filters: object) -> Asking:
    now = product_clock.now()
    asked = StatisticsFilters(**filters)  # type: ignore[arg-type]
    return Asking(viewer, asked, now, product_clock.today(ZONE), line_only=line_only, course_id=course_id)


def test_the_rule_and_its_twin(figures: Figures) -> None:
    """DSH-3: over a grid of moments, what SQL counts is what the pure rule says of each assignment."""
    rows = db.session.scalars(select(TrainingAssignment)).all()
    fates: Counter[Kept | None] = Counter()
    for days in (-60, -21, -19, 0, 1, 41):
        now = product_clock.now() + dt.timedelta(days=days)
        today = product_clock.now().date() + dt.timedelta(days=days)
        marks = [span.last for span in months_back(today)[:-1]]
        counts = (
            (facts.fell_due(now) & facts.in_time(), Kept.IN_TIME),
            (facts.fell_due(now) & facts.late(), Kept.LATE),
            (facts.overdue(now), Kept.OVERDUE),
        )
        for condition, meant in counts:
            open_ = select(TrainingAssignment.id).where(TrainingAssignment.closed_as.is_(None), condition)
            found = set(db.session.scalars(open_))
            expected = {one.id for one in rows if _kept(one, today) is meant}
            assert found == expected, (days, meant)
            fates[meant] += len(found)
        bits = select(TrainingAssignment.id, facts.behind_at(marks, now)).where(
            TrainingAssignment.closed_as.is_(None), facts.ever_late(now)
        )
        found_bits = dict(db.session.execute(bits).all())
        for one in rows:
            behind = [k for k, day in enumerate(marks) if _behind(one, day)]
            assert [k for k in range(len(marks)) if found_bits.get(one.id, 0) >> k & 1] == behind
            assert (found_bits.get(one.id, 0) >> len(marks) & 1 == 1) == (_kept(one, today) is Kept.OVERDUE)
    assert all(fates[one] for one in Kept)


def _kept(one: TrainingAssignment, today: dt.date) -> Kept | None:
    return kept(due_on=one.due_on, completed_on=one.completed_on, closed_as=one.closed_as, today=today)


def _behind(one: TrainingAssignment, day: dt.date) -> bool:
    return was_behind(due_on=one.due_on, completed_on=one.completed_on, closed_as=one.closed_as, day=day)


def test_mandatory_training(figures: Figures, clock: Clock) -> None:
    """DSH-3: of 18 people 2 are exempted and not counted, 4 are behind; months add up, and hiring counts looking back."""
    found = compliance(asking(figures.cast.mark.viewer))
    assert (found.now.people, found.now.behind, found.without) == (16, 4, 3)  # Lena has none, two are exempted
    assert found.now.share == 75
    year = found.year
    assert (year.in_time, year.late, year.overdue, year.due) == (3, 5, 4, 12)
    assert [one.day.day for one in found.standings[-3:]] == [30, 31, 2]
    assert [one.people for one in found.standings[-4:]] == [15, 16, 16, 16]  # one was hired 40 days ago
    nobody = compliance(asking(figures.cast.otto.viewer))
    assert (nobody.now.people, nobody.now.share, nobody.year.due) == (0, None, 0)


def test_whose_figures(figures: Figures) -> None:
    """SEC-4: one's own line, everybody for those who keep or read records, nobody for others; a course for its author."""
    cast = figures.cast
    assert compliance(asking(cast.hana.viewer, line_only=False)).now.people == 16
    assert compliance(asking(cast.otto.viewer, line_only=False)).now.people == 0
    own = asking(cast.carla.viewer, line_only=False, course_id=figures.other.id)
    assert chosen_course(own) == (figures.other.id, "Other things")
    assert curve(own, (figures.first.id, "First aid")).enrolled == 0  # no other course by that way
    assert curve(own, (figures.other.id, "Other things")).enrolled == 6


def test_over_time_and_by_course(figures: Figures) -> None:
    """DSH-3: weeks and months, on time and late; scores and times by course; certificates of nobody."""
    viewer = figures.cast.mark.viewer
    for per in ("week", "month"):
        found = completions(asking(viewer, per=per))
        assert (sum(one.on_time for one in found), sum(one.late for one in found)) == (8, 5)
        assert len(found) == 12
    by_score = scores(asking(viewer))
    assert [(one.course, one.people) for one in by_score] == [("First aid", 10), ("Other things", 3)]
    assert by_score[0].mean == pytest.approx(sum(70 + n for n in range(18) if n % 8 in (0, 1, 5, 7)) / 10)
    took = {one.course: one.days for one in times(asking(viewer))}
    exact = sorted(60 + n - figures.FATES[n % 8][1] for n in range(18) if n % 8 in (0, 1, 5, 7))  # type: ignore[operator]
    assert took["First aid"].n == 10
    assert (took["First aid"].low, took["First aid"].median, took["First aid"].high) == (exact[2], exact[4], exact[7])
    none = certified(asking(viewer))
    assert (sum(n for _s, n in none.issued), sum(n for _s, n in none.ending), none.lapsed) == (0, 0, 0)


def test_drop_off_of_a_course(figures: Figures) -> None:
    """DSH-3: everybody ever enrolled ended somehow; the curve is the one worked out from the rows; and where they stop."""
    viewer = figures.cast.mark.viewer
    course = chosen_course(asking(viewer))
    assert course == (figures.first.id, "First aid")
    found = curve(asking(viewer), course)
    assert found.ends == {"completed": 10, "withdrawn": 0, "exempt": 2, "left": 0, "learning": 6}
    assert found.enrolled == found.steps[0].at_risk == 18
    share = 1.0
    done = sorted(60 + n - (figures.FATES[n % 8][1] or 0) for n in range(18) if n % 8 in (0, 1, 5, 7))
    gone = [60 + n - (6 if n % 8 == 6 else 0) for n in range(18) if n % 8 in (2, 3, 4, 6)]
    for day in sorted(set(done)):
        at_risk = sum(one >= day for one in [*done, *gone])
        share *= 1 - done.count(day) / at_risk
        assert next(step.share for step in found.steps if step.day == day) == pytest.approx(share)
    where = stops(asking(viewer), figures.first.id)
    assert where.not_begun + sum(one.here for one in where.lessons) <= 6
    left = db.session.scalars(select(Enrollment).where(Enrollment.course_id == figures.first.id)).first()
    assert left is not None
    left.withdrawn_at, left.completed_at = product_clock.now(), None
    figures.people[2].status, figures.people[2].left_on = "left", product_clock.now().date()
    db.session.flush()
    assert curve(asking(viewer), course).ends["withdrawn"] == 1
    assert curve(asking(viewer), course).ends["left"] == 1


def test_what_followed_reminders(figures: Figures) -> None:
    """DSH-3: completed so soon after the last reminder, beside what fell due without one."""
    found = what_followed(asking(figures.cast.mark.viewer))
    assert (found.reminded, found.sent, found.alone) == (5, 5, 5)
    assert found.within == {3: 0, 7: 0, 14: 3}
    assert (found.kept, found.alone_kept) == (0, 3)


@pytest.mark.parametrize("figure", FIGURES)
def test_groups_add_up(figures: Figures, figure: str) -> None:
    """DSH-4: each figure by each grouping: nobody is lost, gaps come first, small groups are not ranked."""
    for by in BY:
        whole, groups = segments(asking(figures.cast.mark.viewer, figure=figure, by=by))
        assert sum(group.n for group in groups) == whole.n > 0
        ranked = [group.value for group in groups if not group.small and group.value is not None]
        assert ranked == sorted(ranked, reverse=figure == "days")
        smalls = [group.small for group in groups]
        assert smalls == sorted(smalls)
    _whole, wards = segments(asking(figures.cast.mark.viewer, figure=figure))
    assert {group.name for group in wards} <= {"Ward A", "Ward B", ""}
    assert all(group.small for group in wards if group.name != "Ward A")


def test_filters_narrow(figures: Figures) -> None:
    """DSH-4: department, role, location, cohort, kind and course hold together."""
    viewer = figures.cast.mark.viewer
    assert compliance(asking(viewer, departments=(figures.ward_b.id,))).now.people == 2
    assert compliance(asking(viewer, kinds=("elective development",))).now.people == 0
    assert compliance(asking(viewer, roles=("RN",), cohorts=("2024 spring",), locations=("Tower A",))).now.people == 3
    only = asking(viewer, courses=(figures.other.id,))
    assert [one.course for one in scores(only)] == ["Other things"]
    assert completions(asking(viewer, courses=(-5,)))[0].on_time == 0


def test_a_figure_costs_the_same_for_any_number(figures: Figures, statements: Statements) -> None:
    """DSH-3: statements do not grow with people."""
    viewer, costs = figures.cast.mark.viewer, []
    for _size in (18, 40):
        statements.clear()
        one = asking(viewer)
        compliance(one), completions(one), scores(one), times(one), certified(one), what_followed(one), segments(one)
        costs.append(len(statements))
        if len(costs) == 1:
            for n in range(18, 40):
                figures.took(figures._person(n), figures.first, -3, None)
    assert costs[0] == costs[1]
    assert db.session.scalar(select(func.count()).select_from(Enrollment)) == 46
