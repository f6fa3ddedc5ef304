"""The first rows at a page are those of the file, though they are found in another way (REP-1, REP-5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from flask_babel import force_locale

from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight import foremost
from lmsapp.insight.gonogo.rules import Thing
from lmsapp.insight.reports import asked
from lmsapp.insight.reports.asked import asking_of, first_rows
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.reach import Reach, SeenAs
from lmsapp.insight.reports.report import Asking
from lmsapp.people.viewer import Viewer
from lmsapp.web.report_labels import report_labels
from tests.cast import Cast
from tests.clock import Clock
from tests.insight.gonogo.scene import Scene
from tests.insight.reports.regulated import World

FEW, MANY = 6, 14  # what a page shows, and counts at most


@pytest.fixture(autouse=True)
def short(transaction: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(asked, "SHOWN", FEW)
    monkeypatch.setattr(asked, "COUNTED", MANY)
    monkeypatch.setattr(foremost, "AT_FIRST", 2)
    with force_locale("en"):
        yield


def the_same(key: str, cast: Cast, terms: Mapping[str, Sequence[str]]) -> int:
    """How many rows there are for HR; page and file agree, for HR and for Mark's line."""
    everybody, _line = [_same(_asking(key, viewer, reach, terms)) for viewer, reach in _readers(cast)]
    return everybody


def _readers(cast: Cast) -> tuple[tuple[Viewer, Reach], ...]:
    return (cast.hana.viewer, Reach.EVERYBODY), (cast.mark.viewer, Reach.LINE)


def _asking(key: str, viewer: Viewer, reach: Reach, terms: Mapping[str, Sequence[str]]) -> tuple[str, Asking]:
    return key, asking_of(REPORTS[key], SeenAs(viewer, reach), terms, report_labels, product_clock.now())


def _same(one: tuple[str, Asking]) -> int:
    key, asking = one
    whole: list[Any] = list(db.session.execute(REPORTS[key].rows(asking)))
    found = first_rows(REPORTS[key], asking)
    assert list(found.rows) == whole[:FEW], (key, asking.terms)
    assert (found.total, found.more) == (min(len(whole), MANY), len(whole) > MANY), (key, asking.terms)
    assert bool(found.why) == (not whole), (key, asking.terms)
    return len(whole)


def test_a_page_begins_as_the_file_does(clock: Clock) -> None:
    """REP-1, REP-2: every report of what was completed, for everybody and a line, with filters, empty and long."""
    world = World(3, size=90)
    for one in {period.enrollment_id: period for period in world.periods if period.replaced_at is None}.values():
        one.is_current = True
    db.session.commit()
    works = [str(world.departments[0].id)]
    terms: list[dict[str, list[str]]] = [{"department": works, "since": ["2000-01-01"]}, {"role": ["Nobody"]}]
    keys = [key for key in REPORTS if key not in ("overdue", "go-no-go", "transcript")]
    for key, asked_for in (*product(keys[:4], terms[:1]), *product(keys[4:], terms[1:])):
        the_same(key, world.cast, asked_for)
    found = {key: the_same(key, world.cast, {"since": ["2000-01-01"], "days": ["3660"]}) for key in keys}
    assert all(found.values()), found
    assert sum(count > MANY for count in found.values()) >= 3, found
    assert the_same("transcript", world.cast, {"person": [str(world.people[0].id)]}) > 0
    dates = {"since": ["2026-10-01"], "until": ["2026-11-30"]}
    for kind in ("completed", "due", "assigned"):
        the_same("completion", world.cast, {**dates, "dates": [kind]})


def test_a_checklist_begins_with_whoever_is_blocked(clock: Clock) -> None:
    """REP-3: looked at by name and some at a time, the people whose rows come first are found wherever they stand; so
    are those who are late, with how many each supervisor has."""
    scene = Scene(12)
    things = [(Thing.COURSE, scene.alpha.id), (Thing.COURSE, scene.beta.id)]
    kept = scene.keep(things=things)
    scene.everybody_done(scene.people[:9])
    one = {"checklist": [str(kept.id)]}
    for more in ({}, {"state": ["ready"]}, {"state": ["blocked", "cleared"]}, {"standing": ["Completed"]}):
        the_same("go-no-go", scene.cast, {**one, **more})
    the_same("go-no-go", scene.cast, {"checklist": ["999999"]})
    assert the_same("overdue", scene.cast, {}) > 3
    assert the_same("completion", scene.cast, {}) > MANY
    assert the_same("completion", scene.cast, {"course": [str(scene.alpha.id)]}) >= 12
