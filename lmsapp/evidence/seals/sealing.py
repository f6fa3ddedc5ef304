"""Making one promised PDF, each step a transaction of its own: claim, draw and sign, keep."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import current_app

from lmsapp.evidence.seals.actions import claim_file, mark_failed, mark_sealed
from lmsapp.infra.db import unit_of_work
from lmsapp.infra.signing import certificate_pem, sign_pdf
from lmsapp.infra.signing_keys import KeySource, KeyTrouble, trouble_with_key

log = logging.getLogger(__name__)

# By kind: from the id of what is shown, and a language, to the unsigned PDF.
Draw = Mapping[str, Callable[[int, str], bytes]]


def seal_next(draw: Draw) -> bool:
    """Make the newest PDF that waits. False when none does. A failure is noted on the row and never raised.

    Without a key that can sign, nothing is begun: the promises wait, untried, until there is one.
    """
    if (trouble := key_trouble()) is not None:
        log.error("PDFs wait: %s %s", trouble.message, trouble.values)
        return False
    with unit_of_work():
        sealed = claim_file()
        if sealed is None:
            return False
        sealed_id, kind, subject_id = sealed.id, sealed.kind, sealed.subject_id
        tries, title, language = sealed.tries, sealed.title, sealed.language
    try:
        with unit_of_work():
            plain = draw[kind](subject_id, language)
        pdf = sign_pdf(
            plain,
            data_dir=Path(current_app.config["DATA_DIR"]),
            organisation=current_app.config["ORGANISATION"],
            reason=title,
            source=KeySource(*current_app.config["SIGNING"]),
        )
        with unit_of_work():
            mark_sealed(sealed_id, pdf, tries=tries)
    except Exception as problem:
        log.exception("sealing %s %s failed", kind, subject_id)
        with unit_of_work():
            mark_failed(sealed_id, f"{type(problem).__name__}: {problem}"[:500], tries=tries)
    return True


def key_trouble() -> KeyTrouble | None:
    """Why nothing can be signed just now; None when all is well."""
    config = current_app.config
    return trouble_with_key(Path(config["DATA_DIR"]), config["ORGANISATION"], KeySource(*config["SIGNING"]))


def signing_certificate() -> bytes:
    """The certificate in use (PEM), for whoever checks our PDFs. Raises KeyTrouble."""
    config = current_app.config
    return certificate_pem(Path(config["DATA_DIR"]), config["ORGANISATION"], KeySource(*config["SIGNING"]))
