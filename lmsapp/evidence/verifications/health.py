"""For the machines that watch: whether records were found changed (EVD-2)."""

from __future__ import annotations

import psycopg

from lmsapp.infra.health import WITHIN_S
from lmsapp.infra.rights import plain_url

FOUND = "SELECT count(*), count(*) FILTER (WHERE acknowledged_at IS NULL) FROM ledger_finding WHERE over_at IS NULL"


def ledger_answers(database_url: str) -> str:
    """'fits', 'changed', 'acknowledged' (changed, and somebody has said why), or 'unknown'. Over a connection of its
    own: the pool might be busy."""
    limits = f"-c statement_timeout={WITHIN_S * 1000}"
    try:
        with psycopg.connect(plain_url(database_url), connect_timeout=WITHIN_S, options=limits) as connection:
            found = connection.execute(FOUND).fetchone()
    except psycopg.Error:
        return "unknown"
    lasting, unanswered = found or (0, 0)
    return "changed" if unanswered else "acknowledged" if lasting else "fits"
