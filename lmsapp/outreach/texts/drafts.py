"""Where editing begins: the words that ship, with placeholders in the places of a specimen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import force_locale

from lmsapp.outreach.notices.wording import absolute, write_shipped
from lmsapp.outreach.texts.kinds import WITH_SUBJECT, Kind
from lmsapp.outreach.texts.markup import SMALL_PRINT, Value
from lmsapp.outreach.texts.rules import Words
from lmsapp.outreach.texts.values import words_of

READER = "Maria Moreno"
SPECIMEN_LINK = "/help"
# Their figures stand in sentences of which other placeholders are made.
IN_SENTENCES = frozenset({"days_left", "progress", "first_name", "manager"})


def specimen(kind: Kind, moment: str = "") -> dict[str, Any]:
    """Values of nobody, as the code would pass them."""
    return {"name": READER, "link": SPECIMEN_LINK, **kind.values(moment)}


def shipped_words(kind: Kind, moment: str, channel: str, language: str) -> Words:
    """What ships, ready to be edited: rendered for the specimen, with each of its values named again."""
    values = specimen(kind, moment)
    letter = write_shipped(kind.template, language, values, channel if channel == "sms" else "email")
    context = {**values, "link": absolute(SPECIMEN_LINK), "organisation": current_app.config["ORGANISATION"]}
    with force_locale(language):
        known = words_of(kind, context, frozenset(kind.placeholders) - IN_SENTENCES)
    subject = _named(letter.subject, known)
    body = _named(letter.text.strip(), known)
    if channel == "sms":
        return Words("", body)
    body = _with_button(body)
    if channel == "slack":
        return Words("", f"**{subject}**\n\n{body}")
    return Words(subject if channel in WITH_SUBJECT else "", _with_small_print(body) if channel == "email" else body)


def _named(text: str, known: Mapping[str, Value]) -> str:
    """In one pass, the longest first, so that no name is looked for within a name."""
    said = {_shown(value): f"{{{{{name}}}}}" for name, value in known.items() if value}
    pattern = "|".join(_exactly(one) for one in sorted(said, key=len, reverse=True))
    return re.sub(pattern, lambda hit: said[hit[0]], text) if pattern else text


def _shown(value: Value) -> str:
    return "\n".join(f"- {one}" for one in value) if isinstance(value, tuple) else value


def _exactly(shown: str) -> str:
    return rf"(?<!\w){re.escape(shown)}(?!\w)" if shown.isalnum() else re.escape(shown)


def _with_button(body: str) -> str:
    """'Go on here:' with the address below becomes one button of those words."""
    return re.sub(r"(?m)^([^\n\[\]{}]+?):\n\s*\{\{link\}\}$", r"[\1]({{link}})", body)


def _with_small_print(body: str) -> str:
    *rest, last = body.split("\n\n")
    small = rest and "{{organisation}}" in last and "link}}" not in last
    return "\n\n".join([*rest, f"{SMALL_PRINT}\n{last}"]) if small else body
