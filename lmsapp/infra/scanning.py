"""The virus scanner, where one is set up: clamd's INSTREAM, spoken by hand (clamd(8)).

A stream is sent in pieces, each behind its length (4 bytes, big end first), and ended by a length of nothing; clamd
answers one line: 'stream: OK', 'stream: <name> FOUND', or what went wrong, ending in ERROR.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app

LENGTH = struct.Struct(">L")
CONNECT_S = 3.0
ANSWER_S = 120.0
MOST_ANSWER = 4096
PIECE = 64 << 10


class ScannerAway(Exception):
    """Nobody looked into the file: the scanner does not answer, or not in time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state`: 'clean', 'infected', 'failed' (it cannot be scanned, and trying again does not help).
    `words`: the scanner's own."""

    state: str
    words: str = ""


def is_set_up() -> bool:
    return bool(current_app.config.get("CLAMD"))


def scan(pieces: Iterable[bytes], *, within_s: float = ANSWER_S) -> Verdict:
    """What the scanner says of the bytes. Raises ScannerAway."""
    return ask(current_app.config["CLAMD"], pieces, within_s=within_s)


def ask(address: str, pieces: Iterable[bytes], *, within_s: float = ANSWER_S) -> Verdict:
    """As `scan`, of the scanner at 'host:port' or a socket's path."""
    until = time.monotonic() + within_s
    try:
        with _connected(address) as link:
            sent = _send(link, pieces, until)
            answer = _answer(link, until)
    except (OSError, ValueError) as problem:
        raise ScannerAway(str(problem) or type(problem).__name__) from problem
    words = answer.removeprefix("stream:").strip()
    if words == "OK" and sent:
        return Verdict("clean")
    if words.endswith(" FOUND"):
        return Verdict("infected", words.removesuffix(" FOUND")[:200])
    if "size limit" in words:
        return Verdict("failed", words[:200])
    raise ScannerAway(words[:200] or "it hung up")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX)
        try:
            link.settimeout(CONNECT_S)
            link.connect(address)
        except OSError:
            link.close()
            raise
        return link
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), CONNECT_S)


def _send(link: socket.socket, pieces: Iterable[bytes], until: float) -> bool:
    """Whether all was taken: a scanner that has seen enough hangs up before the end, and its answer waits."""
    try:
        link.sendall(b"zINSTREAM\0")
        for whole in pieces:
            for at in range(0, len(whole), PIECE):
                piece = whole[at : at + PIECE]
                link.settimeout(max(0.01, until - time.monotonic()))
                link.sendall(LENGTH.pack(len(piece)) + piece)
        link.sendall(LENGTH.pack(0))
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _answer(link: socket.socket, until: float) -> str:
    taken = b""
    while not taken.endswith(b"\0") and len(taken) < MOST_ANSWER:
        link.settimeout(max(0.01, until - time.monotonic()))
        piece = link.recv(1024)
        if not piece:
            break
        taken += piece
    return taken.rstrip(b"\0\n").decode("utf-8", "replace")
