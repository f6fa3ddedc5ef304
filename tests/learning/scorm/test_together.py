"""SCO-3, ENR-3: many at once: no deadlock, nothing lost, nothing twice (frappe/lms #2247)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db, unit_of_work
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.launches.launching import launch
from lmsapp.learning.scorm.models import ScormAttempt, ScormCommit, ScormLaunch, ScormSco
from lmsapp.people.viewer import Viewer
from tests.cast import make_cast
from tests.learning.scorm.scenes import KEPT, PLACE, STATUS, Player, Scene, post

THREADS = 16


def at_once(app: Flask, calls: Sequence[Callable[[], object]]) -> None:
    """Each in a transaction of its own, on so many threads."""
    barrier, errors, waiting = threading.Barrier(THREADS), [], list(calls)

    def work() -> None:
        barrier.wait()
        while waiting:
            try:
                call = waiting.pop()
            except IndexError:
                return
            with app.app_context():
                try:
                    with unit_of_work():
                        call()
                except Exception as error:
                    errors.append(error)

    threads = [threading.Thread(target=work) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors[:3]


def test_many_learners_and_two_windows_at_once(own_app: Flask) -> None:
    """64 commits in parallel: statuses, scores and finishes of learners in one course, from two windows each, doubled,
    among new windows: each completes once."""
    with own_app.app_context():
        scene = Scene(make_cast())
        people = [scene.learner(number) for number in range(4)]
        line = scene.line
        who = [(person.record.id, person.viewer) for person in people]
        windows = [open_window(*one, line) for one in who for _window in range(2)]
        db.session.commit()
    calls = [call for token in windows for call in a_visit(token)]
    assert len(calls) == 64
    at_once(own_app, calls)
    with own_app.app_context():
        assert [count(CompletionRecord), count(Certificate), count(ScormCommit)] == [4, 4, 8 * 6]
        for row in db.session.scalars(select(ScormSco)):
            assert (row.completion, row.success, str(row.score_raw)) == ("completed", "passed", "80.0000000")
            assert (row.cmi[PLACE], row.suspend_data) == ("6", "z"), "of the later window, in its order"
    opening = [lambda one=one: open_window(*one, line) for one in who for _window in range(4)]
    late = [says(token, seq, "beacon", {PLACE: "late", STATUS: "failed"}) for token in windows for seq in (7, 8)]
    at_once(own_app, [call for pair in zip(opening, late, strict=True) for call in pair])
    with own_app.app_context():
        assert [count(CompletionRecord), count(Certificate), count(ScormAttempt)] == [4, 4, 4]
        newest = select(func.count()).where(ScormLaunch.superseded_at.is_(None))
        assert db.session.scalar(newest) == 4, "one window a learner"


def open_window(employee_id: int, by: Viewer, line: LessonLine) -> str:
    """The learner opens the lesson; the token of the launch."""
    enrollment = db.session.scalars(select(Enrollment).where(Enrollment.employee_id == employee_id)).one()
    return Player(launch(enrollment, line, by=by).id).load().token


def says(token: str, seq: int, how: str, said: dict[str, Any]) -> Callable[[], object]:
    return lambda: post(token, {"sitting": 1, "seq": seq, "how": how, "set": said})


def a_visit(token: str) -> list[Callable[[], object]]:
    said = {STATUS: "incomplete", PLACE: "1", KEPT: "k" * 5000}
    return [
        says(token, 1, "set", said),
        says(token, 1, "set", said),
        says(token, 2, "set", {**said, "cmi.core.score.raw": "80"}),
        says(token, 3, "commit", {KEPT: "z"}),
        says(token, 4, "set", {STATUS: "completed"}),
        says(token, 5, "set", {PLACE: "5"}),
        says(token, 6, "finish", {STATUS: "passed", PLACE: "6"}),
        says(token, 6, "finish", {STATUS: "passed", PLACE: "6"}),
    ]


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
