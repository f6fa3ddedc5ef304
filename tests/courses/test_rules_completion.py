"""CRS-3: completion rules as properties, whatever the rule and the facts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.catalogue.rules import (
    Criterion,
    CriterionKind,
    Facts,
    LessonFact,
    LessonKind,
    Mode,
    Rule,
    combine,
    judge,
)
from lmsapp.infra.words import RuleBroken

KINDS = [kind.value for kind in LessonKind]
lesson_facts = st.builds(LessonFact, kind=st.sampled_from(KINDS), done=st.booleans(), seconds=st.integers(0, 20_000))
scores = st.decimals(0, 100, places=2)
facts = st.builds(
    Facts,
    lessons=st.dictionaries(st.integers(1, 9), lesson_facts, max_size=7),
    scores=st.dictionaries(st.integers(1, 9), scores, max_size=4),
)
criteria = st.one_of(
    st.builds(Criterion, kind=st.just(CriterionKind.LESSONS), share=st.integers(1, 100)),
    st.builds(
        Criterion,
        kind=st.just(CriterionKind.QUIZ_PASSED),
        lesson_id=st.none() | st.integers(1, 9),
        percent=st.integers(1, 100),
    ),
    st.builds(Criterion, kind=st.just(CriterionKind.ACKNOWLEDGED)),
    st.builds(Criterion, kind=st.just(CriterionKind.ACTIVE_MINUTES), minutes=st.integers(1, 300)),
)
rules = st.builds(
    Rule, version=st.just(1), mode=st.sampled_from(Mode), criteria=st.lists(criteria, max_size=4).map(tuple)
)


@given(rules, facts, st.data())
def test_more_facts_never_undo_a_completion(rule: Rule, before: Facts, data: st.DataObject) -> None:
    """CRS-3: judging is monotone. Finishing a lesson, spending time or scoring more never takes away what was met."""
    more = {
        key: LessonFact(
            one.kind, one.done or data.draw(st.booleans()), one.seconds + data.draw(st.integers(0, 9000)), one.title
        )
        for key, one in before.lessons.items()
    }
    better = {key: max(got, data.draw(scores)) for key, got in before.scores.items()}
    first, then = judge(rule, before), judge(rule, Facts(more, better))
    assert then.met or not first.met
    assert all(b.met or not a.met for a, b in zip(first.criteria, then.criteria, strict=True))


@given(rules, facts)
def test_all_is_every_and_any_is_some(rule: Rule, known: Facts) -> None:
    """CRS-3: the whole follows from its parts; a rule without criteria is never met."""
    judged = judge(rule, known)
    met = [state.met for state in judged.criteria]
    assert judged.met == (bool(met) and (all(met) if rule.mode is Mode.ALL else any(met)))
    assert len(met) == len(rule.criteria)
    assert judged.met == (not judged.open) or rule.mode is Mode.ANY or not met


@given(rules, st.dictionaries(st.integers(1, 9), st.sampled_from(KINDS), max_size=7))
def test_nothing_done_completes_nothing(rule: Rule, lessons: dict[int, str]) -> None:
    """CRS-3: merely opening a page never completes anything, not even in a course without lessons."""
    assert not judge(rule, Facts({key: LessonFact(kind) for key, kind in lessons.items()})).met


@given(rules, facts)
def test_a_criterion_says_how_far(rule: Rule, known: Facts) -> None:
    """ENR-8: every criterion has words that can be filled, and is met exactly when have reaches need."""
    for state in judge(rule, known).criteria:
        assert state.words % dict(state.values)
        if state.kind is not CriterionKind.QUIZ_PASSED:
            assert state.met == (state.have >= state.need)
        assert not state.met or not state.open_lessons or state.kind in {"lessons", "active_minutes"}


@given(criteria)
def test_a_criterion_survives_being_stored(criterion: Criterion) -> None:
    """CRS-3: what is stored is what was asked."""
    assert Criterion.from_json(criterion.as_json()).as_json() == criterion.as_json()


@pytest.mark.parametrize(
    ("share", "done", "met"),
    [(100, 3, False), (100, 4, True), (80, 3, False), (75, 3, True), (76, 3, False), (1, 0, False)],
)
def test_a_share_is_rounded_up(share: int, done: int, met: bool) -> None:
    """CRS-3: 80 % of 4 lessons are 4, because 3 are only 75 %."""
    lessons = {n: LessonFact("text", done=n <= done) for n in range(1, 5)}
    rule = Rule(1, Mode.ALL, (Criterion(CriterionKind.LESSONS, share=share),))
    assert judge(rule, Facts(lessons)).met is met


@pytest.mark.parametrize(("got", "met"), [("80.00", True), ("79.99", False), ("100", True), (None, False)])
def test_the_score_is_compared_exactly(got: str | None, met: bool) -> None:
    """CRS-3: 79.99 % is not 80 %; a quiz never taken counts as nothing."""
    rule = Rule(1, Mode.ALL, (Criterion(CriterionKind.QUIZ_PASSED, percent=80),))
    known = Facts({5: LessonFact("quiz")}, {5: Decimal(got)} if got else {})
    assert judge(rule, known).met is met


def test_every_quiz_must_be_passed() -> None:
    """CRS-3: 'every quiz' is not met by the best one."""
    rule = Rule(1, Mode.ALL, (Criterion(CriterionKind.QUIZ_PASSED, percent=80),))
    lessons = {1: LessonFact("quiz"), 2: LessonFact("quiz")}
    judged = judge(rule, Facts(lessons, {1: 100, 2: 70}))
    assert not judged.met
    assert judged.criteria[0].open_lessons == (2,)
    assert judged.criteria[0].have == 70


@pytest.mark.parametrize(
    "stored",
    [{"kind": "lessons", "share": 0}, {"kind": "quiz_passed", "percent": 0}, {"kind": "active_minutes", "minutes": 0}],
)
def test_a_criterion_met_by_doing_nothing_is_refused(stored: dict[str, object]) -> None:
    """CRS-3: such a criterion cannot be stated."""
    with pytest.raises(RuleBroken):
        Criterion.from_json(stored)


def test_nothing_combined_is_not_met() -> None:
    """CRS-3: `all` of nothing is true in mathematics, but completes no course."""
    assert not combine(Mode.ALL, [])
    assert not combine(Mode.ANY, [])
