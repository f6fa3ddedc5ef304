"""Attempts in the courses one writes or looks after, with every score and the PDFs (QIZ-4, QIZ-6)."""

from __future__ import annotations

from lmsapp.web.attempts import ASK_PAPER, ATTEMPTS
from lmsapp.web.studio.wing import bp
from lmsapp.web.wing_routes import install

install(bp, (*ATTEMPTS, ASK_PAPER))
