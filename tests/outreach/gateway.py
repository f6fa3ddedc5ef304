"""A real HTTP gateway in the test's hand: it takes text messages, Slack posts and JSON notices, and misbehaves as told.

    with gateway() as server:
        server.next(say(429, headers={"Retry-After": "120"}), reset_after_taking())
        ...
        assert [one.fields["to"] for one in server.taken] == ["+13125550100"]

`/sms` answers with an id and, where it `honours_keys`, knows a second copy by its Idempotency-Key: the same answer,
nothing taken. `/slack` answers 'ok' as Slack does. Any other address takes JSON (`json://host:port/notify` of Apprise).
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Taken:
    """A message the gateway will deliver. `fields`: the body, read as JSON or as a form; `key`: its idempotency key."""

    path: str
    key: str | None
    fields: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do with one request. `takes`: the message is taken before anything else happens."""

    status: int = 0
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    takes: bool = False
    hang_s: float = 0.0
    resets: bool = False
    garbage: bytes = b""


def say(status: int, body: str = "", headers: dict[str, str] | None = None, *, takes: bool = False) -> Turn:
    """Answer so, without taking the message (or after it: a 500 that came too late)."""
    return Turn(status, body, tuple((headers or {}).items()), takes)


def hang(seconds: float, *, takes: bool = False) -> Turn:
    """Say nothing for so long, then answer as usual if anybody still listens."""
    return Turn(takes=takes, hang_s=seconds)


def reset() -> Turn:
    """Drop the connection without having taken anything."""
    return Turn(resets=True)


def reset_after_taking() -> Turn:
    """The case nobody can tell from `reset`: taken, and the answer lost."""
    return Turn(resets=True, takes=True)


def garbage(*, takes: bool = False) -> Turn:
    """Something that is no HTTP."""
    return Turn(garbage=b"\x00\xff NONSENSE\r\n\r\n", takes=takes)


@dataclass
class Gateway:
    """`taken`: what it will deliver, in order. `asked`: every request, second copies included."""

    port: int
    honours_keys: bool = True
    key_header: str = "Idempotency-Key"
    taken: list[Taken] = field(default_factory=list)
    asked: list[Taken] = field(default_factory=list)
    before_taking: Callable[[Taken], None] = lambda _request: None
    after_taking: Callable[[Taken], None] = lambda _request: None
    _turns: deque[Turn] = field(default_factory=deque)
    _ids: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def next(self, *turns: Turn) -> None:
        """What the next requests meet, one after the other; then all is well again."""
        self._turns.extend(turns)

    def turn(self, request: Taken) -> Turn | None:
        """The scripted one for this request; None: as usual."""
        with self._lock:
            self.asked.append(request)
            return self._turns.popleft() if self._turns else None

    def take(self, request: Taken) -> str:
        """The message's id. Taken once by its key, or each time where keys mean nothing here."""
        self.before_taking(request)
        with self._lock:
            known = self._ids.get(request.key or "") if self.honours_keys and request.key else None
            if known is None:
                self.taken.append(request)
                known = f"gw-{len(self.taken)}"
                if request.key:
                    self._ids[request.key] = known
        self.after_taking(request)
        return known


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = self._read()
        if request is None:
            self.close_connection = True
            return None
        turn = self.gateway.turn(request)
        if turn is None:
            return self._answer_well(request)
        if turn.takes:
            self.gateway.take(request)
        if turn.hang_s:
            threading.Event().wait(turn.hang_s)
        if turn.resets or turn.garbage:
            return self._break_off(turn.garbage)
        if turn.status:
            return self._answer(turn.status, turn.body, dict(turn.headers))
        return self._answer_well(request)

    def do_PUT(self) -> None:
        self.do_POST()

    def do_GET(self) -> None:
        self.do_POST()

    def _answer_well(self, request: Taken) -> None:
        known = self.gateway.take(request)
        if request.path.startswith("/slack"):
            self._answer(200, "ok", {"Content-Type": "text/plain"})
        else:
            answer = {"messages": [{"id": known, "status": "accepted"}], "id": known}
            self._answer(201, json.dumps(answer), {"Content-Type": "application/json"})

    def _answer(self, status: int, body: str, headers: dict[str, str]) -> None:
        content = body.encode()
        try:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content)), "Connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def _break_off(self, first: bytes) -> None:
        self.close_connection = True
        if first:
            self.wfile.write(first)
            return
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()  # a reset, not a goodbye
        self.rfile.close()
        self.wfile = self.rfile = _Nothing()  # type: ignore[assignment]

    def _read(self) -> Taken | None:
        """None: whoever asked died in the middle of the request, and no gateway takes half of one."""
        length = self.headers.get("Content-Length", "0" if self.command == "GET" else "")
        content = self.rfile.read(int(length)).decode() if length.isdecimal() else ""
        if not length.isdecimal() or len(content.encode()) < int(length):
            return None
        is_json = "json" in (self.headers.get("Content-Type") or "")
        fields = json.loads(content) if is_json else dict(parse_qsl(content, keep_blank_values=True))
        return Taken(self.path, self.headers.get(self.gateway.key_header), fields, dict(self.headers.items()))

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


class _Nothing:
    """Where a reset connection is read from and written to."""

    closed = True

    def flush(self) -> None: ...
    def close(self) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # one that hangs is not waited for


@contextmanager
def gateway(**changes: Any) -> Iterator[Gateway]:
    """Listening on a port of its own on this machine."""
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    handler.gateway = made = Gateway(server.server_address[1], **changes)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
