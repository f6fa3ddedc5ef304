"""What a course or a path says of its certificates (CRT-1, CRT-2, CRT-5)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import NumberRange, Optional

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.paths.queries import path_for
from lmsapp.learning.certificates.plans import Issuing, Plan, plan_of, set_plan
from lmsapp.learning.certificates.templates.queries import template_choices
from lmsapp.people.roles import May
from lmsapp.web.fields import choices
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.paths import path_context
from lmsapp.web.studio.wing import bp

SAVED = "certificate settings changed"
OF_COURSE: dict[str, Any] = {
    Issuing.COMPLETION.value: __("The moment somebody completes the course"),
    Issuing.EVALUATION.value: __("After an evaluation: the completion stands, an evaluator decides on the certificate"),
    Issuing.NONE.value: __("Never: completing is on record, without a certificate"),
}
OF_PATH: dict[str, Any] = {
    Issuing.COMPLETION.value: __("The moment somebody completes the whole path"),
    Issuing.NONE.value: __("Never: only the courses have certificates"),
}


class PlanForm(SharedForm):
    """When, and how it looks."""

    issuing = RadioField(__("A certificate is issued"))
    template_id = SelectField(__("Template"), coerce=int, default=0)

    def plan(self) -> Plan:
        """For the action."""
        months = self["validity_months"].data if "validity_months" in self else None
        return Plan(Issuing(self.issuing.data), self.template_id.data or None, months)


class PathPlanForm(PlanForm):
    """A path also says how long; a course does so on its own page."""

    validity_months = IntegerField(
        __("Valid for (months)"),
        [Optional(), NumberRange(1, 600)],
        description=__("Empty: as long as the course of the path that ends first."),
    )


@bp.get("/courses/<int:course_id>/certificate")
def course_certificate(course_id: int) -> ResponseReturnValue:
    """As it stands."""
    get_or_404(course_for(g.viewer, course_id))
    return _course_page(course_id, _form(plan_of(course_id=course_id), path=False))


@bp.post("/courses/<int:course_id>/certificate")
def save_course_certificate(course_id: int) -> ResponseReturnValue:
    """For certificates issued from now on."""
    course = get_or_404(course_for(g.viewer, course_id))
    form, stored = _form(None, path=False), _form(plan_of(course_id=course_id), path=False)
    if form.validate() and not form.changed_meanwhile(stored, ("course", course_id), SAVED):
        with form.rule_errors():
            set_plan(course, form.plan(), by=g.viewer)
            return to(url_for("studio.course_certificate", course_id=course_id), said=_("Saved."))
    return _course_page(course_id, form, status=422)


@bp.get("/paths/<int:path_id>/certificate")
def path_certificate(path_id: int) -> ResponseReturnValue:
    """As it stands."""
    path = get_or_404(path_for(g.viewer, path_id))
    return _path_page(path, _form(plan_of(path_id=path_id), path=True))


@bp.post("/paths/<int:path_id>/certificate")
def save_path_certificate(path_id: int) -> ResponseReturnValue:
    """For certificates issued from now on."""
    path = get_or_404(path_for(g.viewer, path_id))
    form, stored = _form(None, path=True), _form(plan_of(path_id=path_id), path=True)
    if form.validate() and not form.changed_meanwhile(stored, ("path", path_id), SAVED):
        with form.rule_errors():
            set_plan(path, form.plan(), by=g.viewer)
            return to(url_for("studio.path_certificate", path_id=path_id), said=_("Saved."))
    return _path_page(path, form, status=422)


def _form(plan: Plan | None, *, path: bool) -> PlanForm:
    """As it stands, or as it was sent. A template that was archived meanwhile stays chosen until another is."""
    values: dict[str, Any] = {"formdata": None} if plan else {}
    if plan:
        values |= {"issuing": plan.issuing.value, "template_id": plan.template_id or 0}
        values["validity_months"] = plan.validity_months
    form = PathPlanForm(**values) if path else PlanForm(**values)
    form.issuing.choices = choices(OF_PATH if path else OF_COURSE)
    known = template_choices()
    archived = (
        [] if not plan or plan.template_id in (None, *dict(known)) else [(plan.template_id, _("An archived one"))]
    )
    form.template_id.choices = choices([(0, _("The built-in one")), *known, *archived])
    return form


def _course_page(course_id: int, form: PlanForm, *, status: int = 200) -> ResponseReturnValue:
    more = {"moderates": g.viewer.may(May.MODERATE), "form": form}
    return page("studio/course/certificate.html", status=status, **more, **course_context(course_id, "certificate"))


def _path_page(path: Any, form: PlanForm, *, status: int = 200) -> ResponseReturnValue:
    more = {"moderates": g.viewer.may(May.MODERATE), "form": form}
    return page("studio/path/certificate.html", status=status, **more, **path_context(path, "certificate"))
