"""PDF signatures anyone can check in an ordinary reader (CRT-4): PAdES, certifying, no changes allowed after.

Without a time stamp and without revocation data: both come from servers elsewhere, and nothing here asks the
network. The time in the signature is ours; a file is checked against the very certificate that signed it (see
`signature_checks`).
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from lmsapp.infra.later import Later
from lmsapp.infra.signing_keys import DER, OWN, PEM, KeySource, SigningKey, ensure_key, load_key, remember

asn1_keys, asn1_x509 = Later("asn1crypto.keys"), Later("asn1crypto.x509")
signers, fields = Later("pyhanko.sign.signers"), Later("pyhanko.sign.fields")
incremental, registry = Later("pyhanko.pdf_utils.incremental_writer"), Later("pyhanko_certvalidator.registry")
ROOM = 2048  # bytes for the signature itself; a chain needs that of its certificates beside it
__all__ = ["KeySource", "certificate_pem", "ensure_key", "sign_pdf"]


def sign_pdf(pdf: bytes, *, data_dir: Path, organisation: str, reason: str, source: KeySource = OWN) -> bytes:
    """The PDF with one certifying signature by the organisation; any later change breaks it. Raises KeyTrouble."""
    key = load_key(data_dir, organisation, source)
    remember(data_dir, key)
    metadata = signers.PdfSignatureMetadata(
        field_name="Signature",
        md_algorithm="sha256",
        name=organisation,
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    signed = io.BytesIO()
    sign = partial(
        signers.sign_pdf,
        incremental.IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False),
        metadata,
        signer=_signer(key),
        output=signed,
        bytes_reserved=_room(key),
    )
    _without_a_loop(sign)
    return signed.getvalue()


def certificate_pem(data_dir: Path, organisation: str, source: KeySource = OWN) -> bytes:
    """The organisation's certificate, for whoever wants to check signatures. Raises KeyTrouble."""
    return load_key(data_dir, organisation, source).certificate.public_bytes(PEM)


def _without_a_loop(sign: Callable[[], object]) -> None:
    """pyHanko runs an event loop of its own, which a thread that has one running already does not allow."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        sign()
        return
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(sign).result()


def _room(key: SigningKey) -> int:
    """In hex digits. Said beforehand, for else pyHanko signs once more to find out."""
    return 2 * (ROOM + sum(len(one.public_bytes(DER)) for one in (key.certificate, *key.chain)))


@lru_cache(maxsize=4)
def _signer(key: SigningKey) -> Any:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    chain = [asn1_x509.Certificate.load(one.public_bytes(DER)) for one in key.chain]
    store = registry.SimpleCertificateStore()
    store.register_multiple(chain)
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(key.certificate.public_bytes(DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.key.private_bytes(DER, form, plain)),
        cert_registry=store,
    )
