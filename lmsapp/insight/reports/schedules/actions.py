"""Making a schedule, changing, pausing, ending it; and sending what is due (REP-4)."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock, site
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.reach import widest
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.runs.actions import RUN_REPORT_JOB, try_again
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.rules import Form, RunState, kept_terms
from lmsapp.insight.reports.schedules.models import ReportSchedule, ReportSchedulePerson
from lmsapp.insight.reports.schedules.queries import may_address_others, timing_of
from lmsapp.insight.reports.schedules.recipients import readers_of
from lmsapp.insight.reports.schedules.rules import Readers, Wanted
from lmsapp.insight.reports.windows import Window, resolved, windows_for
from lmsapp.people.accounts.models import User
from lmsapp.people.calendar.events import HolidaysChanged
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)

KIND = "report_schedule"
RINGS = 200  # the sweep rings for the rest
NOT_YOURS = N_("You may not see this report.")
ONLY_ONESELF = N_("You may have reports sent to yourself. HR sends them to others.")
OUR_ERROR = N_("Something went wrong on our side, and nobody got it. Try again, or tell your administrator.")
NOBODY = N_("Nobody was there to get it: the people chosen have left, or nobody has the role.")
GONE = N_("This report does not exist any more.")


@dataclass(frozen=True, slots=True)
class What:
    """What is sent: the report with its parameters, the days filled in each time, and as which file."""

    report: Report
    terms: Mapping[str, Sequence[str]]
    window: Window = Window.NONE
    form: Form = Form.CSV


def create_schedule(what: What, wanted: Wanted, *, by: Viewer) -> ReportSchedule:
    """From its next turn on. Raises RuleBroken, NotAllowed."""
    _check(what, wanted, by)
    made = ReportSchedule(report=what.report.key, made_by_id=by.user_id, made_by_name=by.name)
    _set(made, what, wanted)
    db.session.add(made)
    _plan(made)
    db.session.flush()
    _set_people(made, wanted)
    record_change("report schedule made", (KIND, made.id), by=by, after=facts_of(made, wanted.people))
    return made


def change_schedule(schedule: ReportSchedule, what: What, wanted: Wanted, *, by: Viewer) -> None:
    """What was sent stays sent. Raises RuleBroken, NotAllowed."""
    _check(what, wanted, by)
    if schedule.ended_at is not None:
        raise RuleBroken(N_("It was deleted meanwhile."))
    before = facts_of(schedule, _people(schedule))
    _set(schedule, what, wanted)
    schedule.error = None
    _plan(schedule)
    _set_people(schedule, wanted)
    after = facts_of(schedule, wanted.people)
    if before != after:
        record_change("report schedule changed", (KIND, schedule.id), by=by, before=before, after=after)


def pause_schedule(schedule: ReportSchedule, *, by: Viewer) -> None:
    """Nothing is sent until it goes on."""
    if schedule.paused_at is None and schedule.ended_at is None:
        schedule.paused_at, schedule.next_at = clock.now(), None
        record_change("report schedule paused", (KIND, schedule.id), by=by)


def resume_schedule(schedule: ReportSchedule, *, by: Viewer) -> None:
    """From its next turn on: what fell into the pause is not sent."""
    if schedule.paused_at is not None and schedule.ended_at is None:
        schedule.paused_at = None
        _plan(schedule)
        record_change("report schedule resumed", (KIND, schedule.id), by=by)


def end_schedule(schedule: ReportSchedule, *, by: Viewer) -> None:
    """Deleted for everybody who uses it; what it sent stays on record."""
    if schedule.ended_at is None:
        schedule.ended_at, schedule.next_at = clock.now(), None
        record_change(
            "report schedule deleted", (KIND, schedule.id), by=by, before=facts_of(schedule, _people(schedule))
        )


def send_again(schedule: ReportSchedule, *, by: Viewer) -> int:
    """What of its latest turn failed, once more: how many. Nobody who has theirs gets it twice. Raises RuleBroken."""
    if schedule.ended_at is not None or schedule.last_turn is None:
        raise RuleBroken(N_("There is nothing to send again."))
    day, schedule.error = schedule.last_turn, None
    failed = select(ReportRun).where(
        ReportRun.schedule_id == schedule.id, ReportRun.period == day, ReportRun.state == RunState.FAILED
    )
    runs = db.session.scalars(failed.with_for_update()).all()
    for run in runs:
        try_again(run, by=by)
    record_change("report schedule sent again", (KIND, schedule.id), by=by, after={"turn": day})
    return len(runs) + _send(schedule, day)


def send_due() -> int:
    """What has its turn: at most a batch of schedules, each for itself. How many there were."""
    due = select(ReportSchedule).where(ReportSchedule.next_at <= clock.now()).order_by(ReportSchedule.id).limit(20)
    found = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    for schedule in found:
        day = timing_of(schedule).latest(clock.now(), clock.zone(site.time_zone()), holidays())
        try:
            with db.session.begin_nested():
                if schedule.last_turn is None or day > schedule.last_turn:
                    schedule.last_turn, schedule.error = day, None
                    _send(schedule, day)
        except Exception:
            log.exception("report schedule %s could not be sent", schedule.id)
            schedule.last_turn, schedule.error = day, OUR_ERROR
        _plan(schedule)
        db.session.flush()
    return len(found)


def plan_again(_event: HolidaysChanged) -> None:
    """Turns may come on other days."""
    for schedule in db.session.scalars(select(ReportSchedule).where(ReportSchedule.next_at.is_not(None))):
        _plan(schedule)


def _send(schedule: ReportSchedule, day: dt.date) -> int:
    """A row for each reader; how many were new."""
    report = REPORTS.get(schedule.report)
    if report is None:
        schedule.error = GONE
        return 0
    terms = resolved(report, schedule.terms, Window(schedule.days), day)
    readers = readers_of([Readers(one) for one in schedule.readers], _people(schedule))
    if not readers:
        schedule.error = NOBODY
        return 0
    common = {"report": report.key, "terms": terms, "form": schedule.form, "schedule_id": schedule.id, "period": day}
    rows = [
        {
            **common,
            "reach": one.reach or "",
            "language": one.language,
            "asked_by_id": one.user_id,
            "asked_by_name": one.name,
        }
        for one in readers
    ]
    promise = insert(ReportRun).on_conflict_do_nothing().returning(ReportRun.id)
    made = db.session.scalars(promise, rows).all()
    for run_id in made[:RINGS]:
        ring(RUN_REPORT_JOB, run_id)
    record_change("report schedule sent", (KIND, schedule.id), by=None, after={"turn": day, "readers": len(made)})
    return len(made)


def _check(what: What, wanted: Wanted, by: Viewer) -> None:
    wanted.check()
    if widest(by, what.report) is None:
        raise NotAllowed(NOT_YOURS)
    if what.window not in windows_for(what.report):
        raise RuleBroken(N_("This report has no such days."), field="days")
    if not may_address_others(by) and (wanted.readers or set(wanted.people) != {by.user_id}):
        raise NotAllowed(ONLY_ONESELF)
    open_accounts = select(User.id).where(User.id.in_(wanted.people), User.active)
    if set(db.session.scalars(open_accounts)) != set(wanted.people):
        raise RuleBroken(N_("One of these people has no open account any more. Take them out."), field="people")


def _set(schedule: ReportSchedule, what: What, wanted: Wanted) -> None:
    timing = wanted.timing
    schedule.name, schedule.report, schedule.form = wanted.name.strip(), what.report.key, what.form.value
    schedule.terms = kept_terms([field.name for field in what.report.fields], what.terms)
    schedule.days = what.window.value
    schedule.every, schedule.weekday, schedule.month_day = timing.every.value, timing.weekday, timing.month_day
    schedule.hour, schedule.working_days = timing.hour, timing.working_days
    schedule.readers = [one.value for one in wanted.readers]


def _set_people(schedule: ReportSchedule, wanted: Wanted) -> None:
    db.session.execute(delete(ReportSchedulePerson).where(ReportSchedulePerson.schedule_id == schedule.id))
    rows = [{"schedule_id": schedule.id, "user_id": one} for one in sorted(set(wanted.people))]
    if rows:
        db.session.execute(insert(ReportSchedulePerson), rows)


def _people(schedule: ReportSchedule) -> list[int]:
    named = select(ReportSchedulePerson.user_id).where(ReportSchedulePerson.schedule_id == schedule.id)
    return sorted(db.session.scalars(named))


def _plan(schedule: ReportSchedule) -> None:
    if schedule.paused_at is None and schedule.ended_at is None:
        schedule.next_at = timing_of(schedule).next_after(clock.now(), clock.zone(site.time_zone()), holidays())


def facts_of(schedule: ReportSchedule, people: Sequence[int]) -> dict[str, Any]:
    """For the trail."""
    names = (
        "name",
        "report",
        "terms",
        "days",
        "form",
        "every",
        "weekday",
        "month_day",
        "hour",
        "working_days",
        "readers",
    )
    return {**{name: getattr(schedule, name) for name in names}, "people": sorted(people)}
