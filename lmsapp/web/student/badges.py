"""The holder takes a certificate along as an Open Badge: picture with the badge inside, drawing, or the bare token."""

from __future__ import annotations

from pathlib import Path

from flask import Response, abort, current_app, g
from flask.typing import ResponseReturnValue

from lmsapp.learning.badges.queries import badge_for
from lmsapp.learning.badges.rules import baked_png, baked_svg
from lmsapp.web.render import get_or_404
from lmsapp.web.student.wing import bp

KINDS = {"png": "image/png", "svg": "image/svg+xml", "jwt": "application/vc+jwt"}


@bp.get("/certificates/<int:certificate_id>/badge.<badge>")
def badge_file(certificate_id: int, badge: str) -> ResponseReturnValue:
    """Signed as it is asked for; revoked ones are not given out."""
    if badge not in KINDS:
        abort(404)
    token = get_or_404(badge_for(g.viewer, certificate_id))
    headers = {"Content-Disposition": f'attachment; filename="badge-{certificate_id}.{badge}"'}
    return Response(_file(badge, token), content_type=KINDS[badge], headers=headers)


def _file(name: str, token: str) -> bytes | str:
    folder = Path(current_app.static_folder or "")
    if name == "png":
        return baked_png((folder / "badge.png").read_bytes(), token)
    return baked_svg((folder / "badge.svg").read_text(), token) if name == "svg" else token
