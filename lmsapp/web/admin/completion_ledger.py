"""The completion ledger, for auditors and system managers (EVD-2)."""

from __future__ import annotations

from lmsapp.web.admin.wing import bp
from lmsapp.web.ledger_pages import LEDGER
from lmsapp.web.wing_routes import install

install(bp, LEDGER)
