"""Reports one asked for as PDF: waiting, then ready, then again and again the same bytes (EVD-7)."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.insight.printed.actions import note_report_taken
from lmsapp.insight.printed.queries import KIND, is_theirs_today, latest_reports, report_for, terms_of
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.reach import Reach, SeenAs
from lmsapp.web.account.report_files import back_to_reports, chosen_of, rows_of
from lmsapp.web.account.wing import bp
from lmsapp.web.render import answer, get_or_404
from lmsapp.web.report_words import REACHES
from lmsapp.web.sending import send_stored

BEFORE = 5  # that stand below it


@bp.get("/reports/<int:report_id>")
def report(report_id: int) -> ResponseReturnValue:
    """Asked for again and again until it is ready; below it, the ones before."""
    asked = _asked(report_id)
    sealed = get_or_404(sealed_for(KIND, asked.id))
    report_, reach = REPORTS[asked.report], Reach.LINE if asked.terms["line_only"] else Reach.EVERYBODY
    return answer(
        "account/_report.html",
        whole="account/report.html",
        asked=asked,
        sealed=sealed,
        note=_note(sealed.status),
        reach=REACHES[reach],
        rows=rows_of(report_, reach, terms_of(asked)),
        terms=chosen_of(report_, SeenAs(g.viewer, reach), terms_of(asked)),
        mine=latest_reports(g.viewer, 1 + BEFORE),
        name=_name(asked),
        reports=back_to_reports(),
    )


@bp.get("/reports/<int:report_id>.pdf")
def report_file(report_id: int) -> Response:
    """The sealed bytes; each time is on the trail."""
    asked = _asked(report_id)
    file = get_or_404(get_or_404(sealed_for(KIND, asked.id)).file)
    note_report_taken(asked, g.viewer)
    return send_stored(file.sha256, name=_name(asked), media_type="application/pdf")


def _asked(report_id: int) -> Any:
    asked = get_or_404(report_for(g.viewer, report_id))
    if not is_theirs_today(g.viewer, asked):
        raise NotAllowed(N_("You may not see this report any more."))
    return asked


def _name(asked: Any) -> str:
    return f"{asked.report}-{asked.asked_at:%Y-%m-%d}-{asked.id}.pdf"


def _note(status: str) -> str:
    notes = {
        "waiting": _("It is next in line; a long one takes half a minute."),
        "running": _("It is being drawn and signed."),
        "ready": _("Signed, so that anyone can check it. It stays as it is."),
        "failed": _("It could not be made. Your administrator sees why, and can start it again."),
    }
    return notes[status]
