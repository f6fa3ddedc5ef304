"""HTML -> plain text with line breaks. The result is shown escaped, so nothing here needs to be safe, only readable."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from lmsapp.courses.exchange.formats.draft import Note, once
from lmsapp.infra.words import N_

MOST = 60_000  # characters of one text looked at
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s|/)[^<>]*)?>")
_GONE = re.compile(r"<!--.*?-->|<(script|style|head)\b[^<>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(alt|src|href|data)\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})')""", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n]+")
FIXED, CELL = "\u00a0", "\ufdd8"  # a blank that stays; where the next cell of a table begins
BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "section",
          "figure", "figcaption", "center", "article", "hr", "form"}  # fmt: skip
BREAKS = {"br", "li", "tr", "dt", "dd", "caption", "option"}
CELLS = {"td", "th"}
INLINE = {"a", "abbr", "acronym", "b", "big", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
          "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "tt", "u", "var", "nobr",
          "wbr", "tbody", "thead", "tfoot", "colgroup", "col", "sub", "sup", "html", "body", "math"}  # fmt: skip
MEDIA = {"img", "object", "video", "audio", "iframe", "embed", "svg", "applet", "source", "track", "canvas"}
PICTURE = {"img", "svg", "canvas"}
KNOWN = BLOCKS | BREAKS | CELLS | INLINE | MEDIA
HIGH = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
IN_UNICODE = {"sup": (re.compile(r"[-+=()0-9n]{1,12}"), HIGH, "^"), "sub": (re.compile(r"[-+=()0-9]{1,12}"), LOW, "_")}

PICTURES = N_("A picture was left out.")
SOUND = N_("Sound, film or another embedded part was left out.")
CUT = N_("The text was too long and was cut.")


@dataclass
class _Writing:
    parts: list[str] = field(default_factory=list)
    raw: int = 0  # how many <pre> are open
    raised: list[tuple[str, int]] = field(default_factory=list)  # open sup and sub: name, and where they began
    notes: list[Note] = field(default_factory=list)

    def text(self, text: str) -> None:
        said = unescape(text)
        self.parts.append(said.replace("\t", "    ").replace(" ", FIXED) if self.raw else _BLANKS.sub(" ", said))


def from_html(html: str) -> tuple[str, list[Note]]:
    """The text, and what was lost. Every tag counts as one."""
    return _converted(html, every_tag=True)


def from_either(text: str) -> tuple[str, list[Note]]:
    """Text that may hold HTML: only known tags count, line breaks stay, `#include <stdio.h>` stays as it is."""
    if not any(found[2].lower() in KNOWN for found in _TAG.finditer(text[:MOST])) and "&" not in text:
        return text.strip(), []
    kept = text if _has_blocks(text) else text.replace("\n", "<br>")
    return _converted(kept, every_tag=False)


def media_in(html: str) -> list[Note]:
    """Pictures, sound and the like within, where only the words are taken."""
    names = {found[2].lower() for found in _TAG.finditer(html[:MOST]) if not found[1]} & MEDIA
    pictures = names & PICTURE
    return [*([Note(PICTURES)] if pictures else []), *([Note(SOUND)] if names - pictures else [])]


def _has_blocks(text: str) -> bool:
    return any(found[2].lower() in BLOCKS | {"br"} for found in _TAG.finditer(text[:MOST]))


def _converted(html: str, *, every_tag: bool) -> tuple[str, list[Note]]:
    writing = _Writing(notes=[Note(CUT)] if len(html) > MOST else [])
    html = _GONE.sub("", html[:MOST]).replace("\r\n", "\n")
    at = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name not in KNOWN and not every_tag:
            continue
        writing.text(html[at : tag.start()])
        at = tag.end()
        _mark(writing, name, bool(tag[1]), tag[3] or "")
    writing.text(html[at:])
    return _tidy("".join(writing.parts)), list(once(writing.notes))


def _mark(writing: _Writing, name: str, closes: bool, rest: str) -> None:
    if name in MEDIA:
        if not closes and name not in {"source", "track"}:
            _lost(writing, name, rest)
    elif name in IN_UNICODE:
        _raise(writing, name, closes)
    elif name in CELLS:
        writing.parts.append("" if closes else CELL)
    elif name in BREAKS:
        writing.parts.append("" if closes else "\n• " if name == "li" else "\n")
    elif name in BLOCKS:
        writing.parts.append("\n" if name != "p" else "\n\n")
        if name == "pre":
            writing.raw = max(0, writing.raw + (-1 if closes else 1))


def _lost(writing: _Writing, name: str, rest: str) -> None:
    said = {found[1].lower(): unescape(found[2] or found[3] or "") for found in _ATTRIBUTE.finditer(rest)}
    writing.notes.append(Note(PICTURES if name in PICTURE else SOUND))
    words = said.get("alt", "").strip() or said.get("src", said.get("data", "")).rpartition("/")[2][:60]
    if words and not words.startswith("data:"):
        writing.parts.append(f"[{words}]")


def _raise(writing: _Writing, name: str, closes: bool) -> None:
    """x<sup>2</sup> becomes x², what has no raised signs x^(a,b)."""
    if not closes:
        writing.raised.append((name, len(writing.parts)))
        return
    if not writing.raised or writing.raised[-1][0] != name:
        return
    _name, start = writing.raised.pop()
    inside = "".join(writing.parts[start:]).strip()
    del writing.parts[start:]
    signs, table, before = IN_UNICODE[name]
    if inside:
        written = inside.translate(table) if signs.fullmatch(inside) else f"{before}({inside})"
        writing.parts.append(written if len(inside) > 1 or signs.fullmatch(inside) else before + inside)


def _tidy(text: str) -> str:
    """No blanks at the ends of lines, a bar between cells only, one empty line at the most."""
    lines = [line.strip(" ").removeprefix(CELL).rstrip(" " + FIXED) for line in text.split("\n")]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return re.sub(f" *{CELL} *", " | ", joined).strip("\n ").replace(FIXED, " ").rstrip()
