"""Files of a package, for whoever holds the token of a launch (SCO-4)."""

from __future__ import annotations

import logging
from typing import IO

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import is_resource_modified
from werkzeug.wsgi import wrap_file

from lmsapp.courses.packages.serving import ServedFile, find_file
from lmsapp.infra import clock
from lmsapp.infra.files import path_of
from lmsapp.learning.scorm.launches.tokens import WORDS, Standing, found_for_files
from lmsapp.web.content.said import said
from lmsapp.web.content.wing import bp

log = logging.getLogger(__name__)

CHUNK = 256 * 1024
KEPT = 12 * 3600  # seconds, in the browser's own cache: as long as a launch can last, and its files never change


@bp.get("/files/", defaults={"path": ""})
@bp.get("/files/<path:path>", merge_slashes=False)
def package_file(token: str, path: str) -> ResponseReturnValue:
    """A file of that launch's package; anything else is not there, in words."""
    found = found_for_files(token)
    standing = found.standing(clock.now()) if found else Standing.UNKNOWN
    if found is None or standing is not Standing.OPEN:
        return said(404, _("This page is closed"), _(WORDS[standing]))
    file = find_file(found.package_id, path)
    if file is None:
        return said(404, _("This file is not in the package"), missing_words(path))
    return send(file)


def missing_words(path: str) -> str:
    """What to do about it; whoever made the package can."""
    if not path or path.endswith("/"):
        return _("The content asked for a folder instead of a page. Tell whoever looks after this course.")
    return _("The content asked for “%(path)s”. Tell whoever looks after this course.", path=path[-120:])


def send(file: ServedFile) -> Response:
    """The bytes; large ones from the disk as they go out. Ranges serve seeking in a video. The type is the one fixed at
    import, without a charset of ours: pages say their own."""
    response = Response(content_type=file.media_type)
    response.set_etag(file.sha256)
    response.headers["Cache-Control"] = f"private, max-age={KEPT}, immutable"
    if not is_resource_modified(request.environ, etag=f'"{file.sha256}"', ignore_if_range=False):
        response.status_code = 304
        return response
    try:
        return _with_bytes(response, path_of(file.sha256).open("rb"), file.size)
    except OSError:
        log.exception("the bytes of a package file are gone")
        abort(500)


def _with_bytes(response: Response, source: IO[bytes], size: int) -> Response:
    """All of them, or the part that is asked for. Several parts at once, or parts of another kind than bytes: all."""
    if size <= CHUNK:
        with source:
            response.data = source.read()
    else:
        response.direct_passthrough = True
        response.response = wrap_file(request.environ, source, CHUNK)
        response.call_on_close(source.close)
        response.content_length = size
    asked = request.headers.get("Range", "bytes=")
    one_part = asked.startswith("bytes=") and "," not in asked
    try:
        response.make_conditional(request, accept_ranges=one_part, complete_length=size)
    except RequestedRangeNotSatisfiable:
        source.close()
        raise
    return response
