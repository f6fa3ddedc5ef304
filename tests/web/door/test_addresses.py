"""OPS-1: what builds an address is compiled late, and builds what Werkzeug's own does."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.web.addresses import Id, LateRule

pytestmark = pytest.mark.pure

MORE = {"q": "Łódź & co", "rule": "7", "self": ["a", "b"]}


@pytest.fixture
def built(tmp_path: Path) -> Flask:
    """Nothing connects to anything."""
    nowhere = {"database_url": "postgresql+psycopg://nobody@127.0.0.1:1/none", "redis_url": "redis://127.0.0.1:1/0"}
    return create_app(Settings(demo=True, testing=True, secret_key="0" * 40, data_dir=tmp_path, **nowhere))


def test_each_address_is_the_usual_one_the_first_time_and_later(built: Flask) -> None:
    """OPS-1: every rule of the product, with words that have to be quoted, with more than it names, and without."""
    rules = list(built.url_map.iter_rules())
    assert len(rules) > 900
    for rule in rules:
        assert isinstance(rule, LateRule)
        values = {name: _value(name, kind) for name, kind in rule._converters.items()}
        for unknown in (True, False):
            usual = Rule._compile_builder(rule, unknown).__get__(rule, None)
            for _time in ("first", "second"):
                assert rule.build({**values, **MORE}, unknown) == usual(**values, **MORE), rule
                assert rule.build(values, unknown) == usual(**values), rule


def _value(name: str, kind: BaseConverter) -> object:
    """One that its address can hold."""
    if isinstance(kind, Id):
        return 4711
    return sorted(kind.items)[0] if isinstance(kind, AnyConverter) else f"ä b/{name}?"


def test_what_is_not_asked_for_is_not_compiled(built: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: that is why a program starts sooner; and what was compiled once stays."""
    compiled: list[str] = []
    usual = Rule._compile_builder
    monkeypatch.setattr(
        Rule, "_compile_builder", lambda rule, unknown: compiled.append(rule.rule) or usual(rule, unknown)
    )
    with built.test_request_context():
        for _time in range(3):
            assert built.url_for("student.course", course_id=3, tab="what") == "/learn/courses/3?tab=what"
    assert compiled == ["/learn/courses/<int:course_id>"]
