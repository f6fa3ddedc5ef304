"""What a form says of a checklist, as the action takes it (REP-3)."""

from __future__ import annotations

import re

from flask import g
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.gonogo.actions import ListFacts
from lmsapp.insight.gonogo.queries import KEEPERS, people_with_numbers
from lmsapp.insight.gonogo.rules import LONGEST_NAME, Group, Thing
from lmsapp.people.employees.chain import person_named
from lmsapp.people.roles import May
from lmsapp.web.fields import TicksField, sure
from lmsapp.web.forms import LineField
from lmsapp.web.meanwhile import SharedForm

NUMBERED = re.compile(r"\(([^()]+)\)\s*$")
MOST_TYPED = 20_000
THINGS = ((Thing.COURSE, "courses"), (Thing.PATH, "paths"), (Thing.COMPLIANCE, "types"))


class ListForm(SharedForm):
    """Who, what, by when."""

    name = LineField(
        __("Name"),
        [InputRequired(__("Give the checklist a name, like 'Sprint 12'.")), Length(max=LONGEST_NAME)],
    )
    day = DateField(
        __("Ready by"),
        [InputRequired(__("Choose a day."))],
        description=__("What expires before this day does not count."),
    )
    who = RadioField(__("Who"))
    audience = SelectField(__("Audience"), coerce=int)
    lead = LineField(
        __("Whose line"),
        [Length(max=300)],
        description=__("A name or an employee number: everybody who reports to them, directly or not."),
    )
    people = TextAreaField(
        __("Employee numbers"),
        [Length(max=MOST_TYPED)],
        description=__("One a line, or separated by commas."),
    )
    courses = TicksField(__("Courses"), coerce=int)
    paths = TicksField(__("Learning paths"), coerce=int)
    types = TicksField(__("Compliance types"), coerce=int)
    strict = BooleanField(
        __("Who has to renew by the day is not ready"),
        description=__("Otherwise ‘Renewal Required’ is good enough for as long as the training is valid."),
    )
    clearing = BooleanField(
        __("People may be cleared without the training"),
        description=__("With a reason and an end, by whoever is responsible. Their training record stays as it is."),
    )

    def facts(self) -> ListFacts:
        """For the action. Raises RuleBroken for people nobody can tell."""
        who = Group(self.who.data)
        things = [(kind, id_) for kind, name in THINGS if name in self for id_ in self[name].data or ()]
        return ListFacts(
            name=self.name.data or "",
            day=sure(self.day),
            who=who,
            things=things,
            audience_id=(self.audience.data or None) if "audience" in self and who is Group.AUDIENCE else None,
            lead_id=_lead(self.lead.data or "") if who is Group.LINE else None,
            people=_people(self.people.data or "") if who is Group.PEOPLE else (),
            strict=bool(self.strict.data),
            clearing=bool(self.clearing.data),
        )


def _people(typed: str) -> list[int]:
    """Ids of the numbers that were typed. Raises RuleBroken naming those nobody has."""
    pieces = [piece.strip() for piece in re.split(r"[,;\n]", typed) if piece.strip()]
    wanted = [found[1].strip() if (found := NUMBERED.search(piece)) else piece for piece in pieces]
    rows = people_with_numbers(g.viewer, wanted, line_only=not g.viewer.may(*KEEPERS))
    there = {row.number.lower() for row in rows}
    missing = [one for one in wanted if one.lower() not in there]
    if missing:
        words = N_("Nobody you may name has the number %(numbers)s.")
        raise RuleBroken(words, field="people", numbers=", ".join(missing[:5])[:100])
    return [row.id for row in rows]


def _lead(typed: str) -> int | None:
    if not typed.strip() and g.viewer.may(May.LEAD):
        return int(g.viewer.employee_id)
    person = person_named(g.viewer, typed, "lead")
    return person.id if person else None
