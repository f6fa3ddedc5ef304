"""SCO-2, SCO-3, ENR-3: what content says becomes facts once, in order, at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.access import give_back_access, revoke_access
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.scorm.launches.tokens import launch_for_commit
from lmsapp.learning.scorm.models import ScormCommit
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.conftest import Statements
from tests.learning.scorm.scenes import EXIT, KEPT, PLACE, SCORE, STATUS, Player, Scene, part, post

DUE = dt.date(2026, 12, 2)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("said", ["passed", "completed"])
def test_the_moment_it_is_committed(cast: Cast, said: str) -> None:
    """SCO-3, ENR-3: without Finish: lesson, course, record, certificate and assignment in the same request; once
    (frappe/lms #1875, openedx-scorm-xblock #90, iomad #1858, SCOBot #4)."""
    scene = Scene(cast)
    assignment = assign(cast.lena.record, scene.course, DUE, by=cast.milo.viewer)
    player = scene.play()
    before = player.says(status="incomplete", score="10")
    assert (before["done"], before["course_done"], scene.enrollment.complete) == (False, False, False)
    answer = player.says(status=said, score="87.5")
    assert answer == {
        "ok": True,
        "seq": 2,
        "completion": "completed",
        "success": "passed" if said == "passed" else "unknown",
        "done": True,
        "course_done": True,
        "superseded": False,
    }
    assert player.log()[1].effect == {
        "completion": ["incomplete", "completed"],
        "score": ["10.00", "87.50"],
        "done": True,
        "course_done": True,
        **({"success": ["unknown", "passed"]} if said == "passed" else {}),
    }
    assert scene.enrollment.complete
    assert scene.enrollment.progress == 100
    record = db.session.scalars(select(CompletionRecord)).one()
    assert (str(record.score), record.attempt) == ("87.50", 1)
    assert count(Certificate) == 1
    assert db.session.get_one(TrainingAssignment, assignment.id).completed_at is not None
    player.says(status="incomplete")
    player.finishes()
    scene.play().says(status="failed", score="0")
    assert (scene.enrollment.complete, count(CompletionRecord), count(Certificate)) == (True, 1, 1)
    assert str(scene.attempts()[0].score) == "87.50", "nothing regresses on a later visit (Xerte #488)"


def test_what_changes_nothing_costs_one_statement(cast: Cast, statements: Statements) -> None:
    """SCO-3: place, suspend data, answers and a status said before: one statement; suspend data is read back whole,
    also once it is done (Xerte #847, #433; frappe/lms #1262)."""
    scene = Scene(cast)
    player = scene.play()
    player.says(status="incomplete", kept="x", place="1")
    kept = "é" * 64_000
    statements.clear()
    answer = player.posts(
        "commit",
        {STATUS: "incomplete", KEPT: kept, PLACE: "2", "cmi.interactions.0.id": "q1", "wrong.name": "x"},
        session_seconds=12.5,
    )
    assert len(statements) == 1, statements
    assert (answer["ok"], answer["completion"]) == (True, "incomplete")
    assert list(answer["refused"]) == ["wrong.name"]
    player.says(time="00:01:00")
    player.says(status="completed")
    statements.clear()
    player.says(kept=kept + "!", place="3")
    assert len(statements) == 1, "also after it is done"
    assert (player.sco.suspend_data, player.sco.cmi[PLACE]) == (kept + "!", "3")
    assert player.launch.times == {"1": [3, 6000, 12]}
    logged = player.log()[1]
    assert logged.said == {STATUS: "incomplete", KEPT: 64_000, PLACE: "2", "cmi.interactions.0.id": "q1"}
    assert set(logged.names) == set(logged.said)
    assert list(logged.effect) == ["refused"]
    assert player.launch.last_seq == 5


def test_doubled_late_and_older(cast: Cast, clock: Clock) -> None:
    """SCO-3: heard again: the same answer, nothing done; late: only what nothing later has set, and facts still rise."""
    scene = Scene(cast)
    player = scene.play()
    player.says(seq=1, status="incomplete", place="1", kept="one")
    player.says(seq=3, status="incomplete", place="3", score="20")
    assert player.says(seq=3, place="changed")["seq"] == 3
    assert player.sco.cmi[PLACE] == "3"
    answer = player.says(seq=2, status="completed", place="2", kept="two", exit="suspend")
    assert (answer["completion"], answer["done"]) == ("completed", True)
    sco = player.sco
    assert sco.cmi == {STATUS: "incomplete", PLACE: "3", SCORE: "20", EXIT: "suspend"}
    assert sco.suspend_data == "two", "nothing later has set it"
    assert [one.seq for one in player.log()] == [1, 2, 3]
    assert player.launch.last_seq == 3
    clock.move(hours=23)
    assert player.says("beacon", seq=4, score="70", place="4")["ok"]
    assert str(player.attempt.score) == "70.00"
    assert player.says("set", seq=9_999)["ok"]
    body = {"sitting": 7, "seq": 1, "how": "set", "set": {STATUS: "passed"}}
    post(player.token, body)
    assert player.sco.success == "unknown", "a sitting there never was"
    assert len(player.log()) == 5


def test_two_windows(cast: Cast) -> None:
    """SCO-3: the last one opened keeps its place; the other is told, raises what was reached, and overwrites nothing
    (numbas #24)."""
    scene = Scene(cast)
    first = scene.play()
    first.says(status="incomplete", place="9", kept="first")
    second = scene.play()
    assert first.launch.closed_how == "superseded"
    second.says(place="1", kept="second")
    answer = first.says(place="10", kept="stale", score="30")
    assert (answer["superseded"], answer["done"]) == (True, False)
    assert (second.sco.cmi[PLACE], second.sco.suspend_data) == ("1", "second")
    assert SCORE not in second.sco.cmi
    assert str(second.attempt.score) == "30.00"
    answer = first.finishes(status="passed")
    assert (answer["superseded"], answer["done"], answer["course_done"]) == (True, True, True)
    assert second.sco.cmi[STATUS] == "incomplete"
    second.says(status="failed")
    assert (second.sco.success, scene.enrollment.complete) == ("passed", True)
    assert second.launch.superseded_at is None


def test_what_comes_when_the_door_is_closed(cast: Cast, clock: Clock) -> None:
    """ENR-7, SCO-3: while access is away the token takes nothing; given back within the day, what waited is taken. What
    was reported earlier counts when it can."""
    scene = Scene(cast)
    player = scene.play()
    player.says(status="incomplete")
    revoke_access(scene.enrollment, by=cast.milo.viewer, reason="By mistake")
    db.session.commit()
    assert launch_for_commit(player.token, product_clock.now()) is None
    give_back_access(scene.enrollment, by=cast.milo.viewer, reason="Was a mistake")
    db.session.commit()
    assert player.says(status="completed")["course_done"]
    clock.move(hours=25)
    assert launch_for_commit(player.token, product_clock.now()) is None


def test_terms_decide(cast: Cast) -> None:
    """SCO-3, CRS-3: 'passed' or so many per cent where the lesson asks for it; the score is the lesson's best."""
    passed = Scene(cast, terms=PackageTerms.from_json({"done_when": "passed"}), title="Pass it")
    player = passed.play()
    assert not player.says(status="completed", score="100")["done"]
    assert player.says(status="passed")["done"]
    terms = PackageTerms.from_json({"done_when": "score", "percent": 75})
    scored = Scene(cast, terms=terms, title="Score it", items=(part("one"), part("two")))
    first = scored.play()
    assert not first.says(status="passed", score="90")["done"]
    second = scored.play("two")
    assert not second.says(status="completed", score="74")["done"]
    assert second.says(score="75")["done"]
    row = db.session.get_one(LessonProgress, (scored.enrollment.id, 1, scored.lesson.id))
    assert (row.detail["percent"], row.detail["attempt"]) == ("90.00", 1)


def test_the_mean_counts_when_every_part_has_spoken(cast: Cast) -> None:
    """CRS-3: the first of two parts does not speak for both."""
    scene = Scene(cast, terms=PackageTerms.from_json({"score": "average"}), items=(part("one"), part("two")))
    scene.play().says(status="completed", score="100")
    row = db.session.get_one(LessonProgress, (scene.enrollment.id, 1, scene.lesson.id))
    assert "percent" not in row.detail
    scene.play().says(status="completed", score="50")
    db.session.refresh(row)
    assert row.detail["percent"] == "75.00"


def test_2004_with_its_measures(cast: Cast) -> None:
    """SCO-2: threshold and passing score decide; objectives of the manifest are there; state of the sequencing goes on;
    shared data is handed on."""
    objectives = {
        "primaryObjective": {"objectiveID": "main", "satisfiedByMeasure": True, "minNormalizedMeasure": 0.7},
        "objectives": [{"objectiveID": "side"}],
    }
    share = ({"targetID": "notes", "readSharedData": True, "writeSharedData": True},)
    one = part("one", sequencing=objectives, completion_threshold={"minProgressMeasure": 0.5}, data=share)
    two = part("two", data=({"targetID": "other"}, *share))
    scene = Scene(cast, items=(one, two), edition="2004")
    player = scene.play()
    given = player.view()["cmi"]
    wanted = {
        "cmi.objectives.0.id": "main",
        "cmi.objectives.1.id": "side",
        "cmi.scaled_passing_score": "0.7",
        "cmi.completion_threshold": "0.5",
        "adl.data.0.id": "notes",
        "cmi.entry": "ab-initio",
        "cmi.total_time": "PT0S",
    }
    assert wanted.items() <= given.items()
    said = {
        "cmi.completion_status": "incomplete",
        "cmi.progress_measure": "0.6",
        "cmi.success_status": "failed",
        "cmi.score.scaled": "0.7",
        "cmi.session_time": "P1DT1H",
        "adl.data.0.store": "remember",
    }
    answer = player.posts("set", said, sequencing={"current": "one"})
    assert (answer["completion"], answer["success"]) == ("completed", "passed")
    player.posts("finish", {}, nav="suspendAll")
    assert player.sco.exit == "suspend"
    other = scene.play("two")
    assert other.view()["sequencing"] == {"current": "one"}
    assert other.view()["cmi"].items() >= {"adl.data.0.id": "other", "adl.data.1.id": "notes"}.items()
    assert other.view()["cmi"]["adl.data.1.store"] == "remember"
    assert scene.play("one").view()["cmi"]["cmi.total_time"] == "PT25H"


def test_in_whatever_order_it_comes(cast: Cast) -> None:
    """SCO-3: the same commits in other orders, doubled, come to the same facts, elements and log."""
    said: list[Mapping[str, Any]] = [
        {"status": "incomplete", "place": "1", "kept": "a"},
        {"status": "completed", "place": "2", "score": "60"},
        {"status": "incomplete", "place": "3", "kept": "b", "time": "00:01:00"},
        {"score": "50", "exit": "suspend", "place": "4", "time": "00:02:00"},
    ]
    outcomes = []
    for turn in range(3):
        scene = Scene(cast, title=f"Order {turn}", items=(part("one", mastery="55"),))
        player = scene.play()
        order = [1, 2, 3, 4, 2, 4]
        if turn:
            Random(turn).shuffle(order)
        for seq in order:
            whole: dict[str, Any] = {}
            for one in said[:seq]:  # nothing was acknowledged: each holds all before it
                whole |= one
            player.says(seq=seq, **whole)
        sco, attempt = player.sco, player.attempt
        facts = (sco.completion, sco.success, sco.score_raw, attempt.completion, attempt.success, attempt.score)
        outcomes.append((facts, sco.cmi, sco.suspend_data, player.launch.times, scene.enrollment.complete))
    assert all(one == outcomes[0] for one in outcomes), outcomes
    assert outcomes[0][0][:2] == ("completed", "passed")


def test_the_log_is_only_added_to(cast: Cast) -> None:
    """EVD-1, SCO-5: what was said cannot be changed, by the application either."""
    player: Player = Scene(cast).play()
    player.says(status="incomplete")
    with pytest.raises(Exception, match="scorm_commit"), db.session.begin_nested():
        db.session.execute(ScormCommit.__table__.update().values(how="finish"))  # type: ignore[attr-defined]
