"""Files by content: bytes lie under their SHA-256, a row keeps name, type and size.

The same bytes are stored once. Nothing here is reachable by a static address; views authorise and send.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model, db

CHUNK = 1 << 20


class StoredFile(Model):
    """A file as it came. `sha256` is lower-case hex and the address of the bytes."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


def store(source: IO[bytes] | bytes, *, name: str, media_type: str) -> StoredFile:
    """Keep the bytes and return the new row (flushed, so that it has an id)."""
    sha256, size = _write(source)
    row = StoredFile(sha256=sha256, name=Path(name).name or "file", media_type=media_type, size=size)
    db.session.add(row)
    db.session.flush()
    return row


def path_of(sha256: str) -> Path:
    """Where the bytes with that digest lie."""
    root = Path(current_app.config["DATA_DIR"]) / "files"
    return root / sha256[:2] / sha256[2:4] / sha256


def read(sha256: str) -> bytes:
    """The bytes with that digest. Raises FileNotFoundError when they are gone."""
    return path_of(sha256).read_bytes()


def _write(source: IO[bytes] | bytes) -> tuple[str, int]:
    """Write beside the target, then rename: a reader never sees half a file."""
    root = Path(current_app.config["DATA_DIR"]) / "files"
    root.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as out:
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
    target = path_of(digest.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(out.name).replace(target)
    return digest.hexdigest(), size
