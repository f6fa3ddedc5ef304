"""Pages that several wings have alike: one table of their addresses, installed into each wing (SEC-4).

What answers takes the name of the wing first, then what the wing says of itself (`line_only`, `own`) and the ids of the
address by name. The gate is that of the wing, unless more is asked for.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NamedTuple

from flask import Blueprint

from lmsapp.people.roles import May, Reach
from lmsapp.web.gates import needs

Answer = Callable[..., Any]
IDS = re.compile(r"<(?:\w+:)?(\w+)>")


class Route(NamedTuple):
    """`address` below that of the wing; `name` of the endpoint, without the wing."""

    address: str
    name: str
    answer: Answer
    method: str = "GET"


def install(bp: Blueprint, routes: Iterable[Route], *gate: May, reach: Reach | None = None, **said: Any) -> None:
    """Each of them. `gate` and `reach`: as `gates.needs`; `said`: handed to every answer. Raises TypeError, at the
    start and not at the first call, where an answer takes something else than its address and wing say."""
    for route in routes:
        inspect.signature(route.answer).bind(bp.name, **said, **dict.fromkeys(IDS.findall(route.address)))
        view = _view(route.answer, bp.name, said)
        if gate or reach is not None:
            view = needs(*gate, reach=reach)(view)
        bp.add_url_rule(route.address, route.name, view, methods=[route.method])


def _view(answer: Answer, wing: str, said: dict[str, Any]) -> Answer:
    @wraps(answer)  # CSRF protection asks a view for its name
    def view(**ids: Any) -> Any:
        return answer(wing, **said, **ids)

    return view
