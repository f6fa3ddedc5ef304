"""CRS-3: completion rules as properties, whatever the rule and the facts."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.catalogue.rules import (
    Criterion,
    CriterionKind,
    Evidence,
    Facts,
    LessonFact,
    LessonKind,
    Mode,
    Rule,
    combine,
    judge,
    refusals,
)
from lmsapp.courses.completion.facts import Attended
from lmsapp.courses.completion.kinds import KINDS as REGISTERED
from lmsapp.infra.words import RuleBroken

KINDS = [kind.value for kind in LessonKind]
START = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def later(minutes: int) -> dt.datetime:
    return START + dt.timedelta(minutes=minutes)


instants = st.integers(0, 5000).map(later)
lesson_facts = st.builds(
    LessonFact,
    kind=st.sampled_from(KINDS),
    done=st.booleans(),
    seconds=st.integers(0, 20_000),
    title=st.sampled_from(["", "Why"]),
    done_at=instants,
    minutes=st.lists(instants, max_size=3).map(sorted).map(tuple),
    course_minutes=st.dictionaries(st.integers(1, 9), instants, max_size=3),
)
scores = st.decimals(0, 100, places=2)
sessions = st.lists(st.builds(Attended, title=st.just("On the roof"), at=instants), max_size=6).map(tuple)
facts = st.builds(
    Facts,
    lessons=st.dictionaries(st.integers(1, 9), lesson_facts, max_size=7),
    scores=st.dictionaries(st.integers(1, 9), scores, max_size=4),
    attended=sessions,
)
chosen = st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True).map(tuple)
percents = st.integers(1, 100)
FIELDS: dict[CriterionKind, dict[str, st.SearchStrategy[object]]] = {
    CriterionKind.LESSONS: {"share": percents},
    CriterionKind.REQUIRED: {"lessons": chosen},
    CriterionKind.ASSIGNMENT_PASSED: {"lesson_id": st.none() | st.integers(1, 5)},
    CriterionKind.QUIZ_PASSED: {"lesson_id": st.none() | st.integers(1, 9), "percent": percents},
    CriterionKind.PACKAGE_SCORE: {"lesson_id": st.none() | st.integers(1, 9), "percent": percents},
    CriterionKind.ACKNOWLEDGED: {},
    CriterionKind.ACTIVE_MINUTES: {"minutes": st.integers(1, 300)},
    CriterionKind.ATTENDED: {"sessions": st.integers(1, 5)},
    CriterionKind.LESSON_MINUTES: {"minutes": st.integers(1, 90), "lessons": st.just(()) | chosen},
}
criteria = st.sampled_from(CriterionKind).flatmap(
    lambda kind: st.builds(Criterion, kind=st.just(kind), group=st.integers(0, 2), **FIELDS[kind])
)
rules = st.builds(
    Rule, version=st.just(1), mode=st.sampled_from(Mode), criteria=st.lists(criteria, max_size=5).map(tuple)
)


@given(rules, facts, st.data())
def test_more_facts_never_undo_a_completion(rule: Rule, before: Facts, data: st.DataObject) -> None:
    """CRS-3: judging is monotone. Finishing a lesson, spending time or scoring more never takes away what was met."""
    more = {
        key: replace(
            one, done=one.done or data.draw(st.booleans()), seconds=one.seconds + data.draw(st.integers(0, 9000))
        )
        for key, one in before.lessons.items()
    }
    better = {key: max(got, data.draw(scores)) for key, got in before.scores.items()}
    first, then = judge(rule, before), judge(rule, Facts(more, better, before.attended + data.draw(sessions)))
    assert then.met or not first.met
    assert all(b.met or not a.met for a, b in zip(first.criteria, then.criteria, strict=True))


@given(rules, facts)
def test_all_is_every_and_any_is_some(rule: Rule, known: Facts) -> None:
    """CRS-3: the whole follows from its parts; a rule without criteria is never met."""
    judged = judge(rule, known)
    met = [state.met for state in judged.criteria]
    both = {Mode.ALL: all, Mode.ANY: any}
    groups = {one.group for one in rule.criteria if one.group}
    parts = [one for one, criterion in zip(met, rule.criteria, strict=True) if not criterion.group]
    parts += [
        both[rule.mode.other]([one for one, c in zip(met, rule.criteria, strict=True) if c.group == group])
        for group in groups
    ]
    assert judged.met == (bool(met) and both[rule.mode](parts))
    assert len(met) == len(rule.criteria) == sum(len(part.states) for part in judged.parts)
    assert judged.met == (not judged.open) or not met
    assert judged.since is None or judged.met


@given(rules, st.dictionaries(st.integers(1, 9), st.sampled_from(KINDS), max_size=7))
def test_nothing_done_completes_nothing(rule: Rule, lessons: dict[int, str]) -> None:
    """CRS-3: merely opening a page never completes anything, not even in a course without lessons."""
    assert not judge(rule, Facts({key: LessonFact(kind) for key, kind in lessons.items()})).met


@given(rules, facts)
def test_a_criterion_says_how_far(rule: Rule, known: Facts) -> None:
    """ENR-8: every criterion has words that can be filled, and is met exactly when have reaches need."""
    for state in judge(rule, known).criteria:
        assert state.words % dict(state.values)
        if state.kind not in (CriterionKind.QUIZ_PASSED, CriterionKind.PACKAGE_SCORE):
            assert state.met == (state.have >= state.need)
        assert not state.met or not state.open_lessons or state.kind in {"lessons", "active_minutes"}
        assert state.since is None or (state.met and state.since >= START)
        assert not state.met or state.evidence, "what is met has something to show for it"
        assert [Evidence.from_json(one.as_json()) for one in state.evidence] == list(state.evidence)


@given(criteria)
def test_a_criterion_survives_being_stored(criterion: Criterion) -> None:
    """CRS-3: what is stored is what was asked; only what its kind means is stored."""
    kept = Criterion.from_json(json.loads(json.dumps(criterion.as_json())))
    assert kept == criterion


def test_every_kind_is_registered_and_tried() -> None:
    """CRS-3: a new kind takes part in every property above."""
    assert set(FIELDS) == set(REGISTERED) == set(CriterionKind)


def test_rules_stored_before_there_were_groups_are_read() -> None:
    """CRS-3: the JSON of old versions stays readable."""
    old = [{"kind": "lessons", "share": 80}, {"kind": "quiz_passed", "lesson_id": None, "percent": 75}]
    rule = Rule.from_json(3, "any", [*old, {"kind": "acknowledged"}, {"kind": "active_minutes", "minutes": 20}])
    assert [one.as_json() for one in rule.criteria][:2] == old
    assert {one.group for one in rule.criteria} == {0}


def test_since_when_it_is_met_and_by_what() -> None:
    """ENR-8: each kind names the instant the last needed fact happened, and those facts."""
    known = Facts(
        {
            1: LessonFact(
                "text", True, 150, "Why", later(5), minutes=(later(1), later(4)), course_minutes={1: later(1)}
            ),
            2: LessonFact(
                "pdf", True, 60, "Card", later(2), minutes=(later(2),), course_minutes={2: later(2), 3: later(3)}
            ),
            3: LessonFact("acknowledgement", True, 0, "Pledge", later(7), signature=44),
            4: LessonFact("quiz", True, 0, "Check", later(9), attempt=2),
        },
        {4: Decimal(90)},
    )

    def since(kind: CriterionKind, **fields: object) -> tuple[int, list[str]]:
        (state,) = judge(Rule(1, Mode.ALL, (Criterion(kind, **fields),)), known).criteria  # type: ignore[arg-type]
        assert state.met
        assert state.since is not None
        return round((state.since - START).total_seconds() / 60), [one.title for one in state.evidence]

    assert since(CriterionKind.LESSONS) == (9, ["Card", "Why", "Pledge", "Check"])
    assert since(CriterionKind.LESSONS, share=50)[0] == 5, "the second of four was enough"
    assert since(CriterionKind.REQUIRED, lessons=(1, 2)) == (5, ["Card", "Why"])
    assert since(CriterionKind.QUIZ_PASSED, percent=90) == (9, ["Check"])
    assert since(CriterionKind.ACKNOWLEDGED) == (7, ["Pledge"])
    assert since(CriterionKind.ACTIVE_MINUTES, minutes=3) == (3, ["Why", "Card"])
    assert since(CriterionKind.LESSON_MINUTES, minutes=1, lessons=(1, 2)) == (2, ["Why", "Card"])
    either = Rule(
        1,
        Mode.ALL,
        (
            Criterion(CriterionKind.LESSONS, share=50),
            *(Criterion(kind, group=1) for kind in (CriterionKind.ACKNOWLEDGED, CriterionKind.QUIZ_PASSED)),
        ),
    )
    judged = judge(either, known)
    assert [part.since for part in judged.parts] == [later(5), later(7)]
    assert judged.since == later(7), "one of the group was enough, the earlier one"


COURSE = Facts({n: LessonFact(kind) for n, kind in enumerate(("text", "pdf", "acknowledgement", "quiz"), 1)})


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ([], "at least one"),
        ([{"kind": "required_lessons", "lessons": [1, 9]}], "not part of this course"),
        ([{"kind": "quiz_passed", "lesson_id": 1}], "a quiz of this course"),
        ([{"kind": "lesson_minutes", "minutes": 2, "lessons": [4]}], "time is measured"),
        ([{"kind": "lessons", "share": 50}, {"kind": "required_lessons", "lessons": [1, 2]}], "changes nothing"),
        ([{"kind": "lessons", "share": 100}, {"kind": "required_lessons", "lessons": [1]}], "All lessons are asked"),
        ([{"kind": "acknowledged"}, {"kind": "acknowledged"}], "asked twice"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(stated: list[dict[str, object]], words: str) -> None:
    """CRS-3: impossible, empty and contradictory rules."""
    found = [broken.message for broken in refusals(Rule.from_json(0, "all", stated), COURSE)]
    assert any(words in message for message in found), found


def test_sensible_rules_are_not_refused() -> None:
    """CRS-3: a larger share beside required lessons, or in another group, says something of its own."""
    for stated in (
        [{"kind": "lessons", "share": 75}, {"kind": "required_lessons", "lessons": [1, 2]}],
        [{"kind": "lessons", "share": 50, "group": 1}, {"kind": "required_lessons", "lessons": [1, 2]}],
        [{"kind": "quiz_passed", "lesson_id": 4}, {"kind": "lesson_minutes", "minutes": 2, "lessons": [1]}],
    ):
        assert list(refusals(Rule.from_json(0, "all", stated), COURSE)) == []


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
    [
        {"kind": "lessons", "share": 0},
        {"kind": "quiz_passed", "percent": 0},
        {"kind": "active_minutes", "minutes": 0},
        {"kind": "lesson_minutes", "minutes": 0},
        {"kind": "required_lessons", "lessons": []},
    ],
)
def test_a_criterion_met_by_doing_nothing_is_refused(stored: dict[str, object]) -> None:
    """CRS-3: such a criterion cannot be stated."""
    with pytest.raises(RuleBroken):
        Criterion.from_json(stored)


def test_nothing_combined_is_not_met() -> None:
    """CRS-3: `all` of nothing is true in mathematics, but completes no course."""
    assert not combine(Mode.ALL, [])
    assert not combine(Mode.ANY, [])
