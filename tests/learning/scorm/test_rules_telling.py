"""What happened in an attempt, told once and in order."""

from __future__ import annotations

import datetime as dt

from lmsapp.learning.scorm.seen.telling import Event, Opening, Report, told

START = dt.datetime(2026, 11, 20, 10, 2, tzinfo=dt.UTC)


def at(minutes: float) -> dt.datetime:
    return START + dt.timedelta(minutes=minutes)


def opening(number: int, minute: float, **more: object) -> Opening:
    usual = {"closed_at": None, "closed_how": "", "superseded_at": None, "seconds": 0, "mode": "normal", "sittings": 1}
    said = usual | more
    return Opening(
        number, "part", str(said["mode"]), at(minute), int(str(said["sittings"])), at(minute + 1), said["closed_at"],  # type: ignore[arg-type]
        str(said["closed_how"]), said["superseded_at"], int(str(said["seconds"])),  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_story_in_order_without_repetition() -> None:
    """SCO-5: opened, reported, scored, left without exit, opened in a second window; what was said before is not said
    again, and a word that takes nothing back says what counts."""
    status, score = "cmi.core.lesson_status", "cmi.core.score.raw"
    openings = [
        opening(1, 0, superseded_at=at(20), closed_at=at(13), closed_how="silent", seconds=720),
        opening(2, 20, sittings=3, closed_at=at(40), closed_how="left"),
        opening(3, 50, mode="review"),
    ]
    reports = [
        Report(1, at(1), "set", {status: "incomplete"}, {}),
        Report(1, at(2), "set", {status: "incomplete"}, {}),
        Report(1, at(12), "set", {status: "completed", score: "85"}, {"done": True}),
        Report(2, at(21), "set", {status: "incomplete", score: "85"}, {}),
        Report(3, at(51), "set", {status: "failed"}, {"ignored": "review"}),
        Report(99, at(52), "set", {status: "passed"}, {}),  # of no launch that is known
    ]
    lines = [(one.event, one.value, one.kept) for one in told(openings, reports)]
    assert lines == [
        (Event.OPENED, "", ""),
        (Event.SAID, "incomplete", ""),
        (Event.SAID, "completed", ""),
        (Event.SCORE, "85", ""),
        (Event.DONE, "", ""),
        (Event.SILENT, "", ""),
        (Event.OPENED_AGAIN, "", ""),
        (Event.SECOND_WINDOW, "", ""),
        (Event.RELOADED, "2", ""),
        (Event.SAID, "incomplete", "completed"),
        (Event.SCORE, "85", ""),
        (Event.LEFT, "", ""),
        (Event.LOOKED_AT, "", ""),
        (Event.IGNORED, "review", ""),
    ]


def test_scaled_scores_and_words_of_2004() -> None:
    """SCO-5: completion and success apart, scaled scores in per cent, nonsense left out."""
    said = {"cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.score.scaled": "0.925"}
    lines = told([opening(1, 0)], [Report(1, at(1), "commit", said, {}), Report(1, at(2), "set", {"x": 1}, {})])
    assert [(one.event, one.value) for one in lines[1:]] == [
        (Event.SAID, "completed"),
        (Event.SAID, "passed"),
        (Event.SCORE, "92.5"),
    ]
    nonsense = {"cmi.score.scaled": "NaN", "cmi.completion_status": ["odd"], "cmi.success_status": "unknown"}
    assert [one.value for one in told([opening(1, 0)], [Report(1, at(1), "set", nonsense, {})])[1:]] == ["['odd']"]
