"""`./lms ledger …`."""

from __future__ import annotations

from flask.cli import AppGroup

ledger = AppGroup("ledger", help="The completion ledger.")
