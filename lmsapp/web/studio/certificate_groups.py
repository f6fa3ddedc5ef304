"""The certificates of a group at once: asked for here, put together by the worker (CRT-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from lmsapp.infra import clock, files
from lmsapp.insight.sheets import guard, lines
from lmsapp.learning.certificates.groups.actions import ask_again, ask_group, note_download
from lmsapp.learning.certificates.groups.queries import group_for, groups_of, subjects
from lmsapp.learning.certificates.groups.rules import KEPT, MOST, Wanted, Why
from lmsapp.learning.certificates.groups.rules import Form as Made
from lmsapp.people.audiences.queries import audiences_for
from lmsapp.people.forwhom.queries import choices as known_choices
from lmsapp.web.fields import TicksField, choices
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import csv_response
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.sending import send_stored
from lmsapp.web.studio.certificate_tabs import STAFF, certificate_tabs
from lmsapp.web.studio.wing import bp

QUICK_S = 12
MADE: dict[str, Any] = {
    Made.ZIP.value: __("One ZIP with each certificate as it was signed"),
    Made.PRINT.value: __("One PDF to print, all pages in order of name (without the digital signatures)"),
    Made.BOTH.value: __("Both"),
}
WHY: dict[str, Any] = {
    Why.NOT_COMPLETED.value: __("Not completed"),
    Why.WAITING.value: __("Waits for an evaluation"),
    Why.NOT_AWARDED.value: __("Not awarded after an evaluation"),
    Why.REVOKED.value: __("Revoked"),
    Why.NONE_ISSUED.value: __("Completed, but none was issued"),
    Why.NO_PDF.value: __("The PDF could not be made; the administrator sees why under Jobs"),
}
STATES = {"waiting": __("Waiting"), "running": __("Being put together"), "ready": __("Ready"), "failed": __("Failed")}
STATES_LOOK = {"waiting": "waiting", "running": "In Progress", "ready": "passed", "failed": "failed"}


class GroupForm(Form):
    """Of what, whose, and as which file."""

    subject = SelectField(__("Course or learning path"), [InputRequired(__("Choose a course or a learning path."))])
    departments = TicksField(
        __("Departments"), coerce=int, description=__("With those beneath. Nothing ticked: every department.")
    )
    audience = SelectField(__("Audience"), coerce=int, default=0)
    since = DateField(__("Completed from"), [Optional()])
    until = DateField(__("Completed until"), [Optional()])
    made = RadioField(__("What you get"), choices=choices(MADE), default=Made.ZIP.value)

    def wanted(self) -> Wanted:
        """For the action."""
        kind, _dash, number = (self.subject.data or "").partition("-")
        return Wanted(
            course_id=int(number) if kind == "course" else None,
            path_id=int(number) if kind == "path" else None,
            departments=tuple(self.departments.data or ()),
            audience_id=self.audience.data or None,
            since=self.since.data,
            until=self.until.data,
        )


@bp.get("/certificate-groups")
@needs(*STAFF)
def certificate_groups() -> ResponseReturnValue:
    """The form, and what one asked for lately."""
    return _page(_form(formdata=None))


@bp.post("/certificate-groups")
@needs(*STAFF)
def create_certificate_group() -> ResponseReturnValue:
    """The worker does it; on to its page."""
    form = _form()
    if form.validate():
        with form.rule_errors():
            group = ask_group(form.wanted(), Made(form.made.data), by=g.viewer)
            return to(url_for("studio.certificate_group", group_id=group.id))
    return _page(form, status=422)


@bp.get("/certificate-groups/<int:group_id>")
@needs(*STAFF)
def certificate_group(group_id: int) -> ResponseReturnValue:
    """How far it is, then what came of it. Asked for again and again until it is ready."""
    group = get_or_404(group_for(g.viewer, group_id))
    return answer("studio/certificate_groups/_one.html", whole="studio/certificate_groups/one.html", **_context(group))


@bp.post("/certificate-groups/<int:group_id>/again")
@needs(*STAFF)
def repeat_certificate_group(group_id: int) -> ResponseReturnValue:
    """From the beginning, for what failed or what has changed."""
    ask_again(get_or_404(group_for(g.viewer, group_id)), by=g.viewer)
    return to(url_for("studio.certificate_group", group_id=group_id))


@bp.get("/certificate-groups/<int:group_id>/certificates.zip")
@needs(*STAFF)
def certificate_group_zip(group_id: int) -> ResponseReturnValue:
    """Each as it was signed."""
    group = get_or_404(group_for(g.viewer, group_id))
    return _send(group, group.zip_file)


@bp.get("/certificate-groups/<int:group_id>/print.pdf")
@needs(*STAFF)
def certificate_group_print(group_id: int) -> ResponseReturnValue:
    """All pages."""
    group = get_or_404(group_for(g.viewer, group_id))
    return _send(group, group.print_file)


@bp.get("/certificate-groups/<int:group_id>/missing.csv")
@needs(*STAFF)
def certificate_group_missing(group_id: int) -> ResponseReturnValue:
    """Who has none, and why."""
    group = get_or_404(group_for(g.viewer, group_id))
    note_download(group, "missing.csv", by=g.viewer)
    rows = [(guard(one["number"]), guard(one["name"]), str(WHY[one["why"]])) for one in group.missing]
    sheet = lines([(_("Employee number"), _("Name"), _("Why there is none")), *rows])
    return csv_response(iter(["\ufeff" + sheet]), f"without-certificate-{group.id}.csv")


def _send(group: Any, file: Any) -> Response:
    if file is None or not files.exists(file.sha256):
        abort(404)
    note_download(group, file.name, by=g.viewer)
    return send_stored(file.sha256, name=file.name, media_type=file.media_type)


def _form(**more: Any) -> GroupForm:
    form = GroupForm(**more)
    form.subject.choices = choices([("", _("Choose")), *subjects(g.viewer)])
    form.departments.choices = list(known_choices().departments)
    audiences = [(row.id, row.name) for row in audiences_for(g.viewer)]
    form.audience.choices = choices([(0, _("Everybody")), *audiences])
    return form


def _page(form: GroupForm, *, status: int = 200) -> Response:
    return page(
        "studio/certificate_groups/index.html",
        status=status,
        form=form,
        latest=groups_of(g.viewer),
        states=STATES,
        looks=STATES_LOOK,
        tabs=certificate_tabs("groups"),
        most=MOST,
        kept=KEPT.days,
    )


def _context(group: Any) -> dict[str, Any]:
    quick = (clock.now() - group.asked_at).total_seconds() < QUICK_S
    live = group.state in ("waiting", "running")
    notes = {
        "waiting": _("The worker takes it next. You may leave this page."),
        "running": _("PDFs that are not made yet are made first. You may leave this page."),
        "ready": _("%(held)s of %(total)s people have a certificate.", held=group.held, total=group.total),
        "failed": _("The reason is below."),
    }
    return {
        "group": group,
        "live": live,
        "every": "500ms" if quick else "2s",
        "percent": min(99, 100 * group.done // group.total) if group.total else None,
        "note": notes[group.state],
        "error": _(group.error) if group.error else "",
        "why": WHY,
        "gone": group.state == "ready" and group.held and not (group.zip_id or group.print_id),
    }
