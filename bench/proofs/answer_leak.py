"""QIZ-3: no byte sent to a learner tells what is right, before it may be seen.

Words that stand nowhere else are planted as explanations, accepted texts and numbers, samples, rubrics, tags, pools and
keys of the bank; learners take quizzes of all eight kinds under every setting of 'show answers'; every byte they are
sent is searched, in each dress that matters. Then each secret of an attempt is changed, and the same requests must give
the same bytes. At last many attempts are drawn: place and key of what is right must be spread evenly.
"""

from __future__ import annotations

import secrets
import sys
from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy.orm.attributes import flag_modified

from bench.proofs import Outcome
from bench.proofs._canaries import Watch, uniform
from bench.proofs._hostile_learner import Quick
from bench.proofs._leak_walk import Walker, around
from bench.proofs._place import application
from lmsapp.courses.quizzes.drawing import asked_for
from lmsapp.infra import queue
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizSubmission
from tests.cast import Person, employee
from tests.clock import Clock
from tests.learning.quizzes.eight import KINDS, Eight, answer, asked_as

ROUNDS = 3000  # attempts drawn for the figures
POLICIES = ("never", "after_submit", "after_pass", "after_last")
SECRET = ("explanation", "short", "number", "sample", "rubric", "pool", "tag", "key")
ONCE_SHOWN = ("explanation", "short", "number")
UNLIKELY = 1e-6


def prove(rounds: int) -> Outcome:
    with application() as app, Clock().running(), app.app_context():
        queue.use_bell(app, lambda _rings: None)
        return play(app, rounds, POLICIES)


def play(app: Flask, rounds: int, policies: tuple[str, ...]) -> Outcome:
    """On an application whose commits are commits, or in a test's savepoint."""
    watch, wrong, shown, same = Watch(), [], 0, 0
    for number, policy in enumerate(policies):
        told = Story(app, watch, policy, number)
        told.tell()
        wrong += told.wrong
        shown, same = shown + told.shown, same + told.same
    chances = evenness(rounds)
    wrong += [f"{what} is not spread evenly (p = {p:.2e})" for what, p in chances.items() if p < UNLIKELY]
    for line in [*watch.found, *wrong][:30]:
        print(line, file=sys.stderr, flush=True)
    figures: dict[str, object] = {
        "settings": len(policies),
        "answers searched": watch.answers,
        "MB": round(watch.bytes_read / 1e6, 1),
        "secrets found too early": len(watch.found),
        "found once they may be seen": shown,
        "same bytes whatever is right": same,
        "attempts drawn": rounds,
        "least p": f"{min(chances.values()):.3f}",
        "wrong": len(wrong),
    }
    return Outcome(figures, not watch.found and not wrong and shown > 0 and same > 0)


class Story:
    """One learner and one quiz: looked at, begun, failed, failed again, passed."""

    def __init__(self, app: Flask, watch: Watch, policy: str, number: int):
        self.watch, self.policy, self.wrong, self.shown, self.same = watch, policy, [], 0, 0
        self.words = {what: self._plant(what, number) for what in SECRET}
        settings = {"show_answers": policy, "max_attempts": 3, "passing_percent": 75}
        self.eight = Eight(
            f"Quiz shown {policy}", texts=self.words, settings=settings, with_open=policy != "after_pass"
        )
        self.person: Person = employee(f"Lea{number} Leser", f"K-{number}", department="Ward", job_role="RN")
        self.enrollment = self.eight.enroll(self.person)
        client = Quick(app)
        client.sign_in(self.person.user.id)
        self.walker = Walker(app, watch, client)
        db.session.commit()

    def _plant(self, what: str, number: int) -> str:
        word = f"{48_151_623 + number * 7919}.{42_108_815 + number}" if what == "number" else ""
        if word:
            self.watch.secrets[word] = "the right number"
            return word
        return self.watch.plant(number, what)

    def tell(self) -> None:
        course, lesson = self.eight.course.id, self.eight.check.id
        self._stage("before it is begun")
        self.walker.pages(around(course, lesson))
        self._try("the first attempt", right=False)
        if self.policy == "after_submit":
            return self._may_be_seen()
        self._try("the second attempt", right=False)
        self.watch.allow(self.words["tag"])  # the concepts, after two fails (QIZ-7)
        self._after()
        self._try("the last attempt", right=True)
        if self.policy == "never" or self.eight.with_open:  # answers wait for a person, and nothing is shown till then
            return self._after()
        return self._may_be_seen()

    def _try(self, name: str, *, right: bool) -> None:
        """Begin, go through everything, change the truth and go through it again; hand in."""
        self._stage(name)
        enrollment = db.session.get_one(Enrollment, self.enrollment.id)
        attempt = self.eight.start(enrollment)
        db.session.commit()
        self.submission, questions = attempt.id, [dict(one) for one in attempt.questions]
        given = {one["id"]: self._given(one, right=False) for one in questions}
        self.walker.attempt(self.submission, questions, given)
        self._whatever_is_right(questions, given)
        if right:
            self._answer_rightly(questions)
        self._stage(f"{name}, handed in")
        self.walker.hand_in(self.submission)
        if self.policy != "after_submit" and not right:
            self._after()

    def _given(self, question: dict[str, Any], *, right: bool) -> list[str]:
        """Wrong ones. An open answer is left out but the last time: it would wait for a grader."""
        return [] if question["kind"] == "open" and not right else answer(question, right=right)

    def _answer_rightly(self, questions: list[dict[str, Any]]) -> None:
        """Not under watch: who types the right word is sent it back."""
        for question in questions:
            given = self._given(question, right=True)
            place = f"/learn/quiz/{self.submission}/answers/{question['id']}"
            self.walker.client.post(place, data={"answer": given, "revision": "50"}, headers={"HX-Request": "true"})
        self.watch.allow(self.words["short"], self.words["number"])

    def _whatever_is_right(self, questions: list[dict[str, Any]], given: dict[int, list[str]]) -> None:
        """Once more as it is, then with other secrets: byte for byte the same."""
        self.walker.kept.clear()
        self.walker.attempt(self.submission, questions, given, follow=False)
        before = dict(self.walker.kept)
        attempt = db.session.get_one(QuizSubmission, self.submission)
        attempt.questions = [changed(one) for one in attempt.questions]
        flag_modified(attempt, "questions")
        db.session.commit()
        self.walker.kept.clear()
        self.walker.attempt(self.submission, questions, given, follow=False)
        for what, whole in self.walker.kept.items():
            self.same += 1
            if before[what] != whole:
                self.wrong.append(f"{self.walker.stage}: {what} depends on what is right")
        attempt = db.session.get_one(QuizSubmission, self.submission)
        attempt.questions = questions
        flag_modified(attempt, "questions")
        db.session.commit()

    def _after(self) -> None:
        self.walker.afterwards(self.submission, self.eight.course.id, self.eight.check.id, self.person.record.id)

    def _may_be_seen(self) -> None:
        """The search finds what is there: otherwise it would prove nothing. Keys, pools and rubrics stay unseen."""
        page = self.walker.client.get(f"/learn/quiz/{self.submission}/result", buffered=True).get_data(as_text=True)
        missing = [what for what in ONCE_SHOWN if self.words[what] not in page]
        self.wrong += [f"{self.policy}: the {what} is not shown where it may be" for what in missing]
        self.shown += len(ONCE_SHOWN) - len(missing)
        self.watch.allow(*(self.words[what] for what in (*ONCE_SHOWN, "sample")))
        self._after()

    def _stage(self, name: str) -> None:
        self.walker.stage = f"{self.policy}, {name}"
        self.walker.followed.clear()


def changed(question: dict[str, Any]) -> dict[str, Any]:
    """The same question with another truth and other secrets."""
    options, rows = question["options"], len(question["options"])
    kind, found = question["kind"], {**question, "tags": ["other"], "explanation": "Other words.", "pool": "Elsewhere"}
    detail = {**question["detail"], "sample": "Other", "rubric": [], "scoring": "all"}
    if "accepted" in detail:
        detail["accepted"] = [{"text": "other", "value": "1", "tolerance": "9", "percent": 100}]
    if kind in ("single", "multiple", "true_false"):
        right = [options[(place + 1) % rows]["correct"] for place in range(rows)]
        options = [{**one, "correct": value} for one, value in zip(options, right, strict=True)]
    if kind == "matching":
        keys = [one["key"] for one in question["matches"]]
        options = [{**one, "match": keys[(keys.index(one["match"]) + 1) % len(keys)]} for one in options]
    if kind == "ordering":
        options = [{**one, "place": (one["place"] + 1) % rows} for one in options]
    return {**found, "detail": detail, "options": [{**one, "of": "z"} for one in options]}


def evenness(rounds: int) -> dict[str, float]:
    """By what is counted, the chance of so uneven a count were it even."""
    bank = [_in_bank(number, kind) for number, kind in enumerate(KINDS, start=1)]
    counts: dict[str, Counter[Any]] = {}
    for _round in range(rounds):
        asked = asked_for(bank, (), secrets.token_hex(16), shuffle=True)
        for place, question in enumerate(asked):
            for what, value in _told(question, place):
                counts.setdefault(what, Counter())[value] += 1
    return {what: uniform(seen.values()) for what, seen in counts.items()}


def _in_bank(number: int, kind: str) -> dict[str, Any]:
    said = {what: what for what in SECRET} | {"number": "1"}
    options, detail = asked_as(kind, said)
    keyed = [{"key": "abcdef"[place], **one} for place, one in enumerate(options)]
    more = {"version": 1, "points": "1", "explanation": "", "lesson_id": None, "tags": [], "prompt": kind}
    return {"id": number, "kind": kind, "options": keyed, "detail": detail, **more}


def _told(question: dict[str, Any], place: int) -> list[tuple[str, Any]]:
    """What somebody might count over many attempts."""
    kind, options = question["kind"], question["options"]
    found: list[tuple[str, Any]] = [(f"place of the {kind} question", place)]
    if kind == "single":
        at = next(n for n, one in enumerate(options) if one["correct"])
        found += [("place of the right option", at), ("key of the right option", options[at]["key"])]
    if kind == "multiple":
        found.append(("places of the right options", tuple(n for n, one in enumerate(options) if one["correct"])))
    if kind == "matching":
        row = next(one for one in options if one["of"] == "a")
        found += [("key of the right match", row["match"]), ("key of the first row", row["key"])]
    if kind == "ordering":
        found.append(("key of the first step", next(one["key"] for one in options if one["place"] == 0)))
        found.append(("order shown", tuple(one["place"] for one in options)))
    return found
