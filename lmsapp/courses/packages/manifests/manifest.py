"""`imsmanifest.xml` of a package becomes what is played (SCO-1). Pure but for the ZIP it reads.

What breaks the standard but can be played is played, with a note for the author. It raises nothing but RuleBroken.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Protocol

from lmsapp.courses.packages.manifests.editions import edition_of, is_scorm
from lmsapp.courses.packages.manifests.hrefs import Files
from lmsapp.courses.packages.manifests.items import LONGEST_ID, LONGEST_TITLE, TOO_MUCH, Outline, plain
from lmsapp.courses.packages.manifests.notes import Notes
from lmsapp.courses.packages.manifests.resources import NOT_THERE, OUTSIDE, Resources
from lmsapp.courses.packages.manifests.sequencing import collections_of, sequencing_of
from lmsapp.courses.packages.rules import Edition, Manifest
from lmsapp.courses.packages.zips.foreign import MANIFEST, no_manifest
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import DEFINES, NO_XML, TOO_DEEP, Node, parse

LARGEST = 5 << 20  # bytes
LARGEST_KEPT = 10 << 20  # characters of what is made of it: a long address may be named by thousands of items
MOST_NODES = 100_000

TOO_LARGE = N_(
    "The manifest (imsmanifest.xml) is larger than %(most)s MB. No package needs that; nothing was imported."
)
BROKEN = N_("The manifest (imsmanifest.xml) is not readable XML: line %(line)s breaks it. Export the package again.")
HOSTILE = N_("The manifest (imsmanifest.xml) defines names of its own (a DTD, entities). Nothing was imported.")
NESTED = N_("The manifest (imsmanifest.xml) is nested too deep. Nothing was imported.")
NO_MANIFEST = N_("imsmanifest.xml is no manifest of a package. Export the content as SCORM again.")
NO_ORGANIZATION = N_("The manifest has no organization: nothing says what learners open. Export the package again.")
NOTHING_TO_OPEN = N_(
    "Nothing in this package can be opened: no item of its manifest leads to a file that is in the ZIP."
)
NO_START = N_("Nothing in this package can be opened: “%(name)s”, which its manifest names, is not in the ZIP.")
ALL_OUTSIDE = N_(
    "This package only points to another server. Ask whoever made it for a package with the content inside."
)
ODD_CAPITALS = N_("The manifest is called “%(name)s”; it should be imsmanifest.xml, in small letters.")
ODD_DEFAULT = N_("The manifest names an organization that it lacks (“%(name)s”). Its first one was taken.")
MORE = N_("The manifest has %(n)s organizations. “%(title)s” was taken; a package plays one.")
WITHIN = N_("There are manifests within the manifest. Only the outer outline is played.")


class Packed(Protocol):
    """A ZIP that was looked through: its names, and one file as a whole unless it is larger than `most` bytes."""

    @property
    def files(self) -> object:
        """Paths (a mapping)."""

    def read(self, path: str, most: int) -> bytes | None:
        """The bytes, or None."""


def read_manifest(package: Packed, file_name: str) -> Manifest:
    """What the package plays. `file_name`: its title where nothing says one. Raises RuleBroken (field 'file')."""
    files, notes = Files(package.files), Notes()  # type: ignore[arg-type]
    path = files.like(MANIFEST)
    if path is None:
        raise no_manifest(files)
    if path != MANIFEST:
        notes.add(ODD_CAPITALS, name=path)
    data = package.read(path, LARGEST)
    if data is None:
        raise RuleBroken(TOO_LARGE, field="file", most=LARGEST >> 20)
    return manifest_of(data, files, file_name, notes)


def manifest_of(data: bytes, files: Files, file_name: str, notes: Notes) -> Manifest:
    """From the XML and the names of the files there are. Raises RuleBroken (field 'file')."""
    root = _root(data)
    edition, version = edition_of(root, notes)
    organization = _organization(root, notes)
    resources = Resources(root, files, notes, scorm=is_scorm(root))
    if root.first("manifest") is not None:
        notes.add(WITHIN)
    items = Outline(edition, root, resources, notes).read(organization)
    manifest = Manifest(
        edition=edition,
        version=version,
        title=_title(root, organization, file_name),
        identifier=plain(root.get("identifier"), LONGEST_ID),
        items=items,
        sequencing=sequencing_of(organization, collections_of(root)) if edition is Edition.V2004 else None,
        notes=notes.kept,
    )
    if len(json.dumps(manifest.as_json())) > LARGEST_KEPT:
        raise RuleBroken(TOO_MUCH, field="file")
    if not manifest.played:
        raise _nothing_to_open(notes)
    return manifest


def _nothing_to_open(notes: Notes) -> RuleBroken:
    said = dict(reversed(notes.kept))
    if NOT_THERE in said:
        return RuleBroken(NO_START, field="file", name=said[NOT_THERE]["name"])
    return RuleBroken(ALL_OUTSIDE if OUTSIDE in said else NOTHING_TO_OPEN, field="file")


def _root(data: bytes) -> Node:
    try:
        root, broken = parse(data, most=MOST_NODES, doctype=False)
    except RuleBroken as refused:
        words = {DEFINES: HOSTILE, TOO_DEEP: NESTED, NO_XML: BROKEN}.get(refused.message, TOO_MUCH)
        raise RuleBroken(words, field="file", **refused.values) from None
    if broken:
        raise RuleBroken(BROKEN, field="file", line=broken)
    if root.name != "manifest":
        raise RuleBroken(NO_MANIFEST, field="file")
    return root


def _organization(root: Node, notes: Notes) -> Node:
    """The default one, else the first."""
    holder = root.first("organizations")
    all_of_them = holder.all("organization") if holder is not None else []
    if holder is None or not all_of_them:
        raise RuleBroken(NO_ORGANIZATION, field="file")
    wanted = holder.get("default").strip()
    chosen = next((one for one in all_of_them if one.get("identifier").strip() == wanted), None)
    if wanted and chosen is None:
        notes.add(ODD_DEFAULT, name=wanted)
    chosen = chosen or all_of_them[0]
    if len(all_of_them) > 1:
        notes.add(MORE, n=len(all_of_them), title=plain(chosen.said("title"), LONGEST_TITLE) or "?")
    return chosen


def _title(root: Node, organization: Node, file_name: str) -> str:
    """Of the organization, of the metadata (LOM: general, title), of the only item, of the file."""
    lom = next((node.first("title") for node in root.deep("general") if node.first("title") is not None), None)
    only = organization.all("item")
    words = next(iter(lom.deep("langstring", "string")), lom) if lom is not None else None
    said = (
        organization.said("title"),
        words.text if words is not None else "",
        only[0].said("title") if len(only) == 1 else "",
        PurePosixPath(file_name).stem,
    )
    return next((title for one in said if (title := plain(one, LONGEST_TITLE))), "SCORM")
