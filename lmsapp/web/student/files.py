"""Files of lessons: page images, the video with byte ranges, captions, the original as a download (CRS-1)."""

from __future__ import annotations

from flask import Response, g
from flask.typing import ResponseReturnValue

from lmsapp.courses.publishing.reading import Version
from lmsapp.learning.enrollments.facts import version_taken
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.web.render import get_or_404
from lmsapp.web.sending import send_stored
from lmsapp.web.student.wing import bp

SHOWN_INLINE = {"image/png", "image/jpeg", "image/webp", "video/webm", "video/mp4", "text/vtt"}
KEPT = 24 * 3600  # seconds in the browser's own cache; the address changes with the content


@bp.get("/courses/<int:course_id>/lessons/<int:lesson_id>/files/<int:file_id>")
def lesson_file(course_id: int, lesson_id: int, file_id: int) -> ResponseReturnValue:
    """A file of the lesson, for whoever is enrolled; who writes courses finds it in the studio."""
    version = version_for_reader(course_id, lesson_id)
    return send(get_or_404(version.file(lesson_id, file_id)), attachment=False)


@bp.get("/courses/<int:course_id>/lessons/<int:lesson_id>/original")
def lesson_download(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """The uploaded file itself, as a download."""
    version = version_for_reader(course_id, lesson_id)
    lesson = get_or_404(version.lessons.get(lesson_id))
    return send(get_or_404(version.file(lesson_id, lesson.file_id or 0)), attachment=True)


def version_for_reader(course_id: int, lesson_id: int) -> Version:
    """What the viewer reads of a course they take; course and lesson have to be open to them.

    One they do not take does not exist here, whatever else they may do: being an author of one course opens no other.
    """
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    version = version_taken(enrollment)
    get_or_404(version.lessons.get(lesson_id))
    check_lesson_open(enrollment, lesson_id)
    return version


def send(file: object, *, attachment: bool) -> Response:
    """Only kinds a browser shows safely are shown; all else is a download. Ranges serve seeking in a video."""
    media_type, sha256, name = (str(getattr(file, part)) for part in ("media_type", "sha256", "name"))
    shown = not attachment and media_type in SHOWN_INLINE
    return send_stored(sha256, name=name, media_type=media_type, inline=shown, kept_s=KEPT)
