"""The zip of a course file: written as a stream, and read as if somebody hostile had packed it (CRS-10, SEC-6)."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lmsapp.courses.moving.fields import Json
from lmsapp.courses.moving.manifest import parse
from lmsapp.infra import files
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.zips import open_zip

MANIFEST, FOLDER = "manifest.json", "files/"
MAX_COURSE_FILE = 500 << 20  # bytes, as it is sent
MAX_UNPACKED = 1 << 30
MAX_MANIFEST = 20 << 20
MAX_ENTRIES = 5001
MAX_RATIO = 100  # unpacked to packed; what a course holds is packed already
SMALL = 1 << 20
CHUNK = 1 << 20
ENCRYPTED = 0x1
ONE_DATE = (1980, 1, 1, 0, 0, 0)  # so that the same course gives the same bytes
FILE_ENTRY = re.compile(r"files/[0-9a-f]{64}")

NO_ZIP = N_("This is not a course file: it cannot be opened, or was not sent to its end.")
TOO_LARGE = N_("The course file is too large: at most %(most)s MB.")
UNPACKS_TOO_LARGE = N_("The course file unpacks to far more than a course holds. Nothing was imported.")
FOREIGN = N_("The course file holds “%(name)s”, which does not belong there. Nothing was imported.")
NAMED_TWICE = N_("The course file holds “%(name)s” twice. Nothing was imported.")
A_LINK = N_("The course file holds a link (“%(name)s”). Nothing was imported.")
LOCKED = N_("The course file is protected by a password. Save it without one.")
MISSING = N_("The course file lacks %(n)s of the files it names. Export the course again.")
OTHER_CONTENT = N_("“%(name)s” in the course file is not what it was when it was exported. Nothing was imported.")


class _Pipe(io.RawIOBase):
    """Takes what the zip writer writes, and gives it away in between."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: object) -> int:
        piece = bytes(part)  # type: ignore[call-overload]
        self._parts.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """What was written since."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def packed(manifest: Json, sizes: dict[str, int]) -> Iterator[bytes]:
    """The zip, piece by piece; memory stays at a piece however large the course. `sizes` in bytes, by SHA-256."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as out:
        contents = zipfile.ZipInfo(MANIFEST, ONE_DATE)
        contents.compress_type = zipfile.ZIP_DEFLATED
        out.writestr(contents, json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True))
        yield pipe.take()
        for sha256, size in sorted(sizes.items()):
            entry = zipfile.ZipInfo(FOLDER + sha256, ONE_DATE)
            entry.file_size = size
            with out.open(entry, "w") as into:
                for piece in files.stream(sha256):
                    into.write(piece)
                    yield pipe.take()
    yield pipe.take()


def quick_look(head: bytes, size: int) -> None:
    """What shows at once that it is no course file. Raises RuleBroken (field 'file')."""
    if size > MAX_COURSE_FILE:
        raise RuleBroken(TOO_LARGE, field="file", most=MAX_COURSE_FILE >> 20)
    if not head.startswith(b"PK\x03\x04"):
        raise RuleBroken(NO_ZIP, field="file")


class CourseFile:
    """A course file whose entries were looked through. Raises RuleBroken (field 'file') in words; writes nothing."""

    def __init__(self, source: BinaryIO):
        try:
            self._zip = open_zip(source, most=MAX_ENTRIES)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, EOFError):
            raise RuleBroken(NO_ZIP, field="file") from None
        self._entries = self._looked_through()
        self.manifest = parse(self._manifest())
        lacking = {FOLDER + sha256 for sha256 in self.manifest["files"]} - self._entries.keys()
        if lacking:
            raise RuleBroken(MISSING, field="file", n=len(lacking))
        unnamed = self._entries.keys() - {FOLDER + sha256 for sha256 in self.manifest["files"]} - {MANIFEST}
        if unnamed:
            raise RuleBroken(FOREIGN, field="file", name=min(unnamed))

    def unpack(self, sha256: str, into: Path) -> Path:
        """One file, written under its SHA-256 in the folder `into`, its content compared with its name."""
        entry, said = self._entries[FOLDER + sha256], self.manifest["files"][sha256]
        digest, target = hashlib.sha256(), into / sha256
        with target.open("wb") as out:
            for piece in self._read(entry):
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != sha256 or target.stat().st_size != said["size"]:
            raise RuleBroken(OTHER_CONTENT, field="file", name=said["name"])
        return target

    def _manifest(self) -> bytes:
        entry = self._entries.get(MANIFEST)
        if entry is None:
            raise RuleBroken(NO_ZIP, field="file")
        if entry.file_size > MAX_MANIFEST:
            raise RuleBroken(UNPACKS_TOO_LARGE, field="file")
        return b"".join(self._read(entry))

    def _looked_through(self) -> dict[str, zipfile.ZipInfo]:
        listed = self._zip.infolist()
        if len(listed) > MAX_ENTRIES:
            raise RuleBroken(UNPACKS_TOO_LARGE, field="file")
        found: dict[str, zipfile.ZipInfo] = {}
        for entry in listed:
            if entry.filename in found:
                raise RuleBroken(NAMED_TWICE, field="file", name=_shown(entry.filename))
            check_entry(entry)
            found[entry.filename] = entry
        if sum(entry.file_size for entry in listed) > MAX_UNPACKED:
            raise RuleBroken(UNPACKS_TOO_LARGE, field="file")
        return found

    def _read(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Never more than the entry says it holds, whatever comes out of it."""
        left = entry.file_size
        try:
            with self._zip.open(entry) as source:
                while piece := source.read(min(CHUNK, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise RuleBroken(UNPACKS_TOO_LARGE, field="file")
                    yield piece
        except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, NotImplementedError, ValueError):
            raise RuleBroken(NO_ZIP, field="file") from None
        except zlib.error:
            raise RuleBroken(NO_ZIP, field="file") from None


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Refuse an entry by what the list says of it: foreign names (with them every path that leads elsewhere), links,
    passwords, bombs."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RuleBroken(A_LINK, field="file", name=_shown(entry.filename))
    if entry.filename != MANIFEST and not FILE_ENTRY.fullmatch(entry.filename):
        raise RuleBroken(FOREIGN, field="file", name=_shown(entry.filename))
    if entry.flag_bits & ENCRYPTED:
        raise RuleBroken(LOCKED, field="file")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise RuleBroken(NO_ZIP, field="file")
    if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
        raise RuleBroken(UNPACKS_TOO_LARGE, field="file")


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:80]
