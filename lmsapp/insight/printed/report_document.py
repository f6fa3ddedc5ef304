"""Any report as a PDF: what was asked, by whom and when, what counts, and its rows (EVD-7, REP-2).

A4 landscape; the head stands on every page, with the number of the page and of all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import compress
from typing import Any

from babel.dates import format_date
from flask import current_app
from flask_babel import force_locale, get_locale, gettext, ngettext

from lmsapp.evidence.seals.drawing import local_words
from lmsapp.infra import glyphs, site
from lmsapp.infra.db import db
from lmsapp.infra.past.days import AsOf
from lmsapp.infra.pdf import render_table
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.reports.reading import day
from lmsapp.insight.reports.report import Asking, Report
from lmsapp.insight.reports.said import Totals, filters_of, heads_of, notes_of, scope_of, shown, totals_of

MOST_ROWS = 20_000
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
TOO_MANY = N_("More than %(most)s rows are too many for a PDF. Narrow the filters, or take the CSV.")


def report_pdf(report: Report, asking: Asking, *, asked_by: str, asked_at: dt.datetime, language: str) -> bytes:
    """Unsigned PDF in `language`; `asking.labels` are in that language already, `asked_by` is printed as it is.

    `asking.now` is the moment the report is of. Raises RuleBroken where there are no rows, or more than MOST_ROWS.
    """
    seen = AsOf(day(asking.terms, "as_of") if report.past else None)
    with force_locale(language), seen.reading():
        rows = db.session.execute(report.rows(asking).limit(MOST_ROWS + 1)).all()
        if not rows:
            raise RuleBroken(report.why_empty(asking))
        if len(rows) > MOST_ROWS:
            raise RuleBroken(TOO_MANY, most=MOST_ROWS)
        intro = _intro(report, asking, seen, totals_of(report, asking), asked_by, asked_at)
        cells = [[_drawn(shown(value)) for value in row] for row in rows]
        kept = _kept(report, cells)
        columns, heads = list(compress(report.columns, kept)), list(compress(heads_of(report), kept))
        lines = [list(compress(row, kept)) for row in cells]
        return render_table(
            gettext(report.title),
            intro=[_drawn(line) for line in intro],
            heads=heads,
            rows=lines,
            shares=[column.share for column in columns],
            right=[place for place, column in enumerate(columns) if column.right],
            of_pages=of_pages(),
            language=language,
            author=site.organisation(),
            subject=gettext(report.title),
        )


def chosen_words(report: Report, asking: Asking) -> str:
    """'Course: Fire Safety; Department: Surgery', or that nothing was chosen."""
    chosen = "; ".join(f"{label}: {words}" for label, words in filters_of(report, asking))
    return chosen or gettext("No filters.")


def of_pages() -> tuple[str, str, str]:
    """The words around the number of a page and of all of them."""
    before, _mark, rest = gettext("Page %(page)s of %(all)s", page="\x00", all="\x01").partition("\x00")
    between, _mark, after = rest.partition("\x01")
    return before, between, after


def past_words(seen: AsOf, zone: str, language: str) -> list[str]:
    """Of which day it is, where that is not the day it was asked for."""
    if seen.day is None:
        return []
    whole = format_date(seen.day, "d MMMM y" if language == "en" else "long", locale=language)
    said = gettext("As it was on %(day)s, end of day (%(zone)s)", day=whole, zone=zone)
    later = gettext("What was recorded by the end of that day. What was recorded later is not in it.")
    return [f"{said}. {later}"]


def _drawn(words: str) -> str:
    """As our fonts can draw it. Marks that turn the direction of writing are left out: a name could turn its row."""
    return glyphs.printable(words.translate(TURNING))


def _kept(report: Report, cells: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns are printed: optional ones only where a row has something in them."""
    return [
        not column.optional or any(row[place] != "–" for row in cells) for place, column in enumerate(report.columns)
    ]


def _intro(
    report: Report, asking: Asking, seen: AsOf, totals: Totals, asked_by: str, asked_at: dt.datetime
) -> list[str]:
    zone, language = current_app.config["TIME_ZONE"], str(get_locale())
    scope = scope_of(asking, asked_by)
    counts = [ngettext("%(num)s row", "%(num)s rows", totals.rows)]
    counts += [f"{word}: {count}" for word, count in totals.counted]
    split = ", ".join(f"{value}: {count}" for value, count in totals.split)
    by = gettext("Asked for by %(name)s, %(when)s.", name=asked_by, when=local_words(asked_at, zone, language))
    lines: list[Any] = [
        report.rule,
        *past_words(seen, zone, language),
        f"{scope}. {', '.join(counts)}." + (f" {split}." if split else ""),
        chosen_words(report, asking),
        by,
        *notes_of(report, asking),
    ]
    return [str(line) for line in lines if line]
