"""Requests for more time from one's own line (ASG-6)."""

from __future__ import annotations

from lmsapp.web.extending import EXTENSION_REQUESTS
from lmsapp.web.team.wing import bp
from lmsapp.web.wing_routes import install

install(bp, EXTENSION_REQUESTS, line=True)
