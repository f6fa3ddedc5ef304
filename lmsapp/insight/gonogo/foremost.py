"""The first rows of a checklist without working out all of them: ten thousand people by twenty things are many (REP-3).

Rows come by the state of the person, then by name. So people are looked at by name, some at a time, until there are
enough of those who come first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, true

from lmsapp.infra.db import db
from lmsapp.insight.foremost import some_at_a_time
from lmsapp.insight.gonogo.facts import members
from lmsapp.insight.gonogo.lines import STATES, Filters, called, chosen, lines
from lmsapp.insight.gonogo.models import GoNoGo
from lmsapp.people.viewer import Viewer


def first_people(checklist: GoNoGo, viewer: Viewer, now: dt.datetime, filters: Filters, most: int) -> list[int]:
    """The ids of those whose rows are among the first `most`, by name."""
    member = members(checklist, viewer, now)
    named = called(member.c, filters.q) if filters.q else true()
    everybody = db.session.scalars(select(member.c.id).where(named).order_by(member.c.sort_name, member.c.id)).all()
    # People and their rows, by state; the state whose rows come first is the first key.
    found: dict[str, list[tuple[int, int]]] = {one: [] for one in STATES if one in (filters.states or STATES)}
    foremost = next(iter(found.values()))
    for people in some_at_a_time(everybody):
        line = lines(checklist, viewer, now, filters.items, people)
        each = select(line.c.employee_id, line.c.state, func.count()).where(*chosen(line, filters))
        counted = {row[0]: row for row in db.session.execute(each.group_by(line.c.employee_id, line.c.state))}
        for id_ in people:
            if id_ in counted:
                _id, state, count = counted[id_]
                found[state].append((id_, count))
        if sum(count for _id, count in foremost) >= most:
            break
    return _until([one for people in found.values() for one in people], most)


def _until(people: Sequence[tuple[int, int]], most: int) -> list[int]:
    taken, rows = [], 0
    for id_, count in people:
        if rows >= most:
            break
        taken.append(id_)
        rows += count
    return taken
