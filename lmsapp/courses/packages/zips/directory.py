"""The directory of a ZIP, read as if somebody hostile had written it (SCO-1). Format: PKWARE APPNOTE 6.3.10.

Python's own reader is not used: it takes in a directory of any size, does not see entries that share bytes, and stops
reading an entry where the directory says so, whatever follows.
"""

from __future__ import annotations

import itertools
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from lmsapp.courses.packages.zips.names import cleaned, decoded, shown
from lmsapp.infra.words import N_, RuleBroken

MOST_ENTRIES = 20_000
LARGEST_DIRECTORY = 32 << 20  # bytes
LONGEST_COMMENT = 65_535
STORED, DEFLATED = 0, 8
ENCRYPTED = 0x1 | 0x40 | 0x2000  # a password, strong encryption, a hidden directory
WHOLE = 0xFFFFFFFF  # the number stands in the ZIP64 field instead
ZIP64 = 0x0001

END, END_SIGN = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
END64, END64_SIGN = struct.Struct("<4sQ2H2L4Q"), b"PK\x06\x06"
LOCATOR, LOCATOR_SIGN = struct.Struct("<4sLQL"), b"PK\x06\x07"
LISTED, LISTED_SIGN = struct.Struct("<4s6H3L5H2L"), b"PK\x01\x02"
LOCAL, LOCAL_SIGN = struct.Struct("<4s5H3L2H"), b"PK\x03\x04"

NO_ZIP = N_("This is not a ZIP file. Export the package as SCORM, and send the ZIP as it came.")
CUT_OFF = N_("The ZIP ends too early: it was not sent, or not saved, to its end. Export it again.")
BROKEN = N_("The ZIP is damaged: its list of files does not fit what it holds. Export it again.")
SPLIT = N_("The ZIP is one part of several. Pack it into one file.")
EMPTY = N_("The ZIP is empty. Export the package again, and send the ZIP as it came.")
TOO_MANY = N_("The package holds more than %(most)s files. Divide it, or leave out what is not needed.")
LOCKED = N_("The ZIP is protected by a password. Save it without one.")
OVERLAP = N_("The ZIP is not sound: “%(name)s” shares its bytes with another file. Nothing was imported.")
TWO_NAMES = N_("The ZIP is not sound: “%(name)s” has two different names. Nothing was imported.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder (its `path` ends in '/'). `packed`, `size`: bytes as listed. `begins`: where its data lies.

    `mode`: as Unix keeps it, 0 where another system packed.
    """

    path: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    begins: int

    @property
    def is_folder(self) -> bool:
        """Whether it only names a folder."""
        return self.path.endswith("/") or (stat.S_ISDIR(self.mode) and not self.size)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A line of the directory. `offset`: of the local header, from the beginning of the file."""

    raw: bytes
    extra: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    disk: int
    mode: int
    offset: int


def read_directory(source: IO[bytes]) -> list[Entry]:
    """Every entry, its name cleaned, its place checked against all others. Raises RuleBroken (field 'file')."""
    size = source.seek(0, 2)
    source.seek(0)
    if source.read(4) not in (LOCAL_SIGN, END_SIGN):
        raise _refused(NO_ZIP)
    begins, ends, shift, count = _place(source, size)
    source.seek(begins)
    listed = list(itertools.islice(_lines(source.read(ends - begins), shift), MOST_ENTRIES + 1))
    if len(listed) > MOST_ENTRIES:
        raise _refused(TOO_MANY, most=MOST_ENTRIES)
    if not listed:
        raise _refused(EMPTY)
    if len(listed) != count:
        raise _refused(BROKEN)
    entries = []
    taken_to = 0
    for line in sorted(listed, key=lambda one: one.offset):
        entry = _entry(source, line)
        if line.offset < taken_to:
            raise _refused(OVERLAP, name=shown(entry.path))
        taken_to = entry.begins + entry.packed
        if taken_to > begins:
            raise _refused(BROKEN)
        entries.append(entry)
    return entries


def _place(source: IO[bytes], size: int) -> tuple[int, int, int, int]:
    """Where the directory begins and ends, what its offsets are short of, how many entries it says it has."""
    at = _end_of(source, size)
    source.seek(at)
    _sign, disk, first, _here, count, length, offset, _comment = END.unpack(source.read(END.size))
    ends = at
    if WHOLE in (length, offset) or count == 0xFFFF:
        ends, disk, first, count, length, offset = _end64(source, at)
    if (disk, first) != (0, 0):
        raise _refused(SPLIT)
    if count > MOST_ENTRIES or length > LARGEST_DIRECTORY:
        raise _refused(TOO_MANY, most=MOST_ENTRIES)
    begins = ends - length
    if begins < offset:
        raise _refused(BROKEN)
    return begins, ends, begins - offset, count


def _end_of(source: IO[bytes], size: int) -> int:
    """Where the last record lies: one whose comment ends with the file, else the last there is."""
    first = max(0, size - END.size - LONGEST_COMMENT)
    source.seek(first)
    tail = source.read()
    at = last = tail.rfind(END_SIGN, 0, max(0, len(tail) - END.size + len(END_SIGN)))
    while at >= 0:
        if at + END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
            return first + at
        at = tail.rfind(END_SIGN, 0, at)
    if last < 0:
        raise _refused(CUT_OFF)
    return first + last


def _end64(source: IO[bytes], at: int) -> tuple[int, int, int, int, int, int]:
    """The record for large ZIPs, which stands before its locator, which stands before the usual record."""
    begins = at - LOCATOR.size - END64.size
    if begins < 0:
        raise _refused(BROKEN)
    source.seek(begins)
    record = END64.unpack(source.read(END64.size))
    sign, _where, _offset, disks = LOCATOR.unpack(source.read(LOCATOR.size))
    if record[0] != END64_SIGN or sign != LOCATOR_SIGN or disks > 1:
        raise _refused(BROKEN)
    _sign, _size, _made, _needs, disk, first, _here, count, length, offset = record
    return begins, disk, first, count, length, offset


def _lines(data: bytes, shift: int) -> Iterator[_Listed]:
    at = 0
    while at < len(data):
        if at + LISTED.size > len(data):
            raise _refused(BROKEN)
        read = LISTED.unpack_from(data, at)
        sign, _made, _needs, flags, method, _time, _date, crc, packed, size, names, extras, comments = read[:13]
        disk, _inner, outer, offset = read[13:]
        named = at + LISTED.size
        at = named + names + extras + comments
        if sign != LISTED_SIGN or at > len(data):
            raise _refused(BROKEN)
        extra = data[named + names : named + names + extras]
        size, packed, offset = _whole(extra, size, packed, offset)
        yield _Listed(
            data[named : named + names], extra, flags, method, crc, packed, size, disk, outer >> 16, offset + shift
        )


def _whole(extra: bytes, *numbers: int) -> tuple[int, int, int]:
    """Size, packed size and offset, taken from the ZIP64 field where they do not fit into four bytes."""
    found = list(numbers)
    if WHOLE not in found:
        return found[0], found[1], found[2]
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == ZIP64:
            wanted = [place for place, number in enumerate(found) if number == WHOLE]
            if len(field) < 8 * len(wanted):
                break
            for place, number in zip(wanted, struct.unpack_from(f"<{len(wanted)}Q", field), strict=True):
                found[place] = number
            return found[0], found[1], found[2]
    raise _refused(BROKEN)


def _entry(source: IO[bytes], line: _Listed) -> Entry:
    """With its local header compared: what the directory says is what another program would read."""
    path = cleaned(decoded(line.raw, line.flags, line.extra))
    source.seek(line.offset)
    head = source.read(LOCAL.size)
    if len(head) < LOCAL.size or head[:4] != LOCAL_SIGN:
        raise _refused(BROKEN)
    read = LOCAL.unpack(head)
    flags, names, extras = read[2], read[9], read[10]
    if source.read(names) != line.raw:
        raise _refused(TWO_NAMES, name=shown(path))
    if (line.flags | flags) & ENCRYPTED:
        raise _refused(LOCKED)
    if line.disk:
        raise _refused(SPLIT)
    begins = line.offset + LOCAL.size + names + extras
    return Entry(path, line.flags, line.method, line.crc, line.packed, line.size, line.mode, begins)


def _refused(words: str, **values: Any) -> RuleBroken:
    return RuleBroken(words, field="file", **values)
