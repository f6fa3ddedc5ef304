"""A course's own words for each status (CRS-7)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.people.labels.rules import Scope
from lmsapp.web.labels_form import rows_of, save_words, words_form
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.wing import bp


@bp.get("/courses/<int:course_id>/status-words")
def status_words(course_id: int) -> ResponseReturnValue:
    """Each status with the word that holds and the course's own."""
    get_or_404(course_for(g.viewer, course_id))
    return _page(course_id, words_form(Scope("course", course_id), sent=False))


@bp.post("/courses/<int:course_id>/status-words")
def save_status_words(course_id: int) -> ResponseReturnValue:
    """All or nothing."""
    get_or_404(course_for(g.viewer, course_id))
    form, stored = (words_form(Scope("course", course_id), sent=sent) for sent in (True, False))
    if form.validate() and not form.changed_meanwhile(stored, ("course", course_id), "status words changed"):
        with form.rule_errors():
            changed = save_words(Scope("course", course_id), form, g.viewer)
            said = _("Saved. This course uses these words now.") if changed else _("Nothing was changed.")
            return to(url_for("studio.status_words", course_id=course_id), said=said)
    return _page(course_id, form)


def _page(course_id: int, form: Any) -> Response:
    return page(
        "studio/course/status_words.html",
        status=422 if form.errors else 200,
        form=form,
        groups=rows_of(Scope("course", course_id), form),
        **course_context(course_id, "words"),
    )
