"""The attacker: what is tried, at random, and now and then something honest."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from bench.proofs._learner_oracle import Scene, digests
from lmsapp.courses.catalogue.actions import edit_course, set_rule
from lmsapp.courses.catalogue.lessons import add_lesson, move_lesson
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Chapter, Lesson
from lmsapp.courses.publishing.actions import publish
from lmsapp.courses.publishing.reading import version_of
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.learning.enrollments.actions import begin_again
from lmsapp.learning.enrollments.door import set_lock
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import one_enrollment
from lmsapp.learning.quizzes.models import QuizSubmission
from tests.cast import make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.test_media import webm
from tests.evidence.signing import PASSWORD, can_sign
from tests.learning.quizzes.ward import Ward, keys
from tests.walk.writes import WISHES, every_column

SECONDS = ("1", "15", "60", "900", "1e9", "-60", "nan", "inf", "-inf", "1e400", "0x10", "", "١٥", "9" * 400)
SEEN = ("[]", "[1,2,3]", "[[0,60]]", "[[0,1e9]]", "[[-5,60]]", "[[60,0]]", "[NaN]", "[[NaN,1]]", "[Infinity]", "[-1]",
        "[1e308]", "{}", "null", "[[1]]", '["1"]', "[[[]]]", "[" * 5000, str(list(range(1, 400))))  # fmt: skip
NUMBERS = ("1", "2", "3", "40", "41", "-1", "0", "999999999", "x", "1.5", "")
REFUSED = {400, 403, 404, 422}


class Quick(PageClient):
    """Signs in as the page client does, and leaves reading the pages to other tests."""

    def open(self, *args: Any, **options: Any) -> Any:
        if self.began is not None and abs(product_clock.now() - self.began) > dt.timedelta(seconds=30):
            self._begin_again()
        return FlaskClient.open(self, *args, **options)


def set_the_scene() -> Scene:
    """Lena, in an open course, one in order, one locked, one withdrawn from; Otto in one of his own, mid-quiz."""
    people = make_cast()
    can_sign(people.lena)
    wards = {name: _ward(name) for name in ("open", "in order", "locked", "withdrawn", "foreign")}
    edit_course(wards["in order"].course, by=None, in_order=True)
    for name in ("open", "in order", "locked", "withdrawn"):
        enrollment = wards[name].enroll(people.lena)
        if name == "locked":
            set_lock(enrollment, "path", waits_for=[[wards["open"].course.id, "Open"]])
        if name == "withdrawn":
            enrollment.withdrawn_at = product_clock.now()
    theirs = wards["foreign"].unlock(wards["foreign"].enroll(people.otto))
    attempt = wards["foreign"].start(theirs)
    for ward in wards.values():
        ward.course.self_enroll = False
    db.session.commit()
    courses = {name: ward.course.id for name, ward in wards.items()}
    return Scene(
        learner_id=people.lena.record.id,
        user_id=people.lena.user.id,
        courses=courses,
        lessons={ward.course.id: _lessons(ward) for ward in wards.values()},
        untouchable=frozenset({courses["locked"], courses["withdrawn"]}),
        in_order=frozenset({courses["in order"]}),
        others=digests(people.lena.record.id),
        foreign_attempt=attempt.id,
        foreign_course=courses["foreign"],
    )


def _ward(name: str) -> Ward:
    """With a video before the quiz, and a rule that asks for everything and four active minutes."""
    ward = Ward(title=f"Course {name}", max_attempts=None)
    chapter = db.session.get_one(Chapter, ward.check.chapter_id)
    film = add_lesson(chapter, "video", "Film", by=None, upload=Upload.of(webm(40_000), "film.webm"))
    move_lesson(film, chapter, 3, by=None)
    asked = [{"kind": "lessons", "share": 100}, {"kind": "quiz_passed", "lesson_id": None, "percent": 75}]
    set_rule(ward.course, "all", [*asked, {"kind": "active_minutes", "minutes": 4}], None)
    publish(ward.course, None)
    return ward


def _lessons(ward: Ward) -> dict[int, tuple[str, int, float]]:
    lines = version_of(ward.course.id, ward.course.content_version).lines
    return {line.id: (line.kind, line.min_seconds, line.length) for line in lines}


class Attacker:
    """A learner's session in the hands of a program. `let_through`: addresses that should have said no and did not."""

    def __init__(self, app: Flask, scene: Scene, clock: Clock, seed: int, *, at_once: int):
        self.app, self.scene, self.clock, self.at_once = app, scene, clock, at_once
        self.chance = random.Random(seed)
        self.client = Quick(app)
        self.client.sign_in(scene.user_id)
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.statuses: list[int] = []
        self.let_through: list[str] = []
        self.tries = 0
        self.claimed: dict[tuple[int, int], tuple[int, float]] = {}
        self.ways: list[tuple[int, Callable[[], str]]] = [
            (4, self.open_page), (6, self.forged_beat), (2, self.replay), (1, self.reordered), (3, self.too_early),
            (3, self.locked), (2, self.foreign), (2, self.sign_without), (2, self.every_name), (1, self.quiz_guess),
            (1, self.old_attempt), (4, self.honest_beat), (2, self.honest_finish), (1, self.honest_quiz),
        ]  # fmt: skip

    def attack(self) -> str:
        """One try, and its name."""
        self.tries += 1
        self.clock.move(seconds=self.chance.choice([0, 0, 1, 7, 15, 30, 61, -20]))
        if self.chance.random() < 0.01:
            self.clock.move(hours=9)
        if self.chance.random() < 0.05:
            self.begin_again()
        weights = [weight for weight, _way in self.ways]
        return self.chance.choices([way for _weight, way in self.ways], weights)[0]()

    # ---- what is sent

    def get(self, path: str) -> Any:
        answer = self.client.get(path, buffered=True)
        self.statuses.append(answer.status_code)
        return answer

    def post(self, path: str, data: dict[str, Any]) -> Any:
        headers = {"HX-Request": "true"} if self.chance.random() < 0.3 else {}
        answer = self.client.post(path, data=data, headers=headers)
        self.statuses.append(answer.status_code)
        return answer

    def place(self, more: str = "", *, course: str | None = None) -> str:
        """A lesson of one of the learner's open courses; now and then one of another course, or of none."""
        course_id = self.scene.courses[course or self.chance.choice(["open", "open", "in order"])]
        lessons = list(self.scene.lessons[course_id])
        if self.chance.random() < 0.1:
            lessons = [key for other in self.scene.lessons.values() for key in other] + [0, 999_999]
        return f"/learn/courses/{course_id}/lessons/{self.chance.choice(lessons)}{more}"

    def beat(self) -> dict[str, str]:
        return {
            "visit": self.chance.choice(NUMBERS), "beat": self.chance.choice(NUMBERS),
            "seconds": self.chance.choice(SECONDS), "seen": self.chance.choice(SEEN),
        }  # fmt: skip

    # ---- the ways

    def open_page(self) -> str:
        self.get(self.place())
        return "a page opened"

    def forged_beat(self) -> str:
        path, data = self.place("/activity"), self.beat()
        self.sent = [*self.sent[-40:], (path, data)]
        if self.at_once > 1 and self.chance.random() < 0.2:
            self.together(path, data)
        else:
            self.post(path, data)
        return f"a forged beat {str(data)[:120]}"

    def together(self, path: str, data: dict[str, str]) -> None:
        """The same from several connections at one moment."""

        def send(_number: int) -> int:
            with self.app.app_context():
                client = Quick(self.app)
                client.sign_in(self.scene.user_id)
                return int(client.post(path, data=data).status_code)

        with ThreadPoolExecutor(self.at_once) as pool:
            self.statuses += pool.map(send, range(self.at_once))

    def replay(self) -> str:
        if self.sent:
            self.post(*self.chance.choice(self.sent))
        return "a replay"

    def reordered(self) -> str:
        for path, data in reversed(self.sent[-5:]):
            self.post(path, data)
        return "beats in reverse"

    def too_early(self) -> str:
        self.post(self.place("/done"), {**self.beat(), "progress": "100"})
        return "done too early"

    def locked(self) -> str:
        """Every address of what is closed says no; where it is not even seen, that it is not there."""
        name = self.chance.choice(["locked", "withdrawn", "foreign"])
        course_id = self.scene.courses[name]
        image = db.session.scalar(select(Lesson.file_id).where(Lesson.course_id == course_id, Lesson.kind == "video"))
        more = self.chance.choice(["", "/original", f"/files/{image}", "/activity", "/done", "/quiz"])
        path = self.place(more, course=name)
        posts = more in ("/activity", "/done", "/quiz")
        answer = self.post(path, {**self.beat(), "agreed": "1", "password": PASSWORD}) if posts else self.get(path)
        if answer.status_code not in REFUSED:
            self.let_through.append(f"{path} of the {name} course answered {answer.status_code}")
        return f"{name}: {path}"

    def foreign(self) -> str:
        attempt = self.scene.foreign_attempt
        path, data = self.chance.choice([
            (f"/learn/quiz/{attempt}/hand-in", {"key": "mine"}),
            (f"/learn/quiz/{attempt}/answers/1", {"answer": "a", "revision": "9"}),
            (f"/learn/quiz/{attempt}/questions/1", {"answer": "a", "go": "next"}),
            (f"/learn/courses/{self.scene.foreign_course}/enrollment", {}),
        ])  # fmt: skip
        answer = self.post(path, data)
        if answer.status_code not in REFUSED and "/enrollment" not in path:
            self.let_through.append(f"{path} answered {answer.status_code}")
        return f"somebody else's: {path}"

    def sign_without(self) -> str:
        given = self.chance.choice(
            [{}, {"password": ""}, {"password": "guess"}, {"agreed": "1", "password": "' OR 1=1"}]
        )
        self.post(self.place("/done"), {**given, "text_sha256": "0" * 64, "signature": "1", "done_at": "2020-01-01"})
        return "signing without a password"

    def every_name(self) -> str:
        """Each column of each table, beside whatever each form of a learner asks for."""
        form: dict[str, Any] = dict.fromkeys(every_column(), "1") | WISHES
        course_id = self.chance.choice(list(self.scene.courses.values()))
        path = self.chance.choice(
            [self.place("/done"), self.place("/activity"), self.place("/quiz"),
             f"/learn/courses/{course_id}/enrollment", "/learn/notices/read"]
        )  # fmt: skip
        self.post(path, form)
        return f"every name there is: {path}"

    def quiz_guess(self) -> str:
        """Begin, answer nonsense, hand in: also before its time."""
        started = self.post(self.place("/quiz"), {})
        found = re.search(
            r"/learn/quiz/(\d+)", started.headers.get("Location", "") + started.headers.get("HX-Redirect", "")
        )
        if found:
            for number in range(1, 5):
                self.post(
                    f"/learn/quiz/{found[1]}/questions/{number}", {"answer": "zz", "passed": "1", "percent": "100"}
                )
            self.post(f"/learn/quiz/{found[1]}/hand-in", {"key": "k", "passed": "1", "percent": "100", "timeup": "1"})
        return "guessing"

    def old_attempt(self) -> str:
        """Attempts of their own that are over, or of an earlier time round."""
        ids = db.session.scalars(
            select(QuizSubmission.id).join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
            .where(Enrollment.employee_id == self.scene.learner_id)
        ).all()  # fmt: skip
        if ids:
            attempt = self.chance.choice(ids)
            self.post(f"/learn/quiz/{attempt}/questions/1", {"answer": "a", "go": "next"})
            self.post(f"/learn/quiz/{attempt}/hand-in", {"key": "again", "passed": "1"})
        return "an old attempt"

    # ---- what is done as it should be

    def begin_again(self) -> None:
        """A completed course is taken once more, so that there is something to steal to the end."""
        complete = (Enrollment.completed_at.is_not(None), Enrollment.renewal_started_at.is_(None))
        mine = Enrollment.employee_id == self.scene.learner_id
        for enrollment_id in db.session.scalars(select(Enrollment.id).where(mine, *complete)).all():
            with unit_of_work():
                enrollment = one_enrollment(Enrollment.id == enrollment_id)
                if enrollment is not None:
                    begin_again(enrollment, by=None, why="once more")
        db.session.remove()

    def _next(self) -> tuple[int, int, str] | None:
        """(course, lesson, kind) that is to be done next, in order."""
        for name in ("open", "in order"):
            course_id = self.scene.courses[name]
            done = set(db.session.scalars(text(
                "SELECT lesson_id FROM lesson_progress p JOIN enrollment e ON e.id = p.enrollment_id "
                "WHERE e.employee_id = :learner AND e.course_id = :course AND done_at IS NOT NULL AND p.cycle = e.cycle"
            ), {"learner": self.scene.learner_id, "course": course_id}))  # fmt: skip
            for key, (kind, _least, _length) in self.scene.lessons[course_id].items():
                if key not in done:
                    return course_id, key, kind
        return None

    def honest_beat(self) -> str:
        where = self._next()
        if where is None:
            return "nothing left to do"
        course_id, lesson_id, kind = where
        path = f"/learn/courses/{course_id}/lessons/{lesson_id}"
        found = re.search(r'data-visit="(\d+)"', self.get(path).get_data(as_text=True))
        if found:
            for number in (1, 2):
                self.clock.move(seconds=25)
                seen = {"video": [[0, number * 25.0]], "pdf": [1, 2]}.get(kind, [])
                told = {"visit": found[1], "beat": str(number), "seconds": str(number * 25), "seen": json.dumps(seen)}
                self.sent.append((f"{path}/activity", told))
                self.post(f"{path}/activity", told)
        return "an honest visit"

    def honest_finish(self) -> str:
        where = self._next()
        if where is not None and where[2] != "quiz":
            path = f"/learn/courses/{where[0]}/lessons/{where[1]}"
            shown = re.search(r'name="text_sha256" value="([0-9a-f]{64})"', self.get(path).get_data(as_text=True))
            signing = {"text_sha256": shown[1], "agreed": "1", "password": PASSWORD} if shown else {}
            self.post(f"{path}/done", signing)
        return "an honest finish"

    def honest_quiz(self) -> str:
        where = self._next()
        if where is None or where[2] != "quiz":
            return "no quiz yet"
        started = self.post(f"/learn/courses/{where[0]}/lessons/{where[1]}/quiz", {})
        found = re.search(
            r"/learn/quiz/(\d+)", started.headers.get("Location", "") + started.headers.get("HX-Redirect", "")
        )
        if found:
            questions = db.session.scalar(select(QuizSubmission.questions).where(QuizSubmission.id == int(found[1])))
            for number, question in enumerate(questions or (), 1):
                self.post(f"/learn/quiz/{found[1]}/questions/{number}", {"answer": keys(question, right=True)})
            review = self.get(f"/learn/quiz/{found[1]}/review").get_data(as_text=True)
            seen = re.search(r'name="seen" value="([^"]*)"', review)
            self.post(f"/learn/quiz/{found[1]}/hand-in", {"key": "k", "seen": seen[1] if seen else ""})
        return "an honest attempt"

    # ---- figures

    def done(self) -> int:
        """Lessons done by now."""
        sql = text(
            "SELECT count(*) FROM lesson_progress p JOIN enrollment e ON e.id = p.enrollment_id "
            "WHERE e.employee_id = :learner AND p.done_at IS NOT NULL"
        )
        return db.session.scalar(sql, {"learner": self.scene.learner_id}) or 0

    def completed(self) -> int:
        """Completions by now, every time round."""
        sql = text("SELECT count(*) FROM completion_record WHERE employee_id = :learner")
        return db.session.scalar(sql, {"learner": self.scene.learner_id}) or 0
