"""Certificates for staff: the list, one of them, revoking it, and issuing it anew (CRT-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.infra import clock
from lmsapp.learning.certificates.actions import issue_anew, revoke_certificate
from lmsapp.learning.certificates.document import unprintable
from lmsapp.learning.certificates.rules import CertificateStatus, status
from lmsapp.learning.certificates.staff import (
    Asked,
    certificate_to_look_after,
    list_certificates,
    neighbours,
    one_certificate,
)
from lmsapp.people.roles import May
from lmsapp.web.covered import covered
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import options, page_url, readable
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.sending import send_stored
from lmsapp.web.studio.certificate_tabs import STAFF, certificate_tabs
from lmsapp.web.studio.wing import bp

REASON = [InputRequired(__("Give a reason; it stays on record.")), Length(max=500)]
LOOKS: dict[str, tuple[str, Any]] = {
    CertificateStatus.VALID: ("Certified", __("Valid")),
    CertificateStatus.EXPIRED: ("Expired", __("Expired")),
    CertificateStatus.REVOKED: ("Revoked", __("Revoked")),
    CertificateStatus.REPLACED: ("Superseded", __("Replaced")),
}
KINDS = {"course": __("Course"), "path": __("Learning path")}


class RevocationForm(Form):
    """Why it counts no more."""

    reason = TextAreaField(
        __("Reason"), REASON, description=__("Everybody who checks the certificate reads it. No private details.")
    )


class ReplacementForm(Form):
    """How the name is printed on the new one, and why there is a new one."""

    holder_name = StringField(__("Name as it is to be printed"), [InputRequired(), Length(max=200)])
    reason = TextAreaField(
        __("Reason"), REASON, description=__("For the audit trail; the certificate does not show it.")
    )


@bp.get("/certificates")
@needs(*STAFF)
def certificates() -> ResponseReturnValue:
    """What was issued, newest first."""
    args = readable(request.args)
    asked = Asked(
        search=args.get("q", "")[:100],
        status=args.get("status", "") if args.get("status") in LOOKS else "",
        kind=args.get("kind", "") if args.get("kind") in KINDS else "",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )
    today = clock.today(current_app.config["TIME_ZONE"])
    found = list_certificates(g.viewer, asked, today)
    looks = {value: words for value, (_look, words) in LOOKS.items()}
    return answer(
        "studio/certificates/_list.html",
        whole="studio/certificates/index.html",
        found=found,
        looks=[look_of(row, today) for row in found.rows],
        asked=asked,
        tabs=certificate_tabs("issued"),
        facets=[
            (_("Status"), "status", options([("", _("Any")), *looks.items()], (asked.status,))),
            (_("Kind"), "kind", options([("", _("Any")), *KINDS.items()], (asked.kind,))),
        ],
        page_url=page_url,
    )


@bp.get("/certificates/<int:certificate_id>")
@needs(*STAFF)
def certificate(certificate_id: int) -> ResponseReturnValue:
    """One, with what can be done."""
    return _page(get_or_404(certificate_to_look_after(g.viewer, certificate_id)))


@bp.get("/certificates/<int:certificate_id>.pdf")
@needs(*STAFF)
def certificate_pdf(certificate_id: int) -> ResponseReturnValue:
    """The sealed bytes; who took them away is on the trail."""
    found = get_or_404(certificate_to_look_after(g.viewer, certificate_id))
    sealed = sealed_for("certificate", found.id)
    if sealed is None or sealed.file is None:
        abort(404)
    record_change("downloaded", ("certificate", found.id), by=g.viewer, after={"number": found.number})
    return send_stored(sealed.file.sha256, name=f"{found.number}.pdf", media_type="application/pdf")


@bp.post("/certificates/<int:certificate_id>/revocation")
@needs(May.MODERATE)
def revoke(certificate_id: int) -> ResponseReturnValue:
    """It counts no more, and says so at once."""
    found = get_or_404(certificate_to_look_after(g.viewer, certificate_id))
    form = RevocationForm(prefix="revoke")
    if form.validate():
        with form.rule_errors():
            revoke_certificate(found, by=g.viewer, reason=form.reason.data or "")
            said = _("Revoked. Its public page says so from now on.")
            return to(url_for("studio.certificate", certificate_id=certificate_id), said=said)
    return _page(found, revoke_form=form)


@bp.post("/certificates/<int:certificate_id>/replacement")
@needs(May.MODERATE)
def replace(certificate_id: int) -> ResponseReturnValue:
    """A new one takes its place; on to that."""
    found = get_or_404(certificate_to_look_after(g.viewer, certificate_id))
    form = ReplacementForm(prefix="anew")
    if form.validate():
        with form.rule_errors():
            name, reason = form.holder_name.data or "", form.reason.data or ""
            newer = issue_anew(found, holder_name=name, by=g.viewer, reason=reason)
            said = _("This is the new one. The holder gets it by mail; the earlier one says that it was replaced.")
            return to(url_for("studio.certificate", certificate_id=newer.id), said=said)
    return _page(found, anew_form=form)


def look_of(row: Any, today: Any) -> tuple[str, Any]:
    """(badge, words) of a certificate."""
    revoked, replaced = row.revoked_at is not None, row.replaced_at is not None
    return LOOKS[status(valid_until=row.valid_until, revoked=revoked, replaced=replaced, today=today)]


def _page(found: Any, revoke_form: Any = None, anew_form: Any = None) -> Response:
    row = one_certificate(found)
    older, newer = neighbours(found)
    broken = next((form for form in (revoke_form, anew_form) if form is not None), None)
    stands = row.revoked_at is None and row.replaced_at is None
    return page(
        "studio/certificates/one.html",
        status=422 if broken is not None else 200,
        one=row,
        look=look_of(row, clock.today(current_app.config["TIME_ZONE"])),
        older=older,
        newer=newer,
        courses=covered(found.printed.get("courses", ())),
        latin=unprintable(row.holder_name),
        may_change=stands and g.viewer.may(May.MODERATE),
        own=row.employee_id == g.viewer.employee_id,
        may_see_enrollment=row.enrollment_id is not None and g.viewer.may(May.AUTHOR, May.MODERATE),
        revoke_form=revoke_form or RevocationForm(formdata=None, prefix="revoke"),
        anew_form=anew_form or ReplacementForm(formdata=None, prefix="anew", holder_name=row.name),
    )
