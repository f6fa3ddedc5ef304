"""How long completing a course counts, with the dates that come of it before it is saved; and who holds it (CRS-6)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.validity.actions import policy_of, set_validity
from lmsapp.courses.validity.examples import examples
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.validity.replacing import reach_of
from lmsapp.web.dates import today
from lmsapp.web.forms import say
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.validity_form import HELD, ValidityForm, form_of
from lmsapp.web.studio.wing import bp


@bp.get("/courses/<int:course_id>/validity")
def validity(course_id: int) -> ResponseReturnValue:
    """The policy in force, and its dates."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = form_of(policy_of(course))
    return page(
        "studio/course/validity.html",
        form=form,
        **dates_context(course_id, form),
        **course_context(course_id, "validity"),
    )


@bp.post("/courses/<int:course_id>/validity")
def save_validity(course_id: int) -> ResponseReturnValue:
    """Another policy; what people hold stands, unless the author asks for it with a reason."""
    course = get_or_404(course_for(g.viewer, course_id))
    form, stored = ValidityForm(), form_of(policy_of(course))
    if form.validate() and not form.changed_meanwhile(stored, ("course", course.id), "validity changed"):
        with form.rule_errors():
            held_too = form.scope.data == HELD
            set_validity(course, form.policy(), by=g.viewer, held_too=held_too, reason=form.reason.data or "")
            return to(url_for("studio.validity", course_id=course_id), said=_("Saved."))
    return page(
        "studio/course/validity.html",
        status=422,
        form=form,
        **dates_context(course_id, form),
        **course_context(course_id, "validity"),
    )


@bp.post("/courses/<int:course_id>/validity/dates")
def validity_dates(course_id: int) -> ResponseReturnValue:
    """The dates of what is being typed; nothing is saved."""
    get_or_404(course_for(g.viewer, course_id))
    form = ValidityForm()
    form.validate()
    context = dates_context(course_id, form)
    return answer("studio/course/_validity_dates.html", **context)


def dates_context(course_id: int, form: ValidityForm) -> dict[str, Any]:
    """Examples of the policy in the form and whom it would reach; `refused` in words where it cannot be meant."""
    if any(form.errors.values()) and form.broken is None:
        refused = next(iter(next(iter(form.errors.values()))))
        return {"examples": [], "reach": None, "refused": str(refused)}
    policy = form.policy()
    try:
        policy.check()
    except RuleBroken as broken:
        return {"examples": [], "reach": None, "refused": say(broken)}
    return {"examples": examples(policy, today()), "reach": reach_of(course_id, policy), "refused": ""}
