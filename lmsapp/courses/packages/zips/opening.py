"""A package's ZIP: looked through before anything is unpacked, then read as a stream (SCO-1). Never `extractall`."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator, Mapping
from typing import IO

from lmsapp.courses.packages.zips.directory import DEFLATED, STORED, Entry, read_directory
from lmsapp.courses.packages.zips.names import key_of, left_out, shown
from lmsapp.infra.words import N_, RuleBroken

LARGEST_ZIP = 500 << 20  # bytes, as it is sent
LARGEST_UNPACKED = 1536 << 20
MOST_RATIO, FROM = 200, 10 << 20  # unpacked to packed, and the size from which it is looked at
CHUNK = 1 << 20
KINDS = {0, stat.S_IFREG, stat.S_IFDIR}

TOO_LARGE = N_("The ZIP is too large: at most %(most)s MB. Compress its videos, or divide the package.")
UNPACKS_TOO_LARGE = N_("The package unpacks to more than %(most)s MB. Compress its videos, or divide it.")
A_BOMB = N_("“%(name)s” unpacks to far more than content of this kind does. Nothing was imported.")
ALL_BOMB = N_("The package unpacks to far more than a ZIP of its size does. Nothing was imported.")
A_LINK = N_("The package holds a link (“%(name)s”). Put the file itself in its place, and export again.")
SPECIAL = N_("The package holds something that is no file (“%(name)s”). Nothing was imported.")
ODD_METHOD = N_("“%(name)s” is packed in an unusual way. Save the package as an ordinary ZIP (“deflate”).")
TWICE = N_("The package holds “%(name)s” twice. Nothing was imported. Export it again.")
ALIKE = N_("Two files of the package differ only in capitals or accents: “%(one)s” and “%(name)s”. Rename one.")
BOTH = N_("“%(name)s” is a file and a folder at once. Nothing was imported. Export the package again.")
NOT_AS_LISTED = N_("“%(name)s” holds more or less than the ZIP says. Nothing was imported. Export it again.")
DAMAGED = N_("“%(name)s” is damaged in the ZIP. Export the package again.")


class Zip:
    """The files of a package by path. Raises RuleBroken (field 'file') in words for what is not sound.

    Only `read` and `chunks` unpack, and never more than was looked through; one of them at a time.
    """

    def __init__(self, source: IO[bytes]):
        size = source.seek(0, 2)
        if size > LARGEST_ZIP:
            raise RuleBroken(TOO_LARGE, field="file", most=LARGEST_ZIP >> 20)
        self._source = source
        entries = read_directory(source)
        for entry in entries:
            _check(entry)
        self.files: Mapping[str, Entry] = _by_path(entries)
        self.size = sum(entry.size for entry in entries)
        _check_sum(self.size, sum(entry.packed for entry in entries))

    def read(self, path: str, most: int) -> bytes | None:
        """One file as a whole; None when it is larger than `most` bytes. Raises KeyError for a path not there."""
        return None if self.files[path].size > most else b"".join(self.chunks(path))

    def chunks(self, path: str) -> Iterator[bytes]:
        """One file piece by piece, at most a megabyte each, compared with its listed size and check sum."""
        entry, crc, size = self.files[path], 0, 0
        for piece in self._stored(entry) if entry.method == STORED else self._inflated(entry):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            if size > entry.size:
                raise _broken(NOT_AS_LISTED, entry)
            yield piece
        if size != entry.size:
            raise _broken(NOT_AS_LISTED, entry)
        if crc != entry.crc:
            raise _broken(DAMAGED, entry)

    def _stored(self, entry: Entry) -> Iterator[bytes]:
        left = entry.packed
        self._source.seek(entry.begins)
        while left:
            piece = self._source.read(min(CHUNK, left))
            if not piece:
                raise _broken(DAMAGED, entry)
            left -= len(piece)
            yield piece

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        unpack, packed, piece = zlib.decompressobj(-zlib.MAX_WBITS), self._stored(entry), b""
        while not unpack.eof:
            piece = piece or next(packed, b"")
            over = not piece
            try:
                out = unpack.decompress(piece, CHUNK)
            except zlib.error:
                raise _broken(DAMAGED, entry) from None
            piece = unpack.unconsumed_tail
            if over and not out and not unpack.eof:
                raise _broken(DAMAGED, entry)
            if out:
                yield out
        if unpack.unused_data or next(packed, b""):
            raise _broken(NOT_AS_LISTED, entry)


def _check(entry: Entry) -> None:
    """By what the directory says of it."""
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFLNK:
        raise _broken(A_LINK, entry)
    if kind not in KINDS:
        raise _broken(SPECIAL, entry)
    if entry.is_folder and entry.size:
        raise _broken(BOTH, entry)
    if entry.method not in (STORED, DEFLATED):
        raise _broken(ODD_METHOD, entry)
    if entry.method == STORED and entry.size != entry.packed:
        raise _broken(NOT_AS_LISTED, entry)
    if entry.size > LARGEST_UNPACKED:
        raise RuleBroken(UNPACKS_TOO_LARGE, field="file", most=LARGEST_UNPACKED >> 20)
    if entry.size > FROM and entry.size > MOST_RATIO * max(1, entry.packed):
        raise _broken(A_BOMB, entry)


def _check_sum(size: int, packed: int) -> None:
    if size > LARGEST_UNPACKED:
        raise RuleBroken(UNPACKS_TOO_LARGE, field="file", most=LARGEST_UNPACKED >> 20)
    if size > FROM and size > MOST_RATIO * max(1, packed):
        raise RuleBroken(ALL_BOMB, field="file")


def _by_path(entries: list[Entry]) -> dict[str, Entry]:
    """What counts, in the order it lies in the file; no two that a file system somewhere would take for one."""
    files: dict[str, Entry] = {}
    known: dict[str, str] = {}
    folders: set[str] = set()
    for entry in entries:
        if left_out(entry.path):
            continue
        path = entry.path.rstrip("/")
        key = key_of(path)
        parts = key.split("/")
        folders.update("/".join(parts[:end]) for end in range(1, len(parts)))
        if entry.is_folder:
            folders.add(key)
            continue
        if key in known:
            raise _twice(known[key], path)
        known[key] = path
        files[path] = entry
    both = known.keys() & folders
    if both:
        raise RuleBroken(BOTH, field="file", name=shown(known[min(both)]))
    return files


def _twice(one: str, other: str) -> RuleBroken:
    if one == other:
        return RuleBroken(TWICE, field="file", name=shown(one))
    return RuleBroken(ALIKE, field="file", one=shown(one), name=shown(other))


def _broken(words: str, entry: Entry) -> RuleBroken:
    return RuleBroken(words, field="file", name=shown(entry.path))
