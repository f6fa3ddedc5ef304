"""Texts of Moodle XML in their four formats."""

from __future__ import annotations

from lmsapp.courses.exchange.formats.draft import Note
from lmsapp.courses.exchange.formats.plain import from_either, from_html
from lmsapp.infra.xml import Node, markup

AS_IT_IS = {"plain_text", "plain"}


def rich(node: Node | None, default: str = "html") -> tuple[str, list[Note]]:
    """The text of an element that holds `text`, and what was lost. HTML that was not escaped counts as HTML too."""
    if node is None:
        return "", []
    inside = node.first("text") or node
    kind = node.get("format") or default
    if any(True for _child in inside) and inside.name == "text":
        return from_html(markup(inside))
    text = "".join(part for part in inside.parts if isinstance(part, str)).strip()
    if kind in AS_IT_IS:
        return text, []
    return from_html(text) if kind == "html" and "<" in text else from_either(text)


def words(node: Node | None, default: str = "html") -> str:
    """The text alone."""
    return rich(node, default)[0]
