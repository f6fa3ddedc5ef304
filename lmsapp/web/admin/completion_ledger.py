"""The completion ledger, for auditors and system managers (EVD-2)."""

from lmsapp.web.admin.wing import bp
from lmsapp.web.ledger_pages import add_ledger_pages

add_ledger_pages(bp)
