"""How big the organisation of a run is, and how long each measurement takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """`people` all report to employee 1, directly or not; each takes every course, so that there are people x courses
    enrollments and assignments. `seconds` is the length of one measurement; `clients` the numbers of clients tried.
    `visitors` is how many different people visit in the reading operations."""

    name: str
    people: int
    courses: int
    seconds: float
    clients: tuple[int, ...]
    departments: int = 40
    roles: int = 10
    locations: int = 8
    lessons: int = 10
    questions: int = 10
    visitors: int = 300
    warm_up: int = 300


FULL = Size("full", people=10_000, courses=20, seconds=3.0, clients=(1, 4, 8))
SMALL = Size("small", people=120, courses=3, seconds=0.05, clients=(2,), departments=4, visitors=20, warm_up=4)
