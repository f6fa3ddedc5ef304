"""The blueprint of this wing. Its gate is open (`lmsapp/web/gates.py`): each view lets in by a token."""

from __future__ import annotations

from flask import Blueprint

PREFIX = "/api"
bp = Blueprint("api", __name__, url_prefix=PREFIX)
