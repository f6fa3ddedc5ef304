"""Providers that write down what they accept, before they say so: a mail server, and a gateway for text messages.

Each in a process of its own, so that the one that forks has no threads. A line for each message accepted: to whom, and
by which id.
"""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from bench.proofs._killing import end, fork
from lmsapp.infra.servers.valkey import free_port
from tests.outreach.gateway import Gateway, Taken, Turn, _Handler, _Server, say
from tests.outreach.post import read

BUSY = 0.03  # of the messages: not now


@dataclass(frozen=True)
class Accepted:
    """What a provider will deliver: by recipient, the ids of all copies."""

    port: int
    book: Path

    def by_recipient(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for line in self.book.read_text().splitlines() if self.book.exists() else ():
            to, _tab, key = line.partition("\t")
            found[to].append(key)
        return found


class _Book:
    def __init__(self, path: Path):
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, to: str, key: str) -> None:
        os.write(self.file, f"{to}\t{key}\n".encode())


class _MailServer:
    def __init__(self, book: _Book, busy: float):
        self.book, self.busy = book, busy

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if random.random() < self.busy:
            return "451 busy, try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.book.write(envelope.rcpt_tos[0], str(read(envelope.content)["Message-ID"]))
        return "250 OK"


class _Delivered(list[Taken]):
    """What the gateway takes, which a second copy is not."""

    def __init__(self, book: _Book):
        super().__init__()
        self.book = book

    def append(self, one: Taken) -> None:
        self.book.write(str(one.fields.get("to")), one.key or "")
        super().append(one)


class _Patient(_Server):
    def handle_error(self, *_request: Any) -> None:
        """Half a request is no message, and nothing to speak of."""


class _Gateway(Gateway):
    def turn(self, request: Taken) -> Turn | None:
        return say(503, "busy") if random.random() < BUSY else super().turn(request)


@contextmanager
def mail_server(app: Flask, folder: Path, busy: float = BUSY) -> Iterator[Accepted]:
    """The one the application sends to. `busy`: the share it has no time for."""
    accepted = Accepted(free_port(), folder / "mail.txt")

    def serve() -> None:
        Controller(_MailServer(_Book(accepted.book), busy), hostname="127.0.0.1", port=accepted.port).start()
        threading.Event().wait()

    app.config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=accepted.port)
    with _served(app, serve, accepted):
        yield accepted


@contextmanager
def text_gateway(app: Flask, folder: Path) -> Iterator[Accepted]:
    """One that knows a second copy by its idempotency key: what it writes down is what it delivers."""
    accepted = Accepted(free_port(), folder / "texts.txt")

    def serve() -> None:
        handler: Any = type("Handler", (_Handler,), {})
        handler.gateway = _Gateway(accepted.port, taken=_Delivered(_Book(accepted.book)))
        _Patient(("127.0.0.1", accepted.port), handler).serve_forever()

    with _served(app, serve, accepted):
        yield accepted


@contextmanager
def _served(app: Flask, serve: Any, accepted: Accepted) -> Iterator[None]:
    pid = fork(app, serve)
    try:
        _wait_for(accepted.port)
        yield
    finally:
        end(pid)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.02)
    raise RuntimeError("the provider did not start")
