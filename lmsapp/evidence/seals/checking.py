"""A PDF somebody holds: is it ours, as we made it (CRT-3, EVD-7)? Told from its bytes; nothing is kept.

The strongest proof is the digest: exactly these bytes lie in our store. Next the signature, which also speaks of
files we hold no longer, and of what was changed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.seals.queries import sealed_as
from lmsapp.infra.signature_checks import Checked, Finding, check_pdf
from lmsapp.infra.signing_keys import known_certificates
from lmsapp.infra.words import N_, RuleBroken

LARGEST = 20 << 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sealed`: the document itself, or of one that was changed, the original where that is certain.

    `stored`: exactly these bytes are in our store. `key_name`, `key_from`, `key_until`: the key of ours that signed.
    """

    checked: Checked
    sealed: SealedFile | None
    stored: bool
    key_name: str = ""
    key_from: dt.date | None = None
    key_until: dt.date | None = None


def check_file(pdf: bytes) -> Verdict:
    """Raises RuleBroken (field 'file') when there is nothing to check, or too much."""
    if not pdf:
        raise RuleBroken(N_("The file is empty. Choose the PDF again."), field="file")
    if len(pdf) > LARGEST:
        raise RuleBroken(
            N_("The file is larger than %(most)s MB. No PDF from here is."), field="file", most=LARGEST >> 20
        )
    known = known_certificates(Path(current_app.config["DATA_DIR"]))
    checked = check_pdf(pdf, known)
    sealed = sealed_as(checked.sha256)
    stored = sealed is not None
    if sealed is None and checked.finding is Finding.APPENDED:
        sealed = sealed_as(checked.original_sha256)
    key = known.get(checked.certificate)
    if key is None:
        return Verdict(checked, sealed, stored)
    first, last = key.not_valid_before_utc.date(), key.not_valid_after_utc.date()
    return Verdict(checked, sealed, stored, checked.signer, first, last)
