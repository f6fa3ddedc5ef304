"""SCO-2, SCO-3: opening content: which attempt, which part, how, and what closes the door."""

from __future__ import annotations

import pytest
from flask import current_app

from lmsapp.courses.catalogue import actions
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.access import give_back_access, revoke_access
from lmsapp.learning.enrollments.actions import begin_again, mark_lesson_done
from lmsapp.learning.enrollments.door import lift_lock, set_lock
from lmsapp.learning.scorm.launches.launch_view import launch_view
from lmsapp.learning.scorm.launches.launching import launch, move_to, try_out
from lmsapp.learning.scorm.models import ScormAttempt, ScormCommit
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.learning.scorm.scenes import PLACE, STATUS, Player, Scene, package, part


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def shown(player: Player) -> dict[str, object]:
    return launch_view(player.launch, player.sitting)


def test_start_go_on_and_look_again(cast: Cast, clock: Clock) -> None:
    """SCO-2: begun, resumed at its place with its suspend data, reviewed when it is over; suspend data stays there."""
    scene = Scene(cast, items=(part("one", mastery="80", launch_data="level=3", max_time="00:30:00"),))
    first = scene.play()
    view = shown(first)
    assert (view["mode"], view["credit"], view["entry"], view["sitting"]) == ("normal", "credit", "ab-initio", 1)
    given = view["cmi"]
    assert isinstance(given, dict)
    assert given["cmi.launch_data"] == "level=3"
    assert given["cmi.student_data.mastery_score"] == "80"
    assert given[STATUS] == "not attempted"
    assert scene.enrollment.started_at is not None, "opening content opens the lesson"
    first.says(status="incomplete", place="slide 7", kept="a\0b\ud83d", exit="suspend")
    first.finishes(time="00:05:30.25")
    second = scene.play()
    view = shown(second)
    assert view["entry"] == "resume"
    assert view["cmi"] == given | {
        "cmi.core.entry": "resume",
        "cmi.core.total_time": "0000:05:30.25",
        STATUS: "incomplete",
        PLACE: "slide 7",
        "cmi.suspend_data": "a\0b\ud83d",
    }, "of exit and session time nothing is left"
    second.says(status="passed", score="90")
    second.finishes()
    third = scene.play()
    view = shown(third)
    assert (view["mode"], view["credit"], view["entry"], view["done"]) == ("review", "no-credit", "", True)
    answer = third.says(status="failed", score="10", place="slide 1", kept="")
    assert (answer["completion"], answer["success"], answer["done"]) == ("completed", "passed", True)
    third.finishes(time="01:00:00")
    assert shown(third)["cmi"] == shown(scene.play())["cmi"]
    assert third.sco.cmi[PLACE] == "slide 7"
    assert len(scene.attempts()) == 1
    assert [one.effect.get("ignored") for one in third.log()] == ["review", "review"]


def test_a_new_attempt_stands_beside_the_old(cast: Cast) -> None:
    """SCO-2: after a failed one opening begins the next; 'again' does so at any time; each keeps what it was."""
    scene = Scene(cast, terms=PackageTerms.from_json({"done_when": "passed"}))
    first = scene.play()
    first.finishes(status="failed", score="30")
    assert scene.enrollment.failed_at is None, "no attempt at content fails a course"
    second = scene.play()
    assert shown(second)["entry"] == "ab-initio"
    second.finishes(status="passed", score="85")
    third = scene.play(again=True)
    assert third.launch.mode == "normal"
    third.finishes(status="failed", score="0")
    kept = [(one.number, one.success, str(one.score), one.done_at is not None) for one in scene.attempts()]
    assert kept == [(1, "failed", "30.00", False), (2, "passed", "85.00", True), (3, "failed", "0.00", False)]
    assert scene.enrollment.complete
    assert scene.play().launch.mode == "normal"


def test_a_closed_window_is_no_end(cast: Cast, clock: Clock) -> None:
    """SCO-3: content that said 'completed' early and was closed without Finish may still raise its score."""
    scene = Scene(cast)
    scene.play().says(status="completed", score="40")
    again = scene.play()
    assert (again.launch.mode, shown(again)["entry"]) == ("normal", "resume")
    again.says(score="95")
    assert [str(one.score) for one in scene.attempts()] == ["95.00"]


PARTS = (
    part("read", kind="asset"),
    part("learn"),
    part("test", prerequisites="read & learn"),
    part("group", kind="folder", href=None),
)


def test_parts_in_turn(cast: Cast) -> None:
    """SCO-2: an asset is done when it is opened, prerequisites hold, the next open part is chosen, and done is done."""
    scene = Scene(cast, items=PARTS)
    reading = scene.play()
    assert reading.launch.item == "read"
    assert reading.sco.completion == "completed"
    with pytest.raises(NotAllowed, match="‘Learn’"):
        scene.play("test")
    for wrong in ("group", "nowhere"):
        with pytest.raises(RuleBroken):
            scene.play(wrong)
    learning = Player(move_to(reading.launch, "learn", {"state": 1}).id).load()
    assert reading.launch.closed_how == "moved on"
    assert reading.launch.superseded_at is None
    assert learning.attempt.sequencing == {"state": 1}
    assert move_to(reading.launch, "learn").id == learning.launch_id, "asked twice, because the answer was lost"
    learning.says(status="incomplete")
    assert scene.play().launch.item == "learn", "the one that was left"
    with pytest.raises(NotAllowed, match="another window"):
        move_to(learning.launch, "test")
    playing = scene.play("learn")
    playing.finishes(status="completed")
    testing = scene.play()
    assert testing.launch.item == "test"
    outline = shown(testing)["items"]
    assert isinstance(outline, list)
    assert [(one["id"], one["completion"], one["open"]) for one in outline] == [
        ("read", "completed", True),
        ("learn", "completed", True),
        ("test", "unknown", True),
        ("group", "unknown", True),
    ]
    assert not scene.enrollment.complete
    assert testing.finishes(status="passed")["course_done"]
    assert scene.play().launch.mode == "review"


def test_what_closes_the_door(cast: Cast) -> None:
    """SCO-2, ENR-7, CRS-9: no opening while the course is locked, taken away or switched off; then it goes on."""
    scene = Scene(cast)
    player = scene.play()
    enrollment, milo, by = scene.enrollment, cast.milo.viewer, cast.lena.viewer
    set_lock(enrollment, "payment")
    with pytest.raises(NotAllowed):
        scene.play()
    lift_lock(enrollment, "payment")
    revoke_access(enrollment, by=milo, reason="Left the ward")
    with pytest.raises(NotAllowed):
        scene.play()
    give_back_access(enrollment, by=milo, reason="Is back")
    current_app.config["CONTENT_URL"], kept = "", current_app.config["CONTENT_URL"]
    try:
        with pytest.raises(NotAllowed, match="switched off"):
            launch(enrollment, scene.line, by=by)
    finally:
        current_app.config["CONTENT_URL"] = kept
    with pytest.raises(RuleBroken, match="finished when the content says so"):
        mark_lesson_done(enrollment, scene.line, by=by)
    assert scene.play().attempt.id == player.attempt.id


def test_a_renewal_begins_anew(cast: Cast) -> None:
    """CRS-6, SCO-2: the next time round has attempts of its own; what an old window says stays with the old one."""
    scene = Scene(cast)
    old = scene.play()
    old.says(status="completed")
    begin_again(scene.enrollment, by=cast.lena.viewer, why="renewal")
    db.session.commit()
    answer = old.says(status="passed", score="99")
    assert (answer["done"], answer["course_done"]) == (True, True)
    assert not scene.enrollment.complete
    assert scene.enrollment.progress == 0
    assert old.beats(60)["ok"]
    new = scene.play()
    assert [(one.cycle, one.number, str(one.score)) for one in scene.attempts()] == [(1, 1, "99.00"), (2, 1, "None")]
    assert new.says(status="completed")["course_done"]


def test_versions_and_their_packages(cast: Cast) -> None:
    """SCO-1, SCO-2: whoever stays in a version keeps its package; moved on, the same parts go on, others begin anew."""
    scene = Scene(cast)
    first = scene.play()
    first.says(status="incomplete", place="3")
    touched_up, other = package(part("one", title="One, mended")), package(part("one"), part("two"))
    scene.put(touched_up)
    actions.publish(scene.course, cast.milo.viewer)
    assert scene.play().launch.package_id == scene.package.id
    scene.enrollment.content_version = 2
    going_on = scene.play()
    assert going_on.launch.package_id == touched_up.id
    assert going_on.attempt.id == first.attempt.id
    assert going_on.sco.cmi[PLACE] == "3"
    scene.put(other)
    actions.publish(scene.course, cast.milo.viewer)
    scene.enrollment.content_version = 3
    anew = scene.play()
    assert (anew.attempt.number, anew.attempt.package_id) == (2, other.id)
    assert first.attempt.ended_at is not None
    scene.put(package())
    actions.publish(scene.course, cast.milo.viewer)
    scene.enrollment.content_version = 4
    with pytest.raises(RuleBroken):
        scene.play()


def test_an_authors_trial_counts_for_nobody(cast: Cast) -> None:
    """SCO-2: it plays as for learners and answers what it would have meant; kept is what it said."""
    scene = Scene(cast, items=(part("one"), part("two")))
    with pytest.raises(RuleBroken):
        try_out(scene.lesson, by=cast.carla.viewer, item="three")
    player = Player(try_out(scene.lesson, by=cast.carla.viewer).id).load()
    view = shown(player)
    assert (view["trial"], view["mode"], view["entry"]) == (True, "normal", "ab-initio")
    player.says(status="incomplete")
    assert player.says(seq=1, status="completed")["completion"] == "incomplete", "heard before"
    assert player.beats(30)["ok"]
    answer = player.finishes(status="passed")
    assert (answer["done"], answer["course_done"]) == (True, False)
    assert len(player.log()) == 2
    second = Player(move_to(player.launch, "two").id).load()
    assert second.launch.attempt_id is None
    assert db.session.query(ScormAttempt).count() == 0
    assert db.session.query(ScormCommit).count() == 2
    scene.lesson.detail = {}
    with pytest.raises(RuleBroken, match="no package"):
        try_out(scene.lesson, by=cast.carla.viewer)
