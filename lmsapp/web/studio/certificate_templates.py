"""Certificate templates: the list, the editor with its live preview, versions (CRT-2).

The preview is a picture of a page that the certificates' own renderer has drawn, from what stands in the form and is
not saved yet. A picture, because phones show no PDF inside a page, and because nothing that imitates the renderer would
break lines where it does.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.certificates.templates.actions import (
    archive_template,
    create_template,
    duplicate_template,
    restore_template,
    save_template,
)
from lmsapp.learning.certificates.templates.queries import (
    list_templates,
    template_for,
    template_view,
    used_by,
    versions_of,
)
from lmsapp.learning.certificates.words import standard_words
from lmsapp.people.roles import May
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.render import fragment, get_or_404, page, to
from lmsapp.web.studio.certificate_preview import SampleForm, drawn, notes_on, standard
from lmsapp.web.studio.certificate_tabs import certificate_tabs
from lmsapp.web.studio.template_form import LANGUAGE_NAMES, PARTS, TemplateForm, blank, filled_from, pictures_sent
from lmsapp.web.studio.wing import bp


@bp.get("/certificate-templates")
@needs(May.MODERATE)
def certificate_templates() -> ResponseReturnValue:
    """By title; archived ones by their tab."""
    archived = request.args.get("show") == "archived"
    here = url_for("studio.certificate_templates")
    return page(
        "studio/certificate_templates/index.html",
        rows=list_templates(g.viewer, archived=archived),
        archived=archived,
        tabs=certificate_tabs("templates"),
        shown=[
            {"label": _("In use"), "href": here, "current": not archived},
            {"label": _("Archived"), "href": f"{here}?show=archived", "current": archived},
        ],
    )


@bp.get("/certificate-templates/new")
@needs(May.MODERATE)
def new_certificate_template() -> ResponseReturnValue:
    """As the built-in look, to begin with."""
    return _editor(None, blank())


@bp.post("/certificate-templates/new")
@needs(May.MODERATE)
def create_certificate_template() -> ResponseReturnValue:
    """The first version; on to its page."""
    form = TemplateForm()
    if form.validate():
        with form.rule_errors():
            made = create_template(form.title.data or "", form.design(), pictures_sent(form), by=g.viewer)
            said = _("Saved. Choose it on the certificate page of a course or path.")
            return to(url_for("studio.certificate_template", design_id=made.id), said=said)
    return _editor(None, form, status=422)


@bp.get("/certificate-templates/<int:design_id>")
@needs(May.MODERATE)
def certificate_template(design_id: int) -> ResponseReturnValue:
    """The editor."""
    template = get_or_404(template_for(g.viewer, design_id))
    return _editor(template, filled_from(get_or_404(template_view(template))))


@bp.post("/certificate-templates/<int:design_id>")
@needs(May.MODERATE)
def save_certificate_template(design_id: int) -> ResponseReturnValue:
    """A new version, for certificates issued from now on."""
    template, form = get_or_404(template_for(g.viewer, design_id)), TemplateForm()
    if form.validate():
        with form.rule_errors():
            sent, seen = pictures_sent(form), form.seen.data or 0
            changed = save_template(template, form.title.data or "", form.design(), sent, seen=seen, by=g.viewer)
            said = _("Saved. Certificates issued from now on look like this.") if changed else _("Nothing was changed.")
            return to(url_for("studio.certificate_template", design_id=design_id), said=said)
    return _editor(get_or_404(template_for(g.viewer, design_id)), form, status=422)


@bp.post("/certificate-templates/<int:design_id>/copies")
@needs(May.MODERATE)
def copy_certificate_template(design_id: int) -> ResponseReturnValue:
    """The same once more; on to it."""
    template = get_or_404(template_for(g.viewer, design_id))
    copy = duplicate_template(template, _("Copy of %(title)s", title=template.title)[:100], by=g.viewer)
    return to(url_for("studio.certificate_template", design_id=copy.id), said=_("This is the copy."))


@bp.post("/certificate-templates/<int:design_id>/archive")
@needs(May.MODERATE)
def archive_certificate_template(design_id: int) -> ResponseReturnValue:
    """Out of the list to choose from."""
    template, form = get_or_404(template_for(g.viewer, design_id)), Form()
    with form.rule_errors():
        archive_template(template, by=g.viewer)
    said = say(form.broken) if form.broken else _("Archived. Certificates issued with it stay as they are.")
    return to(url_for("studio.certificate_template", design_id=design_id), said=said)


@bp.post("/certificate-templates/<int:design_id>/restoration")
@needs(May.MODERATE)
def restore_certificate_template(design_id: int) -> ResponseReturnValue:
    """It can be chosen again."""
    restore_template(get_or_404(template_for(g.viewer, design_id)), by=g.viewer)
    return to(url_for("studio.certificate_template", design_id=design_id), said=_("It can be chosen again."))


@bp.get("/certificate-templates/<int:design_id>/versions/<int:number>")
@needs(May.MODERATE)
def certificate_template_version(design_id: int, number: int) -> ResponseReturnValue:
    """How certificates of that time look; nothing can be changed."""
    template = get_or_404(template_for(g.viewer, design_id))
    view = get_or_404(template_view(template, number))
    form = filled_from(view)
    query = form.query() | standard() | {"template": design_id, "version": number}
    return page("studio/certificate_templates/version.html", view=view, query=query)


@bp.get("/certificate-preview")
@needs(May.MODERATE)
def certificate_preview() -> ResponseReturnValue:
    """The picture's place in the page, and in words what would be wrong with the certificate."""
    form, sample = TemplateForm(request.args, meta={"csrf": False}), SampleForm(request.args, meta={"csrf": False})
    try:
        notes, query, broken = notes_on(form, sample), {**form.query(), **sample.query()}, ""
    except RuleBroken as refused:
        notes, query, broken = [], {}, say(refused)
    return fragment("studio/certificate_templates/_preview.html", query=query, notes=notes, broken=broken)


@bp.get("/certificate-preview.png")
@needs(May.MODERATE)
def certificate_preview_picture() -> ResponseReturnValue:
    """A page as the renderer draws it, as a picture."""
    return _drawn(picture=True)


@bp.get("/certificate-preview.pdf")
@needs(May.MODERATE)
def certificate_preview_pdf() -> ResponseReturnValue:
    """The page itself, unsigned, marked as an example by its number."""
    return _drawn(picture=False)


def _drawn(*, picture: bool) -> Response:
    form, sample = TemplateForm(request.args, meta={"csrf": False}), SampleForm(request.args, meta={"csrf": False})
    try:
        content = drawn(form, sample, picture=picture, viewer=g.viewer)
    except RuleBroken as broken:
        return Response(say(broken), status=422, mimetype="text/plain")
    response = Response(content, mimetype="image/png" if picture else "application/pdf")
    if not picture:
        response.headers["Content-Disposition"] = f'attachment; filename="{_("example")}.pdf"'
    return response


def _ours(language: str) -> dict[str, str]:
    """What stands where a template says nothing, shown in the empty fields."""
    with force_locale(language):
        return standard_words(path=False)


def _editor(template: Any, form: TemplateForm, *, status: int = 200) -> Response:
    sample = SampleForm(formdata=None)
    query = {**form.query(), **sample.query()} | ({"template": template.id} if template else {})
    view = template_view(template) if template else None
    return page(
        "studio/certificate_templates/edit.html",
        status=status,
        kept=template,
        view=view,
        form=form,
        sample=sample,
        query=query if status == 200 else {},
        wording_parts=PARTS,
        ours={language: _ours(language) for language in LANGUAGE_NAMES},
        languages=LANGUAGE_NAMES,
        versions=versions_of(template) if template else [],
        used=used_by(template) if template else [],
        notes=[],
        broken="",
    )
