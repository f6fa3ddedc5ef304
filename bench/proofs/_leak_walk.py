"""Everything a learner can be sent about a quiz, at one moment: pages, fragments, links, answers, letters, PDFs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag

from flask import Flask
from sqlalchemy import select

from bench.proofs._canaries import Watch
from bench.proofs._hostile_learner import Quick
from lmsapp.infra.db import db
from lmsapp.learning.quizpapers.documents import draw_quiz_report
from lmsapp.outreach.notices.models import Notice

FRAGMENT, BOOSTED = {"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "true"}
LINK = re.compile(r'(?:href|src|action|hx-get|data-save)="(/[^"]*)"')
LEFT_OUT = ("/sign-out", "/help", "/account", "/static/vendor")
FRESH = (
    (re.compile(rb'(csrf_token" value="|"X-CSRFToken": "|name="key" value=")[^"]+'), rb"\1"),
    (re.compile(rb"(?im)^(set-cookie|x-request-id|date|server-timing):.*$"), rb""),
)


Given = dict[int, list[str]]


@dataclass
class Walker:
    """A learner's session whose every answer is watched."""

    app: Flask
    watch: Watch
    client: Quick
    stage: str = ""
    statics: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    kept: dict[str, bytes] = field(default_factory=dict)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return self.heard(f"GET {path}", self.client.get(path, headers=headers or {}, buffered=True))

    def post(self, path: str, data: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        answer = self.client.post(path, data=data, headers=headers or {}, buffered=True)
        return self.heard(f"POST {path}", answer)

    def heard(self, what: str, answer: Any) -> Any:
        head = f"{answer.status}\n{answer.headers}".encode()
        self.watch.look(f"{self.stage}: {what}", answer.data, head)
        whole = head + b"\n\n" + answer.data
        for pattern, instead in FRESH:
            whole = pattern.sub(instead, whole)
        self.kept[what] = whole
        return answer

    def pages(self, paths: Iterable[str], *, follow: bool = True) -> None:
        """Each as a page, as a fragment, and boosted; then whatever it links to, once at each stage."""
        links: set[str] = set()
        for path in paths:
            for headers in ({}, FRAGMENT, BOOSTED):
                answer = self.client.get(path, headers=headers, buffered=True)
                self.heard(f"GET {path} {'/'.join(headers)}", answer)
            links |= {urldefrag(one.replace("&amp;", "&"))[0] for one in LINK.findall(answer.get_data(as_text=True))}
        for link in sorted(links - self.followed) if follow else ():
            self.followed.add(link)
            if link.startswith(LEFT_OUT) or link in self.statics:
                continue
            if link.startswith("/static/"):
                self.statics.add(link)
            self.get(link)

    def attempt(self, submission: Any, questions: list[dict[str, Any]], given: Given, *, follow: bool = True) -> None:
        """An open attempt: every page, each answer saved, refused and asked for, and not handed in."""
        base = f"/learn/quiz/{submission}"
        for number, question in enumerate(questions, start=1):
            self.pages([f"{base}/questions/{number}", f"{base}/questions/{number}?checked=1"], follow=follow)
            place = f"{base}/answers/{question['id']}"
            said = {"answer": given[question["id"]], "revision": "1", "kind": question["kind"]}
            for headers in (FRAGMENT, {}):
                self.post(place, said, headers)
                self.post(place, {**said, "answer": [f"{one}!" for one in said["answer"]], "revision": "2"}, headers)
                self.post(place, {**said, "answer": "x" * 30_000}, headers)
            self.post(place, {"answer": [], "revision": "0"}, FRAGMENT)
            self.get(place + f"?kind={question['kind']}")
            self.post(f"{base}/questions/{number}", {"answer": given[question["id"]], "go": "check"})
            self.post(f"{base}/questions/{number}", {"answer": given[question["id"]], "go": "next", "place-a": "9"})
            self.post(place, {**said, "revision": "9"}, FRAGMENT)
        self.get(f"{base}/questions/99")
        self.get(f"{base}/answers/999999")
        self.pages([f"{base}/review"])
        self.post(f"{base}/hand-in", {"key": "k", "seen": "not this"})
        self.post(f"{base}/hand-in", {"key": "k", "timeup": "1"})

    def hand_in(self, submission: int) -> None:
        page = self.get(f"/learn/quiz/{submission}/review").get_data(as_text=True)
        form = page[page.index('id="hand-in"') :]
        sent = dict(re.findall(r'name="(key|seen)" value="([^"]*)"', form))
        self.post(f"/learn/quiz/{submission}/hand-in", sent)
        self.post(f"/learn/quiz/{submission}/hand-in", sent)
        self.post(f"/learn/quiz/{submission}/hand-in", {**sent, "seen": "other"})

    def afterwards(self, submission: int, course_id: int, lesson_id: int, employee_id: int) -> None:
        """Result, course, letters, and the PDF where a result stands."""
        self.pages([f"/learn/quiz/{submission}/result", *around(course_id, lesson_id)])
        for notice in db.session.scalars(select(Notice).where(Notice.employee_id == employee_id)):
            columns = {name: getattr(notice, name) for name in Notice.__table__.c.keys()}  # noqa: SIM118
            self.watch.look(f"{self.stage}: letter {notice.template}", repr(columns).encode())
        self.watch.look(f"{self.stage}: the PDF", draw_quiz_report(submission, "en"))


def around(course_id: int, lesson_id: int) -> list[str]:
    """Every page that speaks of the quiz from outside."""
    course = f"/learn/courses/{course_id}"
    return [
        "/learn", "/learn/record", course, f"{course}/why", f"{course}/notes", f"{course}/instructor-time",
        f"{course}/lessons/{lesson_id}", f"/learn/catalogue?q={course_id}", "/account/notices", "/account/data",
    ]  # fmt: skip
