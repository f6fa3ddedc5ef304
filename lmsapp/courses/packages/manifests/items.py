"""The outline of a package: items, flat and in order, with what the manifest asks of each. Pure.

The tracking unit is the item, not the resource: one file may be opened by six items. Sources: SCORM 1.2 CAM 2.3.2.5 and
RTE 3.4, SCORM 2004 4th Edition CAM 3.4.1.7 and 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lmsapp.courses.packages.manifests.notes import Notes
from lmsapp.courses.packages.manifests.resources import Resources, attribute
from lmsapp.courses.packages.manifests.sequencing import collections_of, passing_score, sequencing_of
from lmsapp.courses.packages.rules import Edition, Item, ItemKind
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import Node

MOST_ITEMS = 5000
MOST_SHARED = 100_000  # elements of shared sequencing, counted for each item that names them
LONGEST_ID = 500  # bytes: it is part of a key
LONGEST_TITLE = 500
LONGEST_DATA = 64_000  # characters
LONGEST_TERM = 2000
TIME_LIMITS = {"exit,message", "exit,no message", "continue,message", "continue,no message"}
_DURATION_12 = re.compile(r"\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?")

TOO_MANY = N_("The package has more than %(most)s items in its outline. Divide it into several packages.")
NO_ID = N_("“%(title)s” has no identifier of its own in the manifest. It was given one.")
SAME_ID = N_("Two items have the identifier “%(name)s”. The second was given another.")
NO_RESOURCE = N_("“%(title)s” names a resource that the manifest lacks (“%(name)s”). It is shown as a heading.")
SUBMANIFEST = N_(
    "“%(title)s” leads to a manifest within the manifest, which cannot be played. It is shown as a heading."
)
BOTH = N_("“%(title)s” is a page and a heading at once. Its page stands first below the heading.")
ODD_MASTERY = N_("The passing score of “%(title)s” is no number from 0 to 100 (“%(said)s”), and was left out.")
ODD_LIMIT = N_("What happens when the time for “%(title)s” is over is unclear (“%(said)s”), and was left out.")
ODD_TIME = N_("The time allowed for “%(title)s” is no time (“%(said)s”), and was left out.")
TOO_MUCH = N_("The manifest (imsmanifest.xml) holds too many parts. Divide the package.")
CUT = N_("The data that “%(title)s” is started with are too long and were cut.")


class Outline:
    """Reads the items of an organization."""

    def __init__(self, edition: Edition, root: Node, resources: Resources, notes: Notes):
        self._edition, self._resources, self._notes = edition, resources, notes
        self._collections: Mapping[str, Node] = collections_of(root)
        self._manifests = {one.get("identifier") for one in root.deep("manifest")}
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._left = MOST_SHARED
        self._found: list[Item] = []

    def read(self, organization: Node) -> tuple[Item, ...]:
        """In the order of the outline. Raises RuleBroken (field 'file') for too many."""
        self._below(organization, None)
        return tuple(self._found)

    def _below(self, holder: Node, parent: str | None) -> None:
        for node in holder.all("item"):
            if len(self._found) >= MOST_ITEMS:
                raise RuleBroken(TOO_MANY, field="file", most=MOST_ITEMS)
            self._item(node, parent)

    def _item(self, node: Node, parent: str | None) -> None:
        title = plain(node.said("title"), LONGEST_TITLE) or plain(node.get("identifier"), LONGEST_TITLE)
        identifier = self._identifier(plain(node.get("identifier"), LONGEST_TERM), title)
        title = title or identifier
        visible = attribute(node, "isvisible").lower() not in ("false", "0")
        launched = self._launched(node, title)
        terms = self._terms(node, title)
        if launched and node.first("item"):
            self._notes.add(BOTH, title=title)
            own = {name: terms.pop(name) for name in PLAYED if name in terms}
            self._found.append(Item(identifier, parent, title, ItemKind.FOLDER, visible=visible, **terms))
            page = self._identifier(f"{identifier}-page", title)
            self._found.append(Item(page, identifier, title, launched[0], launched[1], visible=visible, **own))
        elif launched:
            self._found.append(Item(identifier, parent, title, launched[0], launched[1], visible=visible, **terms))
        else:
            self._found.append(Item(identifier, parent, title, ItemKind.FOLDER, visible=visible, **terms))
        self._below(node, identifier)

    def _identifier(self, said: str, title: str) -> str:
        name = said if len(said.encode()) <= LONGEST_ID else ""
        if name and name not in self._taken:
            self._taken.add(name)
            return name
        if name:
            self._notes.add(SAME_ID, name=name)
        else:
            self._notes.add(NO_ID, title=title or "?")
        name = name or "item"
        number = self._numbers.get(name, len(self._found) if name == "item" else 1) + 1
        while (free := f"{name}-{number}") in self._taken:
            number += 1
        self._numbers[name] = number
        self._taken.add(free)
        return free

    def _launched(self, node: Node, title: str) -> tuple[ItemKind, str] | None:
        wanted = attribute(node, "identifierref")
        if not wanted:
            return None
        if wanted not in self._resources:
            if wanted in self._manifests:
                self._notes.add(SUBMANIFEST, title=title)
            else:
                self._notes.add(NO_RESOURCE, title=title, name=wanted)
            return None
        return self._resources.launched(wanted, node.get("parameters"), title)

    def _terms(self, node: Node, title: str) -> dict[str, Any]:
        terms = dict(self._common(node, title))
        terms.update(self._of_12(node, title) if self._edition is Edition.V12 else self._of_2004(node))
        return terms

    def _common(self, node: Node, title: str) -> Iterator[tuple[str, Any]]:
        limit = " ".join(_said(node, "timelimitaction").lower().split()).replace(", ", ",")
        if limit in TIME_LIMITS:
            yield "time_limit_action", limit
        elif limit:
            self._notes.add(ODD_LIMIT, title=title, said=limit)
        data = _text(node, "datafromlms")
        if len(data) > LONGEST_DATA:
            self._notes.add(CUT, title=title)
        if data:
            yield "launch_data", data[:LONGEST_DATA]

    def _of_12(self, node: Node, title: str) -> Iterator[tuple[str, Any]]:
        mastery, time = _said(node, "masteryscore"), _said(node, "maxtimeallowed")
        if _is_percent(mastery):
            yield "mastery", mastery
        elif mastery:
            self._notes.add(ODD_MASTERY, title=title, said=mastery)
        if _DURATION_12.fullmatch(time):
            yield "max_time", time
        elif time:
            self._notes.add(ODD_TIME, title=title, said=time)
        if wanted := _said(node, "prerequisites")[:LONGEST_TERM]:
            yield "prerequisites", wanted

    def _of_2004(self, node: Node) -> Iterator[tuple[str, Any]]:
        self._spend(node)
        sequencing = sequencing_of(node, self._collections)
        yield "sequencing", sequencing
        score = passing_score(sequencing)
        if score is not None:
            yield "mastery", f"{score:g}"
        if sequencing and sequencing.get("attemptAbsoluteDurationLimit"):
            yield "max_time", sequencing["attemptAbsoluteDurationLimit"][:LONGEST_TERM]
        yield "completion_threshold", _threshold(node)
        yield "hide_ui", tuple(_hidden(node))
        yield "data", tuple(_shared(node))

    def _spend(self, node: Node) -> None:
        """A few large elements named by thousands of items would fill the memory."""
        own = node.first("sequencing")
        shared = self._collections.get(own.get("IDRef")) if own is not None else None
        if shared is not None:
            self._left -= sum(1 for _ in _every(shared))
        if self._left < 0:
            raise RuleBroken(TOO_MUCH, field="file")


PLAYED = ("mastery", "max_time", "time_limit_action", "launch_data", "completion_threshold", "hide_ui", "data")
"""Of an item's terms, what belongs to its page where it is a heading too."""


def _threshold(node: Node) -> dict[str, Any] | None:
    """3rd edition: a number as text. 4th: attributes, of which `completedByMeasure` switches it on."""
    said = _element(node, "completionthreshold")
    if said is None:
        return None
    by_measure = attribute(said, "completedByMeasure").lower() in ("true", "1")
    least = _share(said.text)
    if least is not None:
        by_measure = True
    else:
        least = _share(attribute(said, "minProgressMeasure"))
    weight = _share(attribute(said, "progressWeight"))
    return {
        "completedByMeasure": by_measure,
        "minProgressMeasure": 1.0 if least is None else least,
        "progressWeight": 1.0 if weight is None else weight,
    }


def _every(node: Node) -> Iterator[Node]:
    yield node
    for one in node:
        yield from _every(one)


def _hidden(node: Node) -> list[str]:
    """Of `previous`, `continue`, `exit`, `suspendAll` and the like, what the content asks not to be shown."""
    shown = (one for part in node.all("presentation") for one in part.deep("hideLMSUI"))
    return list(dict.fromkeys(said for one in shown if (said := plain(one.text, 40))))


def _shared(node: Node) -> Iterator[dict[str, Any]]:
    """The stores of `adl.data` (4th edition): both ways open unless the manifest says otherwise."""
    for data in node.all("data"):
        for one in data.all("map"):
            if target := attribute(one, "targetID")[:LONGEST_TERM]:
                yield {
                    "target": target,
                    "read": attribute(one, "readSharedData").lower() not in ("false", "0"),
                    "write": attribute(one, "writeSharedData").lower() not in ("false", "0"),
                }


def _element(node: Node, name: str) -> Node | None:
    return next((one for one in node if one.name.lower() == name), None)


def _text(node: Node, name: str) -> str:
    one = _element(node, name)
    return one.text.strip() if one is not None else ""


def _said(node: Node, name: str) -> str:
    return plain(_text(node, name), LONGEST_TERM)


def plain(said: str, longest: int) -> str:
    """On one line, cut."""
    return " ".join(said.split())[:longest]


def _is_percent(said: str) -> bool:
    return re.fullmatch(r"\d{1,3}(\.\d+)?", said) is not None and float(said) <= 100


def _share(said: str) -> float | None:
    said = said.strip()
    return float(said) if re.fullmatch(r"[01](\.\d{1,9})?|\.\d{1,9}", said) and float(said) <= 1 else None
