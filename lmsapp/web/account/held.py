"""A copy of everything held about oneself, as a zip file (ORG-8)."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile

from flask import abort, g, send_file
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from lmsapp.insight.held.bundle import file_name, write_bundle
from lmsapp.people.accounts.actions import note_copy
from lmsapp.people.accounts.queries import user_of
from lmsapp.web.account.wing import bp
from lmsapp.web.forms import Form

IN_MEMORY = 4 * 1024 * 1024  # bytes; a larger one goes through a temporary file


class CopyForm(Form):
    """Nothing but its token."""


@bp.post("/copy")
def download_held() -> ResponseReturnValue:
    """POST, because it is written down that the copy was made."""
    if not CopyForm().validate():
        abort(400)
    note_copy(user_of(g.viewer), g.viewer)
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the response
    write_bundle(g.viewer, out, str(get_locale() or "en"))
    out.seek(0)
    return send_file(out, mimetype="application/zip", as_attachment=True, download_name=file_name(g.viewer), etag=False)
