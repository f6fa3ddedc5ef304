"""Files of reports one asked for or was sent: followed, called off, taken away and taken up again (REP-4, REP-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.insight.reports.asked import asking_of
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.reach import Reach, SeenAs, seen_as, widest
from lmsapp.insight.reports.reading import day
from lmsapp.insight.reports.report import Report, Terms
from lmsapp.insight.reports.runs.actions import ask_again, cancel_run, note_taken, throw_away
from lmsapp.insight.reports.runs.queries import (
    KEPT_DAYS,
    file_name_of,
    file_of,
    is_theirs_today,
    kept_until,
    run_for,
)
from lmsapp.insight.reports.runs.rules import OPEN
from lmsapp.insight.reports.said import filters_of
from lmsapp.insight.reports.windows import AS_OF
from lmsapp.people.settings.queries import setting
from lmsapp.web.account.wing import bp
from lmsapp.web.as_of import whole_day
from lmsapp.web.dates import counted
from lmsapp.web.forms import NothingForm, error_words
from lmsapp.web.gates import policy_of
from lmsapp.web.navigation import reports_wing
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.report_files_shown import latest_files
from lmsapp.web.report_labels import report_labels
from lmsapp.web.report_words import FORMS, REACHES
from lmsapp.web.sending import send_stored

NOT_ANY_MORE = N_("You may not see this report any more.")
QUICK_S = 12


@bp.get("/reports/files")
def report_runs() -> Response:
    """The latest, for whoever only gets reports."""
    return page(
        "account/report_files/index.html",
        runs=latest_files(g.viewer, 100),
        days=setting(KEPT_DAYS),
        back=back_to_reports() if reports_wing(g.viewer) else None,
    )


@bp.get("/reports/files/<int:report_run_id>")
def report_run(report_run_id: int) -> ResponseReturnValue:
    """How far it is, then what there is to take. Asked for again and again until it is ready."""
    run = _run(report_run_id)
    return answer("account/report_files/_one.html", whole="account/report_files/one.html", **_context(run))


@bp.post("/reports/files/<int:report_run_id>/cancellation")
def report_run_cancel(report_run_id: int) -> ResponseReturnValue:
    """Not any more."""
    run = _run(report_run_id)
    if NothingForm().validate():
        cancel_run(run, by=g.viewer)
    return to(url_for("account.report_run", report_run_id=report_run_id))


@bp.post("/reports/files/<int:report_run_id>/attempt")
def report_run_again(report_run_id: int) -> ResponseReturnValue:
    """What failed, or the same as things stand now."""
    run, form = _run(report_run_id), NothingForm()
    if form.validate() and run.report in REPORTS:
        with form.rule_errors():
            again = ask_again(run, REPORTS[run.report], by=g.viewer)
            return to(url_for("account.report_run", report_run_id=again.id))
    said_so = " ".join(form.form_errors) or _("Nothing was asked for. Try again.")
    return to(url_for("account.report_run", report_run_id=report_run_id), said=said_so)


@bp.post("/reports/files/<int:report_run_id>/end")
def report_run_end(report_run_id: int) -> ResponseReturnValue:
    """Before its days are over."""
    run = _run(report_run_id)
    if NothingForm().validate():
        throw_away(run, by=g.viewer)
    return to(url_for("account.report_run", report_run_id=report_run_id), said=_("The file was thrown away."))


@bp.get("/reports/files/<int:report_run_id>/file")
def report_run_file(report_run_id: int) -> Response:
    """The bytes, or those a download that broke off still lacks. Each time is on the trail; asking how large is not."""
    run = _run(report_run_id)
    kept = get_or_404(file_of(run))
    sent = send_stored(kept.sha256, name=kept.name, media_type=kept.media_type, resumed=True)
    sent.headers["Cache-Control"] = "no-store"
    if request.method == "GET" and sent.status_code in (200, 206):
        note_taken(run, by=g.viewer, part=sent.headers.get("Content-Range", ""))
    return sent


def back_to_reports() -> dict[str, str]:
    """To where the reader finds reports, else to the files sent to them."""
    wing = reports_wing(g.viewer)
    if wing:
        return {"href": url_for(f"{wing}.reports"), "label": _("Reports")}
    return {"href": url_for("account.report_runs"), "label": _("Reports sent to you")}


def chosen_of(report: Report, seen: SeenAs, terms: Terms) -> list[tuple[str, str]]:
    """What was chosen, and of which day it is: label and words of each."""
    past, found = day(terms, AS_OF), filters_of(report, asking_of(report, seen, terms, report_labels))
    return [*([(_("As of the end of"), whole_day(past))] if past else []), *found]


def rows_of(report: Report, reach: Reach, terms: Terms) -> str:
    """Where the rows stand on screen, with the same filters; '' where the reader has no such page."""
    wings = {Reach.EVERYBODY: ("hr", "admin"), Reach.LINE: ("team",)}.get(reach, ())
    wing = next((one for one in wings if policy_of(current_app, f"{one}.report_rows").admits(g.viewer)), "")
    kept: dict[str, Any] = dict(terms)
    return url_for(f"{wing}.report_rows", report_key=report.key, **kept) if wing else ""


def _run(run_id: int) -> Any:
    run = get_or_404(run_for(g.viewer, run_id))
    if not is_theirs_today(g.viewer, run):
        raise NotAllowed(NOT_ANY_MORE)
    return run


def _context(run: Any) -> dict[str, Any]:
    report = REPORTS[run.report]
    notes = {
        "waiting": _("The worker takes it next. You may leave this page: you are told when it is ready."),
        "running": _(
            "%(done)s of %(total)s rows so far. You may leave this page.",
            done=counted(run.done or 0),
            total=counted(run.total or 0),
        ),
        "failed": error_words(run),
        "skipped": error_words(run),
    }
    seen = seen_as(g.viewer, report, Reach(run.reach)) if run.reach else widest(g.viewer, report)
    terms = chosen_of(report, seen, run.terms) if seen else []
    quick = (clock.now() - run.asked_at).total_seconds() < QUICK_S
    return {
        "run": run,
        "title": _(report.title),
        "terms": terms,
        "live": run.state in OPEN,
        "note": notes.get(run.state, ""),
        "every": "500ms" if quick else "2s",
        "percent": min(99, 100 * run.done // run.total) if run.total else None,
        "reach": REACHES.get(run.reach, ""),
        "form": FORMS[run.form],
        "file_name": file_name_of(run),
        "kept_until": kept_until(run),
        "days": setting(KEPT_DAYS),
        "rows": rows_of(report, seen.reach, run.terms) if seen else "",
        "reports": back_to_reports(),
    }
