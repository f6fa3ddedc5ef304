"""Pure rules of hand-ins and rubrics (QIZ-5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.catalogue.rules import Criterion, CriterionKind, Facts, LessonFact, Mode, Rule, judge
from lmsapp.courses.tasks.rules import RubricRow, Task, level_lines, read_points, written_rubric
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.handins.rules import HandInState, scored, state_of, tries_left

STATES = st.lists(st.sampled_from(list(HandInState)), max_size=6)
POINTS = st.decimals(min_value="0.01", max_value="1000", places=2)


@given(st.lists(st.sampled_from(["pass", "rework", "fail"]), max_size=5), st.booleans())
def test_the_newest_decision_counts(decisions: list[str], replaced: bool) -> None:
    """QIZ-5: without any it waits, or was replaced."""
    state = state_of(decisions, replaced=replaced)
    named = {"pass": HandInState.PASSED, "rework": HandInState.REWORK, "fail": HandInState.FAILED}
    waiting = HandInState.REPLACED if replaced else HandInState.WAITING
    assert state is (named[decisions[-1]] if decisions else waiting)


@given(STATES, st.integers(1, 5))
def test_replacing_costs_no_try(states: list[HandInState], tries: int) -> None:
    """QIZ-5: tries left never rise with what is given, and never fall by what was replaced."""
    left = tries_left(tries, states)
    assert left == tries_left(tries, [*states, HandInState.REPLACED])
    assert (tries_left(tries, [*states, HandInState.WAITING]) or 0) <= (left or 0)
    assert tries_left(None, states) is None


@given(st.lists(st.tuples(POINTS, st.integers(0, 100)), min_size=1, max_size=5))
def test_the_percentage_is_cut_and_never_beyond(rows: list[tuple[Decimal, int]]) -> None:
    """QIZ-5: between 0 and 100, 100 only for all the points."""
    task = Task(rubric=tuple(RubricRow(f"c{n}", "x", most) for n, (most, _share) in enumerate(rows)))
    given = {f"c{n}": (most * share / 100).quantize(Decimal("0.01")) for n, (most, share) in enumerate(rows)}
    given = {key: min(value, task.rubric[int(key[1:])].points) for key, value in given.items()}
    result = scored(task, given, complete=True)
    assert result.percent is not None and result.total is not None
    assert 0 <= result.percent <= 100
    assert (result.percent == 100) == (result.total == task.max_points)


@given(st.text(max_size=12))
def test_points_are_read_or_refused(typed: str) -> None:
    """QIZ-5: whatever is typed is a number of points from 0 to 9999.99, or none."""
    found = read_points(typed)
    assert found is None or 0 <= found < 10_000


def test_a_rubric_as_typed() -> None:
    """QIZ-5: keys stay when criteria are renamed or moved; levels come back as they were typed; nonsense is refused."""
    rows = written_rubric(
        [
            {"title": "A", "points": "2,5", "levels": "1: little\n2.5: much"},
            {"title": ""},
            {"title": "B", "points": "1"},
        ]
    )
    assert [(row.key, str(row.points)) for row in rows] == [("c1", "2.5"), ("c2", "1")]
    assert level_lines(rows[0]) == "2.5: much\n1: little"
    moved = written_rubric([{"key": "c2", "title": "B2", "points": "1"}, {"title": "C", "points": "3"}], ["c1", "c2"])
    assert [row.key for row in moved] == ["c2", "c3"]
    assert Task.from_json(Task(rubric=rows, tries=None).as_json()) == Task(rubric=rows, tries=None)
    for row in ({"title": "A", "points": "0"}, {"title": "A", "points": "1", "levels": "2: too much"}, {"points": "1"}):
        with pytest.raises(RuleBroken):
            written_rubric([row])
    with pytest.raises(RuleBroken):
        written_rubric([{"title": str(n), "points": "1"} for n in range(13)])


def test_the_criterion_is_met_by_passed_work_only() -> None:
    """CRS-3: another lesson does not meet it; without an assignment it is never met."""
    one = Criterion(CriterionKind.ASSIGNMENT_PASSED, lesson_id=2)
    every = Criterion(CriterionKind.ASSIGNMENT_PASSED)
    lessons = {1: LessonFact("text", done=True), 2: LessonFact("assignment", title="Plan"), 3: LessonFact("assignment")}

    def met(criterion: Criterion, **done: bool) -> bool:
        now = {key: LessonFact(f.kind, done=done.get(f"d{key}", f.done), title=f.title) for key, f in lessons.items()}
        return judge(Rule(1, Mode.ALL, (criterion,)), Facts(now)).met

    assert (met(one), met(one, d3=True), met(one, d2=True)) == (False, False, True)
    assert (met(every, d2=True), met(every, d2=True, d3=True)) == (False, True)
    assert not judge(Rule(1, Mode.ALL, (every,)), Facts({1: LessonFact("text", done=True)})).met
    assert Criterion.from_json(one.as_json()) == one
