"""A checklist as a sealed PDF with a line to sign (REP-3, EVD-7)."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.insight.gonogo.actions import KIND, ask_print, note_print_taken
from lmsapp.insight.gonogo.queries import checklist_for, latest_prints, print_for
from lmsapp.web.forms import NothingForm
from lmsapp.web.gonogo.wing import bp
from lmsapp.web.render import answer, get_or_404, to
from lmsapp.web.sending import send_stored


@bp.post("/<int:checklist_id>/prints")
def create_print(checklist_id: int) -> ResponseReturnValue:
    """Asked for; the worker draws and seals it."""
    checklist, form = get_or_404(checklist_for(g.viewer, checklist_id)), NothingForm()
    if form.validate():
        with form.rule_errors():
            asked = ask_print(checklist, _("Go/no-go: %(name)s", name=checklist.name), by=g.viewer)
            return to(url_for("gonogo.one_print", checklist_id=checklist.id, print_id=asked.id))
    flash(" ".join(form.form_errors) or _("Nothing was asked for. Try again."))
    return to(url_for("gonogo.checklist", checklist_id=checklist.id))


@bp.get("/<int:checklist_id>/prints/<int:print_id>")
def one_print(checklist_id: int, print_id: int) -> ResponseReturnValue:
    """Asked for again and again until it is ready; below it, the ones before."""
    checklist, asked = _asked(checklist_id, print_id)
    sealed = get_or_404(sealed_for(KIND, asked.id))
    return answer(
        "gonogo/_print.html",
        whole="gonogo/print.html",
        checklist=checklist,
        asked=asked,
        sealed=sealed,
        note=_note(sealed.status),
        earlier=latest_prints(g.viewer, checklist, KIND),
    )


@bp.get("/<int:checklist_id>/prints/<int:print_id>.pdf")
def print_file(checklist_id: int, print_id: int) -> Response:
    """The sealed bytes; each time is on the trail."""
    checklist, asked = _asked(checklist_id, print_id)
    file = get_or_404(get_or_404(sealed_for(KIND, asked.id)).file)
    note_print_taken(checklist, asked, by=g.viewer)
    name = f"go-no-go-{checklist.id}-{asked.asked_at:%Y-%m-%d}-{asked.id}.pdf"
    return send_stored(file.sha256, name=name, media_type="application/pdf")


def _asked(checklist_id: int, print_id: int) -> tuple[Any, Any]:
    checklist = get_or_404(checklist_for(g.viewer, checklist_id))
    return checklist, get_or_404(print_for(g.viewer, checklist, print_id))


def _note(status: str) -> str:
    notes = {
        "waiting": _("It is next in line; a long one takes half a minute."),
        "running": _("It is being drawn and signed."),
        "ready": _("Signed, so that anyone can check it. It stays as it is."),
        "failed": _("It could not be made. Your administrator sees why, and can start it again."),
    }
    return notes[status]
