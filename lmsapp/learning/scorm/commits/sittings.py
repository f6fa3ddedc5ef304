"""How long content was used: a ledger of sittings, in which no second counts twice. Pure (SCO-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lmsapp.learning.scorm.commits.times import hundredths

LONGEST_SHOWN = 7 * 24 * 3600  # seconds of one load of the page


@dataclass(frozen=True, slots=True)
class Sitting:
    """What is known of the time of one load of the page: the content's own time with the number of the commit that
    said it, else the seconds the page was shown."""

    seq: int = 0
    content: int | None = None  # hundredths
    shown: int = 0  # seconds

    @property
    def time(self) -> int:
        """In hundredths."""
        return self.content if self.content is not None else self.shown * 100


@dataclass(frozen=True, slots=True)
class Times:
    """The times of one launch, sitting by sitting: said twice, late or in another order, no second counts twice."""

    sittings: Mapping[int, Sitting] = field(default_factory=dict)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Times:
        """{"1": [seq, hundredths | null, seconds shown]}."""
        return cls({int(number): Sitting(*one) for number, one in kept.items()})

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {str(number): [one.seq, one.content, one.shown] for number, one in sorted(self.sittings.items())}

    def noted(self, sitting: int, seq: int, session_time: str | None = None, shown: float = 0) -> Times:
        """With what a commit (`seq`) or a beat (0) says. Of the content's times the one said last counts."""
        before = self.sittings.get(sitting, Sitting())
        said = None if session_time is None else hundredths(session_time)
        newer = said is not None and (seq >= before.seq or before.content is None)
        after = Sitting(
            seq if newer else before.seq,
            said if newer else before.content,
            max(before.shown, int(min(max(shown, 0), LONGEST_SHOWN))),
        )
        return Times({**self.sittings, sitting: after})

    @property
    def total(self) -> int:
        """In hundredths."""
        return sum(one.time for one in self.sittings.values())

    @property
    def source(self) -> str:
        """Who measured it: 'content', 'player', or both."""
        said = {one.content is not None for one in self.sittings.values() if one.time}
        return "" if not said else "both" if len(said) > 1 else "content" if said == {True} else "player"
