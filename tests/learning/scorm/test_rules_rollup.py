"""What the parts of a package come to, under the terms of a lesson and under the package's own rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.courses.packages.rules import DoneWhen, Edition, Item, ItemKind, Manifest, Of, PackageTerms, ScoreOf
from lmsapp.learning.scorm.outcome.facts import ObjectiveFact, PartFact, score_percent
from lmsapp.learning.scorm.outcome.rollup import Lacks, rolled_up

DONE = PartFact("completed", opened=True)
PASSED = PartFact("completed", "passed", Decimal(90), opened=True)
FAILED = PartFact("unknown", "failed", Decimal(40), opened=True)
BEGUN = PartFact("incomplete", opened=True)
QUIET = PartFact(opened=True, left=True)


def package(*items: Item, edition: Edition = Edition.V12, **root: Any) -> Manifest:
    return Manifest(edition, edition.value, "Ladders", items=items, sequencing=root or None)


def sco(name: str, parent: str | None = None, visible: bool = True, **settings: Any) -> Item:
    return Item(name, parent, name.title(), ItemKind.SCO, f"{name}.html", visible, sequencing=settings or None)


def asset(name: str) -> Item:
    return Item(name, None, name.title(), ItemKind.ASSET, f"{name}.html")


def folder(name: str, **settings: Any) -> Item:
    return Item(name, None, name.title(), ItemKind.FOLDER, sequencing=settings or None)


@pytest.mark.parametrize(
    ("fact", "terms", "done", "why"),
    [
        (DONE, {}, True, None),
        (PartFact("unknown", "passed", opened=True), {}, True, None),  # 1.2 says 'passed' instead of 'completed'
        (BEGUN, {}, False, Lacks.INCOMPLETE),
        (PartFact("browsed", opened=True), {}, False, Lacks.BROWSED),
        (FAILED, {}, False, Lacks.FAILED),
        # 'failed' ends an attempt in 1.2, and is not what a lesson asks for; 'completed' counts, passed or not.
        (PartFact("completed", "failed", opened=True, only_failed=True), {}, False, Lacks.FAILED),
        (PartFact("completed", "failed", opened=True), {}, True, None),
        (QUIET, {}, False, Lacks.SAYS_NOTHING),
        (PartFact(), {}, False, Lacks.NOT_OPENED),
        (QUIET, {"opened_counts": True}, True, None),
        (PartFact(opened=True), {"opened_counts": True}, False, Lacks.SAYS_NOTHING),  # not left: it may still report
        (BEGUN, {"opened_counts": True}, False, Lacks.INCOMPLETE),
        (DONE, {"done_when": DoneWhen.PASSED}, False, Lacks.NOT_PASSED),
        (PASSED, {"done_when": DoneWhen.PASSED}, True, None),
        (PASSED, {"done_when": DoneWhen.SCORE, "percent": 90}, True, None),
        (PASSED, {"done_when": DoneWhen.SCORE, "percent": 91}, False, Lacks.LOW_SCORE),
        (DONE, {"done_when": DoneWhen.SCORE}, False, Lacks.NO_SCORE),
        (BEGUN, {"done_when": DoneWhen.SCORE}, False, Lacks.NO_SCORE),
    ],
)
def test_one_part_under_every_term(fact: PartFact, terms: dict[str, Any], done: bool, why: Lacks | None) -> None:
    """SCO-3, SCO-5: what counts as done, and which word says why it does not."""
    found = rolled_up(package(sco("a")), PackageTerms(**terms), {"a": fact})
    assert found.done is done
    assert [one.why for one in found.open] == ([] if why is None else [why])


def test_several_parts_all_or_any_hidden_ones_and_scores() -> None:
    """SCO-3: every part that is shown, or any of them; assets by being opened; one score of several."""
    parts = package(sco("a"), sco("b"), asset("page"), sco("hidden", visible=False), folder("f"))
    facts = {"a": PASSED, "b": BEGUN, "page": PartFact(opened=True)}
    found = rolled_up(parts, PackageTerms(), facts)
    assert (found.done, found.finished, found.asked) == (False, 2, 3)
    assert [(one.item, one.title, one.why) for one in found.open] == [("b", "B", Lacks.INCOMPLETE)]
    assert rolled_up(parts, PackageTerms(of=Of.ANY), facts).done
    facts["b"] = PartFact("completed", "failed", Decimal(50), opened=True)
    assert rolled_up(parts, PackageTerms(), facts).done
    assert not rolled_up(parts, PackageTerms(done_when=DoneWhen.PASSED), facts).done
    scores = {one: rolled_up(parts, PackageTerms(score=one), facts).score for one in ScoreOf}
    assert scores == {ScoreOf.HIGHEST: 90, ScoreOf.AVERAGE: 70, ScoreOf.LOWEST: 50}
    # The first of two tests does not speak for the second, unless any of them is enough.
    asked, two = PackageTerms(done_when=DoneWhen.SCORE, percent=80), package(sco("a"), sco("b"))
    assert not rolled_up(two, asked, {"a": PASSED}).done
    assert rolled_up(two, asked.changed(of=Of.ANY), {"a": PASSED}).done
    assert rolled_up(two, asked, {"a": PASSED, "b": PASSED}).done
    assert rolled_up(package(sco("x", visible=False)), PackageTerms(), {"x": DONE}).done
    assert not rolled_up(package(), PackageTerms(of=Of.ANY), {}).done


def test_scores_in_per_cent() -> None:
    """SCO-5: raw scores within their own least and most, scaled ones as they are, nonsense within 0 and 100."""
    percent = [
        score_percent(Decimal("0.8"), None, None, None), score_percent(Decimal(-1), Decimal(50), None, None),
        score_percent(None, Decimal(20), Decimal(0), Decimal(25)), score_percent(None, Decimal(72), None, None),
        score_percent(None, Decimal(9999), None, Decimal(0)), score_percent(None, None, None, Decimal(10)),
    ]  # fmt: skip
    assert percent == [80, 0, 80, 72, 100, None]


def rule(action: str, condition: str = "satisfied", **more: Any) -> dict[str, Any]:
    return {"action": action, "conditions": [{"condition": condition}], **more}


def rules(*several: dict[str, Any]) -> dict[str, Any]:
    return {"rollupRules": {"rules": list(several)}}


@pytest.mark.parametrize(
    ("root", "facts", "completion", "success"),
    [
        (rules(rule("satisfied", consideration="any")), {"a": PASSED}, "incomplete", "passed"),
        (rules(rule("satisfied", consideration="atLeastCount", minimumCount=2)), {"a": PASSED}, "incomplete", "failed"),
        (
            rules(rule("satisfied", consideration="atLeastPercent", minimumPercent=66)),
            {"a": PASSED, "b": PASSED, "c": FAILED},
            "incomplete",
            "passed",
        ),
        (rules(rule("completed", "completed", consideration="any")), {"a": DONE}, "completed", "unknown"),
        (rules(rule("completed", "attempted")), {"a": BEGUN, "b": BEGUN, "c": BEGUN}, "completed", "unknown"),
        (
            rules(rule("notSatisfied", consideration="none"), rule("satisfied", "always")),
            {"a": FAILED, "b": FAILED, "c": FAILED},
            "incomplete",
            "passed",
        ),
        (
            rules({"action": "completed", "conditions": [{"condition": "completed", "operator": "not"}]}),
            {"a": DONE, "b": DONE, "c": DONE},
            "incomplete",
            "unknown",
        ),
    ],
)
def test_rules_of_the_package(root: dict[str, Any], facts: dict[str, PartFact], completion: str, success: str) -> None:
    """SCO-3: roll-up rules of SCORM 2004: all, any, none, so many, such a share; conditions and their opposites."""
    manifest = package(sco("a"), sco("b"), sco("c"), edition=Edition.V2004, **root)
    found = rolled_up(manifest, PackageTerms(), facts)
    assert (found.completion, found.success, found.by_rules) == (completion, success, True)
    assert found.done is (completion == "completed" or success == "passed")


def test_only_the_last_test_counts() -> None:
    """SCO-3, SCO-5: parts that do not roll up neither finish nor hold up the package, and are not named as open."""
    quiet = {"sequencingControls": {"rollupObjectiveSatisfied": False, "rollupProgressCompletion": False,
                                    "objectiveMeasureWeight": 0}}  # fmt: skip
    manifest = package(sco("read", **quiet), sco("post"), sco("extra", deliveryControls={"tracked": False}),
                       edition=Edition.V2004)  # fmt: skip
    begun = rolled_up(manifest, PackageTerms(), {"read": DONE})
    assert not begun.done
    assert [one.item for one in begun.open] == ["post"]
    done = rolled_up(manifest, PackageTerms(done_when=DoneWhen.PASSED), {"post": PASSED})
    assert (done.done, done.score, done.asked) == (True, 90, 1)


def test_measure_weights_thresholds_and_shared_objectives() -> None:
    """SCO-3: satisfied by measure, weighted; completed by progress; one part satisfied by what another wrote."""
    by_measure = {"primaryObjective": {"objectiveID": "all", "satisfiedByMeasure": True, "minNormalizedMeasure": 0.8}}
    manifest = package(
        sco("a", sequencingControls={"objectiveMeasureWeight": 3}), sco("b"), edition=Edition.V2004, **by_measure
    )
    facts = {"a": PASSED, "b": PartFact("completed", "failed", Decimal(40), opened=True)}
    found = rolled_up(manifest, PackageTerms(), facts)
    assert (found.score, found.success, found.completion) == (Decimal("77.50"), "failed", "completed")
    half = {"completionThreshold": {"completedByMeasure": True, "minProgressMeasure": 0.5}}
    manifest = package(sco("a"), sco("b"), edition=Edition.V2004, **half)
    assert rolled_up(manifest, PackageTerms(), {"a": DONE}).completion == "completed"
    assert not rolled_up(manifest, PackageTerms(), {"a": PartFact(progress=Decimal("0.6"), opened=True)}).done
    writes = {"objectiveID": "o", "mapInfo": [{"targetObjectiveID": "g", "writeSatisfiedStatus": True}]}
    reads = {"objectiveID": "p", "mapInfo": [{"targetObjectiveID": "g"}]}
    manifest = package(
        sco("test", objectives=[writes]), sco("page", primaryObjective=reads),
        edition=Edition.V2004, **rules(rule("satisfied", consideration="atLeastCount", minimumCount=2)),
    )  # fmt: skip
    told = PartFact("completed", "passed", opened=True, objectives={"o": ObjectiveFact("passed")})
    assert rolled_up(manifest, PackageTerms(done_when=DoneWhen.PASSED), {"test": told}).done


def test_folders_considerations_and_pages_to_read() -> None:
    """SCO-3: a folder comes to what is in it; what was not attempted may be left out; reading does not fail a test."""
    only_tried = {
        "rollupConsiderations": {"requiredForSatisfied": "ifAttempted", "requiredForCompleted": "ifAttempted"}
    }
    manifest = package(
        folder("unit"), sco("page", "unit"), sco("test", "unit", **only_tried), sco("spare", "unit", **only_tried),
        edition=Edition.V2004,
    )  # fmt: skip
    terms = PackageTerms(done_when=DoneWhen.PASSED)
    assert rolled_up(manifest, terms, {"page": DONE, "test": PASSED}).done
    assert not rolled_up(manifest, terms, {"page": DONE, "test": FAILED}).done
    assert not rolled_up(manifest, terms, {"page": DONE}).done  # nothing was judged: nothing is passed
    assert [one.item for one in rolled_up(manifest, terms, {"test": PASSED}).open] == ["page"]


FACTS = st.sampled_from([PartFact(), QUIET, BEGUN, FAILED, DONE, PASSED])
RISE = {"unknown": 0, "browsed": 1, "incomplete": 1, "completed": 2}
SPEAKS = st.builds(
    rule,
    st.sampled_from(["satisfied", "completed"]),
    st.sampled_from(["satisfied", "completed", "attempted", "always"]),
    consideration=st.sampled_from(["all", "any", "atLeastCount", "atLeastPercent"]),
    minimumCount=st.integers(0, 4),
    minimumPercent=st.integers(0, 100),
    conditionCombination=st.sampled_from(["any", "all"]),
)


@settings(max_examples=60)
@given(
    facts=st.lists(FACTS, min_size=3, max_size=3),
    which=st.integers(0, 2),
    better=st.sampled_from([DONE, PASSED]),
    several=st.lists(SPEAKS, max_size=3),
    terms=st.builds(PackageTerms, done_when=st.sampled_from(DoneWhen), of=st.sampled_from(Of)),
    edition=st.sampled_from(Edition),
)
def test_doing_more_never_undoes(
    facts: list[PartFact],
    which: int,
    better: PartFact,
    several: list[dict[str, Any]],
    terms: PackageTerms,
    edition: Edition,
) -> None:
    """SCO-3: another part finished never makes a lesson undone, whatever rules without 'none' and 'not' a package has;
    and what is not done always names something that is open."""
    manifest = package(sco("a"), sco("b"), sco("c"), edition=edition, **(rules(*several) if several else {}))
    before = dict(zip("abc", facts, strict=True))
    after = before | {"abc"[which]: better if before["abc"[which]].success != "passed" else PASSED}
    was, now = rolled_up(manifest, terms, before), rolled_up(manifest, terms, after)
    assert now.done or not was.done
    assert RISE[now.completion] >= RISE[was.completion] or was.completion == "browsed"
    assert bool(now.open) is not now.done
