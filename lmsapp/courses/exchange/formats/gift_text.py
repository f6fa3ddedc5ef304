"""Texts of GIFT: what is escaped, and in which of Moodle's text formats a text is written."""

from __future__ import annotations

import re

from lmsapp.courses.exchange.formats.draft import Note
from lmsapp.courses.exchange.formats.plain import from_either, from_html

# While a file is taken apart, escaped signs are noncharacters, which no file holds (`decoding`).
ESCAPED = {sign: chr(0xFDD0 + at) for at, sign in enumerate(":#={}~\\n")}
_HIDE = re.compile(r"\\([:#={}~\\n])")
_SHOW = str.maketrans({hidden: "\n" if sign == "n" else sign for sign, hidden in ESCAPED.items()})
_FORMAT = re.compile(r"\s*\[(moodle|html|plain|markdown)\]", re.IGNORECASE)


def hidden(text: str) -> str:
    """With every escaped sign out of the way."""
    return _HIDE.sub(lambda found: ESCAPED[found[1]], text)


def shown(text: str) -> str:
    """With the signs themselves."""
    return text.translate(_SHOW)


def written(text: str, default: str) -> tuple[str, list[Note], str]:
    """(plain text, what was lost, its format): [html], [markdown], [plain], [moodle], else as the question's."""
    kind = default
    if named := _FORMAT.match(text):
        kind, text = named[1].lower(), text[named.end() :]
    text = shown(text).strip()
    if kind == "plain":
        return text, [], kind
    said, notes = from_html(text) if kind == "html" else from_either(text)
    return said, notes, kind


def escaped(text: str) -> str:
    """As a text is written into a file: one line, signs escaped."""
    return re.sub(r"[:#={}~\\]", lambda found: "\\" + found[0], text).replace("\n", "\\n")
