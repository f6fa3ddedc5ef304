"""SEC-4, ORG-2: every route of the URL map, by everybody, on own, team's and foreign objects, as page and as fragment.

How it works stands in `tests/walk`; the long form is `./lms prove access`.
"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.walk.routes import Route, calls_of
from tests.walk.stage import Stage
from tests.walk.walk import told, walk

PARTS = 4  # the longest test there is: as one, it would keep one process busy when the others are done


@pytest.mark.parametrize("part", range(PARTS))
def test_every_route_by_everybody(app: Flask, stage: Stage, routes: list[Route], part: int) -> None:
    """SEC-4: not one's own does not exist (404), not for one's roles is refused (403), the rest is there."""
    report = walk(app, stage, routes, part=part, parts=PARTS)
    assert not report.holes, told(report)
    assert not report.tell_tales()
    assert report.requests > 4000 / PARTS
    assert not report.jumps, "UX: whoever reads by headings finds a level missing"


def test_everybody_calls_and_every_standing_is_tried(stage: Stage, routes: list[Route]) -> None:
    """SEC-4: all seven roles alone, line managers, nobody, ended sessions; own, direct, indirect and foreign objects."""
    tried = {(call.caller.name, call.objects.name if call.objects else "") for call in calls_of(stage, routes)}
    for caller, objects in (("lena", "lena"), ("lena", "fred"), ("mark", "lena"), ("mark", "fred"), ("dora", "lena")):
        assert (caller, objects) in tried
    alone = [sorted(c.viewer.roles) for c in stage.callers if c.viewer and len(c.viewer.roles) == 1]
    assert len({roles[0] for roles in alone}) == 7
    assert any(c.viewer and not c.viewer.roles and c.viewer.leads for c in stage.callers), "a line manager, no role"
    assert any(c.viewer and not c.viewer.roles and not c.viewer.leads for c in stage.callers), "an account, no role"
    assert sum(c.viewer is None for c in stage.callers) == 3
