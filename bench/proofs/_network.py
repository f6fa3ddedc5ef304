"""The network between one browser and the server: an HTTP proxy of its own, so that addresses and hosts stay as they are.

`options()` goes to a browser context. Faults of `_faults` meet what `picks` out; `cut()` takes the whole network away
until `back()`: what was on its way is reset or never answered.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

from bench.proofs._faults import FAULTS, Proxy, _read_request, _reset

REPORTS = (b"/commits", b"/beats", b"/items")
HANGS, RESETS = "hangs", "resets"
# What a report may meet without the page being told anything wrong.
OF_REPORTS = tuple(one for one in FAULTS if one != "slow")


def is_report(head: bytes) -> bool:
    """Whether a request is one of the player's."""
    line = head.split(b"\r\n", 1)[0].split(b" ")
    return line[0] == b"POST" and line[1].endswith(REPORTS)


@dataclass
class Network(Proxy):
    """Of one learner. `outage`: '' while it works."""

    outage: str = ""
    refused: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def options(self) -> dict[str, Any]:
        """For `browser.new_context(proxy=...)`: this machine's own names go through it too."""
        return {"server": f"http://127.0.0.1:{self.port}", "bypass": "<-loopback>"}

    def cut(self, how: str = RESETS) -> None:
        """No request gets through any more."""
        self.outage = how
        self._loop.call_soon_threadsafe(self._reset_all)

    def back(self) -> None:
        """It works again; what hung is reset."""
        self.outage = ""
        self._loop.call_soon_threadsafe(self._reset_all)

    def calm(self) -> None:
        """No more faults."""
        self.share = 0.0

    def _reset_all(self) -> None:
        for writer in list(self._open):
            with contextlib.suppress(OSError, AttributeError):
                _reset(writer)

    async def _close(self) -> None:
        await super()._close()
        mine = asyncio.current_task()
        others = [one for one in asyncio.all_tasks() if one is not mine]
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.02)  # what was closed is let go by the loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with contextlib.suppress(asyncio.CancelledError):  # the proxy is closed
                await self._one(reader, writer)
        finally:
            self._open.discard(writer)
            with contextlib.suppress(OSError):
                writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            request = to_origin(await _read_request(reader))
            if not request:
                return
            if self.outage:
                self.refused += 1
                if self.outage == HANGS:
                    await reader.read(-1)  # until one side gives up
                else:
                    _reset(writer)
                return
            await self._handle(request, writer)


def to_origin(request: bytes) -> bytes:
    """As the server wants it: the path alone in the first line. Nothing for what is not plain HTTP to this machine."""
    head, ends, body = request.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    words = line.split(b" ")
    if len(words) != 3 or not words[1].startswith(b"http://"):
        return b""
    host, _, path = words[1].removeprefix(b"http://").partition(b"/")
    if host.partition(b":")[0] not in (b"localhost", b"127.0.0.1"):
        return b""
    kept = [one for one in fields if not one.lower().startswith(b"proxy-")]
    return b"\r\n".join([b" ".join([words[0], b"/" + path, words[2]]), *kept]) + ends + body
