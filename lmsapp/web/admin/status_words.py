"""The organisation's words for each status (CRS-7)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.people.labels.rules import ORGANISATION
from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.gates import needs
from lmsapp.web.labels_form import rows_of, save_words, words_form
from lmsapp.web.render import page, to


@bp.get("/status-words")
@needs(May.CONFIGURE)
def status_words() -> ResponseReturnValue:
    """Each status with its standard word and the organisation's own."""
    return _page(words_form(ORGANISATION, sent=False))


@bp.post("/status-words")
@needs(May.CONFIGURE)
def save_status_words() -> ResponseReturnValue:
    """All or nothing."""
    form, stored = (words_form(ORGANISATION, sent=sent) for sent in (True, False))
    if form.validate() and not form.changed_meanwhile(stored, ("settings", 0), "status words changed"):
        with form.rule_errors():
            changed = save_words(ORGANISATION, form, g.viewer)
            said = (
                _("Saved. All pages, exports and PDFs use these words now.") if changed else _("Nothing was changed.")
            )
            return to(url_for("admin.status_words"), said=said)
    return _page(form)


def _page(form: Any) -> Response:
    groups = rows_of(ORGANISATION, form)
    return page("admin/status_words.html", status=422 if form.errors else 200, form=form, groups=groups)
