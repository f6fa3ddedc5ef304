"""Addresses nobody would be shown: a child under a foreign parent, ids of nothing, ids no row can have, hostile words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from flask import Flask

from tests.walk.policy import Caller, Expected, covers, expected
from tests.walk.routes import Call, Route, enters
from tests.walk.stage import Stage
from tests.walk.walk import Answer, Report, make

NOTHING = (999_999_999, 0, 2**31, 2**63, 10**40)
HOSTILE = ("\x00", "9" * 30, "-1", "%'\"><script>", "%", "\ud7ff\u202e", "1e9", "../../etc/passwd", "")
# What the lists and forms of the product ask for by name, and a few they do not.
ASKED = (
    "page", "q", "person", "role", "state", "status", "course", "courses", "department", "location", "sort", "desc",
    "due", "people", "since", "until", "first", "last", "kind", "template", "channel", "pick", "next", "type", "dates",
    "completed_on", "left",
)  # fmt: skip
# An answer in one's own attempt to a question it does not ask: 422, in the same words whether or not there is such a one.
SAYS_WHY = {"student.save_quiz_answer"}


def mixed(app: Flask, stage: Stage, routes: Iterable[Route]) -> Report:
    """Every route with two or more ids, ids of two owners, each place in turn: 404, whoever asks."""
    report, client = Report(), app.test_client(use_cookies=False)
    for route in routes:
        if len(route.owned) > 1 and route.policy is not None:
            for call in _mixed_calls(stage, route):
                answer = make(client, call, {})
                report.note(call, answer, "" if _is_no(call, answer) else "holds a child of another parent")
                report.denied(call, answer)
    return report


def _is_no(call: Call, answer: Answer) -> bool:
    return answer.status == 404 or (answer.status == 422 and call.route.endpoint in SAYS_WHY)


def _mixed_calls(stage: Stage, route: Route) -> Iterator[Call]:
    for caller in stage.callers:
        if caller.viewer is None or not route.policy or not route.policy.admits(caller.viewer):
            continue
        for parent, child in ((a, b) for a in stage.objects for b in stage.objects if a is not b):
            if not covers(route.policy.reach_of(caller.viewer), caller.viewer, parent):
                continue
            for name in route.owned:
                if child.ids[name] != parent.ids[name]:
                    ids = stage.shared | parent.ids | {name: child.ids[name]}
                    yield Call(caller, route, route.path(ids), parent, fragment=False)


def nothing(app: Flask, stage: Stage, routes: Iterable[Route], *, thorough: bool = False) -> Report:
    """Ids of nothing: 404 for whoever passes the gate, and in the very words of a foreign object; never our error."""
    report, client = Report(), app.test_client(use_cookies=False)
    for route in routes:
        for call in _calls_to_nothing(stage, route, thorough=thorough):
            answer = make(client, call, {})
            report.note(call, answer, "" if _is_no(call, answer) else "finds something where nothing is")
            report.denied(call, answer)
    return report


def _calls_to_nothing(stage: Stage, route: Route, *, thorough: bool) -> Iterator[Call]:
    for caller in one_of_each(stage.callers):
        for objects in stage.objects:
            if route.policy is None or route.policy.public or not route.numbers:
                continue
            if expected(route.policy, caller, objects) is not Expected.FOUND:
                continue
            for name in route.numbers:
                for number in NOTHING:
                    ids = stage.shared | objects.ids | {name: number}
                    for fragment in (False, True) if number == NOTHING[0] else (False,):
                        yield Call(caller, route, route.path(ids), objects, fragment)
            if not thorough:
                return  # who asks makes no difference to what does not exist


def one_of_each(callers: Iterable[Caller]) -> list[Caller]:
    """One caller for each set of grants: what does not exist is the same for people who may do the same."""
    return list({caller.viewer.grants if caller.viewer else None: caller for caller in callers}.values())


def hostile(app: Flask, stage: Stage, routes: Iterable[Route], *, thorough: bool = False) -> Report:
    """Every list and form with words that nobody types, in the address and in the body: never our error."""
    report, client = Report(), app.test_client(use_cookies=False)
    for route in routes:
        callers = [c for c in one_of_each(stage.callers) if route.policy and (route.policy.public or enters(c, route))]
        for caller in callers[: None if thorough else 1]:
            for word in HOSTILE if thorough else HOSTILE[:3]:
                told = dict.fromkeys(ASKED, word)
                for call, data in _told(stage, route, caller, told):
                    answer = make(client, call, data)
                    report.note(call, answer, "an error of ours" if answer.status >= 500 else "")
    return report


def _told(stage: Stage, route: Route, caller: Caller, told: dict[str, str]) -> Iterator[tuple[Call, dict[str, object]]]:
    assert route.policy is not None
    objects = next(
        (o for o in stage.objects if route.owned and expected(route.policy, caller, o) is Expected.FOUND),
        stage.objects[0],
    )
    path = route.path(stage.shared | objects.ids)
    call = Call(caller, route, f"{path}?{urlencode(told)}", objects, fragment=False)
    yield call, {} if route.method == "GET" else dict(told)
