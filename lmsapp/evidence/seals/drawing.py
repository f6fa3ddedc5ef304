"""A document template, rendered in a language, as an unsigned PDF; what every drawing function of an area ends with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from babel.dates import format_datetime
from flask import current_app
from flask_babel import force_locale

from lmsapp.infra import clock
from lmsapp.infra.pdf import render_pdf


def draw(template: str, language: str, **values: Any) -> bytes:
    """Render a document template in a language. In tests a character without a glyph is an error."""
    values["organisation"] = current_app.config["ORGANISATION"]
    with force_locale(language):
        html = current_app.jinja_env.get_template(f"documents/{template}").render(language=language, **values)
    return render_pdf(
        html, strict=current_app.testing, author=values["organisation"], subject=template.partition(".")[0]
    )


def local_words(instant: dt.datetime | None, zone: str, language: str) -> str:
    """'4 Dec 2026, 14:02:10 (America/Chicago)': evidence says its zone."""
    if instant is None:
        return ""
    local = instant.astimezone(clock.zone(zone))
    return f"{format_datetime(local, 'd MMM y, HH:mm:ss', locale=language)} ({zone})"
