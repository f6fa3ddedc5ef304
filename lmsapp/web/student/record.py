"""The learner's record: certificates, completions, one certificate (ENR-4, CRT-1)."""

from __future__ import annotations

from typing import Any

from flask import abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lmsapp.insight.ledger_marks import completions_on_ledger
from lmsapp.learning.certificates.actions import promise_again
from lmsapp.learning.certificates.dates import valid_until
from lmsapp.learning.certificates.evaluations.queries import own_waiting
from lmsapp.learning.certificates.own import own_certificates
from lmsapp.learning.certificates.queries import certificate_for, newer_of, set_by_hand
from lmsapp.learning.enrollments.queries import my_courses
from lmsapp.learning.transcripts.actions import ask_transcript
from lmsapp.learning.transcripts.queries import transcripts_of
from lmsapp.learning.validity.queries import own_periods
from lmsapp.web.covered import covered
from lmsapp.web.dates import day, moment, today
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student import cards
from lmsapp.web.student.papers import paper_of
from lmsapp.web.student.renewal import period_row
from lmsapp.web.student.wing import bp
from lmsapp.web.transcripts import asked_for, shown


@bp.get("/record")
def record() -> ResponseReturnValue:
    """Everything earned, everything completed, what is under way."""
    mine, periods = my_courses(g.viewer), own_periods(g.viewer)
    dated = {one.course_id for one in periods}
    status = {row.course_id: row.status for row in mine}
    return page(
        "student/record.html",
        certificates=cards.certificates(own_certificates(g.viewer, replaced=True), today()),
        waiting=own_waiting(g.viewer),
        transcripts=shown(transcripts_of(g.viewer, g.viewer.employee_id or 0), "student"),
        periods=[
            {
                **period_row(one),
                "status": status.get(one.course_id, "") if one.is_current else "",
                "course_id": one.course_id,
                "is_current": one.is_current,
            }
            for one in periods
        ],
        completions=[
            {
                "title": row.title,
                "href": url_for("student.course", course_id=row.course_id),
                "course_id": row.course_id,
                "meta": [moment(row.completed_at), _("by hand") if row.completed_by_hand else ""],
            }
            for row in mine
            if row.completed_at and row.course_id not in dated
        ],
        on_ledger=completions_on_ledger(g.viewer, g.viewer.employee_id or 0),
        running=[cards.course(row) for row in mine if cards.under_way(row)],
    )


@bp.post("/transcripts")
def create_transcript() -> ResponseReturnValue:
    """A document of today of everything completed."""
    said = asked_for(lambda: ask_transcript(g.viewer.employee_id or 0, by=g.viewer, language=str(get_locale())))
    return to(url_for("student.record", _anchor="transcripts"), said=said)


@bp.get("/certificates/<int:certificate_id>")
def certificate(certificate_id: int) -> ResponseReturnValue:
    """One's own certificate; its PDF waits or is ready."""
    found = own_certificate(certificate_id)
    until = valid_until(found)
    card = cards.certificate(found, today(), until)
    more = {
        "holder_name": found.holder_name,
        "issued_on": found.issued_on,
        "valid_until": until,
        "verify_href": f"/verify/{found.token}",
        "hand": set_by_hand(found),
        "record_id": found.record_id,
        "newer": newer_of(found),
        "courses": covered(found.printed.get("courses", ())),
        "words": _("Issued %(issued)s. %(words)s.", issued=day(found.issued_on), words=card["words"]),
    }
    return page("student/certificate.html", certificate={**card, **more}, paper=paper_of("certificate", found.id))


@bp.post("/certificates/<int:certificate_id>/pdf")
def make_pdf(certificate_id: int) -> ResponseReturnValue:
    """An older certificate gets its PDF when somebody wants it."""
    promise_again(own_certificate(certificate_id), g.viewer)
    return to(url_for("student.certificate", certificate_id=certificate_id), said=_("The PDF is being made."))


def own_certificate(certificate_id: int) -> Any:
    """The viewer's own certificate; 404 for anybody else's."""
    found = get_or_404(certificate_for(g.viewer, certificate_id))
    if found.employee_id != g.viewer.employee_id:
        abort(404)
    return found
