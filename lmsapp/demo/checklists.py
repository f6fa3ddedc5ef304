"""Two go/no-go checklists: the documentation team before a sprint, and a ward before it opens (REP-3)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from lmsapp.demo.authoring import courses
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import employees, viewer_of
from lmsapp.demo.people import people
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.actions import ListFacts, keep_checklist
from lmsapp.insight.gonogo.models import GoNoGo
from lmsapp.insight.gonogo.rules import Group, Thing

SPRINT: Final = "Sprint 12"
WARD: Final = "New telemetry rooms"
MADE_ON: Final = -1
TEAM: Final = "Documentation"
WARD_COURSES: Final = ("fire-safety", "hipaa-privacy-basics")


def is_there() -> bool:
    """Whether they were added before."""
    return db.session.scalar(select(GoNoGo.id).where(GoNoGo.name == SPRINT)) is not None


def add_checklists(days: Days) -> int:
    """One kept by the moderator, one by a manager for the own line. How many."""
    known, hired = courses(), employees()
    writers = [hired[one.name].id for one in people() if one.department == TEAM]
    style = (Thing.COURSE, known["style-guide-essentials"].id)
    wards = [(Thing.COURSE, known[slug].id) for slug in WARD_COURSES]
    kept = (
        (ListFacts(SPRINT, days.day(9), Group.PEOPLE, [style], people=writers), "Milo Brandt"),
        (ListFacts(WARD, days.day(16), Group.LINE, wards), "Mark Okafor"),
    )
    for minute, (facts, keeper) in enumerate(kept):
        with moment(days.at(MADE_ON, 15 * 60 + minute)):
            keep_checklist(facts, by=viewer_of(hired[keeper]))
    return len(kept)
