"""What content reported about one learner, and what a moderator does about it (SCO-5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.insight.enrollments.filters import Scope
from lmsapp.insight.enrollments.one import OneEnrollment
from lmsapp.learning.overrides.actions import set_by_hand
from lmsapp.learning.overrides.proofs import keep_proof
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.scorm.launches.anew import begin_attempt_for
from lmsapp.people.roles import May
from lmsapp.web.enrolled_one import find
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.reported import LessonDoneForm, LessonReasonForm, reported_context
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.wing import bp

SCOPE = Scope.COURSES


@bp.get("/enrollments/<int:enrollment_id>/reported")
def reported(enrollment_id: int) -> ResponseReturnValue:
    """Every lesson with a package; one attempt and one part in full."""
    return _page(get_or_404(find(SCOPE, enrollment_id)))


@bp.post("/enrollments/<int:enrollment_id>/lesson-override")
@needs(May.MODERATE)
def create_lesson_override(enrollment_id: int) -> ResponseReturnValue:
    """One lesson done by hand."""
    form = LessonDoneForm(prefix="done")

    def act(one: Any) -> None:
        proof = keep_proof(form.proof.data.stream, form.proof.data.filename or "") if form.proof.data else None
        why = sure(form.reason)
        set_by_hand(one, OverrideKind.LESSON, by=g.viewer, reason=why, proof=proof, lesson_id=_lesson(form))

    return _act(enrollment_id, "done_form", form, act, _("Noted, with your name and reason."))


@bp.post("/enrollments/<int:enrollment_id>/lesson-override/revocation")
@needs(May.MODERATE)
def take_back_lesson_override(enrollment_id: int) -> ResponseReturnValue:
    """It counts no more."""
    form = LessonReasonForm(prefix="undo")

    def act(one: Any) -> None:
        why = sure(form.reason)
        set_by_hand(one, OverrideKind.REVOCATION, by=g.viewer, reason=why, lesson_id=_lesson(form) or 0)

    return _act(enrollment_id, "undo_form", form, act, _("Noted, with your name and reason."))


@bp.post("/enrollments/<int:enrollment_id>/package-attempt")
@needs(May.MODERATE)
def create_package_attempt(enrollment_id: int) -> ResponseReturnValue:
    """The learner starts the content anew."""
    form = LessonReasonForm(prefix="anew")

    def act(one: Any) -> None:
        begin_attempt_for(one, _lesson(form) or 0, by=g.viewer, reason=sure(form.reason))

    return _act(enrollment_id, "anew_form", form, act, _("A new attempt is open. What came before stays."))


def _lesson(form: Any) -> int | None:
    return next(iter(numbers([form.lesson_id.data or ""])), None)


def _act(enrollment_id: int, name: str, form: Any, act: Callable[[Any], None], said: str) -> ResponseReturnValue:
    """Do it and say so, or show the page again with what is wrong and nothing typed lost."""
    found = get_or_404(find(SCOPE, enrollment_id))
    if form.validate():
        with form.rule_errors():
            act(found.enrollment)
            return to(url_for("studio.reported", enrollment_id=enrollment_id, lesson=_lesson(form)), said=said)
    return _page(found, status=422, **{name: form})


def _page(found: OneEnrollment, status: int = 200, **forms: Any) -> Response:
    return page("enrollments/reported.html", status=status, **{**reported_context("studio", found.enrollment), **forms})
