"""Small SCORM packages that play: our own HTML and script, the same bytes each time, for every edition.

A `Plan` says what a SCO does by itself; a test may ask for more from outside, in the content's frame:
`frame.evaluate("sco.play([['status', 'completed'], ['commit']])")`. Steps and the ways of finding the API are those of
`content/sco.js`. `variants.py` has one package for each habit of real content that systems have failed at.
"""

from __future__ import annotations

import html
import io
import json
import zipfile
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.scorm.manifests import Item, manifest

Step = tuple[Any, ...]
Steps = tuple[Step, ...]
EDITIONS = ("1.2", "2004")
VERSIONS = {"1.2": ("1.2",), "2004": ("2004 3rd Edition", "2004 4th Edition", "CAM 1.3")}
SCRIPT = (Path(__file__).parent / "content" / "sco.js").read_bytes()
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>body {{ font: 16px sans-serif; margin: 1rem; {style} }} #last {{ color: #555; overflow-wrap: anywhere }}</style>
</head>
<body>
<h1>{title}</h1>
<p>Page <b id="page">1</b>, state <span id="state">0</span></p>
<p><button id="next">Next page</button> <button id="finish">Finish</button> <button id="open" hidden>Open</button></p>
<p id="last"></p>
<script type="application/json" id="plan">{plan}</script>
<script src="{script}"></script>
</body>
</html>
"""
FRAME = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><iframe src="{href}" title="{title}" width="600" height="400"></iframe></body></html>'

BARE: Steps = (("init",), ("resume",))
INIT: Steps = (*BARE, ("begin",))
TURN: Steps = (("place", "{page}"), ("state", "kept at page {page}"))
DONE: Steps = (("score", 90), ("status", "completed"))
CLOSE: Steps = (("clock",), ("exit", "suspend"), ("commit",), ("finish",))


@dataclass(frozen=True)
class Plan:
    """What the page does: `start` once it has the API, `each` at a turned page, `end` at the last, `finish` by its
    button, `leave` once at the first of `leave_by` ('last' in it: only if the last page was reached). `wait` in milliseconds before it looks for the API (`finder`).
    """

    pages: int = 3
    start: Steps = INIT
    each: Steps = TURN
    end: Steps = DONE
    finish: Steps = CLOSE
    leave: Steps = ()
    leave_by: tuple[str, ...] = ()
    finder: str = "parents"
    wait: int = 0
    opens: str = ""


@dataclass(frozen=True)
class Sco:
    """An item and its page. `frames`: so many pages with a frame stand around it; `pop_up`: it opens a window itself,
    and plays there; `style` of its body. An asset has a page and no plan."""

    item: Item = field(default_factory=Item)
    plan: Plan = Plan()
    frames: int = 0
    pop_up: bool = False
    style: str = ""

    @property
    def folder(self) -> str:
        return self.item.key

    def files(self, edition: str) -> dict[str, bytes]:
        """By path, the item's href among them."""
        own = f"{self.folder}/index.html"
        if self.item.kind == "asset":
            return {own: f"<!DOCTYPE html><title>{self.item.title}</title><h1>{self.item.title}</h1>".encode()}
        inner = f"{self.folder}/content.html" if self.frames or self.pop_up else own
        made = {inner: self._page(edition, self.plan)}
        if self.pop_up:
            launcher = Plan(pages=0, start=(), opens="content.html")
            made[own] = self._page(edition, launcher)
        for depth in range(self.frames):
            href = "content.html" if depth == self.frames - 1 else f"frame{depth + 1}.html"
            name = own if depth == 0 else f"{self.folder}/frame{depth}.html"
            made[name] = FRAME.format(title=html.escape(self.item.title), href=href).encode()
        return made

    def _page(self, edition: str, plan: Plan) -> bytes:
        said = json.dumps({"edition": edition, **asdict(plan)}).replace("<", "\\u003c")
        title = html.escape(self.item.title)
        return PAGE.format(title=title, plan=said, style=self.style, script="../sco.js").encode()


@dataclass(frozen=True)
class Package:
    """A whole package; `control` are the attributes of the 2004 control mode (choice, flow, forwardOnly ...)."""

    edition: str = "1.2"
    scos: tuple[Sco, ...] = (Sco(),)
    title: str = "Hand washing"
    version: str = ""
    control: dict[str, bool] = field(default_factory=lambda: {"choice": True, "flow": True})
    extra: dict[str, bytes] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(one.item for one in self.scos)

    @property
    def manifest(self) -> str:
        version = self.version or VERSIONS[self.edition][0]
        files = {one.item.key: sorted(one.files(self.edition)) for one in self.scos}
        return manifest(self.edition, version, self.title, self.items, files, self.control)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Everything in the ZIP, by path."""
        found = {"imsmanifest.xml": self.manifest.encode(), "sco.js": SCRIPT, "data.json": b'{"read": true}'}
        for sco in self.scos:
            found |= sco.files(self.edition)
        return found | self.extra

    @cached_property
    def zipped(self) -> bytes:
        """The same bytes each time."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in self.files.items():
                archive.writestr(zipfile.ZipInfo(path, (2026, 11, 2, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)
        return out.getvalue()


def one(edition: str, plan: Plan = Plan(), *, version: str = "", **more: Any) -> Package:
    """A package of a single SCO; `more` for the Sco (frames, pop_up, style, item)."""
    return Package(edition, (Sco(plan=plan, **more),), version=version)


def several(edition: str, count: int = 3, plan: Plan = Plan(), *, version: str = "", **more: Any) -> Package:
    """A package of so many SCOs, each with the plan, in an outline."""
    scos = tuple(Sco(Item(f"part{n}", f"Part {n}"), plan) for n in range(1, count + 1))
    return Package(edition, scos, title="Moving patients safely", version=version, **more)


def big(units: int) -> str:
    """The suspend data that the step 'big' writes: so many UTF-16 units, with é and an emoji in every ten."""
    return "aé\N{GRINNING FACE}bcdefg" * (units // 10) + "x" * (units % 10)
