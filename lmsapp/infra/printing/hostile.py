"""What no document of ours holds, refused before anything is drawn: cheap to see, expensive to draw.

Pure. The bounds are far above what the longest real document has; what slips through meets the limits of the
process.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

MOST_CHARACTERS = 10_000_000
MOST_ELEMENTS = 60_000
DEEPEST = 60
WIDEST_SPAN = 50
LONGEST_ATTRIBUTE = 4_000  # but for pictures in the address itself
LONGEST_PICTURE = 8_000_000
LARGEST_LENGTH = 20_000
EMPTY = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
CLOSED_BY_THE_NEXT = frozenset(["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"])
# Elements that fetch, embed or run something. The <pdf:...> ones insert files and barcodes.
FORBIDDEN = frozenset(
    [
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "script",
        "frame",
        "frameset",
        "applet",
        "video",
        "audio",
        "source",
        "form",
        "input",
    ]
)  # fmt: skip
ALLOWED_PDF = frozenset(("pdf:pagenumber", "pdf:pagecount", "pdf:nextpage", "pdf:nexttemplate"))
ADDRESSES = frozenset(["src", "background", "data", "poster", "srcset", "xlink:href", "code", "file"])
NUMBERS = frozenset(["colspan", "rowspan", "span", "width", "height", "size", "cellpadding", "cellspacing", "border"])
FETCHING = re.compile(
    r"@import|expression\s*\(|-pdf-(?:background|watermark)|url\(\s*['\"]?(?!data:image/)", re.IGNORECASE
)
# Not the digits of a colour.
LONG_NUMBER, DATA_URL = re.compile(r"(?<![#\w])\d{6,}"), re.compile(r"data:image/[^)\s'\"]*")
TITLE, LANGUAGE = re.compile(r"<title>(.*?)</title>", re.DOTALL), re.compile(r"<html[^>]*\blang=\"([\w-]*)\"")


def facts_in(text: str) -> dict[str, str]:
    """Language and title as the document says them."""
    title, language = TITLE.search(text), LANGUAGE.search(text)
    return {
        "title": " ".join(html.unescape(title[1]).split()) if title else "",
        "language": language[1] if language else "en",
    }


def check_html(text: str) -> None:
    """Raises ValueError saying what no document may hold."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the document is longer than {MOST_CHARACTERS} characters")
    look = _Look()
    look.feed(text)
    look.close()


class _Look(HTMLParser):
    """One pass over the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements = self.depth = 0
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        self.depth += _nests(tag)
        self.in_style = tag == "style"
        if self.elements > MOST_ELEMENTS:
            raise ValueError(f"the document has more than {MOST_ELEMENTS} elements")
        if self.depth > DEEPEST:
            raise ValueError(f"elements are nested more than {DEEPEST} deep")
        if tag in FORBIDDEN or (tag.startswith("pdf:") and tag not in ALLOWED_PDF):
            raise ValueError(f"<{tag}> has no place in a document")
        for name, value in attrs:
            _check_attribute(tag, name, value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self.depth -= _nests(tag) and self.depth > 0
        self.in_style = False

    def handle_data(self, data: str) -> None:
        if self.in_style:
            _check_style(data)


def _nests(tag: str) -> bool:
    """Whether it counts for the depth: what needs no end tag closes itself, and never nests without another element."""
    return tag not in EMPTY and tag not in CLOSED_BY_THE_NEXT and not tag.startswith("pdf:")


def _check_attribute(tag: str, name: str, value: str) -> None:
    if name in ADDRESSES:
        if not value.lstrip().startswith("data:image/"):
            raise ValueError(f"{name} of <{tag}> leads outside the document")
        if len(value) > LONGEST_PICTURE:
            raise ValueError("a picture in the document is too large")
    elif len(value) > LONGEST_ATTRIBUTE:
        raise ValueError(f"{name} of <{tag}> is too long")
    elif name == "style":
        _check_style(value)
    elif name in NUMBERS:
        most = WIDEST_SPAN if name in ("colspan", "rowspan", "span") else LARGEST_LENGTH
        number = re.match(r"\s*\+?(\d+)", value)
        if number and (len(number[1]) > 9 or int(number[1]) > most):
            raise ValueError(f"{name} of <{tag}> is larger than {most}")


def _check_style(rules: str) -> None:
    plain = re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)
    if FETCHING.search(plain) or "\\" in plain:
        raise ValueError("the style of the document leads outside it")
    if LONG_NUMBER.search(DATA_URL.sub("", plain)):
        raise ValueError("a length in the style of the document is too large")
