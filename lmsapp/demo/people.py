"""Reads `organisation.yaml`: the made-up people, in an order in which each manager comes before their people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from lmsapp.demo.accounts import DOMAIN
from lmsapp.people.employees.rules import fold

FILE: Final = Path(__file__).with_name("organisation.yaml")
CHICAGO: Final = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Person:
    """`days` since they were hired; `manager` is a name; `email` None for those who have none."""

    number: str
    name: str
    department: str
    job_role: str
    days: int
    manager: str | None
    location: str
    region: str
    cohort: str
    zone: str
    language: str
    email: str | None
    mobile: str | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A department and the one above it."""

    name: str
    parent: str | None


@lru_cache(maxsize=1)
def people() -> tuple[Person, ...]:
    """Everybody, numbered as they stand in the file."""
    return tuple(_person(number, team, line) for number, (team, line) in enumerate(_lines(), start=1001))


def units() -> tuple[Unit, ...]:
    """The departments, each after the one above it."""
    found = {team["department"]: Unit(team["department"], team.get("parent")) for team in _teams()}
    return tuple(found.values())


def heads() -> dict[str, str]:
    """Of each department that has one, the name of its head."""
    return {team["department"]: team["head"] for team in reversed(_teams()) if "head" in team}


def _teams() -> list[dict[str, Any]]:
    teams: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["teams"]
    return teams


def _lines() -> Iterator[tuple[dict[str, Any], str]]:
    for team in _teams():
        for line in team["people"]:
            yield team, line


def _person(number: int, team: dict[str, Any], line: str) -> Person:
    name, job_role, days, *more = (part.strip() for part in line.split(";"))
    own = dict(part.split("=", 1) for part in more)
    head = team.get("head")
    local = own.get("email", address(name))
    return Person(
        number=f"E-{number}",
        name=name,
        department=team["department"],
        job_role=job_role,
        days=int(days),
        manager=own.get("manager") or (head if head and head != name else team.get("reports_to")),
        location=team["location"],
        region=team.get("region", ""),
        cohort=team.get("cohort", ""),
        zone=team.get("zone", CHICAGO),
        language=own.get("language", "en"),
        email=f"{local}@{DOMAIN}" if local else None,
        mobile=own.get("mobile"),
    )


def address(name: str) -> str:
    """'Tomasz Zieliński' -> 'tomasz.zielinski'."""
    return re.sub(r"[^a-z0-9-]+", ".", fold(name).replace("’", ""))
