"""The completion ledger, for HR (EVD-2)."""

from __future__ import annotations

from lmsapp.web.hr.wing import bp
from lmsapp.web.ledger_pages import LEDGER
from lmsapp.web.wing_routes import install

install(bp, LEDGER)
