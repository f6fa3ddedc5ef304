"""How messages leave the house: channels, their state, and a test of each (REM-4)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.outreach.channels.actions import add_channel, edit_channel, note_test, remove_channel, switch_channel
from lmsapp.outreach.channels.queries import channel_of, channel_row, channels, troubles, way_to_test
from lmsapp.outreach.channels.rules import BY_MAIL, Kind, Way
from lmsapp.outreach.channels.trying import send_test
from lmsapp.outreach.notices.queries import waiting_by_way
from lmsapp.people.roles import May
from lmsapp.web.admin import channel_words, words
from lmsapp.web.admin.channel_forms import ChannelForm, RemovalForm, StateForm, TestForm, form_for
from lmsapp.web.admin.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.render import get_or_404, page, to

KINDS = {kind.value: kind for kind in Kind}


@bp.get("/channels")
@needs(May.CONFIGURE)
def channel_list() -> ResponseReturnValue:
    """E-mail first, then the others, each with how it is doing."""
    return page(
        "admin/channels/list.html",
        rows=channels(g.viewer),
        troubles=troubles(),
        waiting=waiting_by_way(g.viewer),
        **_shared(),
    )


@bp.get("/channels/new")
@needs(May.CONFIGURE)
def new_channel() -> ResponseReturnValue:
    """An empty form of one kind."""
    return _form_page(_kind(), None, form_for(_kind(), None, sent=False))


@bp.post("/channels")
@needs(May.CONFIGURE)
def create_channel() -> ResponseReturnValue:
    """A new one, switched off until somebody has tried it."""
    kind = _kind()
    form = form_for(kind, None, sent=True)
    if form.validate():
        with form.rule_errors():
            made = add_channel(kind, form.name.data or "", form.config(), _secret(form), form.department, g.viewer)
            return to(url_for("admin.channel", channel_id=made.id), said=_("Saved. Send a test, then switch it on."))
    return _form_page(kind, None, form)


@bp.get("/channels/<int:channel_id>")
@needs(May.CONFIGURE)
def channel(channel_id: int) -> ResponseReturnValue:
    """Its settings, its state, its test."""
    row = get_or_404(channel_row(g.viewer, channel_id))
    return _form_page(KINDS[row.kind], row, form_for(KINDS[row.kind], row, sent=False))


@bp.post("/channels/<int:channel_id>")
@needs(May.CONFIGURE)
def save_channel(channel_id: int) -> ResponseReturnValue:
    """Other settings, from now on."""
    found = get_or_404(channel_of(g.viewer, channel_id))
    row = channel_row(g.viewer, channel_id)
    form, stored = form_for(KINDS[row.kind], row, sent=True), form_for(KINDS[row.kind], row, sent=False)
    if form.validate() and not form.changed_meanwhile(stored, ("channel", channel_id), "channel changed"):
        with form.rule_errors():
            edit_channel(found, form.name.data or "", form.config(), _secret(form), form.department, g.viewer)
            return to(url_for("admin.channel", channel_id=channel_id), said=_("Saved."))
    return _form_page(KINDS[row.kind], row, form)


@bp.post("/channels/<int:channel_id>/state")
@needs(May.CONFIGURE)
def switch_one_channel(channel_id: int) -> ResponseReturnValue:
    """On or off."""
    found = get_or_404(channel_of(g.viewer, channel_id))
    form = StateForm()
    if form.validate():
        switch_channel(found, bool(form.on.data), g.viewer)
    said = _("%(name)s is on.", name=found.name) if found.enabled else _("%(name)s is off.", name=found.name)
    return to(url_for("admin.channel", channel_id=channel_id), said=said)


@bp.post("/channels/<int:channel_id>/removal")
@needs(May.CONFIGURE)
def remove_one_channel(channel_id: int) -> ResponseReturnValue:
    """Gone, unless something was sent by it."""
    found = get_or_404(channel_of(g.viewer, channel_id))
    row, form = channel_row(g.viewer, channel_id), RemovalForm()
    if form.validate():
        with form.rule_errors():
            remove_channel(found, g.viewer)
            return to(url_for("admin.channel_list"), said=_("%(name)s was removed.", name=row.name))
    return _form_page(KINDS[row.kind], row, form_for(KINDS[row.kind], row, sent=False), removal=form)


@bp.post("/channels/<int:channel_id>/tests")
@needs(May.CONFIGURE)
def test_channel(channel_id: int) -> ResponseReturnValue:
    """A message now, and what came of it."""
    found = get_or_404(channel_of(g.viewer, channel_id))
    way = get_or_404(way_to_test(g.viewer, channel_id))
    form = TestForm()
    result = _test(way, form) if form.validate() else None
    if result is not None:
        note_test(found, result[0], g.viewer)
    row = channel_row(g.viewer, channel_id)
    shown = form_for(KINDS[row.kind], row, sent=False)
    return _form_page(KINDS[row.kind], row, shown, test=form, result=result)


@bp.get("/channels/email")
@needs(May.CONFIGURE)
def email_channel() -> ResponseReturnValue:
    """What the environment says of it, and a test."""
    return _email_page(TestForm(formdata=None, data={"to": g.viewer.email}), None)


@bp.post("/channels/email/tests")
@needs(May.CONFIGURE)
def test_email() -> ResponseReturnValue:
    """A letter now, and what came of it."""
    form = TestForm()
    result = _test(BY_MAIL, form) if form.validate() else None
    if result is not None:
        note_test(None, result[0], g.viewer)
    return _email_page(form, result)


def _test(way: Way, form: TestForm) -> tuple[str | None] | None:
    """What went wrong, None for nothing, in a tuple; None: the form does not say where to."""
    given = (form.to.data or "").strip()
    if way.kind in ("email", Kind.SMS) and not given:
        form.to.errors = [_("Say where the test should go.")]
        return None
    return (send_test(way, given, g.viewer.name, g.viewer.language, member=given),)


def _email_page(form: TestForm, result: tuple[str | None] | None) -> Response:
    trouble = troubles().get(BY_MAIL.name)
    shown = {"test": form, "result": result, "mail": _mail_facts(), "trouble": trouble, **_shared()}
    waiting = waiting_by_way(g.viewer).get(BY_MAIL.name, 0)
    return page("admin/channels/email.html", status=422 if form.errors else 200, waiting=waiting, **shown)


def _form_page(
    kind: Kind, row: Any, form: ChannelForm, test: TestForm | None = None,
    result: tuple[str | None] | None = None, removal: Form | None = None,
) -> Response:  # fmt: skip
    name = f"channel/{row.id}" if row else ""
    wrong = any(one is not None and one.errors for one in (form, test, removal))
    return page(
        f"admin/channels/{'one' if row else 'new'}.html",
        status=422 if wrong else 200,
        kind=kind.value,
        row=row,
        form=form,
        test=test or TestForm(formdata=None),
        removal=removal,
        result=result,
        trouble=troubles().get(name),
        waiting=waiting_by_way(g.viewer).get(name, 0),
        **_shared(),
    )


def _kind() -> Kind:
    return KINDS.get(request.args.get("kind", "")) or abort(404)


def _secret(form: ChannelForm) -> str:
    return str(form["secret"].data or "")


def _shared() -> dict[str, Any]:
    return {"words": words, "channel_words": channel_words}


def _mail_facts() -> list[tuple[str, str]]:
    """What is set, and never the password."""
    config = current_app.config
    encrypted = _("Yes, by STARTTLS") if config["SMTP_STARTTLS"] else _("No")
    return [
        (_("Mail server"), f"{config['SMTP_HOST']}:{config['SMTP_PORT']}"),
        (_("Sender"), config["MAIL_FROM"]),
        (_("Encrypted"), encrypted),
        (_("Signs in as"), config["SMTP_USER"] or _("nobody")),
    ]
