"""Attempts of everybody, with every score and the PDFs, and what packages reported (QIZ-4, QIZ-6, SCO-5)."""

from __future__ import annotations

from lmsapp.web.attempts import ASK_PAPER, ATTEMPTS
from lmsapp.web.hr.wing import bp
from lmsapp.web.reported import REPORTED
from lmsapp.web.wing_routes import install

install(bp, (*ATTEMPTS, ASK_PAPER, REPORTED))
