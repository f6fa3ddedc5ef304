"""A signature as a PDF (21 CFR 11.50): the whole text, and under it who signed it, when and with which meaning."""

from __future__ import annotations

from flask import current_app

from lmsapp.evidence.seals.drawing import draw, local_words
from lmsapp.evidence.signatures.models import Signature, SigningTextVersion
from lmsapp.infra.db import db


def draw_signature(signature_id: int, language: str) -> bytes:
    """Unsigned PDF, A4 portrait, in the language of the text. The organisation's key signs it afterwards."""
    signature = db.session.get_one(Signature, signature_id)
    version = db.session.get_one(SigningTextVersion, signature.text_version_id)
    return draw(
        "signature.html",
        language,
        signature=signature,
        version=version,
        number=signature_number(signature.id),
        signed=local_words(signature.signed_at, signature.time_zone, language),
        signed_utc=local_words(signature.signed_at, "UTC", language),
        published=local_words(version.published_at, str(current_app.config["TIME_ZONE"]), language),
    )


def signature_number(signature_id: int) -> str:
    """'S-00042', as pages and PDFs name it."""
    return f"S-{signature_id:05d}"
