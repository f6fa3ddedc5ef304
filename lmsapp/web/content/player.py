"""The wrapper around a package: our page on the content's host, which gives the content its run-time (SCO-2, SCO-3)."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.infra.words import NotAllowed
from lmsapp.learning.scorm.launches.launch_view import launch_view
from lmsapp.learning.scorm.launches.sitting_down import sit_down
from lmsapp.learning.scorm.launches.tokens import launch_by_token, words_for
from lmsapp.learning.scorm.seen.playing import course_of, earlier_places
from lmsapp.web.content.player_words import player_words
from lmsapp.web.content.said import said
from lmsapp.web.content.wing import bp
from lmsapp.web.sessions import LANGUAGES

THEMES = ("light", "dark")


@bp.get("/")
def wrapper(token: str) -> ResponseReturnValue:
    """One sitting. Language and colours are those of the page around it, which names them: nobody is signed in here."""
    language = request.args.get("lang", "")
    if language not in LANGUAGES:
        return _wrapper(token, str(request.accept_languages.best_match(list(LANGUAGES)) or "en"))
    with force_locale(language):
        return _wrapper(token, language)


def _wrapper(token: str, language: str) -> ResponseReturnValue:
    now = clock.now()
    launch = launch_by_token(token, now)
    if launch is None:
        return said(404, _("This page is closed"), _(words_for(token, now)))
    try:
        view = launch_view(launch, sit_down(launch))
    except NotAllowed as refusal:
        return said(403, _("This page is closed"), _(refusal.message, **refusal.values))
    view["earlier"] = earlier_places(launch)
    view["urls"] |= _way_back(course_of(launch), launch.lesson_id)
    theme = request.args.get("theme", "")
    words = {"language": language, "theme": theme if theme in THEMES else ""}
    return render_template("content/player.html", launch=view, words=player_words(), **words)


def _way_back(course_id: int | None, lesson_id: int) -> dict[str, Any]:
    """The lesson's page, for whoever plays in a window of its own."""
    if course_id is None:
        return {}
    path = url_for("student.lesson", course_id=course_id, lesson_id=lesson_id)
    return {"lesson": f"{current_app.config['BASE_URL'].rstrip('/')}{path}"}
