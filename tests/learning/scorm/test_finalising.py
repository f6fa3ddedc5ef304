"""SCO-2, SCO-3, ENR-8: the end of a visit, whichever way it came; its time, and the lesson's active time."""

from __future__ import annotations

import datetime as dt

import pytest

from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.scorm.commits import finalising
from lmsapp.learning.scorm.commits.finalising import finalise_silent
from lmsapp.learning.scorm.launches.launching import launch
from lmsapp.learning.scorm.launches.sitting_down import sit_down
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.learning.beats import Visit
from tests.learning.scorm.scenes import PLACE, STATUS, Player, Scene, part


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def progress(scene: Scene) -> LessonProgress:
    row = db.session.get_one(LessonProgress, (scene.enrollment.id, scene.enrollment.cycle, scene.lesson.id))
    db.session.refresh(row)
    return row


def test_finish_twice_and_what_comes_after(cast: Cast) -> None:
    """SCO-2: double Finish counts no second twice; values set after it are taken (chamilo #1796, pipwerks #45)."""
    scene = Scene(cast, items=(part("one", mastery="50"),))
    player = scene.play()
    player.says(status="incomplete", place="2", score="40")
    player.finishes(time="00:10:00", exit="suspend")
    player.finishes(time="00:10:00")
    assert (player.launch.closed_how, player.sco.exit) == ("finished", "suspend")
    assert (player.sco.total_seconds, player.sco.sessions, player.attempt.total_seconds) == (600, 1, 600)
    answer = player.says(score="60", place="3")
    assert (answer["completion"], answer["success"], answer["course_done"]) == ("completed", "passed", True)
    assert player.sco.cmi[PLACE] == "3"
    player.says(seq=50, time="00:12:30.50")
    assert (player.sco.total_seconds, player.launch.session_seconds, player.launch.session_from) == (
        750,
        750,
        "content",
    )
    again = scene.play()
    again.finishes(time="25:00:00.75")
    assert (again.sco.total_seconds, again.sco.sessions) == (750 + 90_001, 2), "hundredths add up before they are cut"
    assert again.attempt.total_seconds == 90_751


def test_a_player_that_fell_silent(cast: Cast, clock: Clock) -> None:
    """SCO-3: after five minutes the same end as Finish; the mastery rule, the player's time, resume; then life again
    (xAPI none: adapt-contrib-spoor #320; scorm-again #1701)."""
    scene = Scene(cast, items=(part("one", mastery="80"),))
    player = scene.play()
    player.posts("set", {STATUS: "incomplete", PLACE: "5", "cmi.core.score.raw": "85"}, session_seconds=40)
    assert not scene.enrollment.complete
    trial = Scene(cast, title="Other")
    clock.move(minutes=4)
    finalise_silent()
    assert player.launch.closed_at is None
    clock.move(minutes=2)
    finalise_silent()
    db.session.expire_all()
    assert player.launch.closed_how == "silent"
    assert (player.sco.completion, player.sco.success) == ("completed", "passed")
    assert (player.sco.total_seconds, player.launch.session_from) == (40, "player")
    assert scene.enrollment.complete
    closed_at = player.launch.closed_at
    finalise_silent()
    assert player.launch.closed_at == closed_at
    player.posts("set", {PLACE: "6"}, session_seconds=70)
    assert player.launch.closed_at is None, "it was only asleep"
    assert (player.sco.cmi[PLACE], player.sco.total_seconds) == ("6", 70)
    again = scene.play()
    assert again.view()["entry"] == "resume"
    assert again.view()["cmi"][PLACE] == "6"
    assert trial.attempts() == []


def test_one_mishap_holds_up_nobody(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """SCO-3: the sweep goes on with the next, and comes back to what failed."""
    first, second = Scene(cast, title="First").play(), Scene(cast, title="Second").play()
    clock.move(minutes=6)
    whole = finalising.finalise

    def fails(play: finalising.Play, how: str) -> None:
        if play.launch.id == first.launch_id:
            raise RuntimeError("disk full")
        whole(play, how)

    monkeypatch.setattr(finalising, "finalise", fails)
    finalise_silent()
    db.session.expire_all()
    assert (first.launch.closed_how, second.launch.closed_how) == ("", "silent")
    monkeypatch.undo()
    finalise_silent()
    db.session.expire_all()
    assert first.launch.closed_how == "silent"


def test_merely_opened_is_not_done(cast: Cast, clock: Clock) -> None:
    """SCO-3, CRS-3: nothing said and the window closed: nothing is done (chamilo #2966); left by 'Exit' it counts only
    where the lesson's terms say so."""
    plain = Scene(cast, title="Plain")
    player = plain.play()
    player.posts("set", {}, nav="exit")
    assert (player.launch.closed_how, player.sco.completion, plain.enrollment.complete) == ("left", "unknown", False)
    counting = Scene(cast, title="Counting", terms=PackageTerms.from_json({"opened_counts": True}))
    silent = counting.play()
    clock.move(minutes=6)
    finalise_silent()
    db.session.expire_all()
    assert not counting.enrollment.complete
    assert silent.posts("set", {}, nav="exitAll")["course_done"]


def test_each_load_of_the_page_is_a_sitting(cast: Cast, clock: Clock) -> None:
    """SCO-2, SCO-3: loaded again, the content begins a visit of its own; what is late of the one before finds its place
    (frappe/lms #2021)."""
    scene = Scene(cast)
    player = scene.play()
    player.says(status="incomplete", place="1", time="00:01:00", exit="suspend")
    earlier = Player(player.launch_id, player.sitting)
    earlier.numbers = player.numbers
    player.load()
    assert player.sitting == 2
    assert player.launch.closed_at is None
    assert player.sco.cmi == {STATUS: "incomplete", PLACE: "1"}
    assert (player.sco.total_seconds, player.view()["entry"]) == (60, "resume")
    answer = earlier.finishes(time="00:03:00", exit="", score="77", place="2")
    assert answer["completion"] == "incomplete"
    assert player.launch.closed_at is None, "the present sitting goes on"
    assert player.sco.cmi == {STATUS: "incomplete", PLACE: "2", "cmi.core.score.raw": "77"}
    assert player.sco.total_seconds == 180
    player.says(time="00:00:30", place="3")
    earlier.says(place="late")
    player.finishes()
    assert (player.sco.cmi[PLACE], player.sco.total_seconds, player.sco.sessions) == ("3", 210, 2)
    player.load()
    assert player.launch.closed_at is None
    scene.play()
    with pytest.raises(NotAllowed, match="another window"):
        sit_down(player.launch)


def test_time_in_the_player_is_active_time(cast: Cast, clock: Clock) -> None:
    """CRS-1, ENR-8: beats credit the lesson as any page does; no second twice, with another page open as well; a rule
    about minutes is met by them."""
    rule = ({"kind": "active_minutes", "minutes": 3},)
    scene = Scene(cast, rule=rule)
    player, page = scene.play(), Visit(scene.enrollment, scene.line)
    for beat in range(1, 5):
        clock.move(seconds=30)
        player.beats(30 * beat)
        page.send(30 * beat)
        player.beats(30 * beat)
    assert progress(scene).active_seconds == 120
    player.beats(10_000)
    assert progress(scene).active_seconds == 120, "more than the wall clock"
    clock.move(seconds=60)
    player.posts("finish", {}, session_seconds=180)
    assert progress(scene).active_seconds == 180
    assert scene.enrollment.complete
    clock.move(hours=2)
    again = Player(launch(scene.enrollment, scene.line, by=cast.lena.viewer).id).load()
    clock.move(seconds=20)
    again.beats(20)
    assert progress(scene).active_seconds == 200
    assert again.launch.last_seen_at - again.launch.created_at == dt.timedelta(seconds=20)
