"""A course as a copy, out as a file, in from a file (CRS-10)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField, FileRequired
from slugify import slugify

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.moving.actions import ask_import, duplicate_course, export_course
from lmsapp.courses.moving.archive import MAX_COURSE_FILE
from lmsapp.courses.moving.queries import import_for, latest_imports
from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.web.forms import Form
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.outline import refused_or_shown
from lmsapp.web.studio.wing import bp

QUICK_S = 12  # within so many seconds the page asks again after less than half a second

STATES = {
    "waiting": __("Waiting"),
    "running": __("Reading"),
    "ready": __("Imported"),
    "failed": __("Not imported"),
}


class ImportForm(Form):
    """A course file."""

    file = FileField(__("Course file"), [FileRequired(__("Choose the course file first."))])


@bp.post("/courses/<int:course_id>/copies")
def create_copy(course_id: int) -> ResponseReturnValue:
    """The same course once more, as a draft; on to it."""
    course, form = get_or_404(course_for(g.viewer, course_id)), Form()
    copy: Any = None
    with form.rule_errors():
        copy = duplicate_course(course, _("Copy of %(title)s", title=course.title), by=g.viewer)
    if copy is not None:
        said = _("This is the copy, a draft. Learners were not taken along; say anew for whom it is mandatory.")
        return to(url_for("studio.course", course_id=copy.id), said=said)
    return refused_or_shown(form.broken, course_id, "")


@bp.get("/courses/<int:course_id>/file")
def course_file(course_id: int) -> ResponseReturnValue:
    """The course file, sent piece by piece."""
    course = get_or_404(course_for(g.viewer, course_id))
    try:
        pieces = export_course(course, by=g.viewer)
    except RuleBroken as broken:
        return refused_or_shown(broken, course_id, "")
    name = f"{slugify(course.title, max_length=60) or 'course'}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(pieces), mimetype="application/zip", headers=headers)


@bp.get("/imports")
def imports() -> ResponseReturnValue:
    """Where to drop a course file, and the latest of them."""
    return imports_page(ImportForm(formdata=None))


@bp.post("/imports")
def create_import() -> ResponseReturnValue:
    """Keep the file; the worker reads it."""
    form = ImportForm()
    if form.validate():
        with form.rule_errors():
            wanted = ask_import(form.file.data.stream, form.file.data.filename or "", by=g.viewer)
            return to(url_for("studio.course_import", import_id=wanted.id))
    return imports_page(form)


@bp.get("/imports/<int:import_id>")
def course_import(import_id: int) -> ResponseReturnValue:
    """How far it is, then what came of it."""
    wanted = get_or_404(import_for(g.viewer, import_id))
    return page("studio/moving/import.html", **import_context(wanted))


@bp.get("/imports/<int:import_id>/progress")
def import_progress(import_id: int) -> ResponseReturnValue:
    """The fragment with its states; once there is something to see, the page itself."""
    wanted = get_or_404(import_for(g.viewer, import_id))
    if wanted.state in ("waiting", "running"):
        return answer("studio/moving/_job.html", whole="studio/moving/import.html", **import_context(wanted))
    return to(url_for("studio.course_import", import_id=import_id))


def imports_page(form: ImportForm) -> Response:
    """The form and the latest files."""
    return page(
        "studio/moving/imports.html",
        status=422 if form.errors else 200,
        form=form,
        latest=latest_imports(g.viewer),
        most=MAX_COURSE_FILE >> 20,
        states=STATES,
    )


def import_context(wanted: Any) -> dict[str, Any]:
    """For the page and its fragment."""
    quick = (clock.now() - wanted.asked_at).total_seconds() < QUICK_S
    notes = {
        "waiting": _("The worker takes it next."),
        "running": _("%(done)s of %(total)s lessons looked at.", done=wanted.done, total=wanted.total)
        if wanted.total
        else _("Looking at what is in it."),
        "ready": _("It is a draft among your courses."),
        "failed": _("The reason is below."),
    }
    return {
        "wanted": wanted,
        "every": "400ms" if quick else "2s",
        "percent": min(99, 100 * wanted.done // wanted.total) if wanted.total else None,
        "note": notes[wanted.state],
        "words": _(wanted.error, **wanted.error_values) if wanted.error else "",
        "lesson": wanted.error_values.get("lesson", "") if wanted.error else "",
    }
