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
from tests.walk.policy import Caller, Objects, covers, may_read_of
from tests.walk.stage import Stage

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Every list's own words for searching: whoever searches for a stranger must not learn that there is one.
SEARCHES = ("q", "person", "search")
# Nina is to Fred what Mark is to Lena, and the two who write courses are alike: one of each is called.
TWINS = ("nina", "cora")


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
            n for n in sorted(self.rule.arguments) if type(converters.get(n)).__name__ in ("Id", "IntegerConverter")
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
    """One request of the walk. `objects`: whose ids stand in the address. `twice`: the fragment is worth asking for too, if
    it can be another answer (`tests.walk.asking`)."""

    caller: Caller
    route: Route
    path: str
    objects: Objects | None
    fragment: bool
    twice: bool = False


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
    """Each caller x route x (own, team's, foreign object), as page, and whether as fragment too. Unless `thorough`, what
    cannot differ is left out: of those a gate refuses, see `_refusals`; of those it admits, see `worth_trying` and
    `_both_ways`."""
    routes = list(routes)
    if not thorough:
        yield from _refusals(stage, routes)
    for caller in stage.callers:
        if caller.name in TWINS and not thorough:
            continue
        for route in routes:
            if thorough or finds_a_way_in(caller, route):
                yield from _calls_within(stage, caller, route, thorough=thorough)


def _calls_within(stage: Stage, caller: Caller, route: Route, *, thorough: bool) -> Iterator[Call]:
    for objects in worth_trying(stage, caller, route, thorough=thorough):
        path = route.path(stage.shared | (objects.ids if objects else {}))
        yield Call(caller, route, path, objects, fragment=False, twice=thorough or _both_ways(stage, caller, route))
    if route.method == "GET" and not route.rule.arguments and enters(caller, route):
        assert route.policy is not None
        for objects in stage.objects if thorough else _strangers(stage, caller, route.policy)[:2]:
            given = objects.marks[0][:6]  # enough to be found by, too little to be a mark itself
            path = f"{route.rule}?" + "&".join(f"{name}={given}" for name in SEARCHES)
            yield Call(caller, route, path, None, fragment=False)


def _refusals(stage: Stage, routes: list[Route]) -> Iterator[Call]:
    """The guard decides from the grants and the gates of the route alone, before the view. So everybody is refused once
    as page and as fragment by each set of gates, and each route refuses somebody signed in and somebody who is not."""
    met: set[tuple[str, Policy | None]] = set()
    for number, route in enumerate(routes):
        refused = [one for one in stage.callers if not finds_a_way_in(one, route)]
        turned_away = [one for one in refused if one.viewer is not None]
        nobody = [one for one in refused if one.viewer is None]
        in_turn = {some[number % len(some)].name for some in (turned_away, nobody) if some}
        path = route.path(stage.shared | (stage.objects[0].ids if route.owned else {}))
        for caller in refused:
            first = (caller.name, route.policy) not in met
            met.add((caller.name, route.policy))
            if first or caller.name in in_turn:
                objects = stage.objects[0] if route.owned else None
                yield Call(caller, route, path, objects, fragment=False, twice=first)


def worth_trying(stage: Stage, caller: Caller, route: Route, *, thorough: bool) -> list[Objects | None]:
    """One object of each standing; all of them when `thorough`."""
    if not route.owned:
        return [None]
    if thorough:
        return list(stage.objects)
    if not enters(caller, route):
        return [stage.objects[0]]
    assert caller.viewer is not None and route.policy is not None
    by_standing = {standing(caller, route.policy, objects): objects for objects in reversed(stage.objects)}
    return list(by_standing.values())


def _both_ways(stage: Stage, caller: Caller, route: Route) -> bool:
    """Whether the fragment is worth asking for beside the page: not for whoever reaches everybody anyway, but for one."""
    if route.policy is None or not enters(caller, route):
        return True
    widest = [c for c in stage.callers if c.name not in TWINS and enters(c, route)]
    widest = [c for c in widest if not _strangers(stage, c, route.policy)]
    return caller not in widest[1:]


def _strangers(stage: Stage, caller: Caller, policy: Policy) -> list[Objects]:
    """Those whom the answer must not name."""
    return [one for one in stage.objects if not may_read_of(policy, caller, one)]


def standing(caller: Caller, policy: Policy, objects: Objects) -> str:
    """In which way the objects are the caller's."""
    viewer = caller.viewer
    assert viewer is not None
    own = covers(Reach.OWN, viewer, objects), covers(Reach.WRITTEN, viewer, objects)
    return f"{own} {covers(Reach.LINE, viewer, objects)} {covers(policy.reach_of(viewer), viewer, objects)}"


def finds_a_way_in(caller: Caller, route: Route) -> bool:
    """Whether the guard lets the call through to the view."""
    return route.policy is not None and (route.policy.public or enters(caller, route))


def enters(caller: Caller, route: Route) -> bool:
    return caller.viewer is not None and route.policy is not None and route.policy.admits(caller.viewer)


def _policy(app: Flask, endpoint: str) -> Policy | None:
    try:
        return policy_of(app, endpoint)
    except LookupError:
        return None
