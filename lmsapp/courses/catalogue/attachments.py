"""Files in a text, and resources under a lesson (CRS-1). Both stand in `Lesson.detail`, so that versions keep them.

A text names its files by name: `![words](files/hand.png)`. Names are unique within the lesson.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from lmsapp.courses.catalogue.images import KINDS as PICTURES
from lmsapp.courses.catalogue.images import read_picture
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.rules import LessonKind, checked_title
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.infra import files, filetypes
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.filetypes import FileType
from lmsapp.infra.markdown import OWN
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

MAX_FILES = 100
MAX_RESOURCES = 50
MAX_FILE = 50 << 20  # bytes
MAX_ADDRESS = 2000
HANDED_OUT = (
    *PICTURES,
    filetypes.PDF,
    filetypes.DOCX,
    filetypes.XLSX,
    filetypes.PPTX,
    filetypes.MP4,
    filetypes.WEBM,
)
NO_SUCH_KIND = N_(
    "Only pictures (PNG, JPEG, WebP), PDF, Word, Excel, PowerPoint and videos (MP4, WebM) can be attached."
)
WITH_FILES = {LessonKind.TEXT, LessonKind.VIDEO, LessonKind.PDF}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that now belongs to a text. `markdown` is what to put into it."""

    name: str
    file: StoredFile
    is_picture: bool

    @property
    def markdown(self) -> str:
        """The words between the brackets are still to be written for a picture."""
        return f"{'!' if self.is_picture else ''}[{'' if self.is_picture else self.name}]({OWN}{quote(self.name)})"


def attach_file(lesson: Lesson, upload: Upload, *, by: Viewer | None) -> Attached:
    """Keep a file for the lesson's text. What is signed is words only: there it is refused."""
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson, ["detail"])
    if lesson.kind not in WITH_FILES:
        raise RuleBroken(N_("What is signed is words only. Put the file into another lesson."), field="upload")
    held = list(lesson.detail.get("files", ()))
    if len(held) >= MAX_FILES:
        raise RuleBroken(N_("A lesson holds at most %(most)s files."), field="upload", most=MAX_FILES)
    kept, is_picture = keep_handed_out(upload)
    name = free_name(kept.name, {one["name"] for one in held})
    lesson.detail = {**lesson.detail, "files": [*held, {"name": name, "file": kept.id}]}
    content_changed(course, "file added to a lesson", by=by, after={"lesson": lesson.title, "file": name})
    return Attached(name, kept, is_picture)


def remove_file(lesson: Lesson, name: str, *, by: Viewer | None) -> None:
    """Take a file away from the text. Where the text still names it, its words are left in its place."""
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson, ["detail"])
    left = [one for one in lesson.detail.get("files", ()) if one["name"] != name]
    if len(left) == len(lesson.detail.get("files", ())):
        return
    lesson.detail = {**lesson.detail, "files": left}
    content_changed(course, "file removed from a lesson", by=by, before={"lesson": lesson.title, "file": name})


def add_resource(
    lesson: Lesson, title: str, *, by: Viewer | None, upload: Upload | None = None, address: str = ""
) -> None:
    """A file or a link under the lesson, after those that are there. Raises RuleBroken."""
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson, ["detail"])
    held = list(lesson.detail.get("resources", ()))
    if len(held) >= MAX_RESOURCES:
        raise RuleBroken(N_("A lesson holds at most %(most)s resources."), most=MAX_RESOURCES)
    one: dict[str, Any] = {"key": max((other["key"] for other in held), default=0) + 1}
    if upload is not None:
        kept, _is_picture = keep_handed_out(upload)
        one |= {"title": checked_title(title or PurePosixPath(kept.name).stem), "file": kept.id}
    else:
        one |= {"title": checked_title(title), "url": checked_address(address)}
    lesson.detail = {**lesson.detail, "resources": [*held, one]}
    content_changed(course, "resource added", by=by, after={"lesson": lesson.title, "resource": one["title"]})


def edit_resource(lesson: Lesson, key: int, title: str, *, by: Viewer | None, address: str = "") -> None:
    """Another title; of a link also another address."""
    course, held, at = _resource(lesson, key)
    before = held[at]
    held[at] = {**before, "title": checked_title(title)}
    if "url" in before:
        held[at]["url"] = checked_address(address)
    if held[at] != before:
        lesson.detail = {**lesson.detail, "resources": held}
        said = {"resource": held[at]["title"], "address": held[at].get("url", "")}
        was = {"resource": before["title"], "address": before.get("url", "")}
        content_changed(course, "resource edited", by=by, before=was, after={"lesson": lesson.title, **said})


def move_resource(lesson: Lesson, key: int, step: int, *, by: Viewer | None) -> None:
    """One place up (-1) or down (+1); at the end nothing happens."""
    course, held, at = _resource(lesson, key)
    there = min(max(at + step, 0), len(held) - 1)
    if there != at:
        held.insert(there, held.pop(at))
        lesson.detail = {**lesson.detail, "resources": held}
        after = {"lesson": lesson.title, "resource": held[there]["title"], "position": there + 1}
        content_changed(course, "resource moved", by=by, after=after)


def remove_resource(lesson: Lesson, key: int, *, by: Viewer | None) -> dict[str, Any]:
    """Take it away; what it was, so that it can be put back."""
    course, held, at = _resource(lesson, key)
    gone: dict[str, Any] = held.pop(at)
    lesson.detail = {**lesson.detail, "resources": held}
    content_changed(course, "resource removed", by=by, before={"lesson": lesson.title, "resource": gone["title"]})
    return gone


def keep_handed_out(upload: Upload) -> tuple[StoredFile, bool]:
    """A file for learners to look at or take with them, and whether it is a picture. Pictures are written anew.

    Raises RuleBroken.
    """
    kind = kind_handed_out(upload)
    name = plain_name(filetypes.fitting_name(upload.name, kind))
    if kind in PICTURES:
        return read_picture(Upload(upload.source, name)).store(), True
    content = upload.source.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise RuleBroken(N_("The file is too large: at most %(most)s MB."), field="upload", most=MAX_FILE >> 20)
    return files.store(content, name=name, media_type=kind.media_type), False


def kind_handed_out(upload: Upload) -> FileType:
    """What the file is, by its content; the upload is at its beginning afterwards. Raises RuleBroken."""
    kind = filetypes.sniff(upload.source.read(filetypes.HEAD))
    upload.source.seek(0)
    if kind is None or kind not in HANDED_OUT:
        raise RuleBroken(NO_SUCH_KIND, field="upload")
    return kind


def plain_name(name: str) -> str:
    """A name that needs no escaping in Markdown or an address: letters, digits, points and hyphens."""
    path = PurePosixPath(unicodedata.normalize("NFC", name))
    stem = re.sub(r"[^\w.-]+", "-", path.stem).strip("-.")[:80] or "file"
    return stem + path.suffix.lower()


def free_name(name: str, taken: set[str]) -> str:
    """The name, numbered where it is taken."""
    path = PurePosixPath(name)
    numbered = (f"{path.stem}-{n}{path.suffix}" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def checked_address(address: str) -> str:
    """An address on the web. Raises RuleBroken (field 'address')."""
    address = address.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    odd = any(unicodedata.category(c) in ("Cc", "Cs", "Zs", "Zl", "Zp") for c in address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd or len(address) > MAX_ADDRESS:
        raise RuleBroken(N_("Give a whole address, beginning with https://."), field="address")
    return address


def _resource(lesson: Lesson, key: int) -> tuple[Any, list[dict[str, Any]], int]:
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson, ["detail"])
    held = list(lesson.detail.get("resources", ()))
    at = next((place for place, one in enumerate(held) if one["key"] == key), None)
    if at is None:
        raise RuleBroken(N_("This resource is no longer here. Load the page again."))
    return course, held, at
