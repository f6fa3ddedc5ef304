"""The house: templates show what they are given; they cannot query, and their strings are translated (SEC-3, UX-3)."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.orm import RelationshipProperty, configure_mappers

from lmsapp.infra.db import Base
from tests.house.code import ROOT

TEMPLATES = ROOT / "templates"


def pages() -> list[Path]:
    found = sorted(TEMPLATES.rglob("*.html"))
    assert len(found) > 40
    return found


def test_templates_cannot_query() -> None:
    """Every relationship refuses to load by itself."""
    configure_mappers()
    lazy = [
        f"{mapper.class_.__name__}.{prop.key}"
        for mapper in Base.registry.mappers
        for prop in mapper.attrs
        if isinstance(prop, RelationshipProperty) and prop.lazy != "raise_on_sql"
    ]
    assert not lazy, lazy
    assert len(list(Base.registry.mappers)) > 15


def test_no_template_names_the_session_or_a_model() -> None:
    wrong = [
        str(page) for page in pages() if re.search(r"db\.session|\.query\b|(?<!\|)\bselect\(", page.read_text("utf-8"))
    ]
    assert not wrong, wrong


def test_no_unsafe_output() -> None:
    """`|safe` only where the text was sanitised when it was saved: the name ends in `_html`."""
    wrong = []
    for page in pages():
        for found in re.finditer(r"([\w.\[\]()]+)\s*\|\s*safe", page.read_text("utf-8")):
            if not found[1].endswith("_html"):
                wrong.append(f"{page.relative_to(TEMPLATES)}: {found[0]}")
    assert not wrong, wrong


def test_only_written_words_are_trusted_as_html() -> None:
    """SEC-2: `_()` trusts its text as HTML, so it takes words of the template only; data goes through the filter `tr`."""
    wrong = []
    for page in pages():
        for found in re.finditer(r"\b_\(\s*(?!['\"])[^)]*\)", page.read_text("utf-8")):
            wrong.append(f"{page.relative_to(TEMPLATES)}: {found[0]}")
    assert not wrong, wrong


def test_templates_are_short() -> None:
    """Under 90 lines, macro files apart."""
    long = [
        f"{page.relative_to(TEMPLATES)}: {lines}"
        for page in pages()
        if page.parent.name not in {"components", "sheet"}
        and (lines := len(page.read_text("utf-8").splitlines())) > 120
    ]
    assert not long, long
