"""Check a certificate by its number, a PDF by its bytes (CRT-3, CRT-4), a receipt by what the ledger holds (EVD-2).

For anybody, without script; nothing is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from typing import Any

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import InputRequired, Length

from lmsapp.evidence.ledger import receipt_checks
from lmsapp.evidence.seals.checking import LARGEST, Verdict, check_file
from lmsapp.infra import clock
from lmsapp.infra.signature_checks import Finding
from lmsapp.learning.certificates.queries import Verified, certificate_checked, token_of
from lmsapp.learning.certificates.words import long_date
from lmsapp.people.accounts.throttle import TooManyTries, book
from lmsapp.web.admin.words import KINDS, word
from lmsapp.web.forms import Form, LineField
from lmsapp.web.public.wing import bp
from lmsapp.web.render import page, to

CHECKS_PER_ADDRESS = 60  # in a quarter of an hour: a whole office may share one address
NUMBERS_PER_ADDRESS = 30
# By kind of sealed file: what the document says itself and what it is worth today, from its id. Other kinds say only
# what they are and when they were made.
FACTS: dict[str, Callable[[int, str], Verified | None]] = {"certificate": certificate_checked}


class NumberForm(Form):
    number = LineField(__("Certificate number"), [InputRequired(__("Enter the number.")), Length(max=60)])
    name = LineField(
        __("Name on the certificate"),
        [InputRequired(__("Enter the name as it is printed.")), Length(max=300)],
        description=__("Numbers can be guessed; so the name is asked for, too."),
    )


class FileForm(Form):
    file = FileField(__("PDF"), [FileRequired(__("Choose a PDF."))])


class ReceiptForm(Form):
    receipt = FileField(__("Receipt"), [FileRequired(__("Choose a receipt."))])


@bp.get("/verify")
def check() -> ResponseReturnValue:
    """All ways on one page."""
    return _page()


@bp.post("/verify/certificate")
def check_number() -> ResponseReturnValue:
    """By number and name; on to the page the QR code leads to."""
    form, unknown = NumberForm(), False
    if form.validate():
        with form.rule_errors():
            book({f"verify-number/{request.remote_addr or ''}": NUMBERS_PER_ADDRESS})
            token = token_of(form.number.data or "", form.name.data or "")
            if token is not None:
                return to(url_for("public.verify", token=token))
            unknown = True
    return _page(numbers=form, unknown=unknown)


@bp.post("/verify/pdf")
def check_pdf() -> ResponseReturnValue:
    """By the file itself."""
    form = FileForm()
    if form.validate():
        with form.rule_errors():
            book({f"verify-pdf/{request.remote_addr or ''}": CHECKS_PER_ADDRESS})
            with closing(form.file.data) as upload:
                return _said(check_file(upload.read(LARGEST + 1)), upload.filename or "")
    return _page(files=form)


@bp.post("/verify/receipt")
def check_receipt() -> ResponseReturnValue:
    """Whether the ledger still holds what a receipt says."""
    form = ReceiptForm()
    if form.validate():
        with form.rule_errors():
            book({f"verify-receipt/{request.remote_addr or ''}": CHECKS_PER_ADDRESS})
            with closing(form.receipt.data) as upload:
                verdict = receipt_checks.check_receipt(upload.read(receipt_checks.LARGEST + 1))
                return _told(verdict, upload.filename or "")
    return _page(receipts=form)


def _told(verdict: receipt_checks.ReceiptVerdict, name: str) -> Response:
    on = verdict.said and dt.datetime.fromisoformat(verdict.said["occurred_at"])
    zone = clock.zone(current_app.config["TIME_ZONE"])
    return _unlisted(
        page(
            "public/receipt.html",
            verdict=verdict,
            title=verdict.said.get("facts", {}).get("title", ""),
            completed_on=on.astimezone(zone).date() if on else None,
            long_date=long_date,
            file_name=name[:120],
        )
    )


def _said(verdict: Verdict, name: str) -> Response:
    zone = current_app.config["TIME_ZONE"]
    sealed = verdict.sealed
    facts = FACTS[sealed.kind](sealed.subject_id, zone) if sealed and sealed.kind in FACTS else None
    return _unlisted(
        page(
            "public/checked.html",
            verdict=verdict,
            genuine=verdict.stored or verdict.checked.finding is Finding.INTACT,
            finding=verdict.checked.finding.value,
            certificate=facts,
            kind=word(KINDS, sealed.kind) if sealed else "",
            file_name=name[:120],
            **_dates(sealed.ready_at if sealed else None, zone),
        )
    )


def _dates(ready_at: dt.datetime | None, zone: str) -> dict[str, Any]:
    made_on = ready_at.astimezone(clock.zone(zone)).date() if ready_at else None
    return {"made_on": made_on, "long_date": long_date}


def _page(*, unknown: bool = False, **sent: Form) -> Response:
    """`sent`: the form that was sent, by its name in `FORMS`; the others are empty."""
    forms = {name: sent.get(name) or form(formdata=None) for name, form in FORMS.items()}
    broken = any(isinstance(form.broken, TooManyTries) for form in forms.values())
    wrong = unknown or any(form.errors for form in forms.values())
    status = 429 if broken else 422 if wrong else 200
    return _unlisted(page("public/check.html", status=status, unknown=unknown, most=LARGEST >> 20, **forms))


FORMS: dict[str, type[Form]] = {"numbers": NumberForm, "files": FileForm, "receipts": ReceiptForm}


def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response
