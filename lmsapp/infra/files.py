"""Files by content: bytes lie under their SHA-256, a row keeps name, type and size.

The same bytes are stored once: in the folder `files/` of DATA_DIR, or in the bucket that LMS_STORE names. What is not
in the bucket is looked for on the disk, so that moving (`./lms files move`) never makes a file unreachable; the parts
of SCORM packages stay there for good. Nothing here is reachable by a static address; views authorise and send.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model, db
from lmsapp.infra.shelves import CHUNK, Disk, Shelf, bucket_of

EXTENSION = "shelf"
IN_MEMORY = 4 << 20
HALF = "half-"  # being written; gets its place when it is whole
HALF_KEPT_S = 24 * 3600


class StoredFile(Model):
    """A file as it came. `sha256` is lower-case hex and the address of the bytes.

    `scan`: 'waiting' (nobody has looked into it yet), 'clean', 'infected', 'failed'; null: no scanner was set up, or it
    is of our own making. `scan_found`: what the scanner called it, or why it could not look. `caution`: 'active': a PDF
    that holds scripts or attached files, which nothing here ever runs or opens.
    """

    __tablename__ = "stored_file"
    # What the scanner has not seen yet: few of very many.
    __table_args__ = (Index("ix_stored_file_unscanned", "scan_next_at", postgresql_where=text("scan = 'waiting'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    scan: Mapped[str | None]
    scan_found: Mapped[str | None]
    scanned_at: Mapped[dt.datetime | None]
    scan_next_at: Mapped[dt.datetime | None]
    scan_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    caution: Mapped[str | None]


def store(source: IO[bytes] | bytes, *, name: str, media_type: str) -> StoredFile:
    """Keep the bytes and return the new row (flushed, so that it has an id). Raises OSError where the store refused."""
    sha256, size = _write(source)
    row = StoredFile(sha256=sha256, name=Path(name).name or "file", media_type=media_type, size=size)
    db.session.add(row)
    db.session.flush()
    return row


def path_of(sha256: str) -> Path:
    """The place on this machine's disk, for what lies nowhere else: parts of packages, and what is being staged."""
    return disk().place(sha256)


def exists(sha256: str) -> bool:
    return _holder(sha256) is not None


def size_of(sha256: str) -> int | None:
    """In bytes; None: the bytes are gone."""
    return next((size for shelf in shelves() if (size := shelf.size(sha256)) is not None), None)


def written_at(sha256: str) -> dt.datetime | None:
    """When the bytes were last put there, by the clock of the store; None: they are gone."""
    found = [at for shelf in shelves() if (at := shelf.written(sha256)) is not None]
    return max(found, default=None)


def take_away(sha256: str) -> None:
    """The bytes, wherever they lie. Only `infra.staging.take_away` asks for it, which sees that no row names them."""
    for shelf in shelves():
        shelf.take_away(sha256)


def stream(sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes in pieces, from `start` on. Raises FileNotFoundError when they are gone."""
    return _found(sha256).stream(sha256, start, length)


def read(sha256: str) -> bytes:
    """The bytes with that digest. Raises FileNotFoundError when they are gone."""
    return b"".join(stream(sha256))


def opened(sha256: str) -> IO[bytes]:
    """To read here and there: from the disk, else a copy that goes when it is closed. Raises FileNotFoundError."""
    holder = _found(sha256)
    if isinstance(holder, Disk):
        return holder.place(sha256).open("rb")
    copy = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the caller
    for piece in holder.stream(sha256):
        copy.write(piece)
    copy.seek(0)
    return copy


def forget_halves() -> None:
    """What processes left behind that were killed while they wrote."""
    halves = list(disk().root.glob(f"{HALF}*"))
    if not halves:
        return
    with tempfile.TemporaryFile(dir=disk().root) as probe:  # the clock that dates files, whatever ours says
        now = os.fstat(probe.fileno()).st_mtime
    for half in halves:
        with suppress(FileNotFoundError):  # its writer was slow, and is done
            if now - half.stat().st_mtime > HALF_KEPT_S:
                half.unlink()


def disk() -> Disk:
    return Disk(Path(current_app.config["DATA_DIR"]) / "files")


def shelf() -> Shelf:
    """Where new bytes go."""
    if EXTENSION not in current_app.extensions:
        return _named_by_settings() if current_app.config.get("STORE") else disk()
    held: Shelf = current_app.extensions[EXTENSION]
    return held


def shelves() -> tuple[Shelf, ...]:
    """Where bytes may lie, in the order in which to look."""
    first = shelf()
    return (first,) if isinstance(first, Disk) else (first, disk())


def _named_by_settings() -> Shelf:
    """The bucket of the settings; made once, as it keeps its connections."""
    config = current_app.config
    endpoint, region, key, secret = config["STORE_ACCESS"]
    made: Shelf = bucket_of(config["STORE"], endpoint=endpoint, region=region, key=key, secret=secret)
    current_app.extensions[EXTENSION] = made
    return made


def _holder(sha256: str) -> Shelf | None:
    return next((one for one in shelves() if one.size(sha256) is not None), None)


def _found(sha256: str) -> Shelf:
    holder = _holder(sha256)
    if holder is None:
        raise FileNotFoundError(sha256)
    return holder


def _write(source: IO[bytes] | bytes) -> tuple[str, int]:
    """Onto the disk first: the address follows from the whole, and a reader never sees half a file."""
    root = disk().root
    root.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=root, prefix=HALF, delete=False) as out:
        if isinstance(source, bytes):
            digest.update(source)
            size = len(source)
            out.write(source)
        else:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    try:
        shelf().put(Path(out.name), digest.hexdigest())
    finally:
        Path(out.name).unlink(missing_ok=True)
    return digest.hexdigest(), size
