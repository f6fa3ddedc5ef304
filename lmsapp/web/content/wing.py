"""The blueprint of this wing; its gate stands in `lmsapp/web/gates.py`: whoever has the token may come."""

from __future__ import annotations

from flask import Blueprint

PREFIX = "/c/"  # no route of the application begins like this

bp = Blueprint("content", __name__, url_prefix=f"{PREFIX}<token>")
