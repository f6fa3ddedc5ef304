"""Onboarding templates: for whom, and their tasks in order, by buttons, by keyboard, by dragging (ORG-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.compliance.documents.actions import add_standard_types
from lmsapp.evidence.signatures.queries import published_texts
from lmsapp.onboarding.templates import actions
from lmsapp.onboarding.templates.queries import (
    document_types,
    list_templates,
    standard_types_missing,
    template_for,
    template_task_for,
    template_view,
)
from lmsapp.onboarding.templates.rules import CountedFrom, Kind, TaskFacts, Who
from lmsapp.people.forwhom.queries import choices, count_meant
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.onboarding import COUNTED, TASK_KINDS, WHO
from lmsapp.web.render import fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.forms import TicksField

STEPS = {"up": -1, "down": 1}
SAVED = ("onboarding template changed", "onboarding template made default")  # as the trail has it


class TemplateForm(SharedForm):
    """What it is called, and for whom."""

    name = StringField(__("Name"), [InputRequired(__("Give it a name.")), Length(max=200)])
    is_default = BooleanField(__("For everybody for whom no other template fits"))
    job_roles = TicksField(__("Job roles"), description=__("Nothing ticked: every job role."))
    departments = TicksField(
        __("Departments"), coerce=int, description=__("With those beneath. Nothing ticked: every department.")
    )
    locations = TicksField(__("Locations"), description=__("Nothing ticked: every location."))

    def for_whom(self) -> ForWhom:
        """What is ticked."""
        return ForWhom(
            tuple(self.job_roles.data or ()), tuple(self.departments.data or ()), tuple(self.locations.data or ())
        )


class TemplateTaskForm(SharedForm):
    """One task of a template."""

    title = StringField(__("Title"), [InputRequired(__("Give it a title.")), Length(max=200)])
    instructions = TextAreaField(
        __("Instructions"), [Optional(), Length(max=10_000)], description=__("May be formatted with Markdown.")
    )
    kind = SelectField(__("What it is"))
    who = SelectField(__("Who does it"), description=__("Texts and courses are always for the new colleague."))
    document_type_id = SelectField(__("Kind of document"), coerce=int, default=0)
    signing_text_id = SelectField(__("Text to sign"), coerce=int, default=0)
    days = IntegerField(
        __("Due after"), [InputRequired(__("Give a number of working days."))], default=1,
        description=__("Working days; a minus means before."),
    )  # fmt: skip
    counted_from = SelectField(__("Counted from"))
    required = BooleanField(__("Required: the onboarding is complete only with it"), default=True)

    def facts(self) -> TaskFacts:
        """What was typed, for the action."""
        return TaskFacts(
            title=self.title.data or "",
            instructions=self.instructions.data or "",
            who=Who(self.who.data),
            kind=Kind(self.kind.data),
            document_type_id=self.document_type_id.data or None,
            signing_text_id=self.signing_text_id.data or None,
            days=self.days.data or 0,
            counted_from=CountedFrom(self.counted_from.data),
            required=self.required.data,
        )


@bp.get("/onboarding/templates")
def onboarding_templates() -> Response:
    return page(
        "hr/onboarding/templates.html",
        templates=[(one, ForWhom.from_json(one.for_whom)) for one in list_templates(g.viewer)],
        archived=list_templates(g.viewer, archived=True),
    )


@bp.post("/onboarding/templates/usual")
def create_usual_template() -> Response:
    """The usual list, to be changed afterwards."""
    made = actions.create_template(_("First weeks"), ForWhom(), by=g.viewer, usual=True)
    return to(_home(made.id), said=_("This is the usual list. Change what is different here."))


@bp.get("/onboarding/templates/new")
def new_onboarding_template() -> Response:
    return page("hr/onboarding/template_new.html", form=_with_choices(TemplateForm(formdata=None)))


@bp.post("/onboarding/templates/new")
def create_onboarding_template() -> Response:
    form = _with_choices(TemplateForm())
    if form.validate():
        with form.rule_errors():
            name, who = form.name.data or "", form.for_whom()
            made = actions.create_template(name, who, by=g.viewer, is_default=form.is_default.data)
            return to(_home(made.id), said=_("Saved. Add what is to be done."))
    return page("hr/onboarding/template_new.html", status=422, form=form)


@bp.get("/onboarding/templates/<int:template_id>")
def onboarding_template(template_id: int) -> Response:
    return page("hr/onboarding/template.html", **_context(template_id))


@bp.post("/onboarding/templates/<int:template_id>")
def save_onboarding_template(template_id: int) -> Response:
    template = get_or_404(template_for(g.viewer, template_id))
    form = _with_choices(TemplateForm())
    if form.validate() and not form.changed_meanwhile(_stored(template), (actions.KIND, template_id), *SAVED):
        with form.rule_errors():
            name, who = form.name.data or "", form.for_whom()
            actions.edit_template(template, name, who, by=g.viewer, is_default=form.is_default.data)
            return to(_home(template_id), said=_("Saved."))
    return page("hr/onboarding/template.html", status=422, **_context(template_id, form))


@bp.post("/onboarding/templates/<int:template_id>/copy")
def copy_onboarding_template(template_id: int) -> Response:
    template = get_or_404(template_for(g.viewer, template_id))
    copy = actions.duplicate_template(template, _("Copy of %(name)s", name=template.name)[:200], by=g.viewer)
    return to(_home(copy.id), said=_("This is the copy. Give it a name and say for whom it is."))


@bp.post("/onboarding/templates/<int:template_id>/archive")
def archive_onboarding_template(template_id: int) -> Response:
    actions.archive_template(get_or_404(template_for(g.viewer, template_id)), by=g.viewer)
    return to(url_for("hr.onboarding_templates"), said=_("Archived. Onboardings under way go on."))


@bp.post("/onboarding/templates/<int:template_id>/restore")
def restore_onboarding_template(template_id: int) -> Response:
    actions.restore_template(get_or_404(template_for(g.viewer, template_id)), by=g.viewer)
    return to(_home(template_id), said=_("The template is back."))


@bp.get("/onboarding/templates/<int:template_id>/tasks/new")
def new_template_task(template_id: int) -> Response:
    template = get_or_404(template_for(g.viewer, template_id))
    return page("hr/onboarding/task.html", of=template, task=None, form=_task_form(empty=True))


@bp.post("/onboarding/templates/<int:template_id>/tasks/new")
def create_template_task(template_id: int) -> Response:
    template = get_or_404(template_for(g.viewer, template_id))
    form = _task_form()
    if form.validate():
        with form.rule_errors():
            row = actions.add_task(template, form.facts(), by=g.viewer)
            return to(_home(template_id), said=_("“%(title)s” was added.", title=row.title))
    return page("hr/onboarding/task.html", status=422, of=template, task=None, form=form)


@bp.get("/onboarding/template-tasks/<int:template_task_id>")
def template_task(template_task_id: int) -> Response:
    row = get_or_404(template_task_for(g.viewer, template_task_id))
    return page("hr/onboarding/task.html", of=row.template, task=row, form=_task_form(row))


@bp.post("/onboarding/template-tasks/<int:template_task_id>")
def save_template_task(template_task_id: int) -> Response:
    row = get_or_404(template_task_for(g.viewer, template_task_id))
    form, saved = _task_form(), (actions.KIND, row.template_id)
    if form.validate() and not form.changed_meanwhile(
        _task_form(row), saved, "onboarding task changed", task=row.title
    ):
        with form.rule_errors():
            actions.edit_task(row, form.facts(), by=g.viewer)
            return to(_home(row.template_id), said=_("Saved."))
    return page("hr/onboarding/task.html", status=422, of=row.template, task=row, form=form)


@bp.post("/onboarding/template-tasks/<int:template_task_id>/place")
def move_template_task(template_task_id: int) -> Response:
    """One place up or down (`step`), or to `index`."""
    row = get_or_404(template_task_for(g.viewer, template_task_id))
    index = request.form.get("index", type=int)
    actions.place_task(row, by=g.viewer, step=STEPS.get(request.form.get("step", ""), 0), index=index)
    return _shown(row.template_id, _("“%(title)s” was moved.", title=row.title))


@bp.post("/onboarding/template-tasks/<int:template_task_id>/removal")
def remove_template_task(template_task_id: int) -> Response:
    row = get_or_404(template_task_for(g.viewer, template_task_id))
    actions.remove_task(row, by=g.viewer)
    return _shown(row.template_id, _("“%(title)s” was taken out. Onboardings under way keep it.", title=row.title))


def _shown(template_id: int, said: str) -> Response:
    if wants_fragment():
        return fragment("hr/onboarding/_template_tasks.html", toast=said, **_context(template_id))
    return to(_home(template_id), said=said)


def _home(template_id: int) -> str:
    return url_for("hr.onboarding_template", template_id=template_id)


def _context(template_id: int, form: TemplateForm | None = None) -> dict[str, Any]:
    view = get_or_404(template_view(g.viewer, template_id))
    form = form or _stored(view.template)
    meant = count_meant(view.for_whom) if view.for_whom else None
    return {"view": view, "form": form, "meant": meant, "kinds": TASK_KINDS, "who": WHO, "counted": COUNTED}


def _stored(template: Any) -> TemplateForm:
    kept = ForWhom.from_json(template.for_whom)
    given = {"name": template.name, "is_default": template.is_default}
    more = {"job_roles": kept.job_roles, "departments": kept.departments, "locations": kept.locations}
    return _with_choices(TemplateForm(formdata=None, data=given | {k: list(v) for k, v in more.items()}))


def _with_choices(form: TemplateForm) -> TemplateForm:
    known = choices()
    form.job_roles.choices, form.departments.choices = known.job_roles, known.departments
    form.locations.choices = known.locations
    return form


def _task_form(row: Any = None, *, empty: bool = False) -> TemplateTaskForm:
    form = TemplateTaskForm(formdata=None, obj=row) if row is not None or empty else TemplateTaskForm()
    if standard_types_missing():
        add_standard_types()
    form.kind.choices, form.who.choices = list(TASK_KINDS.items()), list(WHO.items())
    form.counted_from.choices = list(COUNTED.items())
    form.document_type_id.choices = [(0, _("None")), *((key, _(name)) for key, name in document_types())]
    form.signing_text_id.choices = [(0, _("None")), *((one.id, one.title) for one in published_texts(g.viewer))]
    return form
