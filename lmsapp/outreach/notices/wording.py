"""Turning a kind of message into words for one reader and one channel (REM-2).

The organisation's own words where there are some (`outreach.texts`), else the folder that ships:
`templates/messages/<template>/{subject.txt,body.txt,body.html}`, and `sms.txt` and `slack.txt` where it has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import Environment, TemplateNotFound

from lmsapp.infra import clock
from lmsapp.infra.placeholders import fill
from lmsapp.infra.slack import escaped
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.texts import markup
from lmsapp.outreach.texts.kinds import KINDS, Kind, moment_of
from lmsapp.outreach.texts.queries import words_for
from lmsapp.outreach.texts.rules import Words
from lmsapp.outreach.texts.values import words_of

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """Rendered in one language for one channel.

    `text` is plain; for Slack it is mrkdwn, escaped already. `html` is empty but for e-mail. `subject` is never empty,
    also where the channel does not show one.
    """

    subject: str
    text: str
    html: str


def absolute(link: str | None) -> str | None:
    """An address that works from a mailbox: paths begin at BASE_URL."""
    if link is None or "://" in link:
        return link
    return f"{current_app.config['BASE_URL']}/{link.lstrip('/')}"


def write_letter(template: str, language: str, values: Mapping[str, Any], channel: str = "email") -> Letter:
    """What one reader gets by `channel` ('email', 'in_app', 'sms', 'slack', 'apprise').

    `values` as the folder uses them, with `name` and `link`; `employee_id`, the reader's, where a text may name their
    manager. Raises jinja2.TemplateNotFound when the folder lacks subject or text.
    """
    own = words_for(template, moment_of(template, values), channel, language)
    if own is not None:
        return draft_letter(KINDS[template], own, language, values, channel)
    return write_shipped(template, language, values, channel)


def put_in_words(notice: Notice, values: Mapping[str, Any]) -> dict[str, Any]:
    """A promise in words: columns of its notice. `link` among the values takes the place of the notice's own."""
    link = values.get("link", notice.link)
    known = {"name": notice.to_name, "employee_id": notice.employee_id, **values, "link": link}
    letter = write_letter(notice.template, notice.language, known, notice.channel)
    words = {"subject": letter.subject, "body_text": letter.text, "body_html": letter.html}
    return {**words, "link": link, "worded_at": clock.now()}


def write_shipped(template: str, language: str, values: Mapping[str, Any], channel: str = "email") -> Letter:
    """The same in the words the product ships with, whatever words the organisation has."""
    context = _context(values, language)
    with force_locale(language):
        shipped = _shipped(template, context, channel)
    return _fitted(*shipped)


def draft_letter(kind: Kind, words: Words, language: str, values: Mapping[str, Any], channel: str) -> Letter:
    """The same with these words, kept or not: what a preview shows is what would be sent."""
    context = _context(values, language)
    with force_locale(language):
        known = words_of(kind, context, markup.names_in(f"{words.subject}\n{words.body}"))
        flat = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in known.items()}
        subject = one_line(fill(markup.NAME, words.subject, flat)) or _subject(kind.template, context, language)
        if channel == "sms":
            return _fitted(subject, markup.short(words.body, known), "")
        if channel == "slack":
            return _fitted(subject, markup.slack(words.body, known), "")
        text = markup.plain(words.body, known)
        html = _framed(subject, words.body, known, context) if channel == "email" else ""
    return _fitted(subject, text, html)


def one_line(value: str) -> str:
    """One line without control characters, so that no value can begin a header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _context(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        **values,
        "link": absolute(values.get("link")),
        "organisation": current_app.config["ORGANISATION"],
        "language": language,
    }


def _fitted(subject: str, text: str, html: str) -> Letter:
    return Letter(one_line(subject)[:LONGEST_SUBJECT], text.strip() + "\n", html)


def _subject(template: str, context: Mapping[str, Any], language: str) -> str:
    """For a channel that shows none: what the e-mail's would be."""
    own = words_for(template, moment_of(template, context), "email", language)
    if own is not None:
        known = words_of(KINDS[template], context, markup.names_in(own.subject))
        return fill(markup.NAME, own.subject, {name: str(value) for name, value in known.items()})
    return current_app.jinja_env.get_template(f"messages/{template}/subject.txt").render(context)


def _framed(subject: str, body: str, known: markup.Values, context: Mapping[str, Any]) -> str:
    blocks, small = markup.blocks(body, known)
    frame = current_app.jinja_env.get_template("messages/_own.html")
    return frame.render(**context, subject=subject, blocks=blocks, small_print=small)


def _shipped(template: str, context: dict[str, Any], channel: str) -> tuple[str, str, str]:
    folder, environment = f"messages/{template}", current_app.jinja_env
    subject = one_line(environment.get_template(f"{folder}/subject.txt").render(context))
    if channel == "sms":
        said = _optional(environment, f"{folder}/sms.txt", context)
        return subject, said or environment.get_template("messages/_sms.txt").render(**context, subject=subject), ""
    text = environment.get_template(f"{folder}/body.txt").render(context)
    if channel == "slack":
        said = _optional(environment, f"{folder}/slack.txt", context) or text
        return subject, f"*{escaped(subject)}*\n{escaped(said.strip())}", ""
    return subject, text, _optional(environment, f"{folder}/body.html", context)


def _optional(environment: Environment, name: str, context: Mapping[str, Any]) -> str:
    try:
        return environment.get_template(name).render(context)
    except TemplateNotFound as missing:
        if missing.name != name:
            raise
        return ""
