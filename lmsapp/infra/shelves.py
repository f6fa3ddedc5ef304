"""Where bytes lie: a folder of this machine, or a bucket (S3 and what speaks like it). SHA-256 is their only address.

A shelf is written once for each address, and what was sent over a network is read back before it counts. Names and
types are not here: rows keep those.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from lmsapp.infra.later import Later

obstore, stores = Later("obstore"), Later("obstore.store")  # 7 MB that only a bucket needs
CHUNK = 1 << 20
HEX = frozenset("0123456789abcdef")


class NotTrueError(OSError):
    """What the store gives back is not what was given to it."""


class Shelf(Protocol):
    """Bytes by SHA-256 (lower-case hex)."""

    def put(self, source: Path, sha256: str) -> None:
        """Take the file in; it may be moved. There already: nothing changes."""

    def size(self, sha256: str) -> int | None:
        """In bytes; None: not here."""

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """In pieces, from the byte `start`. Raises FileNotFoundError at once when it is not here."""

    def written(self, sha256: str) -> dt.datetime | None:
        """By the clock of the store; None: not here."""

    def take_away(self, sha256: str) -> None:
        """The bytes, where they are here."""

    def names(self) -> Iterator[str]:
        """Every SHA-256 here."""


class Disk:
    """A folder: `ab/cd/abcd…`. Written beside the target and renamed, so that a reader never sees half a file."""

    def __init__(self, root: Path):
        self.root = root

    def place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, source: Path, sha256: str) -> None:
        """`source` lies in the same file system and is moved."""
        place = self.place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        source.replace(place)

    def size(self, sha256: str) -> int | None:
        try:
            return self.place(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        place = self.place(sha256)
        place.stat()  # gone: said now, not at the first piece

        def pieces() -> Iterator[bytes]:
            left = length
            with place.open("rb") as source:
                source.seek(start)
                while left is None or left > 0:
                    piece = source.read(CHUNK if left is None else min(CHUNK, left))
                    if not piece:
                        return
                    left = None if left is None else left - len(piece)
                    yield piece

        return pieces()

    def written(self, sha256: str) -> dt.datetime | None:
        try:
            return dt.datetime.fromtimestamp(self.place(sha256).stat().st_mtime, dt.UTC)
        except FileNotFoundError:
            return None

    def take_away(self, sha256: str) -> None:
        self.place(sha256).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for place in self.root.glob("??/??/" + "?" * 64):
            if set(place.name) <= HEX:
                yield place.name


class Bucket:
    """Any store of `obstore`: S3, memory, a folder. `prefix` without slashes at its ends."""

    def __init__(self, store: Any, prefix: str = ""):
        self.store, self.prefix = store, f"{prefix}/" if prefix else ""

    def place(self, sha256: str) -> str:
        return f"{self.prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def put(self, source: Path, sha256: str) -> None:
        """Raises NotTrueError when what comes back is something else; the next try writes it again."""
        if self.size(sha256) == source.stat().st_size:
            return
        obstore.put(self.store, self.place(sha256), source)
        if digest_of(self.stream(sha256)) != sha256:
            obstore.delete(self.store, self.place(sha256))
            raise NotTrueError(f"{sha256} came back from the store as something else")

    def size(self, sha256: str) -> int | None:
        try:
            return int(obstore.head(self.store, self.place(sha256))["size"])
        except FileNotFoundError:
            return None

    def stream(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        place = self.place(sha256)
        if start == 0 and length is None:
            found = obstore.get(self.store, place)
            return (bytes(piece) for piece in found.stream(min_chunk_size=CHUNK))
        whole = self.size(sha256)
        if whole is None:
            raise FileNotFoundError(sha256)
        end = whole if length is None else min(whole, start + length)
        return (
            bytes(obstore.get_range(self.store, place, start=at, end=min(at + CHUNK, end)))
            for at in range(start, end, CHUNK)
        )

    def written(self, sha256: str) -> dt.datetime | None:
        try:
            found: dt.datetime = obstore.head(self.store, self.place(sha256))["last_modified"]
        except FileNotFoundError:
            return None
        return found

    def take_away(self, sha256: str) -> None:
        if self.size(sha256) is not None:
            obstore.delete(self.store, self.place(sha256))

    def names(self) -> Iterator[str]:
        for batch in obstore.list(self.store, prefix=self.prefix or None):
            for one in batch:
                name = str(one["path"]).rpartition("/")[2]
                if len(name) == 64 and set(name) <= HEX:
                    yield name


def digest_of(pieces: Iterator[bytes]) -> str:
    """SHA-256, lower-case hex."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def bucket_of(address: str, *, endpoint: str = "", region: str = "", key: str = "", secret: str = "") -> Bucket:
    """Of 's3://bucket/prefix'. `endpoint`: another server than Amazon's. Raises ValueError for another address."""
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError(address)
    config: Any = {"region": region or "us-east-1"}
    if endpoint:
        config |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
    if key:
        config |= {"access_key_id": key, "secret_access_key": secret}
    options: Any = {"allow_http": endpoint.startswith("http://"), "connect_timeout": "5s", "timeout": "120s"}
    retry: Any = {"max_retries": 3}
    store = stores.S3Store(parts.netloc, config=config, client_options=options, retry_config=retry)
    return Bucket(store, parts.path.strip("/"))
