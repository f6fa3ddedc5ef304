"""The language of the pages, before and after signing in (ORG-8)."""

from __future__ import annotations

from flask import abort, g, session
from flask.typing import ResponseReturnValue

from lmsapp.people.accounts.actions import set_language
from lmsapp.people.accounts.queries import user_of
from lmsapp.web.addresses import local_path
from lmsapp.web.door.forms import LanguageForm
from lmsapp.web.door.wing import bp
from lmsapp.web.render import to
from lmsapp.web.sessions import LANGUAGES


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """For this browser and, when signed in, for the account and its letters."""
    form = LanguageForm()
    if not form.validate() or form.language.data not in LANGUAGES:
        abort(400)
    session["language"] = form.language.data
    if g.viewer and g.viewer.only_course is None:
        set_language(user_of(g.viewer), form.language.data)
    return to(local_path(form.next.data) or "/")
