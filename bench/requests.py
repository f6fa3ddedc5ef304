"""A request and what its answer must be; an operation and what it is aimed at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg

from bench.house import HOST

# Given the connection and how many requests were answered: what is wrong in the database, or nothing.
Check = Callable[[psycopg.Connection, int], str]


@dataclass(slots=True)
class Request:
    """One request and what its answer must be like. `count`: words and how often they occur."""

    path: str
    cookie: str = ""
    method: str = "GET"
    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    expect: list[str] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)
    location: str = ""
    host: str = HOST

    def as_json(self) -> dict[str, Any]:
        """As `bench.client` reads it."""
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        return asdict(self) | {"headers": {**cookie, **self.headers}}


@dataclass(slots=True)
class Operation:
    """`aim`: CPU ms of web and PostgreSQL together. `moodle`: CPU ms there. `once`: no request is sent twice."""

    name: str
    aim: float | None
    moodle: str
    requests: Sequence[Request]
    once: bool = False
    page: bool = False
    clients: tuple[int, ...] | None = None
    check: Check | None = None
