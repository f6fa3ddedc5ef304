"""Staff look after enrollments: list, timeline, access, attempts, decisions by hand, pauses (ENR-7, ENR-9, ENR-10).

Authors see those of their courses; only moderators change anything.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.insight.enrollments.filters import Scope
from lmsapp.insight.enrollments.one import OneEnrollment
from lmsapp.learning.enrollments.access import give_back_access, revoke_access
from lmsapp.learning.overrides.actions import set_by_hand
from lmsapp.learning.overrides.proofs import keep_proof
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.pauses.actions import pause, resume
from lmsapp.learning.quizzes.granting import grant_attempt as grant
from lmsapp.learning.quizzes.granting import quizzes_used_up
from lmsapp.people.roles import May
from lmsapp.web.enrolled import ENROLLMENTS
from lmsapp.web.enrolled_one import (
    AccessForm,
    OverrideForm,
    PauseForm,
    TakeBackForm,
    attempt_form,
    find,
    one_context,
)
from lmsapp.web.gates import needs
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.wing import bp
from lmsapp.web.wing_routes import install

SCOPE = Scope.COURSES


install(bp, ENROLLMENTS, scope=SCOPE)


@bp.get("/enrollments/<int:enrollment_id>")
def enrollment(enrollment_id: int) -> ResponseReturnValue:
    """One, with everything that happened."""
    return _page(get_or_404(find(SCOPE, enrollment_id)))


@bp.post("/enrollments/<int:enrollment_id>/withdrawal")
@needs(May.MODERATE)
def revoke_enrollment(enrollment_id: int) -> ResponseReturnValue:
    """Take access away."""
    form = AccessForm(prefix="access")

    def act(one: Any) -> None:
        revoke_access(one, by=g.viewer, reason=sure(form.reason))

    return _act(enrollment_id, "access_form", form, act, _("Access was taken away. Everything is kept."))


@bp.post("/enrollments/<int:enrollment_id>/access")
@needs(May.MODERATE)
def give_back_enrollment(enrollment_id: int) -> ResponseReturnValue:
    """Give it back."""
    form = AccessForm(prefix="access")

    def act(one: Any) -> None:
        give_back_access(one, by=g.viewer, reason=sure(form.reason))

    return _act(enrollment_id, "access_form", form, act, _("The learner has access again."))


@bp.post("/enrollments/<int:enrollment_id>/attempts")
@needs(May.MODERATE)
def grant_attempt(enrollment_id: int) -> ResponseReturnValue:
    """One more attempt at a quiz."""
    found = get_or_404(find(SCOPE, enrollment_id))
    form = attempt_form(quizzes_used_up(found.enrollment))

    def act(one: Any) -> None:
        grant(one, sure(form.quiz_id), by=g.viewer, reason=sure(form.reason))

    return _act(enrollment_id, "attempt_form", form, act, _("One more attempt is granted."))


@bp.post("/enrollments/<int:enrollment_id>/override")
@needs(May.MODERATE)
def create_override(enrollment_id: int) -> ResponseReturnValue:
    """Completion or exemption by hand."""
    form = OverrideForm(prefix="hand")

    def act(one: Any) -> None:
        proof = keep_proof(form.proof.data.stream, form.proof.data.filename or "") if form.proof.data else None
        kind = OverrideKind(sure(form.kind))
        set_by_hand(one, kind, by=g.viewer, reason=sure(form.reason), proof=proof)

    return _act(enrollment_id, "override_form", form, act, _("Noted, with your name and reason."))


@bp.post("/enrollments/<int:enrollment_id>/override/revocation")
@needs(May.MODERATE)
def take_back_override(enrollment_id: int) -> ResponseReturnValue:
    """What was set by hand counts no more."""
    form = TakeBackForm(prefix="back")

    def act(one: Any) -> None:
        set_by_hand(one, OverrideKind.REVOCATION, by=g.viewer, reason=sure(form.reason))

    return _act(enrollment_id, "back_form", form, act, _("Noted, with your name and reason."))


@bp.post("/enrollments/<int:enrollment_id>/pause")
@needs(May.MODERATE)
def create_pause(enrollment_id: int) -> ResponseReturnValue:
    """Pause it for the learner."""
    form = PauseForm(prefix="pause")

    def act(one: Any) -> None:
        pause(one, sure(form.until_on), kind=sure(form.kind), reason=sure(form.reason), by=g.viewer)

    return _act(enrollment_id, "pause_form", form, act, _("Paused. Reminders rest until then."))


@bp.post("/enrollments/<int:enrollment_id>/pause/end")
@needs(May.MODERATE)
def end_pause(enrollment_id: int) -> ResponseReturnValue:
    """End it early."""
    found = get_or_404(find(SCOPE, enrollment_id))
    resume(found.enrollment, by=g.viewer)
    return to(url_for("studio.enrollment", enrollment_id=enrollment_id), said=_("The pause is over."))


def _act(enrollment_id: int, name: str, form: Any, act: Callable[[Any], None], said: str) -> ResponseReturnValue:
    """Do it and say so, or show the page again with what is wrong and nothing typed lost."""
    found = get_or_404(find(SCOPE, enrollment_id))
    if form.validate():
        errors: AbstractContextManager[None] = form.rule_errors()
        with errors:
            act(found.enrollment)
            return to(url_for("studio.enrollment", enrollment_id=enrollment_id), said=said)
    return _page(found, status=422, **{name: form})


def _page(found: OneEnrollment, status: int = 200, **forms: Any) -> Response:
    return page("enrollments/one.html", status=status, **{**one_context("studio", SCOPE, found), **forms})
