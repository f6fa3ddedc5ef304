"""Stored files on their way out: from the disk or the bucket, in pieces, whole or the part that is asked for.

A download is never shown in our origin: an attachment under a name without tricks, `nosniff` (headers.py), a sandbox
should a browser open it all the same, and no cache.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, abort, request

from lmsapp.infra import files

SANDBOX = "sandbox; default-src 'none'"
LONGEST_NAME = 150


def send_stored(
    sha256: str, *, name: str, media_type: str, inline: bool = False, kept_s: int = 0, resumed: bool = False
) -> Response:
    """The bytes as a download; `inline`: to be shown by a page of ours, for kinds that are safe there. 404: gone.

    `kept_s`: how long the browser of the reader may keep it. `resumed`: with the ETag by which a download that broke
    off goes on where it was (`If-Range`).
    """
    size = files.size_of(sha256)
    if size is None:
        abort(404)
    response = Response(content_type=media_type)
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    response.headers["Accept-Ranges"] = "bytes"
    if kept_s or resumed:
        response.set_etag(sha256)
    if kept_s:
        response.cache_control.private, response.cache_control.max_age = True, kept_s
        if sha256 in request.if_none_match:
            response.status_code = 304
            return response
    if not inline:
        response.headers["Content-Security-Policy"] = SANDBOX
    return _part(response, sha256, size)


def disposition(name: str, *, inline: bool = False) -> str:
    """RFC 6266: a plain name for every browser, the true one beside it. No quote, no line end, no folder survives."""
    shown = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if unicodedata.category(c)[0] != "C")
    stem, dot, suffix = shown.rpartition(".")
    shown = (stem or suffix)[: LONGEST_NAME - len(suffix)] + (dot + suffix[:20] if stem else "") or "file"
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode()
    plain = "".join(c if c not in '"\\;%' else "_" for c in plain).strip() or "file"
    words = f'{"inline" if inline else "attachment"}; filename="{plain}"'
    return words if plain == shown else f"{words}; filename*=UTF-8''{quote(shown, safe='')}"


def _part(response: Response, sha256: str, size: int) -> Response:
    start, end = 0, size
    wanted = request.range if request.method in ("GET", "HEAD") else None
    if wanted is not None and wanted.units == "bytes" and len(wanted.ranges) == 1 and _fits(sha256):
        part = wanted.range_for_length(size)
        if part is None:
            response.status_code = 416
            response.headers["Content-Range"] = f"bytes */{size}"
            return response
        start, end = part
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.response = _pieces(sha256, start, end - start)
    response.content_length = end - start
    return response


def _fits(sha256: str) -> bool:
    """Whether the part is wanted of this very file (`If-Range`)."""
    condition = request.if_range
    return condition.etag in (None, sha256) and condition.date is None


def _pieces(sha256: str, start: int, length: int) -> Iterator[bytes]:
    try:
        return files.stream(sha256, start, length) if length else iter(())
    except FileNotFoundError:
        abort(404)
