"""How long a video is, read from its header: WebM (EBML, RFC 8794; Matroska, RFC 9559) and MP4 (ISO 14496-12).

Only sizes and the fields needed are read; whatever does not add up gives None, never an error.
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

SEGMENT, INFO, TIMESTAMP_SCALE, DURATION = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
CONTAINERS = {SEGMENT, INFO}
NOT_KNOWN = -1
MAX_ELEMENTS = 10_000


def video_seconds(source: BinaryIO, kind: str) -> float | None:
    """Seconds, or None where the file does not say. `kind`: 'webm' or 'mp4'."""
    try:
        seconds = _webm(source) if kind == "webm" else _mp4(source)
    except (struct.error, ValueError, IndexError, OSError):
        return None
    return seconds if seconds and 0 < seconds < 1e6 else None


def _webm(source: BinaryIO) -> float | None:
    source.seek(0)
    scale, duration = 1_000_000, None
    for _ in range(MAX_ELEMENTS):
        element = _vint(source, keep_marker=True)
        size = _vint(source, keep_marker=False)
        if element is None or size is None:
            break
        if element in CONTAINERS:
            continue
        if element == TIMESTAMP_SCALE and 0 < size <= 8:
            scale = int.from_bytes(source.read(size), "big")
        elif element == DURATION and size in {4, 8}:
            duration = struct.unpack(">f" if size == 4 else ">d", source.read(size))[0]
        elif size == NOT_KNOWN or duration is not None:
            break
        else:
            source.seek(size, io.SEEK_CUR)
    return None if duration is None else duration * scale / 1e9


def _vint(source: BinaryIO, *, keep_marker: bool) -> int | None:
    """A variable-length number; None at the end, NOT_KNOWN for the size 'unknown'."""
    first = source.read(1)
    if not first or first[0] == 0:
        return None
    length = 9 - first[0].bit_length()
    rest = source.read(length - 1)
    if len(rest) < length - 1:
        return None
    value = first[0] if keep_marker else first[0] & ((1 << (8 - length)) - 1)
    number = int.from_bytes(bytes([value]) + rest, "big")
    return NOT_KNOWN if not keep_marker and number == (1 << (7 * length)) - 1 else number


def _mp4(source: BinaryIO) -> float | None:
    end = source.seek(0, io.SEEK_END)
    movie = _box(source, b"moov", 0, end)
    header = movie and _box(source, b"mvhd", *movie)
    if not header:
        return None
    source.seek(header[0])
    body = source.read(32)
    if body[0] == 1:
        scale, duration = struct.unpack(">IQ", body[20:32])
    else:
        scale, duration = struct.unpack(">II", body[12:20])
    return float(duration / scale) if scale else None


def _box(source: BinaryIO, name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first box of that name begins and ends."""
    at = start
    for _ in range(MAX_ELEMENTS):
        if at + 8 > end:
            return None
        source.seek(at)
        size, kind = struct.unpack(">I4s", source.read(8))
        body = at + 8
        if size == 1:
            size = struct.unpack(">Q", source.read(8))[0]
            body = at + 16
        stop = end if size == 0 else at + size
        if stop <= at or stop > end:
            return None
        if kind == name:
            return body, stop
        at = stop
    return None
