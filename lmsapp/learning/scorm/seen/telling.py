"""What happened in an attempt, in order and without repetition, from its launches and commits. Pure (SCO-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lmsapp.learning.scorm.outcome.facts import score_percent
from lmsapp.learning.scorm.seen.reading import number_of

STATUSES = ("cmi.core.lesson_status", "cmi.completion_status", "cmi.success_status")
SCORES = ("cmi.score.scaled", "cmi.core.score.raw", "cmi.score.raw")
TELLING = frozenset({*STATUSES, *SCORES})
SILENT_WORDS = frozenset({"unknown", "not attempted"})


class Event(StrEnum):
    """What may have happened."""

    OPENED = "opened"
    OPENED_AGAIN = "opened again"
    LOOKED_AT = "looked at"
    SECOND_WINDOW = "second window"
    RELOADED = "reloaded"
    SAID = "said"
    SCORE = "score"
    DONE = "done"
    IGNORED = "ignored"
    FINISHED = "finished"
    LEFT = "left"
    SILENT = "silent"
    MOVED_ON = "moved on"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Opening:
    """A launch: one part opened once."""

    id: int
    item: str
    mode: str
    created_at: dt.datetime
    sittings: int
    last_seen_at: dt.datetime
    closed_at: dt.datetime | None
    closed_how: str
    superseded_at: dt.datetime | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Report:
    """A commit of a launch: what it said, and what that changed."""

    launch_id: int
    at: dt.datetime
    how: str
    said: Mapping[str, Any]
    effect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened in one part. `value`: the word or the score that was said; `seconds`: how long a visit
    lasted; `kept`: the word that counts all the same, where content said less than before."""

    at: dt.datetime
    event: Event
    item: str
    value: str = ""
    seconds: int = 0
    kept: str = ""


CLOSED = {
    "finished": Event.FINISHED,
    "left": Event.LEFT,
    "silent": Event.SILENT,
    "moved on": Event.MOVED_ON,
    "revoked": Event.REVOKED,
}
RANK = {event: number for number, event in enumerate(Event)}


def told(openings: Sequence[Opening], reports: Iterable[Report]) -> list[Told]:
    """Oldest first. A word or score that was said before in the same visit is not told again."""
    words: dict[str, set[str]] = {}
    visits = {one.id: Visit(one, words.setdefault(one.item, set())) for one in openings}
    found = list(_openings(openings))
    for report in reports:
        visit = visits.get(report.launch_id)
        if visit is not None:
            found += visit.heard(report)
    return sorted(found, key=lambda one: (one.at, RANK[one.event]))


def _openings(openings: Sequence[Opening]) -> Iterator[Told]:
    before: set[str] = set()
    for one in openings:
        first = Event.OPENED_AGAIN if one.item in before else Event.OPENED
        yield Told(one.created_at, first if one.mode == "normal" else Event.LOOKED_AT, one.item)
        before.add(one.item)
        if one.superseded_at is not None:
            yield Told(one.superseded_at, Event.SECOND_WINDOW, one.item)
        if one.sittings > 1:
            yield Told(one.created_at, Event.RELOADED, one.item, str(one.sittings - 1))
        if one.closed_at is not None and one.closed_how in CLOSED:
            yield Told(one.closed_at, CLOSED[one.closed_how], one.item, seconds=one.seconds)


@dataclass(slots=True)
class Visit:
    """What one launch has told so far. `before`: the best words of its part, of all visits."""

    opening: Opening
    before: set[str]
    said: dict[str, str] = field(default_factory=dict)
    percent: Decimal | None = None

    def heard(self, report: Report) -> Iterator[Told]:
        """What of a report is new."""
        item, ignored = self.opening.item, report.effect.get("ignored")
        if ignored:
            yield Told(report.at, Event.IGNORED, item, str(ignored))
            return
        for name in STATUSES:
            word = str(report.said.get(name) or "").strip().lower()
            if word and word not in SILENT_WORDS and self.said.get(name) != word:
                self.said[name] = word
                yield Told(report.at, Event.SAID, item, word, kept=self._kept(word))
                self.before.add(word)
        score = _score(report.said)
        if score is not None and score != self.percent:
            self.percent = score
            yield Told(report.at, Event.SCORE, item, f"{score.normalize():f}")
        if report.effect.get("done"):
            yield Told(report.at, Event.DONE, item)

    def _kept(self, word: str) -> str:
        """The better word from before that counts on."""
        better = {"incomplete": ("passed", "completed"), "browsed": ("passed", "completed"), "failed": ("passed",)}
        return next((one for one in better.get(word, ()) if one in self.before), "")


def _score(said: Mapping[str, Any]) -> Decimal | None:
    scaled = number_of(said.get("cmi.score.scaled"))
    for front in ("cmi.core.score", "cmi.score"):
        raw, least, most = (number_of(said.get(f"{front}.{name}")) for name in ("raw", "min", "max"))
        if raw is not None:
            return score_percent(scaled, raw, least, most)
    return score_percent(scaled, None, None, None)
