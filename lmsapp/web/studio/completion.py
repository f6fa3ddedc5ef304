"""The completion rule in words, publishing and retiring."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.catalogue.queries import current_rule
from lmsapp.courses.catalogue.rules import Criterion, LessonKind, Mode, Rule
from lmsapp.web.forms import Form
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.forms import ReasonForm, RuleForm
from lmsapp.web.studio.outline import refused_or_shown
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices, rule_words


@bp.get("/courses/<int:course_id>/rule")
def rule(course_id: int) -> ResponseReturnValue:
    """The rule in force."""
    get_or_404(course_for(g.viewer, course_id))
    context = course_context(course_id, "rule")
    in_force = current_rule(course_id)
    form = rule_form(context["course"], **as_fields(in_force))
    return page(
        "studio/course/rule.html",
        form=form,
        in_force=in_force,
        sentences=rule_words(in_force, context["course"].facts()),
        **context,
    )


@bp.post("/courses/<int:course_id>/rule")
def save_rule(course_id: int) -> ResponseReturnValue:
    """State another one; the next version."""
    course = get_or_404(course_for(g.viewer, course_id))
    context = course_context(course_id, "rule")
    form = rule_form(context["course"])
    if form.validate():
        with form.rule_errors():
            actions.set_rule(course, form.mode.data, criteria_of(form), g.viewer)
            return to(url_for("studio.rule", course_id=course_id), said=_("Saved."))
    in_force = current_rule(course_id)
    sentences = rule_words(in_force, context["course"].facts())
    return page("studio/course/rule.html", status=422, form=form, in_force=in_force, sentences=sentences, **context)


@bp.post("/courses/<int:course_id>/rule/words")
def rule_preview(course_id: int) -> ResponseReturnValue:
    """The sentences the learner will see, while they are chosen."""
    get_or_404(course_for(g.viewer, course_id))
    context = course_context(course_id, "rule")
    form = rule_form(context["course"])
    form.validate()
    mode = form.mode.data if form.mode.data in set(Mode) else Mode.ALL.value
    chosen = Rule.from_json(0, mode, [])
    sentences: list[str] = []
    with form.rule_errors():
        chosen = Rule.from_json(0, mode, criteria_of(form))
        sentences = rule_words(chosen, context["course"].facts())
    return answer("studio/course/_rule_words.html", mode=chosen.mode, sentences=sentences)


@bp.post("/courses/<int:course_id>/publication")
def publish(course_id: int) -> ResponseReturnValue:
    """Open it to learners, or say what is missing."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = Form()
    with form.rule_errors():
        actions.publish(course, g.viewer)
    if form.broken is None:
        return to(url_for("studio.course", course_id=course_id), said=_("Published. It can be assigned now."))
    return refused_or_shown(form.broken, course_id, "")


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


def rule_form(course: Any, **values: Any) -> RuleForm:
    """The form, with the quizzes of the course to choose from."""
    form = RuleForm(data=values) if values else RuleForm()
    quizzes = [(line.id, line.title) for line in course.lessons if line.kind == LessonKind.QUIZ]
    form.quiz_lesson.choices = choices([(0, _("Every quiz of the course")), *quizzes])
    return form


def as_fields(rule: Rule) -> dict[str, Any]:
    """The form's values for a rule; a course without one begins with all lessons."""
    values: dict[str, Any] = {
        "mode": rule.mode.value,
        "criteria": [one.kind.value for one in rule.criteria] or ["lessons"],
    }
    for one in rule.criteria:
        match one.kind.value:
            case "lessons":
                values["share"] = one.share
            case "quiz_passed":
                values |= {"quiz_lesson": one.lesson_id or 0, "percent": one.percent}
            case "active_minutes":
                values["active_minutes"] = one.minutes
            case "attended":
                values["sessions"] = one.sessions
    return values


def criteria_of(form: RuleForm) -> list[dict[str, Any]]:
    """What was ticked, with its numbers."""
    made: dict[str, dict[str, Any]] = {
        "lessons": {"kind": "lessons", "share": form.share.data or 100},
        "quiz_passed": {
            "kind": "quiz_passed",
            "lesson_id": form.quiz_lesson.data or None,
            "percent": form.percent.data or 80,
        },
        "acknowledged": {"kind": "acknowledged"},
        "active_minutes": {"kind": "active_minutes", "minutes": form.active_minutes.data or 0},
        "attended": {"kind": "attended", "sessions": form.sessions.data or 1},
    }
    return [Criterion.from_json(made[kind]).as_json() for kind in form.criteria.data or []]
