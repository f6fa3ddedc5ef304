"""What a message would say: the very words the outbox would send, for an example (REM-2, REM-8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.notices.wording import Letter, draft_letter
from lmsapp.outreach.texts.kinds import KINDS, LANGUAGES, Kind
from lmsapp.outreach.texts.rules import Words, checked
from lmsapp.outreach.texts.segments import Size, size_of
from lmsapp.people.roles import May
from lmsapp.web.forms import say
from lmsapp.web.gates import needs
from lmsapp.web.studio.message_forms import MessageForm, values_of
from lmsapp.web.studio.wing import bp

HOURS = 12 * 3600
# Styles of a letter stand where they are used; nothing else of it works, and only our own page frames it.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Shown:
    """In one language. `frame`: where the e-mail's HTML is; `broken`: why there is nothing to see."""

    language: str
    letter: Letter | None = None
    frame: str = ""
    size: Size | None = None
    broken: str = ""


def shown(kind: Kind, moment: str, channel: str, form: MessageForm) -> list[Shown]:
    """In every language, from what stands in the form."""
    return [_in(language, kind, moment, channel, form) for language in LANGUAGES]


@bp.get("/message-texts/letter")
@needs(May.MODERATE)
def message_letter() -> ResponseReturnValue:
    """The HTML of a draft, for the frame on the page; the draft is in the address, signed for the viewer."""
    try:
        who, template, moment, language, sample, subject, body = _signer().loads(
            request.args.get("draft", ""), max_age=HOURS
        )
    except (BadSignature, ValueError):
        abort(404)
    if who != g.viewer.user_id or template not in KINDS:
        abort(404)
    kind = KINDS[template]
    letter = draft_letter(kind, Words(subject, body), language, values_of(kind, moment, sample), "email")
    return Response(letter.html, headers={"Content-Security-Policy": LETTER_POLICY})


def _in(language: str, kind: Kind, moment: str, channel: str, form: MessageForm) -> Shown:
    try:
        words = checked(kind, channel, form.words(language))
    except RuleBroken as broken:
        return Shown(language, broken=say(broken))
    sample = str(form.sample.data or "")
    letter = draft_letter(kind, words, language, values_of(kind, moment, sample), channel)
    size = size_of(letter.text.strip()) if channel == "sms" else None
    if channel != "email":
        return Shown(language, letter, size=size)
    draft: list[Any] = [g.viewer.user_id, kind.template, moment, language, sample, words.subject, words.body]
    return Shown(language, letter, url_for("studio.message_letter", draft=_signer().dumps(draft)))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="message-draft")
