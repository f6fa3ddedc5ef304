"""A checklist as a PDF to sign: the verdict, then one line a person, blockers first (REP-3, EVD-7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from babel.dates import format_date
from flask import current_app
from flask_babel import force_locale, gettext, ngettext

from lmsapp.evidence.seals.drawing import local_words
from lmsapp.infra import clock, glyphs, site
from lmsapp.infra.db import db
from lmsapp.infra.pdf import render_table
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.gonogo.answers import OnList, Verdict, people_on, verdict
from lmsapp.insight.gonogo.lines import CLEARED, READY, Filters
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoPrint
from lmsapp.insight.gonogo.queries import checklist_for, things_of
from lmsapp.insight.printed.report_document import of_pages
from lmsapp.people.queries import viewer_now
from lmsapp.people.viewer import Viewer

Words = Callable[[Any], str]  # a line of a checklist -> its status as the reader's organisation says it
MOST_ROWS = 5000
COLUMNS = (
    (N_("Name"), 16), (N_("Number"), 8), (N_("Department"), 14), (N_("State"), 9), (N_("What is missing"), 38),
    (N_("Cleared without the training"), 24),
)  # fmt: skip
SIGN = (N_("Name in capitals"), N_("Signature"), N_("Day"))


def drawing_of(words: Words) -> Callable[[int, str], bytes]:
    """What the worker calls with the id of a print and its language."""

    def draw_go_no_go(print_id: int, language: str) -> bytes:
        """Unsigned PDF, as things stand now. Raises RuleBroken when whoever asked may not see the list any more."""
        asked = db.session.get_one(GoNoGoPrint, print_id)
        viewer = viewer_now(asked.asked_by_id)
        checklist = checklist_for(viewer, asked.checklist_id) if viewer else None
        if viewer is None or checklist is None:
            raise RuleBroken(N_("Whoever asked for this report may not see it any more."))
        with force_locale(language):
            return _drawn(viewer, checklist, asked, words, language)

    return draw_go_no_go


def _drawn(viewer: Viewer, checklist: GoNoGo, asked: GoNoGoPrint, words: Words, language: str) -> bytes:
    now = clock.now()
    found = verdict(viewer, checklist, now)
    people = people_on(viewer, checklist, Filters(), now, size=MOST_ROWS)
    if people.total > MOST_ROWS:
        raise RuleBroken(N_("More than %(most)s people are too many for a PDF. Take the CSV."), most=MOST_ROWS)
    title = gettext("Go/no-go: %(name)s", name=checklist.name)
    return render_table(
        glyphs.printable(title),
        intro=[glyphs.printable(line) for line in _intro(checklist, asked, found, language)],
        heads=[gettext(head) for head, _share in COLUMNS],
        rows=[[glyphs.printable(cell) for cell in _line(one, words, language)] for one in people.people],
        shares=[share for _head, share in COLUMNS],
        of_pages=of_pages(),
        sign=[gettext(one) for one in SIGN],
        language=language,
        author=site.organisation(),
        subject=gettext("Go/no-go checklist"),
    )


def _intro(checklist: GoNoGo, asked: GoNoGoPrint, found: Verdict, language: str) -> list[str]:
    zone = current_app.config["TIME_ZONE"]
    day = format_date(checklist.day, "d MMMM y" if language == "en" else "long", locale=language)
    verdict_said = gettext("GO") if found.go else gettext("NO-GO")
    counted = gettext(
        "%(ready)s ready, %(cleared)s cleared without the training, %(blocked)s blocked, of %(people)s.",
        ready=found.ready,
        cleared=found.cleared,
        blocked=found.blocked,
        people=found.people,
    )
    lines = [
        f"{verdict_said}. {counted}",
        gettext("Ready by %(day)s. As of %(when)s.", day=day, when=local_words(clock.now(), zone, language)),
        gettext("Asked: %(things)s.", things=", ".join(one.title for one in things_of(checklist.id))),
        gettext("Asked for by %(name)s.", name=asked.asked_by_name),
    ]
    if found.unseen:
        lines.append(
            ngettext(
                "%(num)s person on this list is not theirs to see, so nothing can be said of them.",
                "%(num)s people on this list are not theirs to see, so nothing can be said of them.",
                found.unseen,
            )
        )
    return lines


def _line(one: OnList, words: Words, language: str) -> list[str]:
    who = one.who
    state = {READY: gettext("Ready"), CLEARED: gettext("Cleared")}.get(who.state, gettext("Blocked"))
    missing = "; ".join(f"{line.title}: {words(line)}" for line in one.missing)
    cleared = ""
    if who.state == CLEARED:
        until = format_date(who.cleared_until, "d MMM y" if language == "en" else "medium", locale=language)
        cleared = gettext(
            "%(name)s, until %(day)s: %(reason)s", name=who.cleared_by, day=until, reason=who.cleared_reason
        )
    return [who.name, who.number, who.department or "–", state, missing, cleared]
