"""Reports as the worker draws them; the completion report has a form of its own: who, course, status, completed,
score, valid until, certificate (EVD-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext, ngettext

from lmsapp.evidence.seals.drawing import local_words
from lmsapp.infra import site
from lmsapp.infra.db import db
from lmsapp.infra.numerals import numeral
from lmsapp.infra.past.days import AsOf
from lmsapp.infra.pdf import render_table
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.completion import ReportFilters, completion_lines
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.insight.printed.queries import filters_of, is_theirs_today, terms_of
from lmsapp.insight.printed.report_document import chosen_words, of_pages, past_words, report_pdf
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.reading import day
from lmsapp.insight.reports.report import Asking, Labels
from lmsapp.insight.reports.said import said_day
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import load_viewer
from lmsapp.people.viewer import Viewer

# The words of a family of statuses ('enrollments'), see `reports.report.Labels`.
LabelsOf = Callable[[str], Labels]
# A word of a status in a course, as the reader's organisation says it: (status, course id) -> word.
Words = Callable[[str, int], str]
COLUMNS = (
    (N_("Name"), 15), (N_("Number"), 8), (N_("Department"), 13), (N_("Course"), 19), (N_("Status"), 11),
    (N_("Completed on"), 9), (N_("Score"), 6), (N_("Valid until"), 9), (N_("Certificate number"), 11),
)  # fmt: skip
SCORE = 6


def drawing_of(words: Callable[[], Words], labels: LabelsOf) -> Callable[[int, str], bytes]:
    """What the worker calls with the id of a request and its language; `words`: made anew for each report; `labels`:
    of a family of statuses, in the language of the moment."""

    def draw_report(request_id: int, language: str) -> bytes:
        """Unsigned PDF. Raises RuleBroken when whoever asked may not see such a report any more, or it is empty now."""
        asked = db.session.get_one(ReportRequest, request_id)
        user = db.session.get_one(User, asked.asked_by_id)
        viewer = load_viewer(user.id, user.session_epoch, current_app.config["TIME_ZONE"])
        report = REPORTS.get(asked.report)
        if report is None or viewer is None or not is_theirs_today(viewer, asked):
            raise RuleBroken(N_("Whoever asked for this report may not see it any more."))
        if asked.report == COMPLETION.key:
            return _draw_completion(asked, viewer, language, words)
        terms = asked.terms["terms"]
        seen = AsOf(day(terms, "as_of"))
        with force_locale(language):
            said = labels(report.statuses)
        now = seen.now if seen.day else asked.asked_at
        asking = Asking(viewer, terms, now, bool(asked.terms["line_only"]), said)
        return report_pdf(report, asking, asked_by=asked.asked_by_name, asked_at=asked.asked_at, language=language)

    return draw_report


def _draw_completion(asked: ReportRequest, viewer: Viewer, language: str, words: Callable[[], Words]) -> bytes:
    filters, line_only = filters_of(asked), bool(asked.terms["line_only"])
    seen = AsOf(filters.as_of)
    now = seen.now if seen.day else asked.asked_at
    asking = Asking(viewer, terms_of(asked), now, line_only)
    with force_locale(language), seen.reading():
        found = db.session.execute(completion_lines(viewer, filters, now, line_only=line_only)).all()
        chosen = chosen_words(COMPLETION, asking)
    with force_locale(language):
        said = words()
        rows = [_line(row, said) for row in found]
        return render_table(
            gettext("Completion report"),
            intro=_intro(asked, filters, chosen, len(rows), language),
            heads=[gettext(head) for head, _share in COLUMNS],
            rows=rows,
            shares=[share for _head, share in COLUMNS],
            right=[SCORE],
            of_pages=of_pages(),
            language=language,
            author=site.organisation(),
            subject=gettext("Completion report"),
        )


def _line(row: Any, said: Words) -> list[str]:
    score = "" if row.score is None else f"{numeral(row.score)} %"
    status = said(row.status, row.course_id)
    if row.by_hand:
        status = gettext("%(status)s (by hand)", status=status)
    days = (_day(row.completed_on), score, _day(row.valid_until))
    return [row.name, row.number, row.department or "–", row.course, status, *days, row.certificate or ""]


def _day(day: dt.date | None) -> str:
    return said_day(day) if day else ""


def _intro(asked: ReportRequest, filters: ReportFilters, chosen: str, rows: int, language: str) -> list[str]:
    zone = current_app.config["TIME_ZONE"]
    line_of = gettext("The line of %(name)s", name=asked.asked_by_name)
    scope = line_of if asked.terms["line_only"] else gettext("Everybody")
    when = local_words(asked.asked_at, zone, language)
    if filters.as_of:
        facts = ngettext("%(scope)s. %(num)s enrollment.", "%(scope)s. %(num)s enrollments.", rows, scope=scope)
    else:
        facts = ngettext(
            "%(scope)s. %(num)s enrollment as of %(when)s.",
            "%(scope)s. %(num)s enrollments as of %(when)s.",
            rows,
            scope=scope,
            when=when,
        )
    by = gettext("Asked for by %(name)s.", name=asked.asked_by_name)
    return [*past_words(AsOf(filters.as_of), zone, language), facts, chosen, by]
