"""The PDFs a learner can fetch: their certificates and their quiz reports. Always as a download, never in the page."""

from __future__ import annotations

from typing import Any, Protocol

from flask import Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.learning.certificates.own import own_certificates
from lmsapp.learning.certificates.queries import certificate_for
from lmsapp.learning.quizzes.results import result_for
from lmsapp.learning.transcripts.queries import transcript_for
from lmsapp.web.promised import Paper, note_of
from lmsapp.web.render import answer, get_or_404
from lmsapp.web.sending import send_stored
from lmsapp.web.student.wing import bp

KINDS = {"certificate", "quiz_report", "transcript"}


class Sealed(Protocol):
    """What a page needs to know of a promised PDF; `evidence.seals` answers with it."""

    kind: Any
    subject_id: Any
    title: Any
    status: Any
    file: Any


@bp.get("/papers/<kind>/<int:subject_id>")
def paper(kind: str, subject_id: int) -> ResponseReturnValue:
    """Asked for again and again until it is ready."""
    return answer("student/_paper.html", whole="student/paper.html", paper=get_or_404(paper_of(kind, subject_id)))


@bp.get("/papers/<kind>/<int:subject_id>.pdf")
def paper_file(kind: str, subject_id: int) -> ResponseReturnValue:
    """The sealed bytes, as they were signed."""
    return send_sealed(get_or_404(own_sealed(kind, subject_id)))


def own_sealed(kind: str, subject_id: int) -> Sealed | None:
    """The promise of a PDF about the viewer's own certificate or attempt."""
    if kind == "certificate":
        certificate = certificate_for(g.viewer, subject_id)
        if certificate is None or certificate.employee_id != g.viewer.employee_id:
            return None
    if kind == "transcript":
        transcript = transcript_for(g.viewer, subject_id)
        if transcript is None or transcript.employee_id != g.viewer.employee_id:
            return None
    if kind == "quiz_report" and result_for(g.viewer, subject_id) is None:
        return None
    return sealed_for(kind, subject_id) if kind in KINDS else None


def paper_of(kind: str, subject_id: int) -> Paper | None:
    """The viewer's own PDF as the page shows it, or None where none was promised."""
    sealed = own_sealed(kind, subject_id)
    return show(sealed.kind, sealed.subject_id, sealed.title, sealed.status) if sealed else None


def show(kind: str, subject_id: int, title: str, status: str) -> Paper:
    """In words."""
    names = {"certificate": _("Certificate"), "quiz_report": _("Quiz report"), "transcript": _("Transcript")}
    ready = status == "ready"
    return Paper(
        element=f"paper-{kind}-{subject_id}",
        state=status,
        title=f"{names[kind]}: {title}",
        note=note_of(status, ready=_("Signed, so that anyone can check it.")),
        poll=url_for("student.paper", kind=kind, subject_id=subject_id),
        href=url_for("student.paper_file", kind=kind, subject_id=subject_id) if ready else None,
    )


def certificate_paper(course_id: int) -> Paper | None:
    """The newest certificate of a course, as the page shows it."""
    mine = (one for one in own_certificates(g.viewer) if one.course_id == course_id and one.revoked_at is None)
    newest = next(mine, None)
    if newest is None or newest.pdf is None:
        return None
    return show("certificate", newest.id, newest.title, newest.pdf)


def send_sealed(sealed: Sealed) -> Response:
    """As a download; 404 until it is ready."""
    if sealed.file is None:
        abort(404)
    return send_stored(sealed.file.sha256, name=sealed.file.name, media_type="application/pdf")
