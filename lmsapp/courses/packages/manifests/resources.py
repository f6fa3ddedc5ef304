"""The resources of a manifest: what an item leads to. Pure. Sources: CAM of SCORM 1.2 (2.3.2.9) and 2004 (3.4.1.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lmsapp.courses.packages.manifests.hrefs import Files, Found, find, outside
from lmsapp.courses.packages.manifests.notes import Notes
from lmsapp.courses.packages.rules import ItemKind
from lmsapp.infra.words import N_
from lmsapp.infra.xml import Node

OUTSIDE = N_("“%(title)s” lies on another server, where it could not report anything. It cannot be opened here.")
NO_ADDRESS = N_("“%(title)s” names a resource without a file to open (“%(name)s”). It is shown as a heading.")
NOT_THERE = N_("“%(title)s” opens “%(name)s”, which is not in the package. It is shown as a heading.")
ANOTHER_NAME = N_("“%(name)s” is spelled differently in the package (“%(there)s”). The file that is there is opened.")
UNSAID = N_("The manifest does not say whether “%(name)s” reports its result. It was taken for content that does.")
MISSING_FILES = N_("The manifest names %(n)s files that are not in the package, “%(name)s” among them.")


@dataclass(frozen=True, slots=True)
class Resource:
    """`bases`: its `xml:base` and those around it, outermost first. `reports`: None where the manifest does not say."""

    id: str
    href: str
    bases: tuple[str, ...]
    reports: bool | None


class Resources:
    """Those of a manifest by identifier, manifests within it included; the first of a name counts."""

    def __init__(self, root: Node, files: Files, notes: Notes, *, scorm: bool):
        self._files, self._notes, self._scorm = files, notes, scorm
        self._known: dict[str, Resource] = {}
        missing = []
        for node, bases in _nodes(root, ()):
            one = Resource(node.get("identifier").strip(), node.get("href"), bases, _reports(node))
            self._known.setdefault(one.id, one)
            missing += [href for href in _listed(node) if not outside(bases, href) and not find(files, bases, href)]
        if missing:
            notes.add(MISSING_FILES, n=len(missing), name=missing[0])

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._known

    def launched(self, identifier: str, parameters: str, title: str) -> tuple[ItemKind, str] | None:
        """Kind and address of what opens, None (and a note) where nothing can."""
        resource = self._known[identifier]
        if not resource.href.strip():
            self._notes.add(NO_ADDRESS, title=title, name=identifier)
            return None
        if outside(resource.bases, resource.href):
            self._notes.add(OUTSIDE, title=title)
            return None
        found = find(self._files, resource.bases, resource.href, parameters)
        if found is None:
            self._notes.add(NOT_THERE, title=title, name=resource.href)
            return None
        return self._kind(resource, found), found.href

    def _kind(self, resource: Resource, found: Found) -> ItemKind:
        """Taken for a SCO in doubt: an asset is done once it is opened, and nothing may be done too early."""
        if not found.as_written:
            self._notes.add(ANOTHER_NAME, name=resource.href, there=found.path)
        if resource.reports is None and self._scorm:
            self._notes.add(UNSAID, name=resource.id)
        reports = self._scorm if resource.reports is None else resource.reports
        return ItemKind.SCO if reports else ItemKind.ASSET


def attribute(node: Node, name: str) -> str:
    """An attribute whatever its capitals: `adlcp:scormtype` in 1.2 is `adlcp:scormType` in 2004."""
    said = node.attributes.get(name)
    if said is None:
        said = next((value for key, value in node.attributes.items() if key.lower() == name.lower()), "")
    return said.strip()


def _nodes(manifest: Node, outer: tuple[str, ...]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    here = _based(manifest, outer)
    for holder in manifest.all("resources"):
        inner = _based(holder, here)
        for node in holder.all("resource"):
            yield node, _based(node, inner)
    for within in manifest.all("manifest"):
        yield from _nodes(within, here)


def _based(node: Node, outer: tuple[str, ...]) -> tuple[str, ...]:
    base = node.get("base").strip()
    return (*outer, base) if base else outer


def _listed(node: Node) -> Iterator[str]:
    return (one.get("href") for one in node.all("file") if one.get("href").strip())


def _reports(node: Node) -> bool | None:
    said = attribute(node, "scormtype").lower()
    return {"sco": True, "asset": False}.get(said)
