"""The whole walk: every caller x every route x every object x page and fragment, and the odd addresses (SEC-4, ORG-2)."""

from __future__ import annotations

from dataclasses import replace

from bench.proofs import Outcome
from bench.proofs._place import application
from lmsapp.infra import queue
from tests.undoing import rolled_back
from tests.walk.odd import hostile, mixed, nothing
from tests.walk.routes import routes_of
from tests.walk.stage import set_stage
from tests.walk.walk import Report, walk

AT_ONCE = 3  # callers in one transaction, which keeps a lock for much of what it undoes
ROUNDS = 1  # there is nothing to repeat: the walk is whole


def prove(rounds: int) -> Outcome:
    """Prints every hole. Good when there is none."""
    with application() as app:
        queue.use_bell(app, lambda _rings: None)
        routes, report = routes_of(app), Report()
        for _round in range(max(rounds, 1)):
            done, callers = 0, AT_ONCE
            while done < callers:
                with rolled_back(app):
                    stage = set_stage(app)
                    callers = len(stage.callers)
                    few = replace(stage, callers=stage.callers[done : done + AT_ONCE])
                    for part in (walk, nothing, hostile):
                        report.add(part(app, few, routes, thorough=True))
                    if not done:
                        report.add(mixed(app, stage, routes))
                done += AT_ONCE
                print(f"{min(done, callers)} of {callers} callers, {report.requests} requests", flush=True)
    holes = sorted({*report.holes, *report.tell_tales()})
    for hole in holes:
        print(hole)
    kinds = sum(len(one.ids) for one in stage.objects) + len(stage.shared)
    figures = {"routes": len(routes), "callers": len(stage.callers), "objects": kinds, "requests made": report.requests}
    return Outcome(figures | {"holes": len(holes)}, good=not holes and report.requests > 0)
