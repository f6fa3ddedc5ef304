"""The files of a course file, checked by what they contain and drawn, in a folder of their own; then kept.

Checking comes first and whole: until the last file is found right, nothing is written where files of the product lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lmsapp.courses.catalogue.attachments import MAX_FILE, checked_address, kind_handed_out
from lmsapp.courses.catalogue.images import KINDS as PICTURES
from lmsapp.courses.catalogue.images import check_picture
from lmsapp.courses.catalogue.media import Page, Upload, check_captions, check_video, draw_pdf, keep_pdf
from lmsapp.courses.moving.archive import CourseFile
from lmsapp.courses.moving.fields import Json
from lmsapp.courses.moving.making import LessonFiles
from lmsapp.courses.moving.manifest import lessons_of, uses
from lmsapp.courses.packages.manifests.manifest import read_manifest
from lmsapp.courses.packages.zips.opening import Zip
from lmsapp.infra import files, filetypes
from lmsapp.infra.filetypes import FileType
from lmsapp.infra.words import N_, RuleBroken

WHOLE = ("pdf", "video")  # kinds that are their file; a package is read by an import of its own
Tell = Callable[[int, int], None]


@dataclass
class Prepared:
    """Every file of a course, found right. Pages of PDFs lie in the folder: memory holds one PDF at a time."""

    manifest: Json
    folder: Path
    kinds: dict[str, FileType] = field(default_factory=dict)
    lengths: dict[str, float] = field(default_factory=dict)
    pages: dict[str, list[tuple[Path, tuple[int, int], str]]] = field(default_factory=dict)

    def name_of(self, sha256: str) -> str:
        """The name it had, which is not to be trusted."""
        return str(self.manifest["files"][sha256]["name"])

    @contextmanager
    def upload(self, sha256: str) -> Iterator[Upload]:
        """The file as if somebody had sent it."""
        with (self.folder / sha256).open("rb") as source:
            yield Upload(source, self.name_of(sha256))


def prepare(found: CourseFile, folder: Path, tell: Tell) -> Prepared:
    """Unpack and check everything. Raises RuleBroken in words; `lesson` among its values names where."""
    prepared = Prepared(found.manifest, folder)
    lessons = list(lessons_of(found.manifest))
    for number, lesson in enumerate(lessons):
        tell(number, len(lessons))
        try:
            for sha256, use in uses(lesson).items():
                if not (folder / sha256).exists():
                    found.unpack(sha256, folder)
                _check(prepared, lesson, sha256, use)
            for one in lesson["resources"]:
                if "url" in one:
                    checked_address(one["url"])
        except RuleBroken as broken:
            raise RuleBroken(broken.message, field="file", **{"lesson": lesson["title"], **broken.values}) from None
    return prepared


def _check(prepared: Prepared, lesson: Json, sha256: str, use: str) -> None:
    with prepared.upload(sha256) as upload:
        match use:
            case "pdf":
                if sha256 not in prepared.pages:
                    prepared.pages[sha256] = _spooled(draw_pdf(upload)[1], prepared.folder / f"{sha256}-pages")
                prepared.kinds[sha256] = filetypes.PDF
            case "video":
                prepared.kinds[sha256], prepared.lengths[sha256] = check_video(upload, lesson["seconds"])
            case "scorm":
                read_manifest(Zip(upload.source), upload.name)
                if any(one.get("sha256") == sha256 for one in lesson["resources"]):
                    kind_handed_out(upload)  # which a ZIP is not
            case "captions":
                check_captions(upload)
                prepared.kinds[sha256] = filetypes.VTT
            case "poster":
                prepared.kinds[sha256] = check_picture(upload)
            case _:
                prepared.kinds[sha256] = _handed_out(upload, prepared.manifest["files"][sha256]["size"])


def _handed_out(upload: Upload, size: int) -> FileType:
    kind = kind_handed_out(upload)
    if kind in PICTURES:
        return check_picture(upload)
    if size > MAX_FILE:
        raise RuleBroken(N_("The file is too large: at most %(most)s MB."), field="file", most=MAX_FILE >> 20)
    return kind


def _spooled(drawn: list[Page], folder: Path) -> list[tuple[Path, tuple[int, int], str]]:
    folder.mkdir()
    kept = []
    for number, (image, size, text) in enumerate(drawn):
        path = folder / str(number)
        path.write_bytes(image)
        kept.append((path, size, text))
    return kept


def keep(prepared: Prepared) -> dict[str, LessonFiles]:
    """Store every file once; what each lesson names, by its key."""
    keeper = _Keeper(prepared)
    return {lesson["key"]: keeper.lesson(lesson) for lesson in lessons_of(prepared.manifest)}


@dataclass
class _Keeper:
    prepared: Prepared
    stored: dict[str, int] = field(default_factory=dict)
    pdfs: dict[str, LessonFiles] = field(default_factory=dict)

    def lesson(self, said: Json) -> LessonFiles:
        """All that one lesson names."""
        whole = LessonFiles()
        if said["file"] and said["kind"] in WHOLE:
            whole = self.pdf(said["file"]) if said["kind"] == "pdf" else self.video(said)
        detail: dict[str, Any] = dict(whole.detail)
        if said["files"]:
            detail["files"] = [{"name": one["name"], "file": self.file(one["sha256"])} for one in said["files"]]
        if said["resources"]:
            detail["resources"] = [self.resource(key, one) for key, one in enumerate(said["resources"], 1)]
        if said["task"]:
            detail["task"] = {**said["task"], "attached": [self.file(one) for one in said["task"]["attached"]]}
        if "scorm" in said:
            detail["scorm"] = said["scorm"]  # the package follows: see `work.send_packages`
        return LessonFiles(whole.file_id, detail)

    def file(self, sha256: str) -> int:
        """The stored file with these bytes."""
        if sha256 not in self.stored:
            kind = self.prepared.kinds[sha256]
            with self.prepared.upload(sha256) as upload:
                name = filetypes.fitting_name(upload.name, kind)
                self.stored[sha256] = files.store(upload.source, name=name, media_type=kind.media_type).id
        return self.stored[sha256]

    def pdf(self, sha256: str) -> LessonFiles:
        """A PDF with its pages; two lessons of the same PDF share them."""
        if sha256 not in self.pdfs:
            drawn = ((path.read_bytes(), size, text) for path, size, text in self.prepared.pages[sha256])
            with self.prepared.upload(sha256) as upload:
                media = keep_pdf(upload.source.read(), upload.name, drawn)
            self.pdfs[sha256] = LessonFiles(media.file.id, media.detail)
        return self.pdfs[sha256]

    def video(self, said: Json) -> LessonFiles:
        """A video with captions and poster, where it has them."""
        captions, poster = (self.file(said[part]) if said[part] else None for part in ("captions", "poster"))
        detail: dict[str, Any] = {"seconds": self.prepared.lengths[said["file"]], "captions": captions}
        return LessonFiles(self.file(said["file"]), detail | ({"poster": poster} if poster else {}))

    def resource(self, key: int, said: Json) -> dict[str, Any]:
        """A link or a file under the lesson."""
        what = {"url": said["url"]} if "url" in said else {"file": self.file(said["sha256"])}
        return {"key": key, "title": said["title"], **what}
