"""XML read as if somebody hostile had written it: no entities, no definitions, nothing fetched, depth and size bounded.

What is broken in the middle still gives what stood before: whoever reads it says so. Names lose their namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from lmsapp.infra.words import N_, RuleBroken

DEEPEST = 120
MOST_NODES = 600_000
MOST_TEXT = 200_000  # characters of one element; embedded files are dropped unread
EMBEDDED = {"file", "image_base64"}
CHUNK = 1 << 16
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")

NO_XML = N_("This is not readable XML: line %(line)s breaks it.")
DEFINES = N_("The XML defines names of its own (entities), which no program needs here. Nothing was read.")
TOO_DEEP = N_("The XML is nested too deep. Nothing was read.")
TOO_MUCH = N_("The XML holds too many parts. Divide it into several files.")


@dataclass(slots=True)
class Node:
    """An element. `parts`: its texts and children in order. `size`: of an embedded file that was not kept."""

    name: str
    attributes: Mapping[str, str]
    line: int
    parts: list[str | Node] = field(default_factory=list)
    closed: bool = False

    def __iter__(self) -> Iterator[Node]:
        return (part for part in self.parts if isinstance(part, Node))

    def all(self, *names: str) -> list[Node]:
        """The children of these names."""
        return [child for child in self if child.name in names]

    def first(self, *names: str) -> Node | None:
        """The first of them."""
        return next((child for child in self if child.name in names), None)

    def deep(self, *names: str) -> Iterator[Node]:
        """Every element of these names below this one, in order."""
        for child in self:
            if child.name in names:
                yield child
            yield from child.deep(*names)

    def get(self, name: str, otherwise: str = "") -> str:
        """An attribute."""
        return self.attributes.get(name, otherwise)

    @property
    def text(self) -> str:
        """All text within."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def said(self, *path: str) -> str:
        """The text of the first element at the end of a path of names, '' without one."""
        node: Node | None = self
        for name in path:
            node = node.first(name) if node else None
        return node.text.strip() if node else ""


@dataclass
class _Building:
    most: int
    doctype: bool
    roots: list[Node] = field(default_factory=list)
    open: list[Node] = field(default_factory=list)
    nodes: int = 0
    kept: int = 0


def parse(data: bytes, *, most: int = MOST_NODES, doctype: bool = True) -> tuple[Node, int]:
    """(the root, line where it breaks or 0). Raises RuleBroken (field 'file') where there is nothing to read at all.

    `most`: elements. Without `doctype` a document type is refused even where it defines nothing.
    """
    building, broken = _parsed(data, _Building(most, doctype))
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")  # UTF-16, in which a zero byte is half a letter
    if broken and not wide and _CONTROL.search(data):
        building, broken = _parsed(_CONTROL.sub(b"", data), _Building(most, doctype))
    if not building.roots:
        raise RuleBroken(NO_XML, field="file", line=broken or 1)
    return building.roots[0], broken


def _parsed(data: bytes, building: _Building) -> tuple[_Building, int]:
    before = len(data) - len(data.lstrip())  # many a program writes an empty line first, which XML does not allow
    skipped, data = data.count(b"\n", 0, before), data[before:]
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _doctype if building.doctype else _refuse_entity
    parser.EntityDeclHandler = _refuse_entity
    parser.ExternalEntityRefHandler = lambda *_args: 1  # looked at by nobody

    def start(name: str, attributes: dict[str, str]) -> None:
        _start(building, name, attributes, skipped + parser.CurrentLineNumber)

    def end(_name: str) -> None:
        building.open.pop().closed = True
        building.kept = 0

    def text(said: str) -> None:
        if building.open and building.open[-1].name not in EMBEDDED and building.kept < MOST_TEXT:
            building.kept += len(said)
            building.open[-1].parts.append(said)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        for at in range(0, len(data), CHUNK):
            parser.Parse(data[at : at + CHUNK], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):
        return building, skipped + max(1, parser.ErrorLineNumber)
    return building, 0


def _start(building: _Building, name: str, attributes: dict[str, str], line: int) -> None:
    building.nodes += 1
    if len(building.open) >= DEEPEST:
        raise RuleBroken(TOO_DEEP, field="file")
    if building.nodes > building.most:
        raise RuleBroken(TOO_MUCH, field="file")
    node = Node(name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()}, line)
    (building.open[-1].parts if building.open else building.roots).append(node)
    building.open.append(node)
    building.kept = 0


def _doctype(_name: str, _system: str | None, _public: str | None, internal: int) -> None:
    if internal:
        raise RuleBroken(DEFINES, field="file")


def _refuse_entity(*_args: object) -> None:
    raise RuleBroken(DEFINES, field="file")


def markup(node: Node) -> str:
    """What is within an element as HTML again, for `plain.from_html`."""
    parts: list[str] = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(escape(part))
        elif not part.parts:
            parts.append(f"<{part.name}{_attributes(part)}/>")
        else:
            parts.append(f"<{part.name}{_attributes(part)}>{markup(part)}</{part.name}>")
    return "".join(parts)


def _attributes(node: Node) -> str:
    return "".join(
        f" {name}={quoteattr(value)}" for name, value in node.attributes.items() if name in {"alt", "src", "data"}
    )


def element(name: str, *inside: str, **attributes: str | None) -> str:
    """An element as text. `inside` is XML already; a trailing underscore of an attribute's name is dropped."""
    said = "".join(f" {key.rstrip('_')}={quoteattr(value)}" for key, value in attributes.items() if value is not None)
    body = "".join(inside)
    return f"<{name}{said}>{body}</{name}>" if body else f"<{name}{said}/>"


def safe(text: str) -> str:
    """Text as XML, without what XML cannot hold."""
    return escape(
        "".join(c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
    )
