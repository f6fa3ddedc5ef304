"""What you are asked to sign, signing it, and what you have signed (ORG-7). For everybody with an account."""

from __future__ import annotations

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, IntegerField, PasswordField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.evidence.signatures.actions import KIND, TextChanged, sign
from lmsapp.evidence.signatures.queries import (
    SigningPage,
    own_signatures,
    own_version,
    requests_for,
    signature_of,
    signing_page,
    what_became,
)
from lmsapp.people.accounts.rules import LONGEST_PASSWORD
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.web.account.signature import paper_of, show_signature
from lmsapp.web.account.wing import bp
from lmsapp.web.dates import today
from lmsapp.web.forms import Form
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.sending import send_stored
from lmsapp.web.sessions import LANGUAGES


class SignForm(Form):
    """`version` is what was on the screen."""

    version = IntegerField(validators=[DataRequired(__("Load the page again."))], widget=HiddenInput())
    agreed = BooleanField(validators=[DataRequired(__("Tick the box to say that you agree with these words."))])
    password = PasswordField(
        __("Your password"),
        [DataRequired(__("Enter your password.")), Length(max=LONGEST_PASSWORD, message=__("This is too long."))],
    )


@bp.get("/to-sign")
def to_sign() -> ResponseReturnValue:
    """Due first; below it what was signed."""
    return page(
        "account/signatures/list.html", requests=requests_for(g.viewer), signed=own_signatures(g.viewer), today=today()
    )


@bp.get("/to-sign/<int:text_id>")
def signing(text_id: int) -> ResponseReturnValue:
    """The exact text, and under it the form. Where nobody asks any more, what became of it: letters still lead here."""
    asked = signing_page(g.viewer, text_id, request.args.get("language"))
    if asked is not None:
        return show_signing(asked, SignForm(formdata=None))
    signature_id = get_or_404(what_became(g.viewer, text_id))
    if signature_id:
        return to(url_for("account.signature", signature_id=signature_id), said=_("You have signed this."))
    return to(url_for("account.to_sign"), said=_("This is not asked of you any more."))


@bp.post("/to-sign/<int:text_id>")
def create_signature(text_id: int) -> ResponseReturnValue:
    """Signed, or why not. Pressed twice, it leads to the one signature."""
    form = SignForm()
    version = get_or_404(own_version(g.viewer, text_id, form.version.data or 0))
    if form.validate():
        with form.rule_errors():
            signature = sign(
                g.viewer,
                version,
                password=form.password.data or "",
                address=request.remote_addr or "",
                meaning_agreed=form.agreed.data,
            )
            return to(url_for("account.signature", signature_id=signature.id), said=_("Signed."))
    asked = get_or_404(signing_page(g.viewer, text_id, request.args.get("language")))
    return show_signing(asked, form, 429 if isinstance(form.broken, TooManyTries) else 422)


@bp.get("/signatures/<int:signature_id>")
def signature(signature_id: int) -> ResponseReturnValue:
    """What was signed, as it was, and what the signature says."""
    found = get_or_404(signature_of(g.viewer, signature_id))
    return page("account/signatures/signed.html", signed=show_signature(found), version=found.version)


@bp.get("/signatures/<int:signature_id>/paper")
def signature_paper(signature_id: int) -> ResponseReturnValue:
    """Asked for again and again until it is ready."""
    found = get_or_404(signature_of(g.viewer, signature_id))
    paper = get_or_404(paper_of(found))
    return answer("account/signatures/_paper.html", whole="account/signatures/paper.html", paper=paper)


@bp.get("/signatures/<int:signature_id>.pdf")
def signature_file(signature_id: int) -> ResponseReturnValue:
    """The sealed bytes, as a download."""
    sealed = sealed_for(KIND, get_or_404(signature_of(g.viewer, signature_id)).id)
    if sealed is None or sealed.file is None:
        abort(404)
    return send_stored(sealed.file.sha256, name=sealed.file.name, media_type="application/pdf")


def show_signing(asked: SigningPage, form: SignForm, status: int = 200) -> Response:
    """The page; a text that changed meanwhile has to be agreed to anew."""
    if isinstance(form.broken, TextChanged):
        form.agreed.data = False
    form.version.data = asked.version.id
    names = [(code, LANGUAGES[code]) for code in asked.languages if code in LANGUAGES]
    return page("account/signatures/sign.html", status=status, asked=asked, form=form, names=names, today=today())
