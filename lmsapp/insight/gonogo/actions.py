"""Making, changing and archiving a checklist; clearing somebody without the training; asking for a PDF (REP-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken, cleaned_words
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoClearance, GoNoGoItem, GoNoGoPerson, GoNoGoPrint
from lmsapp.insight.gonogo.queries import (
    KEEPERS,
    asks_compliance,
    clearance_of,
    leads_people,
    may_act,
    may_keep,
    named_on,
    things_of,
)
from lmsapp.insight.gonogo.rules import (
    LONGEST_REASON,
    MOST_PEOPLE,
    Group,
    Thing,
    check_clearance,
    check_day,
    check_things,
    clean_name,
)  # fmt: skip
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

KIND = "go_no_go"
AGAIN_AFTER = dt.timedelta(seconds=30)  # a second click is no second PDF
COLUMNS = {Thing.COURSE: "course_id", Thing.PATH: "path_id", Thing.COMPLIANCE: "type_id"}


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What a form says of a checklist. `people`: ids, for the group 'people'; `lead_id`: whose line, for 'line'."""

    name: str
    day: dt.date
    who: Group
    things: Sequence[tuple[Thing, int]]
    audience_id: int | None = None
    lead_id: int | None = None
    people: Sequence[int] = ()
    strict: bool = False
    clearing: bool = True


def keep_checklist(facts: ListFacts, *, by: Viewer) -> GoNoGo:
    """A new one. Raises RuleBroken naming the field, NotAllowed."""
    if not may_act(by):
        raise NotAllowed(N_("Only HR, moderators and managers keep checklists."))
    kept = GoNoGo(kept_by_id=by.user_id, kept_by_name=by.name, kept_by_lead=not by.may(*KEEPERS))
    _write(kept, facts, by)
    record_change("created", (KIND, kept.id), by=by, after=_told(kept))
    return kept


def change_checklist(checklist: GoNoGo, facts: ListFacts, *, by: Viewer) -> None:
    """Another name, day, group or set of things. Raises RuleBroken naming the field, NotAllowed."""
    _check_keeper(checklist, by)
    _lock(checklist)
    before = _told(checklist)
    _write(checklist, facts, by)
    after = _told(checklist)
    changed = [name for name in after if before.get(name) != after[name]]
    if changed:
        told = ({name: before.get(name) for name in changed}, {name: after[name] for name in changed})
        record_change("changed", (KIND, checklist.id), by=by, before=told[0], after=told[1])


def archive_checklist(checklist: GoNoGo, *, by: Viewer) -> None:
    """Off the list; it answers no longer, and stays to be read. Nothing happens the second time."""
    _check_keeper(checklist, by)
    db.session.refresh(checklist, with_for_update=True)
    if checklist.archived_at is None:
        checklist.archived_at = clock.now()
        record_change("archived", (KIND, checklist.id), by=by, before={"name": checklist.name})


def bring_back_checklist(checklist: GoNoGo, *, by: Viewer) -> None:
    """In use again."""
    _check_keeper(checklist, by)
    db.session.refresh(checklist, with_for_update=True)
    if checklist.archived_at is not None:
        checklist.archived_at = None
        record_change("put back", (KIND, checklist.id), by=by, after={"name": checklist.name})


def clear_person(checklist: GoNoGo, employee: Employee, until: dt.date, reason: str, *, by: Viewer) -> GoNoGoClearance:
    """They pass without the training to the end of that day; the record of training is as it was.

    A clearance that is there already ends. Raises RuleBroken without a reason or for a day before that of the
    checklist, NotAllowed for oneself.
    """
    if not may_act(by):
        raise NotAllowed(N_("Only HR, moderators and managers clear somebody."))
    if employee.id == by.employee_id:
        raise NotAllowed(N_("Nobody clears themselves. Ask whoever is responsible for you."))
    _lock(checklist)
    if not checklist.clearing:
        raise RuleBroken(N_("Clearing people is switched off for this checklist."))
    reason = check_clearance(reason, until, day=checklist.day, today=clock.today(employee.time_zone))
    there = clearance_of(checklist.id, employee.id)
    if there is not None:
        _end(there, by, N_("Another one took its place."))
    given = GoNoGoClearance(
        checklist_id=checklist.id,
        employee_id=employee.id,
        until=until,
        reason=reason,
        by_id=by.user_id,
        by_name=by.name,
    )
    db.session.add(given)
    db.session.flush()
    told = {"employee": employee.number, "name": employee.name, "until": until}
    record_change("cleared", (KIND, checklist.id), by=by, after=told, reason=reason)
    return given


def end_clearance(checklist: GoNoGo, employee: Employee, reason: str, *, by: Viewer) -> None:
    """It counts no longer. Nothing happens where none holds. Raises NotAllowed."""
    if not may_act(by) or employee.id == by.employee_id:
        raise NotAllowed(N_("Only HR, moderators and managers take a clearance back."))
    reason = cleaned_words(reason, LONGEST_REASON, "reason")
    there = clearance_of(checklist.id, employee.id)
    if there is not None:
        _end(there, by, reason)
        told = {"employee": employee.number, "name": employee.name, "until": there.until}
        record_change("clearance taken back", (KIND, checklist.id), by=by, before=told, reason=reason)


def ask_print(checklist: GoNoGo, title: str, *, by: Viewer) -> GoNoGoPrint:
    """The worker draws it and seals it. Asked again at once by the same person, the one that is there."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{KIND}/{checklist.id}", 0))))
    recent = (GoNoGoPrint.asked_by_id == by.user_id, GoNoGoPrint.asked_at > clock.now() - AGAIN_AFTER)
    mine = select(GoNoGoPrint).where(GoNoGoPrint.checklist_id == checklist.id, *recent)
    known = db.session.scalar(mine.order_by(GoNoGoPrint.id.desc()).limit(1))
    if known is not None and known.language == by.language:
        return known
    asked = GoNoGoPrint(checklist_id=checklist.id, language=by.language, asked_by_id=by.user_id, asked_by_name=by.name)
    db.session.add(asked)
    db.session.flush()
    promise_file(KIND, asked.id, employee_id=by.employee_id, title=title, language=by.language)
    record_change("report asked for", (KIND, checklist.id), by=by, after={"name": checklist.name})
    return asked


def note_print_taken(checklist: GoNoGo, asked: GoNoGoPrint, *, by: Viewer) -> None:
    """Somebody takes the list out of the house (EVD-3)."""
    told = {"list": "go/no-go PDF", "name": checklist.name, "asked at": asked.asked_at}
    record_change("downloaded", (KIND, checklist.id), by=by, after=told)


def _write(kept: GoNoGo, facts: ListFacts, by: Viewer) -> None:
    name, things = clean_name(facts.name), check_things(facts.things)
    if facts.day != kept.day:
        check_day(facts.day, clock.today(by.zone))
    if any(kind is Thing.COMPLIANCE for kind, _id in things) and not asks_compliance(by):
        raise NotAllowed(N_("What people hold with HR is not yours to ask."))
    kept.name, kept.day, kept.strict, kept.clearing = name, facts.day, facts.strict, facts.clearing
    kept.who, kept.audience_id = facts.who.value, None
    kept.lead_id = (kept.lead_id or by.employee_id) if kept.kept_by_lead else None
    _write_group(kept, facts, by)
    db.session.add(kept)
    db.session.flush()
    _write_people(kept, facts.people if facts.who is Group.PEOPLE else ())
    _write_things(kept, things)


def _write_group(kept: GoNoGo, facts: ListFacts, by: Viewer) -> None:
    match facts.who:
        case Group.AUDIENCE:
            if facts.audience_id is None or kept.kept_by_lead:
                raise RuleBroken(N_("Choose an audience."), field="audience")
            kept.audience_id = facts.audience_id
        case Group.LINE:
            lead = facts.lead_id or by.employee_id
            if lead is None or not leads_people(by, lead):
                raise RuleBroken(N_("Choose somebody to whom people report."), field="lead")
            kept.lead_id = lead
        case Group.PEOPLE:
            if not facts.people:
                raise RuleBroken(N_("Name at least one person."), field="people")
            if len(facts.people) > MOST_PEOPLE:
                words = N_("Name at most %(n)s people; an audience may be larger.")
                raise RuleBroken(words, field="people", n=MOST_PEOPLE)


def _write_people(kept: GoNoGo, people: Iterable[int]) -> None:
    wanted = set(people)
    there = set(db.session.scalars(select(GoNoGoPerson.employee_id).where(GoNoGoPerson.checklist_id == kept.id)))
    gone = there - wanted
    if gone:
        mine = (GoNoGoPerson.checklist_id == kept.id, GoNoGoPerson.employee_id.in_(gone))
        db.session.execute(delete(GoNoGoPerson).where(*mine))
    db.session.add_all(GoNoGoPerson(checklist_id=kept.id, employee_id=one) for one in sorted(wanted - there))


def _write_things(kept: GoNoGo, things: Sequence[tuple[Thing, int]]) -> None:
    """Those that stay keep their id, so that an address that filters by one of them still does."""
    there = {
        (thing, getattr(item, column)): item
        for item in db.session.scalars(select(GoNoGoItem).where(GoNoGoItem.checklist_id == kept.id))
        for thing, column in COLUMNS.items()
        if getattr(item, column) is not None
    }
    for position, (thing, subject_id) in enumerate(things):
        item = there.pop((thing, subject_id), None)
        if item is None:
            item = GoNoGoItem(checklist_id=kept.id, **{COLUMNS[thing]: subject_id})
            db.session.add(item)
        item.position = position
    for item in there.values():
        db.session.delete(item)
    db.session.flush()


def _end(there: GoNoGoClearance, by: Viewer, reason: str) -> None:
    there.ended_at, there.ended_by_name, there.end_reason = clock.now(), by.name, reason
    db.session.flush()


def _told(kept: GoNoGo) -> dict[str, Any]:
    """For the trail, in words."""
    people = [row.number for row in named_on(kept.id)] if kept.who == Group.PEOPLE else []
    columns = ("name", "day", "who", "audience_id", "lead_id", "strict", "clearing")
    asked = [row.title for row in things_of(kept.id)]
    return {**{name: getattr(kept, name) for name in columns}, "asks": asked, "people": people}


def _lock(checklist: GoNoGo) -> None:
    db.session.refresh(checklist, with_for_update=True)
    if checklist.archived_at is not None:
        raise RuleBroken(N_("This checklist is archived. Bring it back first."))


def _check_keeper(checklist: GoNoGo, by: Viewer) -> None:
    if not may_keep(by, checklist):
        raise NotAllowed(N_("%(name)s keeps this checklist; ask them to change it."), name=checklist.kept_by_name)
