"""SEC-4: the walk is worth something: each kind of hole, planted in the running product, is reported by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g, request
from sqlalchemy import select, update

from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.accounts.models import UserRole
from lmsapp.people.accounts.rules import SessionLimits
from lmsapp.people.employees.models import Employee
from lmsapp.web import gates, sessions
from tests.walk.asking import watched
from tests.walk.odd import mixed, nothing
from tests.walk.routes import routes_of
from tests.walk.stage import Stage
from tests.walk.walk import walk
from tests.walk.writes import post_everything, unannounced

Patch = pytest.MonkeyPatch


def holes(app: Flask, stage: Stage, *endpoints: str) -> str:
    return "\n".join(walk(app, stage, routes_of(app, endpoints)).holes)


def around(app: Flask, monkeypatch: Patch, endpoint: str, planted: Callable[..., Any]) -> None:
    """Put `planted(view, **ids)` in the place of a view."""
    view = app.view_functions[endpoint]
    monkeypatch.setitem(app.view_functions, endpoint, lambda **ids: planted(view, **ids))


def test_sound_as_it_is(app: Flask, stage: Stage) -> None:
    """The routes used below have no hole of their own."""
    wanted = (
        "team.person",
        "student.certificate",
        "team.completion_csv",
        "team.dashboard",
        "hr.employee",
        "hr.employees",
    )
    assert holes(app, stage, *wanted) == ""
    assert not mixed(app, stage, routes_of(app, ["student.lesson_file"])).holes


def test_a_view_that_fetches_unscoped(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """A manager opens a person of another line."""
    around(app, monkeypatch, "team.person", lambda _view, employee_id: db.session.get_one(Employee, employee_id).name)
    found = holes(app, stage, "team.person")
    assert "mark: GET /team/people/<int:employee_id> of fred (page): 200 should not exist for them" in found
    assert "mark: GET /team/people/<int:employee_id> of lena" not in found, "his own report is his"


def test_a_gate_that_stands_open(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """The table opened to everybody signed in: what HR may do is not what everybody may."""
    monkeypatch.setitem(gates.WINGS, "hr", gates.SIGNED_IN)
    assert "should not exist for them" in holes(app, stage, "hr.employee", "hr.employees")


def test_a_guard_that_is_not_asked(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """The table is right, and nobody reads it."""
    asked = [one for one in app.before_request_funcs[None] if one is not gates.guard]
    monkeypatch.setitem(app.before_request_funcs, None, asked)
    found = holes(app, stage, "help.read", "admin.roles")
    assert "lena: GET /admin/roles (page): 403 the gate should refuse" not in found
    assert "lena: GET /admin/roles (page): 200 the gate should refuse" in found
    assert "anonymous: GET /help/<slug> (page): 200 should ask to sign in" in found


def test_a_route_without_a_policy(stage: Stage) -> None:
    """One that slipped past the start."""
    other = Flask("other")
    other.add_url_rule("/nowhere/<int:thing_id>", endpoint="nowhere.page", view_func=lambda thing_id: "")
    found = "\n".join(walk(other, stage, routes_of(other)).holes)
    assert "GET /nowhere/<int:thing_id>: no policy is declared" in found
    assert "names thing_id, which tests/walk/kinds.py does not make" in found


def test_a_fragment_that_skips_the_check(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """The page asks whose it is, the fragment does not."""
    skips = lambda view, certificate_id: "Score: 92" if "HX-Request" in request.headers else view(certificate_id)  # noqa: E731
    around(app, monkeypatch, "student.certificate", skips)
    found = holes(app, stage, "student.certificate")
    assert "lena: GET /learn/certificates/<int:certificate_id> of fred (fragment): 200 should not exist" in found
    assert "(page)" not in found


LOOKS: dict[str, Callable[[], object]] = {
    "by name": lambda: request.headers.get("HX-Request"),
    "for the name": lambda: "HX-Request" in request.headers,
    "another": lambda: request.headers.get("HX-Target"),
    "through all": lambda: [name for name, _value in request.headers],
    "in a copy": lambda: dict(request.environ).get("HTTP_HX_REQUEST"),
    "beneath": lambda: request.environ.get("HTTP_HX_REQUEST"),
}


@pytest.mark.pure
def test_whoever_looks_whether_htmx_asks_is_seen() -> None:
    """SEC-4: in whatever way; the walk asks for no fragment where nobody looked."""
    other = Flask("other")
    for name, look in {**LOOKS, "nobody": lambda: request.headers.get("Accept")}.items():
        other.add_url_rule(f"/{name}", name, lambda look=look: str(look()))
    with watched(other) as looked:
        for name in (*LOOKS, "nobody"):
            looked.forget()
            assert other.test_client().get(f"/{name}").status_code == 200
            assert looked.at_htmx is (name in LOOKS), name


def test_an_export_that_ignores_the_line(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """The sheet of a manager names people of another line."""
    monkeypatch.setattr("lmsapp.insight.completion.line_of", lambda _viewer: select(Employee.id))
    assert "mark: GET /team/reports/completion.csv (page): 200 names Foreignsson" in holes(
        app, stage, "team.completion_csv"
    )


def test_a_search_that_finds_strangers(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """The table of the team finds whoever is typed."""
    monkeypatch.setattr("lmsapp.insight.filters.line_of", lambda _viewer: select(Employee.id))
    assert "mona: GET /team (fragment): 200 names Quillfeather" in holes(app, stage, "team.dashboard")


def test_a_refusal_that_tells(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """Another 404 for what exists than for what does not."""

    def planted(view: Any, certificate_id: int) -> Any:
        return view(certificate_id) if g.viewer.name.startswith("Lena") else ("Not yours.", 404)

    around(app, monkeypatch, "student.certificate", planted)
    routes = routes_of(app, ["student.certificate"])
    assert walk(app, stage, routes).add(nothing(app, stage, routes)).tell_tales()


def test_a_child_of_any_parent(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """The course is one's own, the lesson and its file are not looked at."""
    around(app, monkeypatch, "student.lesson_file", lambda _view, course_id, lesson_id, file_id: f"file {file_id}")
    assert "holds a child of another parent" in "".join(
        mixed(app, stage, routes_of(app, ["student.lesson_file"])).holes
    )


def test_a_session_that_does_not_end(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """Deactivated and left, and still there."""
    somebody = stage.caller("lena").viewer
    limits = SessionLimits(dt.timedelta(days=1), dt.timedelta(days=1))
    monkeypatch.setattr(sessions, "load_session", lambda *_key: (somebody, limits))
    found = holes(app, stage, "account.profile")
    assert "olga (session ended): GET /account (page): 200 should ask to sign in" in found
    assert "leo (session ended)" in found


def test_a_form_that_swallows_progress(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """Posting progress=100 beside the seconds, as in frappe/lms 5c5587574."""

    def planted(view: Any, course_id: int, lesson_id: int) -> Any:
        mine = (Enrollment.course_id == course_id, Enrollment.employee_id == g.viewer.employee_id)
        db.session.execute(update(Enrollment).where(*mine).values(progress=int(request.form["progress"])))
        return view(course_id, lesson_id)

    around(app, monkeypatch, "student.finish_lesson", planted)
    around(app, monkeypatch, "student.note_lesson", planted)
    said = posted(app, stage, "student.finish_lesson", "student.note_lesson")
    assert "activity changes enrollment.progress" in said, "not announced at all"


def test_a_form_that_hands_out_roles(app: Flask, stage: Stage, monkeypatch: Patch) -> None:
    """Choosing a language, and becoming a system manager by the way."""

    def planted(view: Any) -> Any:
        db.session.add(UserRole(user_id=g.viewer.user_id, role=request.form["role"]))
        return view()

    around(app, monkeypatch, "account.choose_language", planted)
    assert "/account/language changes user_role+" in posted(app, stage, "account.choose_language")


def posted(app: Flask, stage: Stage, *endpoints: str) -> str:
    done = post_everything(app, stage, routes_of(app, endpoints), [stage.caller("lena")])
    return "\n".join(unannounced(call, change, stage) for call, _answer, changes in done for change in changes)
