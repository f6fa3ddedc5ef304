"""For the machines that watch: is it alive, may it get visitors?"""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from lmsapp.evidence.ledger.queries import ledger_word
from lmsapp.evidence.seals.sealing import key_trouble
from lmsapp.evidence.verifications.health import ledger_answers
from lmsapp.infra.content_host import is_sibling
from lmsapp.infra.health import database_answers, evidence_is_protected, queue_answers

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """Depends on nothing: restarting us would not mend a database."""
    return {"status": "alive"}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Names the parts. Without the database: 503. Without the queue we still serve, and catch up later."""
    parts = {"database": database_answers(current_app), "queue": queue_answers(current_app)}
    status = "ready" if all(parts.values()) else "degraded" if parts["database"] else "unavailable"
    names = {part: "ok" if answers else "down" for part, answers in parts.items()}
    evidence = {True: "protected", False: "changeable", None: "unknown"}[evidence_is_protected(current_app)]
    signing = "ok" if key_trouble() is None else "no key that can sign"
    ledger = ledger_word() if parts["database"] else "unknown"
    told = {"evidence": evidence, "signing": signing, "ledger": ledger, "verified": _verified(), "content": _content()}
    return jsonify(status=status, **told, **names), 200 if parts["database"] else 503


def _verified() -> str:
    """Whether the last verification found all as it was put on record."""
    return ledger_answers(current_app.config["SQLALCHEMY_DATABASE_URI"])


def _content() -> str:
    """How SCORM content is kept apart: 'off', 'another site', or 'sibling', which is allowed and could be better."""
    address = current_app.config["CONTENT_URL"]
    if not address:
        return "off"
    return "sibling" if is_sibling(address, current_app.config["BASE_URL"]) else "another site"
