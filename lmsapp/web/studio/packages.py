"""The package of a lesson: sent, imported, shown, replaced, and when it is done (SCO-1, SCO-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.packages.actions import discard_import, start_import, try_again
from lmsapp.courses.packages.history import files_in, package_in, packages_of, zip_of
from lmsapp.courses.packages.queries import import_for, package_of
from lmsapp.courses.packages.terms import state_terms, terms_of, use_package
from lmsapp.web.lists import page_url
from lmsapp.web.render import answer, fragment, get_or_404, page, to
from lmsapp.web.sending import send_stored
from lmsapp.web.studio.forms import sent_file
from lmsapp.web.studio.lessons import form_for, lesson_context
from lmsapp.web.studio.package_forms import TermsForm, ZipForm
from lmsapp.web.studio.packages_shown import import_context, scorm_is_on, shown, terms_said
from lmsapp.web.studio.wing import bp

RUNNING = ("waiting", "running")


@bp.post("/lessons/<int:package_lesson_id>/package")
def create_package_import(package_lesson_id: int) -> ResponseReturnValue:
    """Send a ZIP; the worker reads it. What the lesson has stays until that is done."""
    lesson = package_lesson(package_lesson_id)
    form, upload = ZipForm(), sent_file("file")
    if scorm_is_on() and form.validate() and upload is not None:
        with form.rule_errors():
            start_import(lesson, upload, by=g.viewer)
            return to(url_for("studio.lesson", lesson_id=package_lesson_id, _anchor="package"))
    return lesson_page(lesson, zip_form=form)


@bp.get("/package-imports/<int:package_import_id>")
def package_import(package_import_id: int) -> ResponseReturnValue:
    """The lesson it is for: there it says how far it is, and what came of it."""
    run = get_or_404(import_for(g.viewer, package_import_id))
    return to(url_for("studio.lesson", lesson_id=run.lesson_id, _anchor="package"))


@bp.get("/package-imports/<int:package_import_id>/progress")
def package_import_progress(package_import_id: int) -> ResponseReturnValue:
    """The fragment while it works; then the lesson."""
    run = get_or_404(import_for(g.viewer, package_import_id))
    if run.state in RUNNING:
        return fragment("studio/scorm/_job.html", **import_context(run))
    return to(url_for("studio.lesson", lesson_id=run.lesson_id))


@bp.post("/package-imports/<int:package_import_id>/discarded")
def discard_package_import(package_import_id: int) -> ResponseReturnValue:
    """Not this one: the lesson keeps what it has."""
    return import_changed(package_import_id, discard_import, _("Cancelled. The lesson has what it had before."))


@bp.post("/package-imports/<int:package_import_id>/attempt")
def retry_package_import(package_import_id: int) -> ResponseReturnValue:
    """Once more what failed."""
    return import_changed(package_import_id, try_again, "")


def import_changed(package_import_id: int, act: Any, said: str) -> ResponseReturnValue:
    """Do it and go back to the lesson; what a rule refuses is said there."""
    run = get_or_404(import_for(g.viewer, package_import_id))
    form = ZipForm(formdata=None)
    with form.rule_errors():
        act(run, by=g.viewer)
    if form.broken is not None:
        return lesson_page(package_lesson(run.lesson_id), zip_form=form)
    return to(url_for("studio.lesson", lesson_id=run.lesson_id, _anchor="package"), said=said or None)


@bp.post("/lessons/<int:package_lesson_id>/package/terms")
def save_package_terms(package_lesson_id: int) -> ResponseReturnValue:
    """When it is done."""
    lesson, form = package_lesson(package_lesson_id), TermsForm()
    stored, saved = TermsForm.of_terms(terms_of(lesson)), ("course", lesson.course_id)
    if form.validate() and not form.changed_meanwhile(stored, saved, "package terms changed", lesson=lesson.title):
        with form.rule_errors():
            state_terms(lesson, form.terms(terms_of(lesson)), by=g.viewer)
            return to(url_for("studio.lesson", lesson_id=package_lesson_id, _anchor="terms"), said=_("Saved."))
    return lesson_page(lesson, terms_form=form)


@bp.post("/lessons/<int:package_lesson_id>/package/terms/words")
def package_terms_preview(package_lesson_id: int) -> ResponseReturnValue:
    """What the terms would mean for this package, while they are chosen."""
    lesson, form = package_lesson(package_lesson_id), TermsForm()
    terms = form.terms(terms_of(lesson)) if form.validate() else terms_of(lesson)
    return answer("studio/scorm/_meaning.html", **terms_said(package_of(lesson), terms))


@bp.post("/lessons/<int:package_lesson_id>/package/choice")
def choose_package(package_lesson_id: int) -> ResponseReturnValue:
    """An earlier package again, in the draft."""
    lesson, form = package_lesson(package_lesson_id), ZipForm(formdata=None)
    with form.rule_errors():
        use_package(lesson, package_in(lesson, request.form.get("package", 0, int)), by=g.viewer)
    if form.broken is not None:
        return lesson_page(lesson, zip_form=form)
    said = _("The draft has this package now. Learners get it when the course is published.")
    return to(url_for("studio.lesson", lesson_id=package_lesson_id, _anchor="package"), said=said)


@bp.get("/lessons/<int:package_lesson_id>/packages/<int:package_id>")
def package(package_lesson_id: int, package_id: int) -> ResponseReturnValue:
    """One package whole: outline, what its manifest states, its files."""
    lesson = package_lesson(package_lesson_id)
    found = get_or_404(package_in(lesson, package_id))
    return page(
        "studio/scorm/package.html",
        lesson=lesson,
        found=files_in(package_id, min(max(request.args.get("page", 1, type=int), 1), 10_000)),
        page_url=page_url,
        **shown(found, packages_of(lesson)),
    )


@bp.get("/lessons/<int:package_lesson_id>/packages/<int:package_id>/file")
def package_file(package_lesson_id: int, package_id: int) -> ResponseReturnValue:
    """The ZIP as it came, to keep; never shown in the browser."""
    found = get_or_404(zip_of(get_or_404(package_in(package_lesson(package_lesson_id), package_id))))
    return send_stored(found.sha256, name=found.name, media_type="application/zip")


def package_lesson(lesson_id: int) -> Any:
    """A lesson of the viewer's that is a SCORM package; 404 for any other."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    return lesson if lesson.kind == LessonKind.SCORM else abort(404)


def lesson_page(lesson: Any, **forms: Any) -> Response:
    """The page of the lesson again, with what is to be put right in one of its forms."""
    context = {**lesson_context(lesson), "form": form_for(lesson, filled=True, posted=False), **forms}
    return page("studio/lesson/edit.html", status=422, **context)
