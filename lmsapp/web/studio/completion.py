"""The completion rule in words, and retiring."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.catalogue.queries import current_rule
from lmsapp.courses.catalogue.rules import refusals
from lmsapp.web.criteria import rule_parts
from lmsapp.web.forms import say
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.forms import ReasonForm
from lmsapp.web.studio.outline import refused_or_shown
from lmsapp.web.studio.rule_form import RuleForm, blocks_for, rule_form, rule_of
from lmsapp.web.studio.wing import bp


@bp.get("/courses/<int:course_id>/rule")
def rule(course_id: int) -> ResponseReturnValue:
    """The rule in force."""
    get_or_404(course_for(g.viewer, course_id))
    context = course_context(course_id, "rule")
    return page(
        "studio/course/rule.html",
        **rule_context(context, rule_form(context["course"].lessons, current_rule(course_id))),
    )


@bp.post("/courses/<int:course_id>/rule")
def save_rule(course_id: int) -> ResponseReturnValue:
    """State another one; the next version."""
    course = get_or_404(course_for(g.viewer, course_id))
    context = course_context(course_id, "rule")
    lessons = context["course"].lessons
    form, stored = rule_form(lessons), rule_form(lessons, current_rule(course_id))
    if form.validate() and not form.changed_meanwhile(stored, ("course", course.id), "completion rule set"):
        with form.rule_errors():
            stated = rule_of(form)
            actions.set_rule(course, stated.mode, stated.criteria, g.viewer)
            return to(url_for("studio.rule", course_id=course_id), said=_("Saved."))
    return page("studio/course/rule.html", status=422, **rule_context(context, form))


@bp.post("/courses/<int:course_id>/rule/words")
def rule_preview(course_id: int) -> ResponseReturnValue:
    """The sentences the learner will see, while they are chosen; and why the rule could not be saved like this."""
    get_or_404(course_for(g.viewer, course_id))
    course = course_context(course_id, "rule")["course"]
    form = rule_form(course.lessons)
    form.validate()
    parts, why_not = rule_parts(None, course.facts()), []
    with form.rule_errors():
        stated = rule_of(form)
        parts = rule_parts(stated, course.facts())
        why_not = [say(broken) for broken in refusals(stated, course.facts())] if stated.criteria else []
    if form.broken is not None:
        why_not = [say(form.broken)]
    return answer("studio/course/_rule_words.html", rule_said=parts, why_not=why_not)


@bp.post("/courses/<int:course_id>/retirement")
def retire(course_id: int) -> ResponseReturnValue:
    """Close it to new learners."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = ReasonForm()
    with form.rule_errors():
        actions.retire(course, g.viewer, reason=form.reason.data or "")
    if form.broken is None:
        return to(url_for("studio.course", course_id=course_id), said=_("Retired. Records and certificates stay."))
    return refused_or_shown(form.broken, course_id, "")


def rule_context(context: dict[str, Any], form: RuleForm) -> dict[str, Any]:
    """The form, and beside it in the learner's words the rule in force; before there is one, what the form proposes."""
    course = context["course"]
    in_force = current_rule(course.course_id)
    parts = rule_parts(in_force if in_force.version or form.errors else rule_of(form), course.facts())
    return context | {"form": form, "blocks": blocks_for(form), "in_force": in_force, "rule_said": parts}
