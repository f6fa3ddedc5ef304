"""SEC-6: what strangers send is not read where it leads nowhere, and not beyond what a stranger has to say."""

from __future__ import annotations

import dataclasses
import io

from flask import Flask

from lmsapp import create_app
from lmsapp.infra.db import db
from lmsapp.web.setup import STRANGERS_BYTES

LARGE = 300 << 20
BOUNDARY = "part"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n'.encode()


class Body(io.RawIOBase):
    """A multipart upload that says how much of it was asked for."""

    def __init__(self, size: int) -> None:
        self.left, self.taken, self.begun = size, 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        piece = HEAD if not self.begun else (b"x" * 99 + b"\n") * (min(len(into), self.left) // 100)
        self.begun = True
        into[: len(piece)] = piece
        self.left -= len(piece)
        self.taken += len(piece)
        return len(piece)


def test_a_stranger_s_upload_is_not_taken_in(own_app: Flask) -> None:
    """SEC-6, SEC-4: asked to sign in, or refused, before megabytes of it lie on our disk. As in production, where the
    token of the form is looked for in the body."""
    settings = dataclasses.replace(
        own_app.extensions["settings"], base_url="http://localhost", max_upload_bytes=2 * LARGE
    )
    strict = create_app(settings)
    for path, status in {"/hr/roster": 302, "/account/password": 302, "/nowhere": 413, "/sign-in": 413}.items():
        body = Body(LARGE)
        answer = strict.test_client().post(
            path,
            headers={"Origin": "http://localhost"},
            environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(LARGE), "CONTENT_TYPE": TYPE},
        )
        assert body.taken <= STRANGERS_BYTES, path
        assert answer.status_code == status, path
    with strict.app_context():
        db.engine.dispose()
