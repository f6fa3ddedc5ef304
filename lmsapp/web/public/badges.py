"""What those who check a badge ask for: who issues, what for, the key, what is revoked (CRT-5). Names no person."""

from __future__ import annotations

from pathlib import Path

from flask import Response, abort, current_app, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from lmsapp.learning.badges.queries import achievement_of, badge_key, issuer_profile, status_list
from lmsapp.web.public.wing import bp
from lmsapp.web.render import get_or_404

JSON_LD, TOKEN = "application/ld+json", "application/vc+jwt"


@bp.get("/badges/issuer")
def badge_issuer() -> ResponseReturnValue:
    """The organisation's profile."""
    return _open(jsonify(issuer_profile()), JSON_LD)


@bp.get("/badges/achievements/<subject>")
def badge_achievement(subject: str) -> ResponseReturnValue:
    """What a course or a learning path stands for."""
    return _open(jsonify(get_or_404(achievement_of(subject))), JSON_LD)


@bp.get("/badges/keys/<name>")
def badge_public_key(name: str) -> ResponseReturnValue:
    """A key badges are or were signed with, as a JWK."""
    return _open(jsonify(get_or_404(badge_key(name))), "application/jwk+json")


@bp.get("/badges/status/<int:number>")
def badge_status(number: int) -> ResponseReturnValue:
    """Which badges are revoked, as a signed list of bits."""
    return _open(Response(get_or_404(status_list(number))), TOKEN)


@bp.get("/badges/image.png")
def badge_image() -> ResponseReturnValue:
    """The picture every badge shows."""
    return _open(Response((Path(current_app.static_folder or "") / "badge.png").read_bytes()), "image/png")


@bp.get("/badges/<token>")
def badge(token: str) -> ResponseReturnValue:
    """A badge's own address: whoever follows it sees what a person may see, and no more."""
    if not token:
        abort(404)
    return redirect(url_for("public.verify", token=token), 303)


def _open(response: Response, kind: str) -> Response:
    """For programs on other sites, too."""
    response.content_type = kind
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
