"""A lesson that saves itself while it is written, and the files and resources that belong to it (CRS-1).

The page's script asks by `fetch` and is answered in JSON with the words to show; every form here works without it too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue import attachments
from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.catalogue.lessons import WrittenMeanwhile
from lmsapp.courses.catalogue.texts import lesson_html
from lmsapp.courses.catalogue.writing import save_by_itself, stop_writing
from lmsapp.infra import clock
from lmsapp.infra.markdown import with_addresses
from lmsapp.web.dates import time_of_day
from lmsapp.web.forms import Form, say
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.forms import LessonForm, RemovalForm, ResourceForm, sent_file
from lmsapp.web.studio.lesson_files import address_in, files_context, resources_context
from lmsapp.web.studio.lessons import form_for, lesson_context, revision_of, written
from lmsapp.web.studio.wing import bp

STEPS = {"up": -1, "down": 1}
KEPT = ("title", "body", "minutes", "min_seconds", "share")


@bp.post("/lessons/<int:lesson_id>/draft")
def save_draft(lesson_id: int) -> ResponseReturnValue:
    """What is being written, kept by itself. 409 with both texts where it was changed elsewhere; 422 says why not."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    form = LessonForm()
    if not form.validate():
        return unsaved(" ".join(str(words) for errors in form.errors.values() for words in errors), 422)
    changes = {name: value for name, value in written(form, lesson.kind).items() if name in KEPT}
    revision = revision_of(form)
    with form.rule_errors():
        save_by_itself(lesson, revision=revision if revision is not None else -1, by=g.viewer, **changes)
        if request.form.get("leaving"):
            stop_writing(lesson, by=g.viewer)
    broken = form.broken
    if isinstance(broken, WrittenMeanwhile):
        html = render_template("studio/lesson/_both.html", both=broken, lesson=lesson)
        return {"said": say(broken), "revision": broken.revision, "theirs": broken.theirs, "html": html}, 409
    if broken is not None:
        return unsaved(say(broken), 422)
    return jsonify(revision=lesson.revision, said=_("Saved at %(time)s", time=time_of_day(clock.now())))


def unsaved(why: str, status: int) -> ResponseReturnValue:
    """Why it was not saved, in words."""
    return {"said": _("Not saved: %(why)s", why=why)}, status


@bp.post("/lessons/<int:lesson_id>/left")
def leave_lesson(lesson_id: int) -> ResponseReturnValue:
    """The page is being left: the trail hears now what was written."""
    stop_writing(get_or_404(lesson_for(g.viewer, lesson_id)), by=g.viewer)
    return "", 204


@bp.post("/lessons/<int:lesson_id>/text-preview")
def preview_lesson_text(lesson_id: int) -> ResponseReturnValue:
    """What the text will look like, its own pictures included."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    html = with_addresses(lesson_html(request.form.get("body", "")), address_in(lesson))
    return fragment("studio/lesson/_text_preview.html", body_html=html)


@bp.post("/lessons/<int:lesson_id>/files")
def add_lesson_file(lesson_id: int) -> ResponseReturnValue:
    """A picture or file for the text; answers with the Markdown that shows it."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    upload, form = sent_file("upload"), Form()
    attached: attachments.Attached | None = None
    if upload is None:
        return refused_file(lesson, _("Choose a file first."))
    with form.rule_errors():
        attached = attachments.attach_file(lesson, upload, by=g.viewer)
    if form.broken is not None or attached is None:
        return refused_file(lesson, say(form.broken) if form.broken else "")
    if request.form.get("by") != "script":
        words = _("Added. Write %(markdown)s where it should stand.", markdown=attached.markdown)
        return to(url_for("studio.lesson", lesson_id=lesson_id), said=words)
    html = render_template("studio/lesson/_files.html", lesson=lesson, **files_context(lesson))
    return jsonify(markdown=attached.markdown, name=attached.name, picture=attached.is_picture, html=html)


@bp.post("/lessons/<int:lesson_id>/files/removal")
def remove_lesson_file(lesson_id: int) -> ResponseReturnValue:
    """Take a file away from the text."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    form = RemovalForm()
    attachments.remove_file(lesson, form.name.data or "", by=g.viewer)
    if wants_fragment():
        return fragment("studio/lesson/_files.html", lesson=lesson, **files_context(lesson))
    return to(url_for("studio.lesson", lesson_id=lesson_id), said=_("The file was removed."))


@bp.post("/lessons/<int:lesson_id>/resources")
def add_lesson_resource(lesson_id: int) -> ResponseReturnValue:
    """A file or a link under the lesson."""
    form = ResourceForm()
    upload = sent_file("upload")
    title, address = form.title.data or "", form.address.data or ""

    def add(lesson: Any) -> None:
        attachments.add_resource(lesson, title, by=g.viewer, upload=upload, address=address)

    return resources_changed(lesson_id, form, add, _("The resource was added."))


@bp.post("/lessons/<int:lesson_id>/resources/change")
def save_lesson_resource(lesson_id: int) -> ResponseReturnValue:
    """Another title or address."""
    form = ResourceForm()
    key, title, address = form.key.data or 0, form.title.data or "", form.address.data or ""
    return resources_changed(
        lesson_id,
        form,
        lambda lesson: attachments.edit_resource(lesson, key, title, by=g.viewer, address=address),
        _("Saved."),
    )


@bp.post("/lessons/<int:lesson_id>/resources/place")
def move_lesson_resource(lesson_id: int) -> ResponseReturnValue:
    """One place up or down."""
    form = ResourceForm()
    step = STEPS.get(request.form.get("step", ""), 0)
    return resources_changed(
        lesson_id, form, lambda lesson: attachments.move_resource(lesson, form.key.data or 0, step, by=g.viewer), ""
    )


@bp.post("/lessons/<int:lesson_id>/resources/removal")
def remove_lesson_resource(lesson_id: int) -> ResponseReturnValue:
    """Take it away."""
    form = ResourceForm()
    return resources_changed(
        lesson_id,
        form,
        lambda lesson: attachments.remove_resource(lesson, form.key.data or 0, by=g.viewer),
        _("The resource was removed."),
    )


def resources_changed(
    lesson_id: int, form: ResourceForm, change: Callable[[Any], object], said: str
) -> ResponseReturnValue:
    """The resources as they are now, or why they are as they were."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    if form.validate():
        with form.rule_errors():
            change(lesson)
    if not form.errors:
        form = ResourceForm(formdata=None)
    context = {"lesson": lesson, **resources_context(lesson), "resource_form": form}
    if form.errors and not wants_fragment():
        form_of_lesson = form_for(lesson, filled=True, posted=False)
        return page(
            "studio/lesson/edit.html", status=422, **{**lesson_context(lesson), **context, "form": form_of_lesson}
        )
    back = url_for("studio.lesson", lesson_id=lesson_id, _anchor="resources")
    return answer("studio/lesson/_resources.html", back=back, said=said or None, form=form, **context)


def refused_file(lesson: Any, why: str) -> ResponseReturnValue:
    """Why a file was not taken: in JSON for the script, else on the page."""
    if request.form.get("by") == "script":
        return {"said": why}, 422
    return page(
        "studio/lesson/edit.html",
        status=422,
        **{**lesson_context(lesson), "form": form_for(lesson, filled=True, posted=False), "file_refused": why},
    )
