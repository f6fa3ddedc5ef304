"""The blueprint of this wing; its gate stands in `lmsapp/web/gates.py`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("gonogo", __name__, url_prefix="/go-no-go")
