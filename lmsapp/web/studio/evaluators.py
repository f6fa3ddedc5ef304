"""Who grades what is handed in in a course."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.tasks.actions import set_evaluators
from lmsapp.courses.tasks.queries import evaluators_named, evaluators_to_choose
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.forms import TicksField
from lmsapp.web.studio.wing import bp


class EvaluatorsForm(SharedForm):
    """Ticks."""

    evaluators = TicksField(
        __("Evaluators of this course"), coerce=int, description=__("Nobody ticked: every evaluator grades it.")
    )


@bp.get("/courses/<int:course_id>/evaluators")
def evaluators(course_id: int) -> ResponseReturnValue:
    """Who is named."""
    get_or_404(course_for(g.viewer, course_id))
    form = stored_form(course_id)
    return page("studio/course/evaluators.html", form=form, **course_context(course_id, "settings"))


@bp.post("/courses/<int:course_id>/evaluators")
def save_evaluators(course_id: int) -> ResponseReturnValue:
    """Name others."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = EvaluatorsForm()
    form.evaluators.choices = evaluators_to_choose(course_id)
    if form.validate() and not form.changed_meanwhile(stored_form(course_id), ("course", course_id), "evaluators set"):
        with form.rule_errors():
            set_evaluators(course, form.evaluators.data or (), by=g.viewer)
            return to(url_for("studio.evaluators", course_id=course_id), said=_("Saved."))
    return page("studio/course/evaluators.html", status=422, form=form, **course_context(course_id, "settings"))


def stored_form(course_id: int) -> EvaluatorsForm:
    """Who is named now."""
    form = EvaluatorsForm(formdata=None, evaluators=evaluators_named(course_id))
    form.evaluators.choices = evaluators_to_choose(course_id)
    return form
