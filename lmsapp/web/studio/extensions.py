"""Requests for more time, for moderators: everybody's (ASG-6)."""

from __future__ import annotations

from lmsapp.people.roles import May
from lmsapp.web.extending import EXTENSION_REQUESTS
from lmsapp.web.studio.wing import bp
from lmsapp.web.wing_routes import install

install(bp, EXTENSION_REQUESTS, May.MODERATE, line=False)
