"""Where bytes lie: a folder, memory, a bucket over HTTP; moving from one to the other (HRD-2, OPS)."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest
from flask import Flask, current_app
from obstore.store import LocalStore, MemoryStore

from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.shelves import Bucket, Disk, NotTrueError, Shelf, bucket_of

CONTENT = b"0123456789" * 300_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class S3(BaseHTTPRequestHandler):
    """As much of S3 as a store of bytes asks for: PUT, HEAD, GET with a range, DELETE, list."""

    protocol_version = "HTTP/1.1"
    held: dict[str, bytes] = {}
    spoil = False

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        sent = {"Content-Length": str(len(body)), "ETag": '"x"', "Last-Modified": "Mon, 02 Nov 2026 12:00:00 GMT"}
        for name, value in (sent | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        taken = self.rfile.read(int(self.headers["Content-Length"]))
        self.held[self.key] = b"?" + taken[1:] if self.spoil else taken
        self.answer(200)

    def do_DELETE(self) -> None:
        self.held.pop(self.key, None)
        self.answer(204)

    def do_POST(self) -> None:
        named = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = re.findall("<Key>(.*?)</Key>", named)
        for key in keys:
            self.held.pop(key, None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self.answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def do_HEAD(self) -> None:
        body = self.held.get(self.key)
        self.answer(404) if body is None else self.answer(200, **{"Content-Length": str(len(body))})

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "list-type" in asked:
            names = "".join(f"<Contents><Key>{escape(k)}</Key><Size>{len(v)}</Size><ETag>x</ETag><LastModified>2026-11-02T12:00:00Z</LastModified></Contents>"
                            for k, v in sorted(self.held.items()))  # fmt: skip
            self.answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{names}</ListBucketResult>".encode())
        elif (body := self.held.get(self.key)) is None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif wanted := self.headers.get("Range"):
            start, end = (int(one) for one in wanted.removeprefix("bytes=").split("-"))
            part = body[start : end + 1]
            self.answer(206, part, **{"Content-Range": f"bytes {start}-{start + len(part) - 1}/{len(body)}"})
        else:
            self.answer(200, body)

    @property
    def key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/papers/")


@contextmanager
def s3() -> Iterator[Bucket]:
    S3.held, S3.spoil = {}, False
    with ThreadingHTTPServer(("127.0.0.1", 0), S3) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield bucket_of("s3://papers/of/people", endpoint=endpoint, key="key", secret="secret")
        finally:
            server.shutdown()
            thread.join()


def keeps(shelf: Shelf, folder: Path) -> None:
    for _twice in range(2):
        source = folder / "new"
        source.write_bytes(CONTENT)
        shelf.put(source, SHA256)
    assert shelf.size(SHA256) == len(CONTENT) and list(shelf.names()) == [SHA256]
    assert b"".join(shelf.stream(SHA256)) == CONTENT
    assert b"".join(shelf.stream(SHA256, 2_999_990)) == b"0123456789"
    assert b"".join(shelf.stream(SHA256, 5, 8)) == b"56789012"
    assert shelf.size("0" * 64) is None
    with pytest.raises(FileNotFoundError):
        shelf.stream("0" * 64)
    with pytest.raises(FileNotFoundError):
        shelf.stream("0" * 64, 5, 8)


def test_every_shelf_keeps_alike(tmp_path: Path) -> None:
    """HRD-2: whole, in part, absent: the same on disk, in a folder or memory of obstore, and in S3 over HTTP."""
    (tmp_path / "local").mkdir()
    keeps(Disk(tmp_path / "disk"), tmp_path)
    keeps(Bucket(LocalStore(tmp_path / "local"), "a/b"), tmp_path)
    keeps(Bucket(MemoryStore()), tmp_path)
    with s3() as bucket:
        keeps(bucket, tmp_path)
        assert list(S3.held) == [f"of/people/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]
        S3.held.clear()
        S3.spoil = True
        (tmp_path / "new").write_bytes(CONTENT)
        with pytest.raises(NotTrueError):
            bucket.put(tmp_path / "new", SHA256)
        assert not S3.held, "what came back as something else does not stay"


def test_moving_to_a_bucket(app: Flask) -> None:
    """OPS, HRD-2: what is on the disk stays readable, is copied once and verified; a spoiled and a gone file are named;
    new bytes go to the bucket alone."""
    kept = [files.store(b"paper %d" % n, name=f"{n}.pdf", media_type="application/pdf") for n in range(4)]
    db.session.commit()
    files.path_of(kept[2].sha256).write_bytes(b"changed")
    files.path_of(kept[3].sha256).unlink()
    bucket = Bucket(MemoryStore(), "files")
    current_app.extensions[files.EXTENSION] = bucket
    try:
        assert files.read(kept[0].sha256) == b"paper 0", "not moved yet"
        run = app.test_cli_runner().invoke
        first = run(args=["files", "move"])
        assert first.exit_code == 1 and "2 moved" in first.output
        assert f"{kept[2].sha256} is different" in first.output and f"{kept[3].sha256} is gone" in first.output
        assert set(bucket.names()) == {kept[0].sha256, kept[1].sha256}
        assert "0 moved, 2 were there already" in run(args=["files", "move"]).output
        files.path_of(kept[0].sha256).unlink()
        assert files.read(kept[0].sha256) == b"paper 0"
        with files.opened(kept[0].sha256) as source:
            assert source.read() == b"paper 0"
        new = files.store(b"new", name="n.pdf", media_type="application/pdf")
        assert bucket.size(new.sha256) == 3 and not files.path_of(new.sha256).exists()
        checked = run(args=["files", "check"])
        assert checked.exit_code == 1 and "3 of 5 files" in checked.output
    finally:
        del current_app.extensions[files.EXTENSION]
