"""Markdown to HTML that is safe to print (CRS-1). Rendered once, when a text is saved.

Two locks: markdown-it passes no HTML through, and nh3 keeps only the elements and attributes listed here. No class,
style, colspan (which can keep a PDF renderer busy for a minute) or hx-* attribute survives.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt

MAX_TEXT = 100_000  # characters

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
IMAGE = {"src", "alt", "title"}
OWN = "files/"  # how a text names a file of its own: ![words](files/name.png)
_reference = re.compile(r'(<img [^>]*?src="|<a href=")files/([^"]*)"')
_image = re.compile(r"<img [^>]*>")
_alt = re.compile(r'alt="([^"]*)"')
SCHEMES = {"http", "https", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def to_html(markdown: str, *, images: bool = False) -> str:
    """Safe HTML. The title of the page is its h1, so headings in a text begin at h2, and leave no level out.

    `images`: pictures are let through where they are files of the text's own (`with_addresses` says where those lie);
    of any other picture the words are left, because whoever holds it would see who reads.
    """
    tokens = _markdown.parse(markdown[:MAX_TEXT])
    level = 1
    for token in tokens:
        if token.type == "heading_open":
            level = min(4, level + 1, max(2, int(token.tag[1])))
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    clean = nh3.clean(
        html,
        tags=TAGS | {"img"},
        attributes={**attributes, "img": IMAGE},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return _image.sub(lambda found: found[0] if images and f'src="{OWN}' in found[0] else _words_of(found[0]), clean)


def _words_of(image: str) -> str:
    alt = _alt.search(image)
    return alt[1] if alt else ""


def with_addresses(html: str, address: Callable[[str], str | None]) -> str:
    """What `to_html` made, with the address of each file of the text's own; a file that is gone leaves its words."""

    def put(found: re.Match[str]) -> str:
        where = address(unquote(found[2]))
        return f'{found[1]}{escape(where or "#")}"'

    gone = _image.sub(lambda found: found[0] if _is_there(found[0], address) else _words_of(found[0]), html)
    return _reference.sub(put, gone)


def _is_there(image: str, address: Callable[[str], str | None]) -> bool:
    return all(address(unquote(name)) for _before, name in _reference.findall(image))


def files_named(html: str) -> set[str]:
    """Names of the text's own files that its HTML shows or leads to."""
    return {unquote(name) for _before, name in _reference.findall(html)}
