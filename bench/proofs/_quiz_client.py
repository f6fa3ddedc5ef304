"""A client that speaks exactly the protocol of static/quiz.js, and remembers what it showed as saved.

One answer on its way at a time; each kept until the server has said 'kept'; the revision counts up with each change; a
newer answer of another window is taken and the own one put aside. Waits are shorter than a page's, the rest is the same.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

Given = tuple[str, ...]
TRIES = 400


@dataclass
class Answer:
    """What is not saved yet."""

    given: Given
    revision: int


@dataclass
class Window:
    """One window of one learner. `shown`: what it showed as saved, by question: (revision, given)."""

    port: int
    cookie: str
    submission_id: int
    patience: float = 2.0
    pause: float = 0.02
    waiting: dict[int, Answer] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    shown: dict[int, tuple[int, Given]] = field(default_factory=dict)
    sent: dict[int, list[tuple[int, Given]]] = field(default_factory=dict)
    overtaken: int = 0
    refusals: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    token: str = ""

    # ---- what the page does

    def give(self, question_id: int, given: Given) -> None:
        """The learner changes an answer: kept here, then sent."""
        self.known[question_id] = self.known.get(question_id, 0) + 1
        self.waiting[question_id] = Answer(given, self.known[question_id])

    def send(self) -> bool:
        """One try with what waits first; whether the server was heard."""
        question_id, answer = next(iter(self.waiting.items()))
        self.sent.setdefault(question_id, []).append((answer.revision, answer.given))
        fields = [("flagged", "0"), ("revision", str(answer.revision)), *(("answer", one) for one in answer.given)]
        heard = self.post(f"/learn/quiz/{self.submission_id}/answers/{question_id}", fields, fragment=True)
        if heard is None or heard[0] >= 500:
            return False
        if heard[0] == 422:
            self.refusals.append(heard[2])
            del self.waiting[question_id]
            return True
        if heard[0] != 200:
            self.wrong.append(f"an answer was answered with {heard[0]}")
            return False
        try:
            said = json.loads(heard[2])
        except ValueError:
            return False
        self._hear(question_id, answer, said)
        return True

    def settle(self) -> None:
        """Until everything is saved, however often it takes."""
        for _try in range(TRIES):
            if not self.waiting:
                return
            if not self.send():
                time.sleep(self.pause)
        self.wrong.append("never came through")

    def look(self, number: int) -> str:
        """The page of a question, loaded until it comes."""
        return self.page(f"/learn/quiz/{self.submission_id}/questions/{number}") or ""

    def look_at(self, number: int, question_id: int) -> None:
        """The page of a question, whose revision is known from then on."""
        found = re.search(r'data-revision="(\d+)"', self.look(number))
        if found:
            self.known[question_id] = max(self.known.get(question_id, 0), int(found[1]))

    def hand_in(self, *, clicks: int = 1) -> str:
        """Review, Hand in (clicked so often), the same request again until the result stands there. Its address."""
        for _try in range(TRIES):
            page = self.page(f"/learn/quiz/{self.submission_id}/review")
            if page is None:
                return "handed in already"
            fields = hidden_fields(page)
            for _click in range(clicks - 1):
                self.post(f"/learn/quiz/{self.submission_id}/hand-in", fields)
            heard = self.post(f"/learn/quiz/{self.submission_id}/hand-in", fields)
            if heard is not None and heard[0] == 303:
                return heard[1]
            if heard is not None and heard[0] not in (422, 502):
                self.wrong.append(f"handing in was answered with {heard[0]}")
            time.sleep(self.pause)
        self.wrong.append("never handed in")
        return ""

    def page(self, path: str) -> str | None:
        """A page, loaded until it comes; None when it leads elsewhere."""
        for _try in range(TRIES):
            heard = self.request("GET", path, "", {})
            if heard is not None and heard[0] == 200 and heard[2].rstrip().endswith("</html>"):
                self.token = re.findall(r'"X-CSRFToken": "([^"]+)"', heard[2])[0]
                return heard[2]
            if heard is not None and heard[0] in (302, 303):
                return None
            time.sleep(self.pause)
        self.wrong.append(f"{path} never came")
        return None

    # ---- the machinery

    def _hear(self, question_id: int, answer: Answer, said: dict[str, object]) -> None:
        revision = int(str(said["revision"]))
        self.known[question_id] = max(self.known.get(question_id, 0), revision)
        mine = self.waiting.get(question_id) is answer
        if said["kept"]:
            self.shown[question_id] = (revision, answer.given)
            if mine:
                del self.waiting[question_id]
            return
        self.overtaken += 1
        self.shown[question_id] = (revision, tuple(said["given"]))  # type: ignore[arg-type]
        if mine:
            del self.waiting[question_id]

    def post(self, path: str, fields: list[tuple[str, str]], *, fragment: bool = False) -> tuple[int, str, str] | None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token}
        if fragment:
            headers["HX-Request"] = "true"
        return self.request("POST", path, urlencode(fields), headers)

    def request(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, str] | None:
        """(status, Location, body), or None when nothing whole came back."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=self.patience)
        try:
            connection.request(method, path, body or None, {"Cookie": self.cookie, **headers})
            response = connection.getresponse()
            content = response.read().decode()
            if fresh := response.getheader("Set-Cookie"):
                self.cookie = fresh.partition(";")[0]
            return response.status, response.getheader("Location", ""), content
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


def hidden_fields(page: str) -> list[tuple[str, str]]:
    """What the form that hands in would send; empty where there is none."""
    form = re.search(r'<form[^>]*id="hand-in".*?</form>', page, re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]) if form else []
    return [(name, value) for name, value in found]
