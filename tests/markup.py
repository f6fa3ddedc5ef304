"""Whether a page is valid HTML, told quickly: a narrow reading first, html5lib where that is not sure.

The narrow reading knows pages as our templates write them: everything closed where it was opened, attributes in quotes,
references with a semicolon, and parents that may hold their children. What it takes, html5lib takes without a complaint
(`tests/infra/test_markup.py` tries to find what it does not); it never says that a page is wrong. html5lib alone does,
and needs four times as long for it.
"""

from __future__ import annotations

import html as references
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import entities

# A fragment is parsed inside what it will be put into.
CONTAINERS = {"tr": "tbody", "td": "tr", "th": "tr", "tbody": "table", "thead": "table", "option": "select"}


@dataclass
class Facts:
    """What a page holds that is asked of it. `errors`: those of html5lib, none for a valid page. `forms`: method and
    action as they are written, None where there is none."""

    errors: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    title: str = ""
    headings: int = 0
    forms: list[tuple[str | None, str | None]] = field(default_factory=list)


def facts_of(page: str) -> Facts:
    """Of a whole page or of a fragment."""
    return narrow(page) or thorough(page)


HEADING = re.compile(r"<h([1-6])\b")


def jump_of_headings(page: str) -> str:
    """Where a page leaves a level out, which whoever reads by headings takes for something that is missing: 'h1 to h3';
    else ''. What stands before the title, as an outline beside it, may begin with h2."""
    before = 1
    for level in map(int, HEADING.findall(page)):
        if level > before + 1:
            return f"h{before} to h{level}"
        before = level
    return ""


def is_whole(page: str) -> bool:
    return page.lstrip()[:9].lower() == "<!doctype"


def thorough(page: str) -> Facts:
    """As html5lib parses it, by the specification."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(page) if is_whole(page) else parser.parseFragment(page, container=_container(page))
    return Facts(
        [f"{code} at {position} {values}" for position, code, values in parser.errors],
        [found for element in tree.iter() if (found := element.get("id"))],
        (tree.findtext(".//head/title") or "").strip(),
        sum(1 for _ in tree.iter("h1")),
        [(form.get("method"), form.get("action")) for form in tree.iter("form")],
    )


def _container(page: str) -> str:
    first = re.search(r"<([a-z]+)", page)
    return CONTAINERS.get(first[1] if first else "", "div")


VOID = {"area", "br", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
RAW = {"script", "style", "iframe", "title", "textarea"}  # text to their end, whatever it looks like
# Each closes a paragraph that is open: none may stand in one.
BLOCK = {
    "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "dt", "dd", "main", "menu", "nav", "ol", "p", "pre",
    "section", "summary", "table", "ul",
}  # fmt: skip
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# Never in one of their own kind, however deep.
NOT_NESTED = {"a", "b", "button", "code", "em", "form", "i", "p", "s", "small", "strong", "u"}
INLINE = {
    "abbr", "audio", "bdi", "bdo", "canvas", "cite", "datalist", "del", "dfn", "dialog", "ins", "kbd", "label", "legend",
    "mark", "meter", "noscript", "output", "picture", "progress", "q", "samp", "select", "span", "sub", "sup", "svg",
    "template", "time", "var", "video", "script", "style", "iframe", "textarea",
}  # fmt: skip
FLOW = frozenset(BLOCK | NOT_NESTED | INLINE | VOID) - {"li", "dt", "dd"}
SHAPES = frozenset(
    {"circle", "clippath", "defs", "desc", "ellipse", "g", "line", "lineargradient", "path", "polygon", "polyline", "rect",
     "stop", "symbol", "text", "title", "tspan", "use"}
)  # fmt: skip
ITEMS, ROWS, CELLS, OPTIONS = frozenset({"li"}), frozenset({"tr"}), frozenset({"td", "th"}), frozenset({"option"})
# What stands directly in each, where that is not FLOW.
WITHIN: dict[str, frozenset[str]] = {
    "#page": frozenset({"html"}),
    "#inner": FLOW | {"li", "dt", "dd"},
    "html": frozenset({"head", "body"}),
    "head": frozenset({"meta", "link", "title", "script", "style"}),
    "ul": FLOW | ITEMS,
    "ol": FLOW | ITEMS,
    "menu": FLOW | ITEMS,
    "dl": FLOW | {"dt", "dd"},
    "table": frozenset({"caption", "colgroup", "thead", "tbody", "tfoot", "tr"}),
    "colgroup": frozenset({"col"}),
    "thead": ROWS,
    "tbody": ROWS,
    "tfoot": ROWS,
    "tr": CELLS,
    "select": OPTIONS | {"optgroup"},
    "optgroup": OPTIONS,
    "option": frozenset(),
    "datalist": FLOW | OPTIONS,
    **dict.fromkeys(RAW, frozenset()),
}
INNER = "#inner"  # of whatever a fragment is put into
FRAME = ["html", "head", "title", "body"]
NO_WORDS = {"#page", "html", "head", "table", "colgroup", "thead", "tbody", "tfoot", "tr"}

_SPACE = " \t\n\r\f"
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>|<!--(?!-?>)(?:[^-]++|-(?!-))*+-->"""
)
_ONE = rf"""[{_SPACE}]+([a-zA-Z_:@][a-zA-Z0-9_:.@-]*)(?:=(?:"([^"]*)"|'([^']*)'))?"""
_ATTRIBUTE = re.compile(_ONE)
_ATTRIBUTES = re.compile(rf"(?:{_ONE})*[{_SPACE}]*/?")
_DOCTYPE = re.compile(rf"[{_SPACE}]*<!doctype html>", re.I)
_AMPERSAND = re.compile("&([^;]{0,40};?)")
_NUMBER = re.compile("#[0-9]{1,6};|#x[0-9a-fA-F]{1,5};")
# Controls, surrogates and what is no character, which html5lib complains of; and the zero byte.
_NO_CHARACTER = re.compile(
    "[\0-\b\v\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)


class _NotSure(Exception):
    """html5lib is to say."""


def narrow(page: str) -> Facts | None:
    """What a valid page holds; None when this reading cannot tell that it is valid."""
    if page.startswith("\ufeff") or _NO_CHARACTER.search(page) or not _refers_well(page):
        return None
    start, root = 0, _container(page).replace("div", INNER)
    if is_whole(page):
        doctype = _DOCTYPE.match(page)
        if doctype is None:
            return None
        start, root = doctype.end(), "#page"
    try:
        return _Reading(page, root).read(start)
    except _NotSure:
        return None


def _refers_well(page: str) -> bool:
    """Whether each & begins a reference that ends as it must."""
    return all(map(_is_reference, set(_AMPERSAND.findall(page))))


@lru_cache(maxsize=4096)
def _is_reference(after: str) -> bool:
    if not after.startswith("#"):
        return after.endswith(";") and after in entities
    if not _NUMBER.fullmatch(after):
        return False
    number = int(after[2:-1], 16) if after[1] == "x" else int(after[1:-1])
    return number in {9, 10} or 32 <= number <= 126 or 160 <= number <= 0xD7FF or 0xE000 <= number <= 0xFDCF


@lru_cache(maxsize=16384)
def _attributes(written: str) -> dict[str, str] | None:
    """By name, as the page means them; None when the words cannot be told to be right."""
    if not _ATTRIBUTES.fullmatch(written):
        return None
    named = [(one[1].lower(), references.unescape(one[2] or one[3] or "")) for one in _ATTRIBUTE.finditer(written)]
    found = dict(named)
    return found if len(found) == len(named) else None


class _Reading:
    """One page, from its first tag to its last. `open`: what is open, the root first; `deep`: how often each is."""

    def __init__(self, page: str, root: str):
        self.page, self.root = page, root
        self.open = [root]
        self.deep: Counter[str] = Counter()
        self.facts = Facts()
        self.frame: list[str] = []

    def read(self, at: int) -> Facts:
        page, tag = self.page, _TAG.match
        while (begins := page.find("<", at)) >= 0:
            self._words(at, begins)
            found = tag(page, begins)
            if found is None:
                raise _NotSure
            at = found.end()
            if name := found[2]:
                self._tag(found[1], name.lower(), found[3])
            elif self.open[-1] in RAW:  # no comment there
                raise _NotSure
        self._words(at, len(page))
        if len(self.open) != 1 or (self.root == "#page" and self.frame != FRAME):
            raise _NotSure
        return self.facts

    def _words(self, begins: int, ends: int) -> None:
        """Between two tags."""
        within = self.open[-1]
        if begins < ends and within in NO_WORDS and self.page[begins:ends].strip(_SPACE):
            raise _NotSure
        if within == "title" and self.open[-2] == "head":
            self.facts.title = references.unescape(self.page[begins:ends]).strip()

    def _tag(self, slash: str, name: str, written: str) -> None:
        if slash:
            if self.open[-1] != name or written.strip(_SPACE) or len(self.open) == 1:
                raise _NotSure
            self.open.pop()
            self.deep[name] -= 1
            return
        attributes = _attributes(written)
        if attributes is None or not self._may_stand(name):
            raise _NotSure
        self._note(name, attributes)
        closes_itself = written.endswith("/")
        if self.deep["svg"] or name == "svg":
            opens = not closes_itself
        elif name in VOID or name == "col":
            opens = False
        elif closes_itself:
            raise _NotSure
        else:
            opens = True
        if opens:
            self.open.append(name)
            self.deep[name] += 1

    def _may_stand(self, name: str) -> bool:
        """In what is open now."""
        parent, deep = self.open[-1], self.deep
        if deep["svg"]:
            return name in SHAPES and parent not in {"title", "desc"}
        if name not in WITHIN.get(parent, FLOW) and not (
            parent == "div" and len(self.open) > 1 and self.open[-2] == "dl" and name in {"dt", "dd"}
        ):
            return False
        if name in FRAME:
            return self._frame(name)
        if name in NOT_NESTED and deep[name]:
            return False
        if name in BLOCK and deep["p"]:
            return False
        return name not in HEADINGS or not any(deep[one] for one in HEADINGS)

    def _frame(self, name: str) -> bool:
        """Each once, in their order."""
        self.frame.append(name)
        return self.frame == FRAME[: len(self.frame)]

    def _note(self, name: str, attributes: dict[str, str]) -> None:
        facts = self.facts
        if found := attributes.get("id"):
            facts.ids.append(found)
        if name == "h1":
            facts.headings += 1
        elif name == "form":
            facts.forms.append((attributes.get("method"), attributes.get("action")))
