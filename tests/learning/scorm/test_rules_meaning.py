"""SCO-2, SCO-3: what content means by what it says; each row of the table once, and what no order may change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.courses.packages.rules import Edition, Item, ItemKind, Manifest
from lmsapp.learning.scorm.outcome.rules import (
    COMPLETIONS,
    SUCCESSES,
    Asked,
    End,
    Facts,
    Heard,
    Key,
    asked_of,
    begun,
    judged,
    replayed,
)

PLAIN, MASTERY = Asked(Edition.V12), Asked(Edition.V12, mastery=Decimal(80))
NEWER = Asked(Edition.V2004)
STRICT = Asked(Edition.V2004, passing=Decimal("0.8"), threshold=Decimal("0.9"))
NOT, CLEAN, LEFT = End.NOT, End.CLEAN, End.LEFT


def v12(status: str | None = None, raw: str | None = None, leave: str | None = None, **more: str) -> dict[str, str]:
    said = {"lesson_status": status, "score.raw": raw, "exit": leave, **{f"score.{k}": v for k, v in more.items()}}
    return {f"cmi.core.{name}": value for name, value in said.items() if value is not None}


def v2004(**said: str) -> dict[str, str]:
    names = {
        "completion": "completion_status",
        "success": "success_status",
        "progress": "progress_measure",
        "scaled": "score.scaled",
    }
    return {f"cmi.{names.get(name, name)}": value for name, value in said.items()}


@pytest.mark.parametrize(
    ("asked", "cmi", "end", "expected"),
    [
        (PLAIN, v12("passed"), NOT, "completed passed"),
        (MASTERY, v12("passed", "60"), NOT, "completed passed"),  # the content's own verdict
        (PLAIN, v12("failed"), NOT, "completed failed"),
        (PLAIN, v12("completed"), NOT, "completed unknown"),
        (PLAIN, v12("completed", "60"), CLEAN, "completed unknown"),
        (MASTERY, v12("completed"), CLEAN, "completed unknown"),
        (MASTERY, v12("completed", "80"), NOT, "completed passed"),
        (MASTERY, v12("completed", "79.99"), NOT, "completed failed"),
        (PLAIN, v12("browsed"), CLEAN, "browsed unknown"),
        (PLAIN, v12("incomplete"), CLEAN, "incomplete unknown"),
        (PLAIN, v12("incomplete", "100"), CLEAN, "incomplete unknown"),
        (MASTERY, v12("incomplete", "85"), NOT, "incomplete unknown"),
        (MASTERY, v12("incomplete", "85"), CLEAN, "completed passed"),
        (MASTERY, v12("incomplete", "85"), LEFT, "completed passed"),
        (MASTERY, v12("not attempted", "85"), LEFT, "completed passed"),
        (MASTERY, v12("incomplete", "20"), CLEAN, "completed failed"),
        (MASTERY, v12("incomplete", "20", "suspend"), CLEAN, "incomplete unknown"),  # left half-way, not failed
        (MASTERY, v12("incomplete", "20"), LEFT, "incomplete unknown"),
        (PLAIN, v12(), NOT, "unknown unknown"),
        (PLAIN, v12(), CLEAN, "completed unknown"),  # RTE: what never says anything, ending it says
        (PLAIN, v12("not attempted"), CLEAN, "completed unknown"),
        (PLAIN, v12(leave="suspend"), CLEAN, "unknown unknown"),
        (PLAIN, v12(), LEFT, "unknown unknown"),  # merely opened
        (NEWER, v2004(completion="completed"), NOT, "completed unknown"),
        (NEWER, v2004(completion="completed", success="passed"), NOT, "completed passed"),
        (NEWER, v2004(completion="incomplete", success="failed"), CLEAN, "incomplete failed"),
        (NEWER, v2004(completion="not attempted"), LEFT, "unknown unknown"),
        (NEWER, v2004(success="passed"), NOT, "unknown passed"),
        (NEWER, v2004(), CLEAN, "completed unknown"),
        (NEWER, v2004(exit="suspend"), CLEAN, "unknown unknown"),
        (STRICT, v2004(completion="completed", progress="0.5"), NOT, "incomplete unknown"),
        (STRICT, v2004(completion="incomplete", progress="0.9"), NOT, "completed unknown"),
        (STRICT, v2004(completion="completed"), NOT, "completed unknown"),
        (STRICT, v2004(), CLEAN, "unknown unknown"),  # it has to say how far it got
        (STRICT, v2004(success="passed", scaled="0.7"), NOT, "unknown failed"),
        (STRICT, v2004(success="failed", scaled="0.8"), NOT, "unknown passed"),
        (STRICT, v2004(success="passed"), NOT, "unknown passed"),
    ],
)
def test_each_row_of_the_table(asked: Asked, cmi: dict[str, str], end: End, expected: str) -> None:
    """SCO-2: completion and success apart, for either edition, under way, ended by the content, and left."""
    facts = judged(asked, cmi, end)
    assert f"{facts.completion} {facts.success}" == expected


@pytest.mark.parametrize(
    ("asked", "cmi", "percent"),
    [
        (PLAIN, v12(raw="85"), "85.00"),
        (PLAIN, v12(raw="17", max="20"), "85.00"),
        (PLAIN, v12(raw="15", min="10", max="20"), "50.00"),
        (PLAIN, v12(raw="15", min="20", max="20"), "15.00"),
        (PLAIN, v12(raw="250"), "100.00"),
        (PLAIN, v12(raw="-3"), "0.00"),
        (PLAIN, v12(raw=""), None),
        (PLAIN, v12(max="20"), None),
        (NEWER, v2004(scaled="0.755"), "75.50"),
        (NEWER, v2004(scaled="-1"), "0.00"),
        (NEWER, v2004(scaled="0.5") | {"cmi.score.raw": "9", "cmi.score.max": "10"}, "50.00"),
        (NEWER, {"cmi.score.raw": "9", "cmi.score.max": "10"}, "90.00"),
    ],
)
def test_scores_in_per_cent(asked: Asked, cmi: dict[str, str], percent: str | None) -> None:
    """SCO-2: scaled, or raw within its least and most, else as per cent."""
    assert judged(asked, cmi).percent == (None if percent is None else Decimal(percent))


def test_what_the_manifest_asks() -> None:
    """SCO-2: mastery of 1.2; passing score and completion threshold of 2004; nonsense asks for nothing."""

    def asked(edition: Edition, **said: Any) -> Asked:
        item = Item("a", None, "A", ItemKind.SCO, **said)
        return asked_of(Manifest(edition, "", "", items=(item,)), item)

    assert asked(Edition.V12, mastery="80").mastery == 80
    assert asked(Edition.V12, mastery="eighty").mastery is None
    by_measure = {"primaryObjective": {"satisfiedByMeasure": True, "minNormalizedMeasure": 0.6}}
    assert asked(Edition.V2004, sequencing=by_measure, mastery="80").passing == Decimal("0.6")
    assert asked(Edition.V2004, sequencing={"primaryObjective": {"satisfiedByMeasure": True}}).passing == 1
    assert asked(Edition.V2004, sequencing={"primaryObjective": {"minNormalizedMeasure": 0.6}}).passing is None
    assert asked(Edition.V2004, completion_threshold={"minProgressMeasure": "0.75"}).threshold == Decimal("0.75")
    assert asked(Edition.V2004, completion_threshold={"completedByMeasure": True}).threshold == 1
    off = {"completedByMeasure": False, "minProgressMeasure": 0.5}
    assert asked(Edition.V2004, completion_threshold=off).threshold is None
    assert asked_of(Manifest(Edition.V12, "", ""), None) == Asked(Edition.V12)


statuses = st.sampled_from(["passed", "failed", "completed", "incomplete", "browsed", "not attempted"])
changes = st.fixed_dictionaries(
    {},
    optional={
        "cmi.core.lesson_status": statuses,
        "cmi.core.score.raw": st.integers(0, 100).map(str),
        "cmi.core.exit": st.sampled_from(["", "suspend", "time-out"]),
        "cmi.core.lesson_location": st.sampled_from(["1", "2"]),
    },
)
steps = st.lists(st.tuples(changes, st.booleans(), st.sampled_from(["set", "commit", "set", "finish"])), max_size=7)


def commits(played: list[tuple[dict[str, str], bool, str]]) -> list[tuple[Heard, bool]]:
    """As the player sends them: each with whatever was not acknowledged. The flag: it arrives before the next is
    sent, so that the next need not repeat it; those without may arrive in any order."""
    sent, waiting = [], dict[str, str]()
    for seq, (said, acknowledged, how) in enumerate(played, 1):
        waiting = {**waiting, **said}
        sent.append((Heard(Key(1, 1, seq), dict(waiting), how), acknowledged))
        if acknowledged:
            waiting = {}
    return sent


def arrivals(sent: list[tuple[Heard, bool]], random: Random) -> list[Heard]:
    """An order the network may make of it, with doubles: what was acknowledged was there before what came after."""
    order: list[Heard] = []
    batch: list[Heard] = []
    for one, acknowledged in sent:
        batch.append(one)
        if acknowledged:
            random.shuffle(batch)
            order += batch
            batch = []
    random.shuffle(batch)
    order += batch
    return [two for one in order for two in [one] * random.choice([1, 1, 2])]


def heard_one_by_one(asked: Asked, order: list[Heard]) -> list[Facts]:
    """As the server hears them: in order as they come; of a late one, all that is known is heard again."""
    known: dict[Key, Heard] = {}
    facts, so_far = Facts(), []
    for one in order:
        known[one.key] = one
        facts = facts.best(replayed(asked, known.values()))
        so_far.append(facts)
    return so_far


@settings(max_examples=60)
@given(steps, st.randoms(use_true_random=False), st.sampled_from([PLAIN, MASTERY]))
def test_no_order_changes_the_facts(played: list[Any], random: Random, asked: Asked) -> None:
    """SCO-3: late, doubled and reordered, commits come to the same; nothing reported is ever taken back on the way."""
    sent = commits(played)
    in_order = replayed(asked, [one for one, _flag in sent])
    so_far = heard_one_by_one(asked, arrivals(sent, random))
    assert (so_far[-1] if so_far else Facts()) == in_order
    for before, after in zip(so_far, so_far[1:], strict=False):
        assert COMPLETIONS.index(before.completion) <= COMPLETIONS.index(after.completion)
        assert SUCCESSES.index(before.success) <= SUCCESSES.index(after.success)
        assert (before.percent or 0) <= (after.percent or 0)


@settings(max_examples=40)
@given(steps, st.randoms(use_true_random=False))
def test_losing_what_is_said_again_loses_nothing(played: list[Any], random: Random) -> None:
    """SCO-3: a commit that never arrived and was sent again under another number, with more, makes no difference."""
    sent = [one for one, _flag in commits(played)]
    repeated: list[Heard] = []
    for one in sent:
        key = one.key
        first = Heard(
            Key(key.launch, key.sitting, 2 * key.seq - 1), one.said, "set" if one.how == "finish" else one.how
        )
        second = Heard(Key(key.launch, key.sitting, 2 * key.seq), one.said, one.how)
        repeated += [second] if random.random() < 0.5 else [first, second]
    assert replayed(MASTERY, repeated) == replayed(MASTERY, sent)


def test_visits_keep_their_own_ending() -> None:
    """SCO-2: 'suspend' of the first visit is not that of the second; status and score go on."""
    first = [
        Heard(Key(1, 1, 1), v12("incomplete", "90", "suspend")),
        Heard(Key(1, 1, 2), {}, "finish"),
    ]
    assert replayed(PLAIN, first).completion == "incomplete"
    silent = [Heard(Key(2, 1, 1), {"cmi.core.lesson_location": "1"}), Heard(Key(2, 1, 2), {}, "finish")]
    assert replayed(PLAIN, [Heard(Key(1, 1, 1), v12(leave="suspend")), *silent]).completion == "completed"
    assert begun(Edition.V12, v12("incomplete", leave="suspend")) == v12("incomplete")


def test_golf_says_completed_then_failed() -> None:
    """SCO-3: a sample writes 'completed' and, at 20 points, 'failed': it is over and not passed; a better one passes."""
    played = [Heard(Key(1, 1, 1), v12("completed")), Heard(Key(1, 1, 2), v12("failed", "20"))]
    facts = replayed(PLAIN, played)
    assert facts == replace(judged(PLAIN, v12("failed", "20")), said_done=True)
    again = facts.best(replayed(PLAIN, [Heard(Key(2, 1, 1), v12("passed", "70"))]))
    assert again == judged(PLAIN, v12("passed", "70"))
    assert again.best(facts) == again
