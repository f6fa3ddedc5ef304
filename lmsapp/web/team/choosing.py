"""What somebody chose to act on: rows ticked on any page of the table, or all that the filters find (DSH-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, g, request, url_for
from werkzeug.datastructures import MultiDict

from lmsapp.assignments.many import AT_ONCE
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.assignments.chosen import Chosen, assignments_to_change, chosen
from lmsapp.insight.filters import TeamFilters
from lmsapp.web.team import asked

NAMED = 5
NOTHING = N_("Tick at least one row first.")
TOO_MANY = N_(
    "At most %(most)s assignments can be acted on at once, and %(n)s are chosen. Nothing was done. Narrow the filters, "
    "for example to one department or one course after the other, and do it in parts."
)
CHANGED = N_("The list has changed: %(n)s match now. Look at them, then press again.")


@dataclass(frozen=True)
class Choice:
    """`ids`: the ticked ones. `everybody`: all that the filters of the page find instead; `mark` says which those were
    when they were looked at, '' when nobody has yet. `back`: the query of the page; `person`: it is done from the page
    of that person instead. `most`: how many can be acted on."""

    ids: tuple[int, ...]
    everybody: bool
    mark: str
    back: str
    most: int
    person: int = 0

    @cached_property
    def filters(self) -> TeamFilters:
        """Of the page it is done from; only understood words go back into an address."""
        return asked.read(MultiDict(parse_qsl(self.back.removeprefix("?"))))

    @property
    def back_url(self) -> str:
        """Where it is done from."""
        if self.person:
            return url_for("team.person", employee_id=self.person)
        return url_for("team.dashboard") + asked.query(self.filters, page=self.filters.page)

    @cached_property
    def seen(self) -> Chosen:
        """The first few, how many, and their mark. Of somebody else's line alone: 404."""
        found = chosen(g.viewer, self._wanted, clock.now(), NAMED, line=True, most=self.most)
        if not self.everybody and not found.total:
            abort(404)
        return found

    @property
    def gone(self) -> int:
        """How many of the ticked ones are not of the line, because somebody moved since: left out, and said so."""
        return 0 if self.everybody else len(self.ids) - self.seen.total

    @property
    def unseen(self) -> bool:
        """Whether nobody has been shown how many it would be."""
        return self.everybody and not self.mark

    def check(self) -> None:
        """Raises RuleBroken for nothing, too many, or others than were looked at."""
        if not self.everybody and not self.ids:
            raise RuleBroken(NOTHING)
        if len(self.ids) > self.most:
            raise RuleBroken(TOO_MANY, most=self.most, n=len(self.ids))
        if not self.seen.total:
            raise RuleBroken(NOTHING)
        if self.seen.total > self.most:
            raise RuleBroken(TOO_MANY, most=self.most, n=self.seen.total)

    @property
    def takes_a_while(self) -> bool:
        """Whether they are more than a request does itself."""
        return self.seen.total > AT_ONCE

    def settled(self) -> Sequence[int]:
        """Their ids. Raises RuleBroken, as `check` and for a changed list."""
        self.check()
        if self.everybody and self.mark != self.seen.mark:
            raise RuleBroken(CHANGED, n=self.seen.total)
        return self.seen.ids

    def assignments(self) -> Sequence[Any]:
        """They themselves, locked, with all that actions need. Raises RuleBroken as `settled`."""
        self.settled()
        return assignments_to_change(g.viewer, self._wanted, clock.now(), line=True)

    @property
    def _wanted(self) -> TeamFilters | tuple[int, ...]:
        return self.filters if self.everybody else self.ids


def choice(most: int) -> Choice:
    """What the address or the form says: `pick` once a tick of the page, `chosen` the ids of other pages too. `most`:
    how many can be acted on."""
    values = request.values
    words = [*values.getlist("pick"), *values.get("chosen", "").split(",")]
    ids = dict.fromkeys(int(word) for word in words if word.isdecimal() and len(word) < 10)
    return Choice(
        ids=tuple(ids)[: most + 1],  # one more is enough to say that it is too many
        everybody=values.get("everybody") == "1",
        mark=values.get("mark", "")[:40],
        back=values.get("back", ""),
        most=most,
        person=values.get("person", 0, type=int),
    )


def context(given: Choice) -> dict[str, Any]:
    """For the dialogs: what is chosen, in hidden fields and in words. The refusal stands in `stop`."""
    stop = None
    try:
        given.check()
    except RuleBroken as broken:
        stop = broken
    empty = not given.everybody and not given.ids
    found = None if empty or len(given.ids) > given.most else given.seen
    return {"given": given, "found": found, "stop": stop}
