"""Markdown to HTML that is safe to print (CRS-1). Rendered once, when a text is saved.

Two locks: markdown-it passes no HTML through, and nh3 keeps only the elements and attributes listed here. No class,
style, colspan (which can keep a PDF renderer busy for a minute) or hx-* attribute survives.
"""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

MAX_TEXT = 100_000  # characters

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def to_html(markdown: str) -> str:
    """Safe HTML. The title of the page is its h1, so headings in a text begin at h2."""
    tokens = _markdown.parse(markdown[:MAX_TEXT])
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h" + str(min(4, max(2, int(token.tag[1]))))
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
