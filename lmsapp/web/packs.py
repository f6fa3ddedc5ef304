"""Evidence packs as HR and auditors see them: asked for, followed, taken away (EVD-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, abort, current_app, flash, g, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, DateField, HiddenField, SelectField
from wtforms.validators import InputRequired

from lmsapp.infra import clock
from lmsapp.insight.options import courses
from lmsapp.insight.pack.actions import KEPT_DAYS, ask_again, ask_pack, cancel_pack, note_download, terms_of, throw_away
from lmsapp.insight.pack.queries import (
    Preview,
    employee_with_number,
    folder,
    number_of,
    pack_for,
    packs_of,
    preview,
    regulations,
)
from lmsapp.insight.pack.rules import OPEN, PackState, Scope, Terms
from lmsapp.insight.pack.work import file_name_of
from lmsapp.people.organisation.queries import department_choices
from lmsapp.people.settings.queries import setting
from lmsapp.web import dates
from lmsapp.web.fields import choices, sure
from lmsapp.web.forms import Form, LineField, NothingForm, error_words
from lmsapp.web.render import answer, get_or_404, page, to

QUICK_S = 12
SCOPES: dict[str, Any] = {
    Scope.REGULATION.value: __("Regulation"),
    Scope.COURSE.value: __("Course"),
    Scope.DEPARTMENT.value: __("Department"),
    Scope.PERSON.value: __("Person"),
}
STATES: dict[str, tuple[str, Any]] = {
    PackState.WAITING.value: ("waiting", __("Waiting")),
    PackState.RUNNING.value: ("In Progress", __("Being made")),
    PackState.READY.value: ("passed", __("Ready")),
    PackState.FAILED.value: ("failed", __("Failed")),
    PackState.CANCELLED.value: ("archived", __("Called off")),
}


CHOICES: dict[Scope, Callable[[], Sequence[tuple[Any, str]]]] = {
    Scope.COURSE: courses,
    Scope.DEPARTMENT: department_choices,
    Scope.REGULATION: regulations,
}


class PackForm(Form):
    """Of whom or what, and when. The field of the scope chosen is the one that counts."""

    scope = HiddenField()
    person = LineField(__("Employee number"))
    course = SelectField(__("Course"))
    department = SelectField(__("Department"), description=__("With those beneath, and whoever has left it since."))
    regulation = SelectField(
        __("Regulator or compliance type"),
        description=__("Everybody who had to hold it, and the courses linked to it."),
    )
    since = DateField(__("From"), [InputRequired(__("Choose a first day."))])
    until = DateField(__("Until"), [InputRequired(__("Choose a last day."))])
    without = BooleanField(
        __("Without personal facts"),
        description=__(
            "For outside parties: people bear only the name the completion ledger gives them. No files, no free text."
        ),
    )

    def terms(self) -> Terms:
        """For the action; an employee number nobody has gives no subject, which the rule refuses."""
        scope = _scope(str(self.scope.data))
        subject = str(self[scope.value].data or "")
        if scope is Scope.PERSON:
            subject = str(employee_with_number(g.viewer, subject.strip()) or "")
        return Terms(scope, subject, sure(self.since), sure(self.until), not self.without.data)


def packs_page(wing: str, *, own: bool) -> ResponseReturnValue:
    """The form of one scope, and the packs so far."""
    return _page(wing, _form(_scope(request.args.get("scope", "")), formdata=None), own=own)


def show_preview(wing: str, *, own: bool) -> ResponseReturnValue:
    """What it would hold now; nothing is asked for."""
    form = _form(_scope(request.form.get("scope", "")))
    found = None
    if form.validate():
        with form.rule_errors():
            terms = form.terms()
            terms.check(dates.today())
            found = preview(terms, g.viewer)
    return _page(wing, form, own=own, found=found)


def create_pack(wing: str, *, own: bool) -> ResponseReturnValue:
    """The worker makes it; on to its page."""
    form = _form(_scope(request.form.get("scope", "")))
    if form.validate():
        with form.rule_errors():
            pack = ask_pack(form.terms(), by=g.viewer)
            return to(url_for(f"{wing}.evidence_pack", pack_id=pack.id))
    return _page(wing, form, own=own)


def pack_page(wing: str, pack_id: int, *, own: bool) -> ResponseReturnValue:
    """How far it is, then what is in it. Asked for again and again until it is ready."""
    pack = get_or_404(pack_for(g.viewer, pack_id, own=own))
    return answer("packs/_one.html", whole="packs/one.html", **_context(wing, pack))


def cancel(wing: str, pack_id: int, *, own: bool) -> ResponseReturnValue:
    """Not any more."""
    pack = get_or_404(pack_for(g.viewer, pack_id, own=own))
    if NothingForm().validate():
        cancel_pack(pack, by=g.viewer)
    return to(url_for(f"{wing}.evidence_pack", pack_id=pack_id))


def repeat(wing: str, pack_id: int, *, own: bool) -> ResponseReturnValue:
    """What failed, or the same of today."""
    pack, form = get_or_404(pack_for(g.viewer, pack_id, own=own)), NothingForm()
    if form.validate():
        with form.rule_errors():
            return to(url_for(f"{wing}.evidence_pack", pack_id=ask_again(pack, by=g.viewer).id))
    flash(" ".join(form.form_errors) or _("Nothing was asked for. Try again."))
    return to(url_for(f"{wing}.evidence_pack", pack_id=pack_id))


def throw(wing: str, pack_id: int, *, own: bool) -> ResponseReturnValue:
    """Before its days are over."""
    pack = get_or_404(pack_for(g.viewer, pack_id, own=own))
    if NothingForm().validate():
        throw_away(pack, by=g.viewer)
    return to(url_for(f"{wing}.evidence_pack", pack_id=pack_id), said=_("The file was thrown away."))


def send_pack(_wing: str, pack_id: int, *, own: bool) -> Response:
    """The zip file; that somebody took it is on the trail."""
    pack = get_or_404(pack_for(g.viewer, pack_id, own=own))
    if pack.file_name is None or pack.thrown_away_at or not (folder() / pack.file_name).exists():
        abort(404)
    note_download(pack, by=g.viewer)
    sent = send_file(
        folder() / pack.file_name,
        mimetype="application/zip",
        as_attachment=True,
        download_name=file_name_of(pack),
        etag=False,
    )
    sent.headers["Cache-Control"] = "no-store"
    return sent


def _scope(word: str) -> Scope:
    return Scope(word) if word in SCOPES else Scope.REGULATION


def _form(scope: Scope, **more: Any) -> PackForm:
    today = dates.today()
    form = PackForm(**more)
    form.scope.data = scope.value
    for other in SCOPES:
        if other != scope.value:
            del form[other]
    known = CHOICES.get(scope)
    if known is not None:
        form[scope.value].choices = choices([("", _("Choose")), *known()])
    if more.get("formdata", True) is None:
        form.since.data, form.until.data = today - dt.timedelta(days=364), today
        form[scope.value].data = request.args.get("subject", "")[:40]
    return form


def _page(wing: str, form: PackForm, *, own: bool, found: Preview | None = None) -> Response:
    scope = str(form.scope.data)
    base = url_for(f"{wing}.evidence_packs")
    tabs = [
        {"label": label, "href": f"{base}?scope={value}", "current": value == scope} for value, label in SCOPES.items()
    ]
    return page(
        "packs/index.html",
        status=422 if form.errors else 200,
        wing=wing,
        form=form,
        field=form[scope],
        tabs=tabs,
        found=found,
        packs=packs_of(g.viewer, own=own),
        states=STATES,
        scopes=SCOPES,
        days=setting(KEPT_DAYS),
    )


def _context(wing: str, pack: Any) -> dict[str, Any]:
    quick = (clock.now() - pack.asked_at).total_seconds() < QUICK_S
    notes = {
        "waiting": _("The worker takes it next. You may leave this page: you are told when it is ready."),
        "running": _("First everything gets its place in the completion ledger. You may leave this page."),
        "failed": error_words(pack),
        "ready": _("It can be downloaded."),
        "cancelled": "",
    }
    terms, number = terms_of(pack), None
    if terms.scope is Scope.PERSON:
        number = number_of(g.viewer, terms.number or 0)
    return {
        "wing": wing,
        "pack": pack,
        "live": pack.state in OPEN,
        "note": notes[pack.state],
        "every": "500ms" if quick else "2s",
        "percent": min(99, 100 * pack.done // pack.total) if pack.total else None,
        "scope": SCOPES[pack.scope],
        "number": number,
        "zip_name": file_name_of(pack),
        "days": setting(KEPT_DAYS),
        "kept_until": pack.finished_at + dt.timedelta(days=setting(KEPT_DAYS)) if pack.finished_at else None,
        "zone": current_app.config["TIME_ZONE"],
    }
