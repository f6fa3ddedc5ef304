"""A lesson and its SCORM package in one go (SCO-1)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.packages.actions import named_after, start_import
from lmsapp.web.render import to
from lmsapp.web.studio.forms import sent_file, sure
from lmsapp.web.studio.package_forms import NewPackageForm
from lmsapp.web.studio.packages_shown import scorm_is_on


def create_package_lesson(chapter: Any, form: NewPackageForm) -> ResponseReturnValue | None:
    """A lesson, and the import of its package; None where something is to be put right (said in the form)."""
    upload = sent_file("file")
    if not scorm_is_on() or not form.validate() or upload is None:
        return None
    lesson: Any = None
    with form.rule_errors():
        title = form.title.data or named_after(upload.name) or _("SCORM package")
        lesson = add_lesson(chapter, LessonKind.SCORM, title, by=g.viewer, minutes=sure(form.minutes))
        start_import(lesson, upload, by=g.viewer)
    return to(url_for("studio.lesson", lesson_id=lesson.id)) if form.broken is None else None
