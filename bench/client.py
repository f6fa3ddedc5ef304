"""The clients: a process of its own, so that its work is not counted with the server's.

Reads one job as JSON from standard input, prints one result as JSON. Threads with keep-alive connections take the next
request each; every answer's status and body are checked. Plain sockets, because http.client would cost nearly as much
as a page.
"""

from __future__ import annotations

import itertools
import json
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Run:
    """What the threads share."""

    job: dict[str, Any]
    turn: itertools.count[int] = field(default_factory=itertools.count)
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    issued: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    run = Run(json.load(sys.stdin))
    for one in run.job["requests"]:
        one["bytes"] = _encode(one)
    threads = [threading.Thread(target=_client, args=(run,)) for _ in range(run.job["clients"])]
    started, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = {
        "seconds": time.perf_counter() - started,
        "cpu_ms": (time.process_time() - cpu) * 1000,
        "times": run.times,
        "size": sum(run.sizes) // max(1, len(run.sizes)),
        "wrong": run.wrong[:5],
        "errors": len(run.wrong),
        "issued": run.issued,
    }
    json.dump(result, sys.stdout)


def _client(run: Run) -> None:
    requests, once, most = run.job["requests"], run.job["once"], run.job["most"]
    until = time.perf_counter() + run.job["seconds"]
    connection, issued = Connection(run.job["port"]), 0
    while not issued or time.perf_counter() < until:
        number = next(run.turn)
        if (once and number >= len(requests)) or number >= most:
            break
        issued += 1
        request = requests[number % len(requests)]
        began = time.perf_counter()
        try:
            status, head, body = connection.ask(request["bytes"])
        except OSError as problem:
            run.wrong.append(f"{request['path']}: {problem!r}")
            connection = Connection(run.job["port"])
            continue
        run.times.append((time.perf_counter() - began) * 1000)
        run.sizes.append(len(body))
        if said := _problem(request, status, head, body):
            run.wrong.append(f"{request['method']} {request['path']}: {said}")
    connection.close()
    with run.lock:
        run.issued += issued


class Connection:
    """One keep-alive connection to the server on this machine."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """(status, head, body) of the answer."""
        self.socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _blank, body = received.partition(b"\r\n\r\n")
        lower = head.lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in lower:
            return status, head, self._chunked(body)
        length = int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        parts = [body]
        left = length - len(body)
        while left > 0:
            parts.append(self._more())
            left -= len(parts[-1])
        return status, head, b"".join(parts)

    def _chunked(self, received: bytes) -> bytes:
        parts = []
        while True:
            while b"\r\n" not in received:
                received += self._more()
            line, _end, received = received.partition(b"\r\n")
            length = int(line, 16)
            while len(received) < length + 2:
                received += self._more()
            parts.append(received[:length])
            received = received[length + 2 :]
            if not length:
                return b"".join(parts)

    def _more(self) -> bytes:
        piece = self.socket.recv(262144)
        if not piece:
            raise ConnectionError("the server closed the connection")
        return piece

    def close(self) -> None:
        self.socket.close()


def _encode(one: dict[str, Any]) -> bytes:
    body = one["body"].encode()
    headers = {"Host": one["host"], "User-Agent": "bench", "Accept": "text/html", **one["headers"]}
    if one["method"] == "POST":
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    lines = [f"{one['method']} {one['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    request: bytes = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return request


def _problem(request: dict[str, Any], status: int, head: bytes, body: bytes) -> str:
    """What is wrong with an answer; empty when all is as expected."""
    if status != request["status"]:
        return f"status {status} instead of {request['status']}: {body[:100]!r}"
    for words in request["expect"]:
        if words.encode() not in body:
            return f"{words!r} is missing in {len(body)} bytes: {body[:100]!r}"
    for words, times in request["count"].items():
        if (found := body.count(words.encode())) != times:
            return f"{words!r} occurs {found} times instead of {times}"
    if request["location"] and f"location: {request['location']}".lower().encode() not in head.lower():
        return f"does not lead to {request['location']}: {head[:400]!r}"
    return ""


if __name__ == "__main__":
    main()
