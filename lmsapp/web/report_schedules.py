"""Schedules of reports: made, looked at beforehand, changed, paused, deleted, sent again (REP-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.infra import clock, site
from lmsapp.insight.reports.asked import asking_of
from lmsapp.insight.reports.catalogue import REPORTS, reports_for
from lmsapp.insight.reports.reach import widest
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.said import filters_of
from lmsapp.insight.reports.schedules.actions import (
    KIND,
    change_schedule,
    create_schedule,
    end_schedule,
    pause_schedule,
    resume_schedule,
    send_again,
)
from lmsapp.insight.reports.schedules.queries import people_of, schedule_for, sent_in, timing_of, turns_of
from lmsapp.insight.reports.schedules.recipients import PREVIEWED, Share, readers_of, shares
from lmsapp.insight.reports.schedules.rules import Timing, Wanted
from lmsapp.insight.reports.windows import Window, resolved
from lmsapp.people.calendar.queries import holidays
from lmsapp.web.as_of import whole_day
from lmsapp.web.forms import NothingForm
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.report_fields import read_terms
from lmsapp.web.report_labels import report_labels
from lmsapp.web.report_schedule_form import ScheduleForm
from lmsapp.web.report_words import (
    FORMS,
    REACHES,
    STATES,
    days_words,
    readers_words,
    when_words,
)


def new_page(wing: str) -> ResponseReturnValue:
    """For a report with the parameters of the address."""
    report = _report(wing, request.args.get("report", ""))
    return _form_page(wing, report, ScheduleForm(formdata=None).offer(report).fill(report))


def create(wing: str) -> ResponseReturnValue:
    """Kept, or shown once more with who would get what."""
    report = _report(wing, request.form.get("report") or request.args.get("report", ""))
    form = ScheduleForm().offer(report)
    found = None
    if form.validate():
        with form.rule_errors():
            wanted = form.wanted()
            wanted.check()
            if "preview" in request.form:
                found = _preview(report, form, wanted)
            else:
                made = create_schedule(form.what(report, _terms(report)), wanted, by=g.viewer)
                return to(url_for(f"{wing}.report_schedule", report_schedule_id=made.id), said=_("It was set up."))
    return _form_page(wing, report, form, found=found)


def one_page(wing: str, report_schedule_id: int) -> Response:
    """When, to whom, and what became of it."""
    schedule = get_or_404(schedule_for(g.viewer, report_schedule_id, own=_own(wing)))
    report, turns = REPORTS.get(schedule.report), turns_of(schedule)
    seen = widest(g.viewer, report) if report else None
    terms = filters_of(report, asking_of(report, seen, schedule.terms, report_labels)) if report and seen else []
    day = _day(request.args.get("turn", "")) or (turns[0].day if turns else None)
    names = [one.name if one.active else _("%(name)s (left)", name=one.name) for one in people_of(schedule)]
    return page(
        "reports/schedules/one.html",
        wing=wing,
        schedule=schedule,
        title=_(report.title) if report else schedule.report,
        when=when_words(timing_of(schedule)),
        days=days_words(schedule.days),
        to_whom=readers_words(schedule.readers, names),
        names=names,
        terms=terms,
        form=FORMS[schedule.form],
        turns=turns,
        day=day,
        sent=sent_in(schedule, day) if day else (),
        states=STATES,
        reaches=REACHES,
        whole_day=whole_day,
        zone=site.time_zone(),
        back=_back(wing),
    )


def edit_page(wing: str, report_schedule_id: int) -> ResponseReturnValue:
    """The same form, filled."""
    schedule = get_or_404(schedule_for(g.viewer, report_schedule_id, own=_own(wing)))
    report = _report(wing, schedule.report)
    return _form_page(wing, report, _stored(report, schedule), schedule=schedule)


def save(wing: str, report_schedule_id: int) -> ResponseReturnValue:
    """What was sent stays sent."""
    schedule = get_or_404(schedule_for(g.viewer, report_schedule_id, own=_own(wing)))
    report = _report(wing, schedule.report)
    form, found = ScheduleForm().offer(report), None
    saved = (KIND, report_schedule_id)
    if form.validate() and not form.changed_meanwhile(_stored(report, schedule), saved, "report schedule changed"):
        with form.rule_errors():
            wanted = form.wanted()
            wanted.check()
            if "preview" in request.form:
                found = _preview(report, form, wanted, schedule)
            else:
                change_schedule(schedule, form.what(report, _terms(report, schedule)), wanted, by=g.viewer)
                return to(
                    url_for(f"{wing}.report_schedule", report_schedule_id=report_schedule_id), said=_("It was changed.")
                )
    return _form_page(wing, report, form, schedule=schedule, found=found)


def pause(wing: str, report_schedule_id: int) -> ResponseReturnValue:
    """Nothing is sent for now."""
    schedule = get_or_404(schedule_for(g.viewer, report_schedule_id, own=_own(wing)))
    if NothingForm().validate():
        pause_schedule(schedule, by=g.viewer)
    return to(url_for(f"{wing}.report_schedule", report_schedule_id=report_schedule_id))


def resume(wing: str, report_schedule_id: int) -> ResponseReturnValue:
    """It goes on with its next turn."""
    schedule = get_or_404(schedule_for(g.viewer, report_schedule_id, own=_own(wing)))
    if NothingForm().validate():
        resume_schedule(schedule, by=g.viewer)
    return to(url_for(f"{wing}.report_schedule", report_schedule_id=report_schedule_id))


def again(wing: str, report_schedule_id: int) -> ResponseReturnValue:
    """What could not be sent."""
    schedule, form = get_or_404(schedule_for(g.viewer, report_schedule_id, own=_own(wing))), NothingForm()
    count = 0
    if form.validate():
        with form.rule_errors():
            count = send_again(schedule, by=g.viewer)
    words = " ".join(form.form_errors) or ngettext("%(num)s is being sent.", "%(num)s are being sent.", count)
    return to(url_for(f"{wing}.report_schedule", report_schedule_id=report_schedule_id), said=words)


def end(wing: str, report_schedule_id: int) -> ResponseReturnValue:
    """Deleted; what it sent stays on record."""
    schedule = get_or_404(schedule_for(g.viewer, report_schedule_id, own=_own(wing)))
    if NothingForm().validate():
        end_schedule(schedule, by=g.viewer)
    return to(_back(wing)["href"], said=_("%(name)s was deleted.", name=schedule.name))


def _stored(report: Report, schedule: Any) -> ScheduleForm:
    return ScheduleForm(formdata=None).offer(report).fill_from(schedule)


def _report(wing: str, key: str) -> Report:
    """One the viewer may have in that wing."""
    offered = {one.key: one for one in reports_for(g.viewer, line_only=wing == "team")}
    return get_or_404(offered.get(key))


def _own(wing: str) -> bool:
    """HR looks after all schedules; elsewhere one finds one's own."""
    return wing != "hr"


def _back(wing: str) -> dict[str, str]:
    return {"href": url_for(f"{wing}.reports"), "label": _("Reports")}


def _terms(report: Report, schedule: Any = None) -> dict[str, list[str]]:
    """As the address says; those of a schedule stay as they were."""
    return read_terms(report, request.args).terms if schedule is None else schedule.terms


def _preview(report: Report, form: ScheduleForm, wanted: Wanted, schedule: Any = None) -> dict[str, Any]:
    """Who would get what now."""
    today = clock.today(site.time_zone())
    terms = resolved(report, _terms(report, schedule), Window(form.days.data or ""), today)
    readers = readers_of(wanted.readers, wanted.people)
    found: Sequence[Share] = shares(report, terms, readers)
    return {"shares": found, "more": max(0, len(readers) - PREVIEWED), "first": _next(wanted.timing)}


def _next(timing: Timing) -> dt.datetime:
    return timing.next_after(clock.now(), clock.zone(site.time_zone()), holidays())


def _form_page(
    wing: str, report: Report, form: ScheduleForm, *, schedule: Any = None, found: dict[str, Any] | None = None
) -> Response:
    terms = _terms(report, schedule)
    seen = widest(g.viewer, report)
    query = urlencode([("report", report.key), *((name, one) for name, values in terms.items() for one in values)])
    if schedule is None:
        post = url_for(f"{wing}.create_report_schedule") + "?" + query
    else:
        post = url_for(f"{wing}.save_report_schedule", report_schedule_id=schedule.id)
    return page(
        "reports/schedules/form.html",
        status=422 if form.errors else 200,
        form=form,
        schedule=schedule,
        title=_(report.title),
        terms=filters_of(report, asking_of(report, seen, terms, report_labels)) if seen else [],
        post=post,
        found=found,
        reaches=REACHES,
        zone=site.time_zone(),
        back=_back(wing)
        if schedule is None
        else {"href": url_for(f"{wing}.report_schedule", report_schedule_id=schedule.id), "label": schedule.name},
    )


def _day(typed: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        return None
