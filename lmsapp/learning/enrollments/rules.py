"""What follows from what a learner did. Pure and dated (ENR-3, CRS-3).

What a beat of the page is worth is judged in `learning.engagement`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from lmsapp.infra.words import N_

LONGEST_BEAT = 60  # seconds; a longer gap means nobody was there
FASTEST_PLAY = 2.0  # times normal speed
MOST_MARKS = 600  # full minutes noted for one lesson
SECONDS_A_PAGE = 5  # the least time for a PDF page where no page views can be measured


class EnrollmentStatus(StrEnum):
    """ENR-3, as spelled in code, database, screen and export."""

    NOT_STARTED = "Not Started"
    IN_PROGRESS = "In Progress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    RENEWAL_REQUIRED = "Renewal Required"
    EXPIRED = "Expired"
    PAUSED = "Paused"
    WITHDRAWN = "Withdrawn"


class Asked(Protocol):
    """What is asked of a lesson; `courses.catalogue.queries.LessonLine` has it."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def min_seconds(self) -> int: ...
    @property
    def share(self) -> int: ...
    @property
    def length(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What is known of one lesson: active seconds, what was seen (see `LessonProgress.seen`), when it was done.

    `measured`: the page sent beats; without script only the time since opening is known, and of that only what was not
    counted elsewhere (`counted_until`, of the enrollment). `attempt`, `signature`, `minutes`, `course_minutes`, `said`,
    `by` as in `courses.completion.facts.LessonFact`.
    """

    opened_at: dt.datetime | None = None
    seconds: int = 0
    seen: Sequence[object] = ()
    done_at: dt.datetime | None = None
    measured: bool = False
    percent: float | None = None
    attempt: int | None = None
    signature: int | None = None
    minutes: tuple[dt.datetime, ...] = ()
    course_minutes: Mapping[int, dt.datetime] = field(default_factory=dict)
    counted_until: dt.datetime | None = None
    said: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One condition of a lesson, in words (to be translated where shown). `have` of `need` in its own unit."""

    words: str
    values: dict[str, object]
    met: bool
    have: int
    need: int


def status(
    *,
    started: bool,
    completed_on: dt.date | None,
    failed: bool,
    withdrawn: bool,
    valid_until: dt.date | None,
    renewal_from: dt.date | None,
    today: dt.date,
    paused_until: dt.date | None = None,
) -> EnrollmentStatus:
    """The one name for where an enrollment stands on `today`, a date where the learner is.

    Precedence: withdrawn, completed and its age, failed, paused. Completed and due again, it says so until the renewal
    is completed, and a pause hides nothing that counts. Paused lasts to the day before `paused_until`.
    """
    if withdrawn:
        return EnrollmentStatus.WITHDRAWN
    if completed_on is not None:
        if valid_until is not None and today > valid_until:
            return EnrollmentStatus.EXPIRED
        if renewal_from is not None and today >= renewal_from:
            return EnrollmentStatus.RENEWAL_REQUIRED
        return EnrollmentStatus.COMPLETED
    if failed:
        return EnrollmentStatus.FAILED
    if paused_until is not None and today < paused_until:
        return EnrollmentStatus.PAUSED
    return EnrollmentStatus.IN_PROGRESS if started else EnrollmentStatus.NOT_STARTED


def merge_intervals(
    old: Iterable[Sequence[float]], new: Iterable[Sequence[float]], *, length: float, allowed: float
) -> list[list[float]]:
    """Distinct stretches of a video after adding `new` to `old`, sorted, within 0 and `length` (seconds).

    New stretches count only up to `allowed` seconds of new material; what exceeds that is cut from the end.
    """
    merged = _union(old)
    left = max(0.0, allowed)
    for start, end in sorted((max(0.0, float(s)), min(float(e), length)) for s, e in new):
        for gap_start, gap_end in _gaps(merged, start, end):
            take = min(gap_end - gap_start, left)
            if take <= 0:
                continue
            left -= take
            merged = _union([*merged, [gap_start, gap_start + take]])
    return merged


def seen_seconds(intervals: Iterable[Sequence[float]]) -> float:
    """Distinct seconds watched."""
    return sum(end - start for start, end in _union(intervals))


def needs(lesson: Asked, done: Done, now: dt.datetime) -> tuple[Need, ...]:
    """What is asked before the lesson counts, and how far it is. A quiz asks elsewhere."""
    asked: list[Need] = []
    if lesson.kind == "video":
        need = round(lesson.length * lesson.share / 100)
        have = round(seen_seconds(done.seen))  # type: ignore[arg-type]
        words = N_("Watch %(need)s of %(total)s seconds")
        asked.append(Need(words, _values(need, lesson.length), have >= need, have, need))
    elif lesson.kind == "pdf":
        pages = round(lesson.length)
        need = max(1, -(-pages * lesson.share // 100))
        have = len(set(map(str, done.seen)))
        if not done.measured and _since_opening(done, now) >= SECONDS_A_PAGE * pages:
            have = pages
        asked.append(Need(N_("See %(need)s of %(total)s pages"), _values(need, pages), have >= need, have, need))
    if lesson.min_seconds and lesson.kind in ("text", "pdf", "acknowledgement"):
        have = done.seconds if done.measured else min(_since_opening(done, now), lesson.min_seconds)
        need = lesson.min_seconds
        asked.append(Need(N_("Spend at least %(need)s seconds here"), _values(need, need), have >= need, have, need))
    return tuple(asked)


def minutes_reached(before: int, after: int) -> range:
    """The full minutes that lie between two sums of seconds: 50 -> 130 gives 1 and 2."""
    return range(before // 60 + 1, after // 60 + 1)


def unmeasured_seconds(since: dt.datetime, now: dt.datetime, *, least: int, expected: int) -> int:
    """What a lesson finished without any beat counts for: the time since it was opened that is not counted elsewhere,
    at most what the lesson asks (`least` seconds) or is expected to take (`expected` minutes)."""
    return int(max(0.0, min((now - since).total_seconds(), max(least, expected * 60))))


def locked_by(
    lesson_id: int, lessons: Sequence[Asked], done: Collection[int], *, in_order: bool = False
) -> tuple[int, ...]:
    """The lessons to finish first. A quiz opens when every lesson before it is done; all else is open.

    `in_order`: every lesson opens so. What is done stays open, whatever was put before it later.
    """
    if lesson_id in done:
        return ()
    before: list[int] = []
    for line in lessons:
        if line.id == lesson_id:
            return tuple(before) if in_order or line.kind == "quiz" else ()
        if line.id not in done:
            before.append(line.id)
    return ()


def progress(done: int, total: int, *, complete: bool) -> int:
    """Per cent: 100 means complete and nothing else does."""
    if complete:
        return 100
    return min(99, done * 100 // total) if total else 0


def _values(need: float, total: float) -> dict[str, object]:
    return {"need": round(need), "total": round(total)}


def _since_opening(done: Done, now: dt.datetime) -> int:
    if done.opened_at is None:
        return 0
    since = max(done.opened_at, done.counted_until or done.opened_at)
    return max(0, int((now - since).total_seconds()))


def _union(intervals: Iterable[Sequence[float]]) -> list[list[float]]:
    merged: list[list[float]] = []
    for start, end in sorted((float(s), float(e)) for s, e in intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def _gaps(merged: Sequence[Sequence[float]], start: float, end: float) -> list[tuple[float, float]]:
    gaps, at = [], start
    for known_start, known_end in merged:
        if known_end <= at:
            continue
        if known_start >= end:
            break
        if known_start > at:
            gaps.append((at, known_start))
        at = max(at, known_end)
    if at < end:
        gaps.append((at, end))
    return gaps
