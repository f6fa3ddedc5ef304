"""What is measured: whose requests, what every answer must say, and what must stand in the database afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import psycopg
from flask import Flask

from bench import asked
from bench.data import PASSWORD, lesson_title, title_of
from bench.requests import Operation, Request
from bench.scorm import commits
from bench.size import Size
from bench.visitors import Visitor, visitor
from lmsapp.learning.quizzes.rules import digest_of

ROW = '<tr role="row" id="assignment-'
ZONE = "America/Chicago"


@dataclass
class Visits:
    """Makes the operations of a run from what is in the database."""

    app: Flask
    database: psycopg.Connection
    size: Size
    known: dict[int, Visitor] = field(default_factory=dict)

    def all(self) -> list[Operation]:
        return [
            self.home(),
            self.course(),
            self.lesson(),
            self.team("team dashboard, two filters, part", 25, "347", filtered=True, part=True),
            self.team("team dashboard, two filters, page", 25, "347", filtered=True, part=False),
            self.team("team dashboard, no filter, part", None, "", filtered=False, part=True),
            self.team("team dashboard, no filter, page", None, "", filtered=False, part=False),
            self.numbers(),
            self.sheet(),
            self.lesson_done(),
            self.quiz_answer(),
            self.hand_in(),
            self.scorm_commit(),
            self.sign_in(),
        ]

    def visitor(self, user_id: int) -> Visitor:
        if user_id not in self.known:
            self.known[user_id] = visitor(self.app, user_id)
        return self.known[user_id]

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self.database.execute(statement, values).fetchall()

    def home(self) -> Operation:
        found = self.rows(
            asked.LATE_PEOPLE,
            ZONE, self.size.visitors,
        )  # fmt: skip
        requests = [
            Request(
                "/learn",
                self.visitor(user_id).cookie,
                expect=[f", {name}</h1>", f"{late} trainings are overdue." if late > 1 else "1 training is overdue."],
            )
            for user_id, name, late in found
        ]
        return Operation("student home", 9, "133; 190", requests, page=True)

    def course(self) -> Operation:
        titles = [lesson_title(position) for position in range(1, self.size.lessons)]
        requests = [
            Request(f"/learn/courses/{course_id}", self.visitor(user_id).cookie, expect=[title, *titles, "Resume"])
            for user_id, course_id, title, *_rest in self._under_way(self.size.visitors)
        ]
        return Operation("course page", 6, "94", requests, page=True)

    def lesson(self) -> Operation:
        """Opening is noted, so that this page writes."""
        requests = [
            Request(
                f"/learn/courses/{course_id}/lessons/{lesson_id}",
                self.visitor(user_id).cookie,
                expect=[lesson_title(done + 1), "Ask yourself who needs to know"],
            )
            for user_id, course_id, _title, lesson_id, _enrollment, done in self._under_way(self.size.visitors)
        ]
        return Operation("lesson page", None, "", requests, page=True)

    def team(self, name: str, aim: float | None, moodle: str, *, filtered: bool, part: bool) -> Operation:
        """Everybody under one manager. Filtered: each department with each of two statuses in turn."""
        manager, headers = self.visitor(1), {"HX-Request": "true", "HX-Target": "people"} if part else {}
        if filtered:
            found = self.rows(asked.OPEN_BY_DEPARTMENT_AND_STATUS)
            pages = [
                (
                    "?" + urlencode({"department": d, "status": word}),
                    f"{n:,} assignment{'s match' if n > 1 else ' matches'}",
                    n,
                )
                for d, word, n in found
            ]
        else:
            (n,) = self.rows(asked.OPEN_ASSIGNMENTS)[0]
            pages = [(f"?page={page}", f"{n:,} open assignments", n - 25 * (page - 1)) for page in (1, 2, 3)]
        requests = [
            Request(f"/team{query}", manager.cookie, headers=dict(headers), expect=[words], count={ROW: min(25, n)})
            for query, words, n in pages
        ]
        return Operation(name, aim, moodle, requests, page=True)

    def numbers(self) -> Operation:
        """The tiles above the table, fetched once the page stands."""
        (late,) = self.rows(asked.LATE_ASSIGNMENTS)[0]
        request = Request(
            "/team/numbers",
            self.visitor(1).cookie,
            headers={"HX-Request": "true"},
            expect=[f"{late:,}", "Department 01"],
        )
        return Operation("team numbers, 10,000 people", None, "", [request], clients=(1, 4))

    def lesson_done(self) -> Operation:
        """'Mark as done', another enrollment each time; the answer leads on to the next lesson, in place."""
        found = self._under_way(6000 if self.size.people > 1000 else 60, skip=self.size.visitors)
        requests = [
            Request(
                f"/learn/courses/{course_id}/lessons/{lesson_id}/done",
                self.visitor(user_id).cookie,
                "POST",
                headers={"HX-Request": "true", "X-CSRFToken": self.visitor(user_id).token},
                location=f'{{"path": "/learn/courses/{course_id}/lessons/{lesson_id + 1}"',
            )
            for user_id, course_id, _title, lesson_id, _enrollment, _done in found
        ]

        def check(database: psycopg.Connection, sent: int) -> str:
            ids = [(row[4], row[3], row[5]) for row in found[:sent]]
            kept = database.execute(
                asked.LESSONS_KEPT,
                (*map(list, zip(*ids, strict=True)), self.size.lessons),
            ).fetchone()
            return "" if kept == (sent,) else f"{kept} of {sent} lessons are done in the database"

        return Operation("lesson done", 5, "39", requests, once=True, check=check)

    def quiz_answer(self) -> Operation:
        found = self.rows(asked.OPEN_QUESTIONS)
        requests = [
            Request(
                f"/learn/quiz/{attempt}/answers/{question}",
                self.visitor(user_id).cookie,
                "POST",
                urlencode({"answer": key, "revision": 7, "flagged": "1"}),
                headers={"HX-Request": "true", "X-CSRFToken": self.visitor(user_id).token},
                expect=['"kept":true', '"revision":7'],
            )
            for user_id, attempt, question, key in found
        ]

        def check(database: psycopg.Connection, sent: int) -> str:
            pairs = [(attempt, int(question), key) for _user, attempt, question, key in found[:sent]]
            kept = database.execute(
                asked.ANSWERS_KEPT,
                tuple(map(list, zip(*pairs, strict=True))),
            ).fetchone()
            return "" if kept == (sent,) else f"{kept} of {sent} answers are in the database"

        return Operation("quiz answer saved", 4, "not measured", requests, once=True, check=check)

    def hand_in(self) -> Operation:
        """Every answer is right: score, lesson, course, record, assignment and certificate in one request."""
        found = self.rows(asked.OPEN_ATTEMPTS)
        seen = {attempt: digest_of(map(tuple, answers)) for attempt, answers in self.rows(asked.ANSWERS_SEEN)}
        requests = [
            Request(
                f"/learn/quiz/{attempt}/hand-in",
                self.visitor(user_id).cookie,
                "POST",
                urlencode({"csrf_token": self.visitor(user_id).token, "key": f"{attempt:016x}", "seen": seen[attempt]}),
                status=303,
                location=f"/learn/quiz/{attempt}/result",
            )
            for user_id, attempt, _enrollment in found
        ]

        def check(database: psycopg.Connection, sent: int) -> str:
            kept = database.execute(
                asked.HAND_INS_KEPT,
                ([attempt for _user, attempt, _enrollment in found[:sent]],),
            ).fetchone()
            return "" if kept == (sent,) else f"{kept} of {sent} hand-ins completed their course in the database"

        return Operation("quiz hand-in that completes a course", None, "", requests, once=True, check=check)

    def scorm_commit(self) -> Operation:
        """What content sends all the time while it is used."""
        many = self.size.people > 1000
        return commits(self.app, learners=min(100, self.size.visitors), each=40 if many else 4)

    def sheet(self) -> Operation:
        """Everybody in one course, as HR downloads it."""
        course_id, completed = self.rows(asked.ONE_COURSE)[0]
        request = Request(
            f"/hr/reports/completion.csv?course={course_id}",
            self.visitor(self.size.people + 2).cookie,
            count={",Completed,": completed, "\n": self.size.people + 1},
            expect=[title_of(0)],
        )
        return Operation("completion CSV of one course, 10,000 people", 200, "15,600", [request], clients=(1, 4))

    def sign_in(self) -> Operation:
        nobody = visitor(self.app, None)
        requests = [
            Request(
                "/sign-in",
                nobody.cookie,
                "POST",
                urlencode({"csrf_token": nobody.token, "email": f"person{i}@bench.example", "password": PASSWORD}),
                status=303,
                location="/learn",
            )
            for i in range(self.size.people // 2, self.size.people // 2 + 600)
        ]
        return Operation("sign-in (argon2id)", None, "", requests[: self.size.people // 4], once=True, clients=(1, 4))

    def _under_way(self, most: int, skip: int = 0) -> list[tuple[Any, ...]]:
        """(user, course, title, current lesson, enrollment, lessons done) of those in the middle of a course.

        Shuffled, so that clients do not wait for each other at one person's rows.
        """
        return self.rows(
            asked.UNDER_WAY,
            self.size.lessons - 3, most, skip,
        )  # fmt: skip


def ceiling(size_bytes: int, size: Size) -> Operation:
    """One indexed query and a page of that size, rendered before."""
    addresses = [f"/bench/page/{size_bytes}/{user_id}" for user_id in range(1, size.visitors + 1)]
    requests = [Request(one, expect=["<p>rendered before</p>"]) for one in addresses]
    return Operation("ceiling", None, "", requests, clients=size.clients[-1:])


def today_words() -> str:
    return dt.datetime.now(dt.UTC).strftime("%-d %B %Y, %H:%M UTC")
