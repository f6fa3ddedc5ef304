"""Attempts as auditors read them, with every score and the PDFs, and what packages reported (QIZ-4, SCO-5)."""

from __future__ import annotations

from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.attempts import ATTEMPTS
from lmsapp.web.reported import REPORTED
from lmsapp.web.wing_routes import install

install(bp, (*ATTEMPTS, REPORTED), May.AUDIT)
