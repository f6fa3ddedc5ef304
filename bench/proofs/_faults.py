"""A proxy that breaks things: between a client and the real server, one TCP connection for each request.

What it does to a request is drawn at random from FAULTS; what it did is counted. The server is never told, and the
client sees what a bad network shows: silence, resets, half a message, answers that never come, the same request twice
or late.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

FAULTS = (
    "delay",  # the request is held back a while
    "slow",  # the answer comes in small pieces
    "drop request",  # the server never hears of it; the connection closes
    "reset",  # the same, with a reset
    "half request",  # the server gets half of it and then the end
    "drop response",  # the server acts; the answer is lost
    "reset after",  # the server acts; the connection is reset
    "half response",  # the server acts; half of the answer comes
    "twice",  # the server gets it twice, one after the other
    "at once",  # the server gets it twice at one moment
    "late",  # the client is cut off; the server gets it later, after whatever came meanwhile
)
GETS_THROUGH = frozenset({"delay", "slow", "twice", "at once"})


@dataclass
class Proxy:
    """Listens on a port of its own, in a thread. `share` of the requests that `picks` out go wrong."""

    upstream: int
    seed: int
    share: float = 0.5
    patience: float = 0.25  # seconds: the longest delay
    picks: Callable[[bytes], bool] = lambda _head: True
    faults: tuple[str, ...] = FAULTS
    done: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._loop = asyncio.new_event_loop()
        self._late: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_exc: object) -> None:
        self._do(self.settle())
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def total(self) -> int:
        """How many requests went wrong."""
        return sum(self.done.values())

    def wait_for_late(self) -> None:
        """Until everything held back has arrived."""
        self._do(self.settle())

    async def settle(self) -> None:
        while self._late:
            await asyncio.gather(*self._late, return_exceptions=True)

    # ---- the machinery

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "localhost", 0, family=socket.AF_INET)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            request = await _read_request(reader)
            if request:
                await self._handle(request, writer)
        with contextlib.suppress(OSError):
            writer.close()

    async def _handle(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        wrong = self.picks(request) and self._chance.random() < self.share
        fault = self._chance.choice(self.faults) if wrong else ""
        if fault:
            self.done[fault] += 1
        if fault in ("drop request", "reset", "half request", "late"):
            await self._cut_off(fault, request, writer)
            return
        if fault == "delay":
            await asyncio.sleep(self._chance.random() * self.patience)
        answers = [self._send(request)]
        if fault == "at once":
            answers.append(self._send(request))
        got = (await asyncio.gather(*answers))[-1]
        if fault == "twice":
            got = await self._send(request)
        await self._answer(fault, got, writer)

    async def _cut_off(self, fault: str, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The client hears nothing."""
        if fault == "half request":
            await self._send(request[: max(1, len(request) - 9)], whole=False)
        if fault == "late":
            task = asyncio.ensure_future(self._later(request))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        if fault == "reset":
            _reset(writer)

    async def _later(self, request: bytes) -> None:
        await asyncio.sleep(self.patience * (0.5 + 2 * self._chance.random()))
        await self._send(request)

    async def _answer(self, fault: str, got: bytes, writer: asyncio.StreamWriter) -> None:
        if fault == "drop response":
            return
        if fault == "reset after":
            _reset(writer)
            return
        if fault == "half response":
            got = got[: len(got) // 2]
        if fault == "slow":
            step = max(1, len(got) // 8)
            for start in range(0, len(got), step):
                writer.write(got[start : start + step])
                await writer.drain()
                await asyncio.sleep(self.patience / 16)
            return
        writer.write(got)
        await writer.drain()

    async def _send(self, request: bytes, *, whole: bool = True) -> bytes:
        """To the server on a connection of its own; all it answers."""
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("localhost", self.upstream, family=socket.AF_INET)
            with contextlib.closing(writer):
                writer.write(request)
                await writer.drain()
                return await asyncio.wait_for(reader.read(-1), 20) if whole else b""
        return b""


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """One request, told to close afterwards; empty when the client left."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    length = next((int(one.split(b":")[1]) for one in lines if one.lower().startswith(b"content-length:")), 0)
    body = await reader.readexactly(length) if length else b""
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body


def _reset(writer: asyncio.StreamWriter) -> None:
    """A reset instead of an orderly end."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
