"""SEC-4, SEC-6: addresses of mixed owners, of nothing, with hostile words; lists that name nobody foreign.

In a file of its own, so that more than one process of a run walks.
"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.client import PageClient
from tests.undoing import undone
from tests.walk.odd import hostile, mixed, nothing
from tests.walk.policy import Caller
from tests.walk.routes import Route
from tests.walk.stage import Stage
from tests.walk.walk import told, walk


def test_a_child_of_a_foreign_parent_is_not_there(app: Flask, stage: Stage, routes: list[Route]) -> None:
    """SEC-4: ids of two owners in one address, as in grade and certificate holes of other systems."""
    report = mixed(app, stage, routes)
    assert not report.holes, told(report)
    assert {str(r.rule) for r in routes if len(r.owned) > 1} >= {
        "/learn/courses/<int:course_id>/lessons/<int:lesson_id>"
    }
    assert report.requests > 100


def test_what_is_not_there_is_refused_like_what_is_foreign(
    app: Flask,
    stage: Stage,
    routes: list[Route],
) -> None:
    """SEC-4, SEC-6: ids of nothing and ids no row can have: 404, never our error; all 404 pages are one page."""
    report = nothing(app, stage, routes)
    assert not report.holes, told(report)
    foreign = walk(
        app, stage, [r for r in routes if r.endpoint in ("student.certificate", "team.person", "hr.document")]
    )
    assert not report.add(foreign).tell_tales()
    assert set(report.denials) == {(404, False), (404, True)}


def test_hostile_words_are_no_error_of_ours(app: Flask, stage: Stage, routes: list[Route]) -> None:
    """SEC-6: zero bytes, huge numbers, markup in every parameter of every list and form."""
    report = hostile(app, stage, routes)
    assert not report.holes, told(report)


@pytest.mark.parametrize("who", ["otto", "nina"])
def test_lists_name_nobody_foreign(app: Flask, stage: Stage, routes: list[Route], who: str) -> None:
    """SEC-4: exports, counts, search and facets honour the viewer: Lena is in no byte that Otto or Nina is sent."""
    caller: Caller = stage.caller(who)
    client, bytes_of = PageClient(app), {}
    for route in routes:
        if route.method == "GET" and not route.rule.arguments:
            for query in ("", "?q=quill&person=quill&people=compliant&left=1&status=Completed&status=left"):
                with undone():
                    client.set_cookie("session", caller.cookie.partition("=")[2])
                    bytes_of[f"{route.rule}{query}"] = client.get(f"{route.rule}{query}").get_data()
    lena = stage.of("lena")
    for address, sent in bytes_of.items():
        for mark in (*lena.marks, *lena.places):
            assert mark.encode() not in sent, f"{address} names {mark}"
    assert any(b"Foreignsson" in sent for sent in bytes_of.values()) is (who == "nina"), "Nina does see her own line"
