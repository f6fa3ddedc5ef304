"""Message texts for moderators: what is sent in whose words, editing, trying, going back (REM-2, REM-8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.outreach.texts.actions import bring_back, go_back_to_shipped, save_text
from lmsapp.outreach.texts.kinds import CHANNELS, GROUPS, KINDS, LANGUAGES, MOMENTS, PLACEHOLDERS, Kind
from lmsapp.outreach.texts.queries import history_of, texts_in_force
from lmsapp.outreach.texts.rules import Words
from lmsapp.outreach.texts.trying import reaches_oneself, send_test
from lmsapp.people.roles import May
from lmsapp.web.admin.words import CHANNELS as CHANNEL_WORDS
from lmsapp.web.admin.words import TEMPLATES, word
from lmsapp.web.forms import NothingForm
from lmsapp.web.gates import needs
from lmsapp.web.headers import framing_own
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.sessions import LANGUAGES as LANGUAGE_NAMES
from lmsapp.web.studio.message_forms import MessageForm, form_of, has_subject, limits, values_of
from lmsapp.web.studio.message_preview import shown
from lmsapp.web.studio.wing import bp


@bp.get("/message-texts")
@needs(May.MODERATE)
def message_texts() -> ResponseReturnValue:
    """Every kind of message, and which of them were changed."""
    changed: dict[str, list[Any]] = {}
    for row in texts_in_force():
        changed.setdefault(row.template, []).append(row)
    groups = [
        (_(title), [(kind, word(TEMPLATES, kind.template), changed.get(kind.template, [])) for kind in KINDS.values()
         if kind.group == group])
        for group, title in GROUPS.items()
    ]  # fmt: skip
    return page(
        "studio/messages/index.html",
        groups=[one for one in groups if one[1]],
        channels=_channel_words(),
        languages=LANGUAGE_NAMES,
        moments=MOMENTS,
    )


@bp.get("/message-texts/<message>")
@needs(May.MODERATE)
def message_text(message: str) -> ResponseReturnValue:
    """One of them, for one channel, in both languages."""
    kind, moment, channel = _asked(message)
    form = form_of(kind, moment, channel, sent=False, sample=request.args.get("sample", "specimen"))
    return _page(kind, moment, channel, form)


@bp.post("/message-texts/<message>")
@needs(May.MODERATE)
def save_message_text(message: str) -> ResponseReturnValue:
    """What differs from what holds; both languages or neither."""
    kind, moment, channel = _asked(message)
    form = form_of(kind, moment, channel, sent=True)
    if form.validate():
        with form.rule_errors():
            count = sum(_save(kind, moment, channel, language, form) for language in LANGUAGES)
            said = ngettext("%(num)s text saved. It holds from the next message on.",
                            "%(num)s texts saved. They hold from the next message on.", count)  # fmt: skip
            return to(_here(kind, moment, channel), said=said if count else _("Nothing was changed."))
    return _page(kind, moment, channel, form)


@bp.post("/message-texts/<message>/preview")
@needs(May.MODERATE)
def preview_message_text(message: str) -> ResponseReturnValue:
    """The example anew, from what stands in the form; nothing is kept."""
    kind, moment, channel = _asked(message)
    form = form_of(kind, moment, channel, sent=True)
    context = _context(kind, moment, channel, form)
    return framing_own(answer("studio/messages/_preview.html", whole="studio/messages/one.html", **context))


@bp.post("/message-texts/<message>/tests")
@needs(May.MODERATE)
def try_message_text(message: str) -> ResponseReturnValue:
    """To the viewer alone, in the languages asked for."""
    kind, moment, channel = _asked(message)
    form = form_of(kind, moment, channel, sent=True)
    asked = request.form.get("language", "")
    drafts = {one: form.words(one) for one in LANGUAGES if asked not in LANGUAGES or one == asked}
    if form.validate():
        with form.rule_errors():
            values = values_of(kind, moment, str(form.sample.data or ""))
            where = send_test(kind, channel, drafts, values, to=g.viewer)
            form.sent = ngettext("A test is on its way to %(where)s.", "%(num)s tests are on their way to %(where)s.",
                                 len(where), where=where[0])  # fmt: skip
    return _page(kind, moment, channel, form)


@bp.post("/message-texts/<message>/shipped")
@needs(May.MODERATE)
def take_shipped_text(message: str) -> ResponseReturnValue:
    """Back to the words it ships with, in one language."""
    kind, moment, channel = _asked(message)
    form = NothingForm()
    place = (kind.template, moment, channel, request.form.get("language", ""))
    if form.validate():
        with form.rule_errors():
            go_back_to_shipped(place, by=g.viewer, seen=request.form.get("seen", 0, type=int))
            said = _("The words it ships with hold again. Yours are in the history.")
            return to(_here(kind, moment, channel), said=said)
    return _refused(kind, moment, channel, form)


@bp.post("/message-texts/<message>/history/<int:message_text_id>")
@needs(May.MODERATE)
def bring_back_text(message: str, message_text_id: int) -> ResponseReturnValue:
    """An earlier text holds again."""
    kind = get_or_404(KINDS.get(message))
    row = get_or_404(next((one for one in history_of(message) if one.id == message_text_id), None))
    form = NothingForm()
    if form.validate():
        with form.rule_errors():
            bring_back(row.id, by=g.viewer)
            return to(_here(kind, row.moment, row.channel), said=_("The earlier text holds again."))
    return _refused(kind, row.moment, row.channel, form)


def _asked(message: str) -> tuple[Kind, str, str]:
    kind = get_or_404(KINDS.get(message))
    moment, channel = request.values.get("moment", ""), request.values.get("channel", "")
    return kind, moment if moment in kind.moments else "", channel if channel in CHANNELS else CHANNELS[0]


def _here(kind: Kind, moment: str, channel: str) -> str:
    return url_for("studio.message_text", message=kind.template, moment=moment or None, channel=channel)


def _save(kind: Kind, moment: str, channel: str, language: str, form: MessageForm) -> bool:
    words, seen = form.words(language), form[f"{language}_seen"].data or 0
    if not seen and _same(words, form_of(kind, moment, channel, sent=False).words(language)):
        return False  # what ships, as it was shown: it stays what ships
    named = {"subject_field": f"{language}_subject", "field": f"{language}_body"}
    return save_text((kind.template, moment, channel, language), words, by=g.viewer, seen=seen, **named) is not None


def _same(one: Words, other: Words) -> bool:
    return (one.subject.split(), one.body.split()) == (other.subject.split(), other.body.split())


def _page(kind: Kind, moment: str, channel: str, form: MessageForm) -> Response:
    context = _context(kind, moment, channel, form)
    return framing_own(page("studio/messages/one.html", status=422 if form.errors else 200, **context))


def _refused(kind: Kind, moment: str, channel: str, form: NothingForm) -> Response:
    shown_form = form_of(kind, moment, channel, sent=False)
    shown_form.form_errors = list(form.form_errors)
    return _page(kind, moment, channel, shown_form)


def _context(kind: Kind, moment: str, channel: str, form: MessageForm) -> dict[str, Any]:
    held = {row.language: row for row in texts_in_force() if _is(row, kind, moment, channel)}
    return {
        "kind": kind, "moment": moment, "channel": channel, "form": form, "title": word(TEMPLATES, kind.template),
        "held": held, "shown": shown(kind, moment, channel, form), "history": history_of(kind.template),
        "channel_words": _channel_words(), "languages": LANGUAGE_NAMES, "moments": MOMENTS,
        "channel_tabs": [{"label": label, "href": _here(kind, moment, one), "current": one == channel}
                         for one, label in _channel_words().items()],
        "moment_tabs": [{"label": _(MOMENTS[one]), "href": _here(kind, one, channel), "current": one == moment}
                        for one in ("", *kind.moments)] if kind.moments else [],
        "placeholders": [(f"{{{{{name}}}}}", _(PLACEHOLDERS[name])) for name in kind.placeholders],
        "with_subject": has_subject(channel), "limits": limits(channel), "reached": reaches_oneself(g.viewer),
    }  # fmt: skip


def _is(row: Any, kind: Kind, moment: str, channel: str) -> bool:
    return (row.template, row.moment, row.channel) == (kind.template, moment, channel)


def _channel_words() -> dict[str, Any]:
    more = {"sms": _("SMS"), "slack": "Slack"}
    return {one: CHANNEL_WORDS.get(one) or more[one] for one in CHANNELS}
