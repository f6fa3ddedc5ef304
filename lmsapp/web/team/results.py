"""What came of acting on some or many: in each row, and above the table in total (DSH-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.infra.words import N_
from lmsapp.web.render import fragment, to, wants_fragment
from lmsapp.web.team.choosing import Choice
from lmsapp.web.team.dashboard import table
from lmsapp.web.team.words import Last

NAMED = 200
MOVED = N_("Not on your line any more.")
ON_TOP = 25  # rows that left the page by it and are shown all the same


@dataclass(frozen=True, slots=True)
class Summary:
    """`done` and `not_done` count, `refused` those of them that a rule forbids and not only what was done before; `why`
    says each reason with how many; `rows`: who was left out, (person, course, reason). `people`: it counts people and
    not assignments."""

    done: int
    not_done: int
    refused: int
    why: Sequence[tuple[str, int]]
    rows: Sequence[tuple[str, str, str]]
    people: bool = False

    @property
    def done_words(self) -> str:
        """'Done for 34 assignments.'"""
        if not self.done:
            return _("Nothing was done.")
        if self.people:
            return ngettext("Done for %(num)s person.", "Done for %(num)s people.", self.done)
        return ngettext("Done for %(num)s assignment.", "Done for %(num)s assignments.", self.done)

    @property
    def words(self) -> str:
        """'Done for 34 assignments. Not for 2: This is not open any more.'"""
        said = self.done_words
        if not self.not_done:
            return said
        left = ngettext("Not for %(num)s: %(why)s", "Not for %(num)s: %(why)s", self.not_done, why=self.why[0][0])
        return f"{said} {left}"


def results(given: Choice, found: Sequence[Any], said: Mapping[int, Last], *, people: bool = False) -> Response:
    """The region again, each row saying what happened; without script, the page and one sentence. `people`: each was
    acted on once, however many of their rows were chosen."""
    counted = list({one.employee_id: one for one in found}.values()) if people else found
    total = replace(summary(counted, said, given.gone), people=people)
    filters = given.filters
    if wants_fragment():
        context = table(filters, said, on_top=_on_top(said))
        return fragment("team/_people.html", **context, summary=total if len(found) > 1 or given.gone else None)
    one = next(iter(found), None) if len(found) == 1 and not given.gone else None
    return to(given.back_url, said=f"{one.course.title}: {said[one.id].text}" if one else total.words)


def summary(found: Sequence[Any], said: Mapping[int, Last], gone: int = 0) -> Summary:
    """Counted by what each row says. `gone`: how many are beyond the reader's sight by now, and stay unnamed."""
    left = [one for one in found if not said[one.id].did]
    why = Counter(said[one.id].text for one in left) + Counter({_(MOVED): gone})
    return Summary(
        done=len(found) - len(left),
        not_done=len(left) + gone,
        refused=sum(said[one.id].bad for one in left),
        why=why.most_common(),
        rows=[(one.employee.name, one.course.title, said[one.id].text) for one in left[:NAMED]],
    )


def _on_top(said: Mapping[int, Last]) -> Sequence[int]:
    """What goes on top where the page does not hold it: a few all, of many what was refused."""
    few = len(said) <= ON_TOP
    return [id_ for id_, last in sorted(said.items(), key=lambda one: not one[1].bad) if few or last.bad][:ON_TOP]
