"""Which tree events go to now, and the key it is signed with."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from lmsapp.evidence.ledger.models import LedgerEpoch
from lmsapp.evidence.ledger.outside import Places
from lmsapp.evidence.ledger.rules import origin_of
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import LedgerKey, known_keys, load_ledger_key

CURRENT = select(LedgerEpoch.number, LedgerEpoch.ledger_id).order_by(LedgerEpoch.number.desc()).limit(1)


def current_tree() -> tuple[int, UUID]:
    """Number of the epoch and id of its tree."""
    number, ledger_id = db.session.execute(CURRENT).one()
    return number, ledger_id


def ledger_key(ledger_id: UUID) -> LedgerKey:
    """The key in use. Raises LedgerKeyTrouble."""
    return load_ledger_key(current_app.config["DATA_DIR"], origin_of(ledger_id))


def ledger_keys() -> dict[str, str]:
    """Every public half that has signed here, by key id, as `ledger_keys.verifier_key` writes it."""
    return known_keys(Path(current_app.config["DATA_DIR"]))


def places() -> Places:
    """Where checkpoints lie outside the database."""
    export = current_app.config["LEDGER_EXPORT"]
    return Places(Path(current_app.config["DATA_DIR"]) / "keys", Path(export) if export else None)
