"""Reading a message text, and writing it for a channel. Pure: names, bold, links, and nothing else.

`{{name}}` is a placeholder, `**words**` are bold, `[words](address)` is a link; an empty line ends a paragraph, a
line `---` begins the small print. A line that is only a link, or only `{{link}}`, becomes the letter's button. A line
with a placeholder that has nothing to say is left out. All else stays as it is typed: `{{7*7}}`, `{% if %}` and HTML
too. Marks are read before names are filled in, so no value can bring a mark with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from lmsapp.infra.slack import escaped

Value = str | tuple[str, ...]
Values = Mapping[str, Value]

NAME = re.compile(r"\{\{[ \t]*([a-z][a-z_]*)[ \t]*\}\}")
# What somebody may have meant as a placeholder: a word, perhaps with blanks, dots or capitals.
MEANT = re.compile(r"\{\{[ \t]*([^\W\d][\w .\-]*?)[ \t]*\}\}")
MARKS = re.compile(
    r"\{\{[ \t]*(?P<name>[a-z][a-z_]*)[ \t]*\}\}"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|\[(?P<label>[^\[\]\n]+)\]\((?P<address>\{\{[ \t]*[a-z_]+[ \t]*\}\}|[^()\s]+)\)"
)
SMALL_PRINT = "---"
BREAK = Markup("<br>")
NOTHING = Markup("")
SAFE = ("https://", "http://", "mailto:")


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: 'text', 'name', 'bold' (of `inside`) or 'link' (`inside`: its label; `address`: where to, or a name)."""

    kind: str
    text: str = ""
    inside: tuple[Piece, ...] = ()
    address: str = ""
    by_name: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """For HTML. `kind`: 'p' (HTML within), 'button' (`text` is its HTML label, '' for the frame's; `href`), 'list'."""

    kind: str
    text: Markup = NOTHING
    href: str = ""
    items: tuple[str, ...] = ()


def read(line: str) -> Line:
    """The pieces of one line."""
    pieces: list[Piece] = []
    at = 0
    for hit in MARKS.finditer(line):
        pieces += [Piece("text", line[at : hit.start()])] if hit.start() > at else []
        pieces.append(_piece(hit))
        at = hit.end()
    return (*pieces, Piece("text", line[at:])) if at < len(line) else tuple(pieces)


def names_in(text: str) -> frozenset[str]:
    """Every name in double braces that a placeholder could have."""
    return frozenset(NAME.findall(text))


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses of its links, names in braces among them."""
    return tuple(hit["address"] for hit in MARKS.finditer(text) if hit["address"])


def plain(text: str, values: Values) -> str:
    """For mail programmes that show no HTML, for the product and for SMS."""
    return _joined(text, values, _plain_piece, alone="{label}:\n{address}")


def short(text: str, values: Values) -> str:
    """For SMS: the same, with links on the line of their words."""
    return _joined(text, values, _short_piece, alone="{label}: {address}")


def slack(text: str, values: Values) -> str:
    """Slack's mrkdwn; what is filled in mentions nobody and links nowhere."""
    return _joined(text, values, _slack_piece, alone="<{address}|{label}>")


def blocks(text: str, values: Values) -> tuple[list[Block], Markup]:
    """For the letter's HTML frame, and the small print. Every word is escaped."""
    body, _mark, small = _parts(text)
    found: list[Block] = []
    for paragraph in re.split(r"\n{2,}", "\n".join(_kept(body, values))):
        found += _paragraph(paragraph.splitlines(), values)
    return found, BREAK.join(_html(read(line), values) for line in _kept(small, values) if line.strip())


def _piece(hit: re.Match[str]) -> Piece:
    if hit["name"]:
        return Piece("name", hit["name"])
    if hit["bold"]:
        return Piece("bold", inside=_names(hit["bold"]))
    by_name = NAME.fullmatch(hit["address"])
    if by_name:
        return Piece("link", hit[0], _names(hit["label"]), by_name[1], True)
    if hit["address"].lower().startswith(SAFE):
        return Piece("link", hit[0], _names(hit["label"]), hit["address"])
    return Piece("text", hit[0])


def _names(text: str) -> Line:
    parts = NAME.split(text)  # text, name, text, ...
    return tuple(Piece("name" if n % 2 else "text", part) for n, part in enumerate(parts) if part)


def _parts(text: str) -> tuple[list[str], str, list[str]]:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n")]
    at = lines.index(SMALL_PRINT) if SMALL_PRINT in lines else len(lines)
    return lines[:at], SMALL_PRINT, lines[at + 1 :]


def _kept(lines: Sequence[str], values: Values) -> list[str]:
    """Without the lines whose placeholder has nothing to say. One nobody knows says itself."""
    return [line for line in lines if all(values.get(name, "-") for name in NAME.findall(line))]


def _said(piece: Piece, values: Values) -> str:
    value = values.get(piece.text, f"{{{{{piece.text}}}}}") if piece.kind == "name" else piece.text
    return ", ".join(value) if isinstance(value, tuple) else value


def _words(pieces: Line, values: Values) -> str:
    return "".join(_said(piece, values) for piece in pieces)


def _address(piece: Piece, values: Values) -> str:
    return str(values.get(piece.address, "")) if piece.by_name else piece.address


def _only(line: Line, kind: str) -> Piece | None:
    there = [piece for piece in line if piece.kind != "text" or piece.text.strip()]
    return there[0] if len(there) == 1 and there[0].kind == kind else None


def _joined(text: str, values: Values, write: Callable[[Piece, Values], str], *, alone: str) -> str:
    body, _mark, small = _parts(text)
    lines = [*_kept(body, values), *([""] if small else []), *_kept(small, values)]
    said = "\n".join(_line(read(line), values, write, alone) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", said).strip()


def _line(line: Line, values: Values, write: Callable[[Piece, Values], str], alone: str) -> str:
    listed, link = _only(line, "name"), _only(line, "link")
    if listed is not None and isinstance(values.get(listed.text), tuple):
        return "\n".join("- " + write(Piece("text", one), values) for one in values[listed.text])
    if link is not None:
        words = "".join(write(piece, values) for piece in link.inside).rstrip(" :")
        return alone.format(label=words, address=write(Piece("address", _address(link, values)), values))
    return "".join(write(piece, values) for piece in line)


def _plain_piece(piece: Piece, values: Values) -> str:
    if piece.kind == "bold":
        return _words(piece.inside, values)
    if piece.kind == "link":
        return f"{_words(piece.inside, values)} ({_address(piece, values)})"
    return _said(piece, values)


def _short_piece(piece: Piece, values: Values) -> str:
    if piece.kind == "link":
        return f"{_words(piece.inside, values)} {_address(piece, values)}"
    return _plain_piece(piece, values)


def _slack_piece(piece: Piece, values: Values) -> str:
    if piece.kind == "bold":
        return f"*{escaped(_words(piece.inside, values))}*"
    if piece.kind == "link":
        label = escaped(_words(piece.inside, values)).replace("|", "/")
        return f"<{escaped(_address(piece, values))}|{label}>"
    return escaped(_said(piece, values))


def _paragraph(lines: Sequence[str], values: Values) -> list[Block]:
    found: list[Block] = []
    waiting: list[Markup] = []

    def flush() -> None:
        if any(one.strip() for one in waiting):
            found.append(Block("p", BREAK.join(waiting)))
        waiting.clear()

    for text in lines:
        line = read(text)
        name, link = _only(line, "name"), _only(line, "link")
        value = values.get(name.text) if name is not None else None
        if isinstance(value, tuple):
            flush()
            found.append(Block("list", items=value))
        elif name is not None and name.text == "link" and isinstance(value, str):
            flush()
            found.append(Block("button", href=value))
        elif link is not None:
            flush()
            found.append(Block("button", escape(_words(link.inside, values)), _address(link, values)))
        else:
            waiting.append(_html(line, values))
    flush()
    return found


def _html(line: Line, values: Values) -> Markup:
    return NOTHING.join(_html_piece(piece, values) for piece in line)


def _html_piece(piece: Piece, values: Values) -> Markup:
    if piece.kind == "bold":
        return Markup("<strong>{}</strong>").format(_words(piece.inside, values))
    if piece.kind == "link":
        return Markup('<a href="{}">{}</a>').format(_address(piece, values), _words(piece.inside, values))
    said = _said(piece, values)
    if piece.kind == "name" and piece.text.endswith("link") and said:
        return Markup('<a href="{}">{}</a>').format(said, said)
    return BREAK.join(escape(line) for line in said.split("\n"))
