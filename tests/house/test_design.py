"""The parts pages are built from keep their promises: strict policy, one sprite, one import (SEC-3, UX)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE_ELSEWHERE = {"documents", "messages"}  # PDFs and letters have their own rules
PAGES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if not MADE_ELSEWHERE & set(path.relative_to(ROOT).parts)
)
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))


def without_comments(path: Path) -> str:
    """A template as it is rendered, without the words about it."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_inline_script_or_style(path: Path) -> None:
    """SEC-3: the content policy would drop it silently, so it must not be written."""
    text = without_comments(path)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style\b|hx-on|javascript:", text)
    assert not re.search(r'<script(?![^>]*\ssrc=)(?! type="application/json")', text), "data is no script"


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    """UX: a missing symbol is an empty square nobody reports."""
    known = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")))
    for path in PAGES:
        named = set(re.findall(r"\b_?icon\('([a-z]+)'", without_comments(path)))
        assert named <= known, (path.name, named - known)


def test_every_part_is_reachable_by_the_one_import() -> None:
    """UX: `ui` offers each public macro under its own name."""
    offered = set(
        re.findall(r"set (\w+) = ", (ROOT / "templates" / "components" / "ui.html").read_text(encoding="utf-8"))
    )
    for path in COMPONENTS:
        made = set(re.findall(r"\{%-? macro ([a-z]\w*)\(", without_comments(path))) - {"more_attrs"}
        assert made <= offered, (path.name, made - offered)


def test_every_part_is_shown_on_the_sheet() -> None:
    """UX: a part that is not on the sheet was never looked at in all its states."""
    sheet = "".join(without_comments(path) for path in (ROOT / "templates" / "components" / "sheet").glob("*.html"))
    sheet += without_comments(ROOT / "templates" / "components_sheet.html")
    offered = set(
        re.findall(r"set (\w+) = ", (ROOT / "templates" / "components" / "ui.html").read_text(encoding="utf-8"))
    )
    inside_others = {"hidden_fields", "error_summary", "dialog", "close_button", "datetab", "toast_oob", "card"}
    assert {name for name in offered if f"ui.{name}(" not in sheet} <= inside_others
