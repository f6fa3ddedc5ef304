"""A learner pauses one or all of their courses, and goes on (ENR-10)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.learning.pauses.actions import pause_all, resume
from lmsapp.learning.pauses.queries import enrollments_to_pause
from lmsapp.web.fields import sure
from lmsapp.web.pausing import CoursesPauseForm, courses_form, picked
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.wing import bp


@bp.get("/pause")
def pause() -> ResponseReturnValue:
    """Which courses, until when, why; the address may name one."""
    return _page(None)


@bp.post("/pause")
def create_pause() -> ResponseReturnValue:
    """Pause what is ticked."""
    there = _mine()
    form = courses_form(there)
    if form.validate():
        with form.rule_errors():
            many = picked(form, there)
            n = pause_all(many, sure(form.until_on), kind=sure(form.kind), reason=sure(form.reason), by=g.viewer)
            return to(
                url_for("student.pause"), said=ngettext("%(num)s course is paused.", "%(num)s courses are paused.", n)
            )
    return _page(form)


@bp.post("/enrollments/<int:enrollment_id>/pause/end")
def end_pause(enrollment_id: int) -> ResponseReturnValue:
    """Go on before the last day."""
    one = get_or_404(next((one for one in _mine() if one.id == enrollment_id), None))
    resume(one, by=g.viewer)
    return to(url_for("student.course", course_id=one.course_id), said=_("Welcome back. Go on where you left off."))


def _mine() -> Any:
    return enrollments_to_pause(g.viewer, g.viewer.employee_id)


def _page(form: CoursesPauseForm | None) -> Response:
    there = _mine()
    if form is None:
        asked = request.args.get("course", 0, type=int)
        ticked = [one.id for one in there if one.course_id == asked]
        form = courses_form(there, formdata=None, data={"courses": ticked})
    return page(
        "enrollments/pause.html",
        status=422 if form.errors else 200,
        form=form,
        there=there,
        action=url_for("student.create_pause"),
        title=_("Pause courses"),
        back={"href": url_for("student.home"), "label": _("Home")},
        ending="student.end_pause",
    )
