"""Zip files of which every byte follows from names and contents, written as they come (docs/evidence-pack.md).

Stored, not compressed: what a compressor writes depends on its version. No times, no attributes, no comments, no data
descriptors: the header of a member is written once its content has passed.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from lmsapp.infra.words import N_, RuleBroken

FULL = 0xFFFFFFFF
DAY = 33  # 1 January 1980, in the words of MS-DOS
OLD, FAR = 20, 45
CHUNK = 1 << 20


@dataclass(slots=True)
class Member:
    """Written under `name`. `sha256` lower-case hex."""

    name: str
    offset: int
    crc: int = 0
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def head(self) -> bytes:
        raw = self.name.encode("ascii")
        size = self.size
        return struct.pack("<4s5H3L2H", b"PK\3\4", OLD, 0, 0, 0, DAY, self.crc, size, size, len(raw), 0) + raw

    def entry(self) -> bytes:
        """Its line in the central directory."""
        raw = self.name.encode("ascii")
        far = struct.pack("<2HQ", 1, 8, self.offset) if self.offset >= FULL else b""
        numbers = (self.crc, self.size, self.size, len(raw), len(far), 0, 0, 0, 0, FULL if far else self.offset)
        line = struct.pack("<4s6H3L5H2L", b"PK\1\2", OLD, FAR if far else OLD, 0, 0, 0, DAY, *numbers)
        return line + raw + far


class PlainZip:
    """Into `out`, which is at its beginning and can be sought."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.members, self._names = out, list[Member](), set[str]()

    @contextmanager
    def member(self, name: str) -> Iterator[Writer]:
        """Write its content in the block. Raises RuleBroken when it becomes larger than a zip file takes."""
        if name.lower() in self._names:
            raise ValueError(f"{name} stands in the pack already")
        self._names.add(name.lower())
        one = Member(name, self.out.tell())
        self.out.write(one.head())
        yield Writer(self.out, one)
        end = self.out.tell()
        self.out.seek(one.offset)
        self.out.write(one.head())
        self.out.seek(end)
        self.members.append(one)

    def add(self, name: str, content: bytes) -> None:
        with self.member(name) as write:
            write(content)

    def close(self) -> None:
        """The directory and the end."""
        start = self.out.tell()
        for one in self.members:
            self.out.write(one.entry())
        count, size = len(self.members), self.out.tell() - start
        if count >= 0xFFFF or size >= FULL or start >= FULL:
            self.out.write(struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, FAR, FAR, 0, 0, count, count, size, start))
            self.out.write(struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1))
            count, size, start = 0xFFFF, FULL, FULL
        self.out.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0))


@dataclass(slots=True)
class Writer:
    """Called with the next bytes of a member."""

    out: IO[bytes]
    one: Member

    def __call__(self, content: bytes) -> None:
        one = self.one
        if one.size + len(content) >= FULL:
            raise RuleBroken(N_("This is more than one pack can hold. Choose fewer days, or a department."))
        one.size += len(content)
        one.crc = zlib.crc32(content, one.crc)
        one.digest.update(content)
        self.out.write(content)

    def copy(self, source: IO[bytes]) -> str:
        """All of a file; the SHA-256 of what is written by then."""
        while piece := source.read(CHUNK):
            self(piece)
        return self.one.digest.hexdigest()
