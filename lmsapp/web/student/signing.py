"""The form under an acknowledgement, and what stands there once it is signed (ORG-7)."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_babel import force_locale
from flask_babel import gettext as _

from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.evidence.signatures.queries import own_signature_of
from lmsapp.evidence.signatures.rules import fingerprint
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.queries import StudyView
from lmsapp.learning.enrollments.signing import Signing, lesson_words
from lmsapp.people.accounts.rules import LONGEST_PASSWORD
from lmsapp.web.account.signature import show_signature
from lmsapp.web.render import get_or_404


def signing_of(view: StudyView, lesson_id: int) -> Signing:
    """What the form under an acknowledgement says."""
    given = request.form
    return Signing(
        password=given.get("password", "")[:LONGEST_PASSWORD],
        address=request.remote_addr or "",
        agreed=given.get("agreed") == "1",
        meaning=meaning_of(view, get_or_404(lesson_of(view.enrollment, lesson_id))),
        shown=given.get("text_sha256", ""),
    )


def meaning_of(view: StudyView, body: LessonView) -> str:
    """The statement that is signed, in the language of the course: it is part of the text."""
    with force_locale(view.outline.language):
        return str(body.detail.get("statement") or _("I have read this and will follow it."))


def signing_context(view: StudyView, body: LessonView) -> dict[str, Any]:
    """The statement and the fingerprint of what is read; once signed, what the signature says."""
    meaning = meaning_of(view, body)
    signature = own_signature_of(g.viewer, ("lesson", body.id))
    return {
        "statement": meaning,
        "printed_name": view.enrollment.employee.name,
        "text_sha256": fingerprint(lesson_words(body, meaning)),
        "signed": show_signature(signature) if signature else None,
    }
