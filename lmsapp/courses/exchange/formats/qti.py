"""QTI 2.x -> drafts: single items, and packages with a manifest. QTI 3, which spells it otherwise, is read too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lmsapp.courses.exchange.formats.draft import Found, Note, Place, QuestionDraft, draft_of, shortened
from lmsapp.courses.exchange.formats.package import Package
from lmsapp.courses.exchange.formats.plain import media_in
from lmsapp.courses.exchange.formats.qti_body import interactions, said_afterwards, text_around
from lmsapp.courses.exchange.formats.qti_scoring import points_of
from lmsapp.courses.exchange.formats.qti_shapes import shape_of
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import Node, markup, parse

MANIFEST = "imsmanifest.xml"
ITEM, TEST, SECTION = "assessmentItem", "assessmentTest", "assessmentSection"
OLD = {"questestinterop"}
_KEBAB = re.compile(r"-([a-z])")

NO_PLACE = N_("The item has no place to answer.")
NO_PROMPT = N_("The question is empty.")
ONE_OF = N_("Part %(n)s of %(total)s of one item: each place to answer is a question here.")
TEMPLATED = N_("Numbers in this question are drawn anew for each learner. That is not known here.")
OLD_QTI = N_("This is QTI 1.2. Export the questions as QTI 2.1 or 2.2, or as Moodle XML.")
NO_ITEMS = N_("The file holds no questions: a test only names them. Send the whole package (ZIP).")
BROKEN = N_("“%(name)s” cannot be read: line %(line)s breaks it.")
MISSING = N_("The package names “%(name)s”, which is not in it.")


@dataclass(slots=True)
class _Where:
    """What the package says of an item: its section, and its keywords."""

    category: str = ""
    tags: tuple[str, ...] = field(default=())


def qti_of(root: Node, broken: int) -> Found:
    """A single file. Raises RuleBroken (field 'file') where it holds no item."""
    root = _plain_names(root)
    if root.name in OLD:
        raise RuleBroken(OLD_QTI, field="file")
    found = Found("qti")
    for item in [root] if root.name == ITEM else root.deep(ITEM):
        _take(found, item, "", _Where())
    if broken:
        found.refuse(Place(broken), RuleBroken(BROKEN, name="", line=broken))
    if not found.drafts and not found.problems:
        raise RuleBroken(NO_ITEMS, field="file")
    return found


def read_package(package: Package, manifest: str) -> Found:
    """Items in the order of the tests, then of the manifest. Raises RuleBroken (field 'file')."""
    found = Found("qti")
    root, _broken = parse(package.read(manifest))
    listed = dict(_resources(found, package, manifest, _plain_names(root)))
    wheres = {name: replace_where for name, replace_where in listed.items() if replace_where is not None}
    tests = [name for name, where in listed.items() if where is None]
    ordered: dict[str, _Where] = {}
    for test in tests:
        for name, section in _refs(found, package, test):
            where = wheres.get(name, _Where())
            ordered.setdefault(name, _Where(section, where.tags))
    for name, where in {**ordered, **{n: w for n, w in wheres.items() if n not in ordered}}.items():
        _take_file(found, package, name, where)
    return found


def _resources(found: Found, package: Package, manifest: str, root: Node) -> Iterator[tuple[str, _Where | None]]:
    """Items with what is said of them, tests with None."""
    for resource in root.deep("resource"):
        kind = resource.get("type").lower()
        href = resource.get("href") or next((one.get("href") for one in resource.all("file")), "")
        if "imsqti" not in kind or not href:
            continue
        name = package.beside(manifest, href)
        if name is None:
            found.refuse(Place(entry=href[:120]), RuleBroken(MISSING, name=href[:80]))
        elif "test" in kind or "section" in kind:
            yield name, None
        elif "item" in kind:
            words = [one.text.strip() for one in resource.deep("keyword")]
            yield name, _Where(tags=tuple(dict.fromkeys(" ".join(word.split()) for word in words if word)))


def _refs(found: Found, package: Package, test: str) -> Iterator[tuple[str, str]]:
    """Items a test names, each with the title of its section."""
    root, _broken = parse(package.read(test))
    for section, ref in _sectioned(_plain_names(root), ""):
        name = package.beside(test, ref.get("href"))
        if name is None:
            found.refuse(Place(ref.line, test), RuleBroken(MISSING, name=ref.get("href")[:80]))
        else:
            yield name, section


def _sectioned(node: Node, section: str) -> Iterator[tuple[str, Node]]:
    for child in node:
        if child.name == "assessmentItemRef":
            yield section, child
        else:
            yield from _sectioned(child, child.get("title") if child.name == SECTION else section)


def _take_file(found: Found, package: Package, name: str, where: _Where) -> None:
    try:
        root, broken = parse(package.read(name))
    except RuleBroken as problem:
        if problem.values.get("line") is None:
            raise
        found.refuse(Place(entry=name), RuleBroken(BROKEN, name=name[:80], line=problem.values["line"]))
        return
    root = _plain_names(root)
    if broken:
        found.refuse(Place(broken, name), RuleBroken(BROKEN, name=name[:80], line=broken))
        return
    for item in [root] if root.name == ITEM else list(root.deep(ITEM)):
        _take(found, item, name, where)


def _take(found: Found, item: Node, entry: str, where: _Where) -> None:
    place = Place(item.line, entry)
    try:
        for draft in _drafts(item):
            found.take(replace(draft, place=place, category=where.category, tags=where.tags))
    except RuleBroken as broken:
        if broken.field == "file":
            raise
        found.refuse(place, broken, item.get("title") or item.get("identifier"))


def _drafts(item: Node) -> list[QuestionDraft]:
    """One question for each place to answer."""
    body = item.first("itemBody")
    places = list(interactions(body)) if body else []
    if body is None or not places:
        raise RuleBroken(NO_PLACE)
    if item.first("templateDeclaration", "templateProcessing"):
        raise RuleBroken(TEMPLATED)
    explanation, title, points = said_afterwards(item), item.get("title"), points_of(item)
    drafts = []
    for at, place in enumerate(places, 1):
        prompt, notes = text_around(body, places, place)
        parts = [Note(ONE_OF, {"n": at, "total": len(places)})] if len(places) > 1 else []
        parts += media_in(markup(place))
        rest: dict[str, Any] = {"title": shortened(title, 200)}
        if len(places) == 1:
            rest["points"] = points
        if not (prompt or title).strip():
            raise RuleBroken(NO_PROMPT)
        drafts.append(
            draft_of(shape_of(item, place), prompt or title, explanation=explanation, notes=(*notes, *parts), **rest)
        )
    return drafts


def _plain_names(root: Node) -> Node:
    """QTI 3 says qti-simple-choice and response-identifier; here both are said as in QTI 2."""
    if not root.name.startswith("qti-"):
        return root
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.name.startswith("qti-"):
            node.name = _camel(node.name.removeprefix("qti-"))
        node.attributes = {_camel(name): value for name, value in node.attributes.items()}
        waiting.extend(node)
    return root


def _camel(name: str) -> str:
    return _KEBAB.sub(lambda found: found[1].upper(), name)
