"""Make the calls, judge the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from flask import Flask
from flask.testing import FlaskClient

from lmsapp.people.roles import Reach
from tests.markup import is_whole, jump_of_headings
from tests.undoing import undone
from tests.walk.asking import watched
from tests.walk.policy import Expected, covers, expected, may_read_of
from tests.walk.routes import Call, Route, calls_of, unknown_ids
from tests.walk.stage import Stage

# These answer 403 inside the gate, with words: they are seen, and not to be done to oneself or beyond one's grants.
REFUSED_IN_WORDS = {
    "account.report",
    "account.report_file",
    "account.report_run",
    "account.report_run_file",
    "account.report_run_cancel",
    "account.report_run_again",
    "account.report_run_end",
    "admin.acknowledge_finding",
    "api.go_no_go",
    "admin.take_role",
    "admin.give_role",
    "admin.deactivate_user",
    "team.finish_onboarding_task",
    "team.reopen_onboarding_task",
    "team.hand_in_onboarding_task",
}
# What nobody does for themselves, whatever they may do for others: 403, with words.
REFUSED_TO_ONESELF = {
    "gonogo.new_clearance",
    "gonogo.create_clearance",
    "gonogo.end_of_clearance",
    "hr.cancel_one_onboarding",
    "hr.waive_onboarding_task",
    "hr.accept_onboarding_task",
    "hr.return_onboarding_task",
}
# Theirs, and rightly not there: a PDF that waits to be made, an attempt not handed in, a question for a lesson of text,
# a launch of another lesson than the one beside it.
NOT_THERE_YET = {
    "gonogo.print_file",
    "account.report_file",
    "student.paper_file",
    "student.quiz_result",
    "studio.new_question",
    "studio.new_draw",
    "hr.new_removal",
    "studio.analysis_file",
    *(f"{wing}.attempts_file" for wing in ("student", "team", "studio", "hr", "admin")),
    "studio.quiz_trial",
    "student.instructor_time",
    "student.more_time",
    "student.player",
}
# What differs from one answer to the next without saying anything: tokens, ids, and the address itself.
CHANGING = re.compile(rb'("X-CSRFToken": "[^"]*"|name="csrf_token" value="[^"]*"|content="[^"]{40,}"|\d+|next=[^"]*)')
FORM_IDS = ("pick", "sealed", "notice")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes
    kind: str


@dataclass
class Report:
    """Holes in words; `requests` made. `denials`: what a no looks like, by status and how it was asked.
    `jumps`: pages whose headings leave a level out."""

    requests: int = 0
    holes: list[str] = field(default_factory=list)
    denials: dict[tuple[int, bool], set[bytes]] = field(default_factory=dict)
    jumps: set[str] = field(default_factory=set)

    def note(self, call: Call, answer: Answer, reason: str) -> None:
        self.requests += 1
        if reason:
            how = "fragment" if call.fragment else "page"
            whose = f" of {call.objects.name}" if call.objects else ""
            self.holes.append(f"{call.caller.name}: {call.route}{whose} ({how}): {answer.status} {reason}")

    def headings(self, call: Call, answer: Answer) -> None:
        """Keep the page if its headings leave a level out."""
        if answer.kind == "text/html" and not call.route.endpoint.startswith("content."):
            page = answer.body.decode()
            if is_whole(page) and (jump := jump_of_headings(page)):
                self.jumps.add(f"{call.route}: from {jump}")

    def denied(self, call: Call, answer: Answer) -> None:
        """Keep the answer if it says no to an object: all of them must be one and the same."""
        policy = call.route.policy
        if answer.status == 404 and call.route.numbers and policy is not None and not policy.public:
            self.denials.setdefault((answer.status, call.fragment), set()).add(plain(answer.body))

    def add(self, other: Report) -> Report:
        """Both together; more than one way to say no is a hole."""
        self.requests += other.requests
        self.holes += other.holes
        for how, bodies in other.denials.items():
            self.denials.setdefault(how, set()).update(bodies)
        self.jumps |= other.jumps
        return self

    def tell_tales(self) -> list[str]:
        """Answers of 404 that differ: a foreign object must look like none."""
        return [f"{len(bodies)} ways to say {how}" for how, bodies in self.denials.items() if len(bodies) > 1]


def walk(
    app: Flask, stage: Stage, routes: Iterable[Route], *, thorough: bool = False, part: int = 0, parts: int = 1
) -> Report:
    """Every call, everything undone. Never raises for what an answer says: holes are in the report.

    Of `parts`, each takes one call in so many, so that every kind of refusal is met in each of them. Unless `thorough`,
    no fragment is asked for where nothing looked whether one is.
    """
    routes, report = list(routes), Report()
    report.holes += unknown_ids(stage, routes)
    report.holes += [f"{route}: no policy is declared" for route in routes if route.policy is None]
    fit = [r for r in routes if r.policy is not None and not unknown_ids(stage, [r])]
    client = app.test_client(use_cookies=False)
    with watched(app) as looked:
        for page in islice(calls_of(stage, fit, thorough=thorough), part, None, parts):
            looked.forget()
            _look(client, page, stage, report)
            if page.twice and (thorough or looked.at_htmx):
                _look(client, replace(page, fragment=True), stage, report)
    return report


def _look(client: FlaskClient, call: Call, stage: Stage, report: Report) -> None:
    answer = make(client, call)
    report.note(call, answer, judge(call, answer, stage))
    report.denied(call, answer)
    report.headings(call, answer)


def make(client: FlaskClient, call: Call, data: dict[str, object] | None = None) -> Answer:
    """One request with the caller's session; whatever it changed is undone."""
    if call.route.method == "POST" and data is None and call.objects is not None:
        data = {name: str(call.objects.ids["assignment_id"]) for name in FORM_IDS}
    with undone():
        return send(client, call, data)


def send(client: FlaskClient, call: Call, data: dict[str, object] | None) -> Answer:
    """One request with the caller's session, and what came back."""
    headers = {"Cookie": call.caller.cookie} if call.caller.cookie else {}
    if call.fragment:
        headers["HX-Request"] = "true"
    response = client.open(call.path, method=call.route.method, headers=headers, data=data)
    location = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
    answer = Answer(response.status_code, location, response.get_data(), response.mimetype)
    response.close()
    return answer


def judge(call: Call, answer: Answer, stage: Stage) -> str:
    """'' when all is well, else what is wrong."""
    if answer.status >= 500:
        return "an error of ours"
    if answer.status == 308:
        return ""  # another spelling of an address that is walked itself
    assert call.route.policy is not None
    wanted = expected(call.route.policy, call.caller, call.objects)
    return _wrong_status(call, answer, wanted) or _wrong_words(call, answer, stage)


def _wrong_status(call: Call, answer: Answer, wanted: Expected) -> str:
    status = answer.status
    if wanted is Expected.SIGN_IN:
        good = status == (401 if call.fragment else 302) and answer.location.startswith("/sign-in")
        return "" if good else f"should ask to sign in, leads to {answer.location!r}"
    if wanted is Expected.REFUSED:
        return "" if status == 403 else "the gate should refuse"
    if wanted is Expected.MISSING:
        return "" if status == 404 else "should not exist for them"
    if call.route.endpoint in REFUSED_TO_ONESELF and _is_own(call):
        return "" if status == 403 else "is done for oneself"
    if status in (401, 403) and call.route.endpoint not in REFUSED_IN_WORDS:
        return "is theirs, and refused"
    missing = status == 404 and call.route.method == "GET" and call.objects is not None
    return "is theirs, and not there" if missing and call.route.endpoint not in NOT_THERE_YET else ""


def _is_own(call: Call) -> bool:
    assert call.caller.viewer is not None and call.objects is not None
    return covers(Reach.OWN, call.caller.viewer, call.objects)


def _wrong_words(call: Call, answer: Answer, stage: Stage) -> str:
    """Names of people, or titles of courses, that the answer must not hold, in whatever corner of it."""
    policy, viewer = call.route.policy, call.caller.viewer
    assert policy is not None
    for objects in stage.objects:
        if not may_read_of(policy, call.caller, objects):
            writes = viewer is not None and policy.admits(viewer) and policy.reach_of(viewer) is Reach.WRITTEN
            if found := _first(objects.marks, answer):
                return f"names {found}, whom they may not see"
            if writes and (found := _first(objects.titles, answer)):
                return f"shows the course {found!r} of another author"
            if not writes and (found := _first(objects.places, answer)):  # who writes says for which wards
                return f"shows {found!r}, where somebody works whom they may not see"
    return ""


def _first(words: Iterable[str], answer: Answer) -> str:
    return next((word for word in words if word.encode() in answer.body), "")


def plain(body: bytes) -> bytes:
    """A refusal without what changes from one to the next."""
    return CHANGING.sub(b"", body)


def told(report: Report) -> str:
    """What is wrong, for a failed test."""
    return f"{len(report.holes)} of {report.requests}:\n" + "\n".join(report.holes[:60])
