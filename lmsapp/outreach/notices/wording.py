"""Turning a message folder into words: `templates/messages/<template>/{subject.txt,body.txt,body.html}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import TemplateNotFound

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """Rendered in one language. `html` is empty where the folder has no body.html."""

    subject: str
    text: str
    html: str


def absolute(link: str | None) -> str | None:
    """An address that works from a mailbox: paths begin at BASE_URL."""
    if link is None or "://" in link:
        return link
    return f"{current_app.config['BASE_URL']}/{link.lstrip('/')}"


def write_letter(template: str, language: str, values: Mapping[str, Any]) -> Letter:
    """Render the folder. Raises jinja2.TemplateNotFound when subject or text is missing."""
    context = {
        **values,
        "link": absolute(values.get("link")),
        "organisation": current_app.config["ORGANISATION"],
        "language": language,
    }
    folder, environment = f"messages/{template}", current_app.jinja_env
    with force_locale(language):
        subject = environment.get_template(f"{folder}/subject.txt").render(context)
        text = environment.get_template(f"{folder}/body.txt").render(context)
        try:
            html = environment.get_template(f"{folder}/body.html").render(context)
        except TemplateNotFound as missing:
            if missing.name != f"{folder}/body.html":
                raise
            html = ""
    return Letter(one_line(subject)[:LONGEST_SUBJECT], text.strip() + "\n", html)


def one_line(value: str) -> str:
    """One line without control characters, so that no value can begin a header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())
