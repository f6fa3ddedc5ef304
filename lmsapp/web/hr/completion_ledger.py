"""The completion ledger, for HR (EVD-2)."""

from lmsapp.web.hr.wing import bp
from lmsapp.web.ledger_pages import add_ledger_pages

add_ledger_pages(bp)
