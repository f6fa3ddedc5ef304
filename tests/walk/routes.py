"""Every route of the URL map, and which calls of it are worth making."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import Rule

from lmsapp.people.roles import Reach
from lmsapp.web.gates import Policy, policy_of
from tests.walk.kinds import shared_names
from tests.walk.policy import Caller, Objects, covers
from tests.walk.stage import Stage

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Every list's own words for searching: whoever searches for a stranger must not learn that there is one.
SEARCHES = ("q", "person", "search")
# Fred is to Lena what Lena is to Fred, and so are the two who write courses: one of each is called.
TWINS = ("fred", "cora")


@dataclass(frozen=True)
class Route:
    """One rule with one method; `policy` None when nobody declared one. `owned`: ids of it that belong to somebody."""

    endpoint: str
    method: str
    rule: Rule
    policy: Policy | None
    owned: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ids that are numbers."""
        converters: dict[str, Any] = self.rule._converters
        return tuple(
            n for n in sorted(self.rule.arguments) if type(converters[n]).__name__ in ("Id", "IntegerConverter")
        )

    def path(self, ids: dict[str, object]) -> str:
        """The address, ids as they are given: what the product's own url_for would refuse is sent too."""
        return "".join(
            quote(str(ids[part]), safe="") if is_argument else part
            for is_argument, part in self.rule._trace
            if part != "|"
        )


@dataclass(frozen=True)
class Call:
    """One request of the walk. `objects`: whose ids stand in the address; `search`: words for a list."""

    caller: Caller
    route: Route
    path: str
    objects: Objects | None
    fragment: bool


def routes_of(app: Flask, only: Iterable[str] = ()) -> list[Route]:
    """All of them but static files; `only` these endpoints."""
    wanted, shared = set(only), shared_names()
    return [
        Route(rule.endpoint, method, rule, _policy(app, rule.endpoint), tuple(sorted(rule.arguments - shared)))
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and (not wanted or rule.endpoint in wanted)
        for method in METHODS
        if method in (rule.methods or ())
    ]


def unknown_ids(stage: Stage, routes: Iterable[Route]) -> list[str]:
    """Ids of addresses that nobody makes an object for."""
    known = set(stage.shared) | set(stage.objects[0].ids)
    return [f"{route} names {name}, which tests/walk/kinds.py does not make" for route in routes
            for name in sorted(route.rule.arguments - known)]  # fmt: skip


def calls_of(stage: Stage, routes: Iterable[Route], *, thorough: bool = False) -> Iterator[Call]:
    """Each caller x route x (own, team's, foreign object) x (page, fragment). What cannot differ is left out unless
    `thorough`: another object behind a gate that refuses, a second one of the same standing."""
    for caller in stage.callers:
        if caller.name in TWINS and not thorough:
            continue
        for route in routes:
            for objects in _worth_trying(stage, caller, route, thorough=thorough):
                path = route.path(stage.shared | (objects.ids if objects else {}))
                for fragment in (False, True):
                    yield Call(caller, route, path, objects, fragment)
            if route.method == "GET" and not route.rule.arguments and enters(caller, route):
                for objects in stage.objects[: None if thorough else 2]:
                    given = objects.marks[0][:6]  # enough to be found by, too little to be a mark itself
                    path = f"{route.rule}?" + "&".join(f"{name}={given}" for name in SEARCHES)
                    yield Call(caller, route, path, None, fragment=False)


def _worth_trying(stage: Stage, caller: Caller, route: Route, *, thorough: bool) -> list[Objects | None]:
    if not route.owned:
        return [None]
    if thorough:
        return list(stage.objects)
    if not enters(caller, route):
        return [stage.objects[0]]
    assert caller.viewer is not None and route.policy is not None
    by_standing = {standing(caller, route.policy, objects): objects for objects in reversed(stage.objects)}
    return list(by_standing.values())


def standing(caller: Caller, policy: Policy, objects: Objects) -> str:
    """In which way the objects are the caller's."""
    viewer = caller.viewer
    assert viewer is not None
    own = covers(Reach.OWN, viewer, objects), covers(Reach.WRITTEN, viewer, objects)
    return f"{own} {covers(Reach.LINE, viewer, objects)} {covers(policy.reach_of(viewer), viewer, objects)}"


def enters(caller: Caller, route: Route) -> bool:
    return caller.viewer is not None and route.policy is not None and route.policy.admits(caller.viewer)


def _policy(app: Flask, endpoint: str) -> Policy | None:
    try:
        return policy_of(app, endpoint)
    except LookupError:
        return None
