"""PDF signatures anyone can check in an ordinary reader (CRT-4): PAdES, certifying, no changes allowed after.

The key and the organisation's certificate lie in DATA_DIR/keys, made once; whoever has their own puts `signing.key` and
`signing.crt` (PEM) there. A copy of the certificate may be handed out, the key never leaves the folder.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import fcntl
import io
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lmsapp.infra import clock
from lmsapp.infra.later import Later

asn1_keys, asn1_x509, pem = Later("asn1crypto.keys"), Later("asn1crypto.x509"), Later("asn1crypto.pem")
signers, fields = Later("pyhanko.sign.signers"), Later("pyhanko.sign.fields")
incremental, registry = Later("pyhanko.pdf_utils.incremental_writer"), Later("pyhanko_certvalidator.registry")
KEY, CERTIFICATE = "signing.key", "signing.crt"
VALID_YEARS = 20  # evidence is kept longer than people stay


def sign_pdf(pdf: bytes, *, data_dir: Path, organisation: str, reason: str) -> bytes:
    """The PDF with one certifying signature by the organisation; any later change breaks it."""
    folder = ensure_key(data_dir, organisation)
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
        signer=_signer(str(folder), (folder / CERTIFICATE).stat().st_mtime_ns),
        output=signed,
    )
    _without_a_loop(sign)
    return signed.getvalue()


def _without_a_loop(sign: Callable[[], object]) -> None:
    """pyHanko runs an event loop of its own, which a thread that has one running already does not allow."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        sign()
        return
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(sign).result()


def ensure_key(data_dir: Path, organisation: str) -> Path:
    """The folder with key and certificate, made by whoever comes first."""
    folder = data_dir / "keys"
    if not (folder / CERTIFICATE).exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            if not (folder / CERTIFICATE).exists():
                _make(folder, organisation)
    return folder


def certificate_pem(data_dir: Path, organisation: str) -> bytes:
    """The organisation's certificate, for whoever wants to check signatures."""
    return (ensure_key(data_dir, organisation) / CERTIFICATE).read_bytes()


def _make(folder: Path, organisation: str) -> None:
    """A P-256 key (eight times faster to sign with than RSA-3072) and a certificate that vouches for itself."""
    key_file = folder / KEY
    if not key_file.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        _write(key_file, _as_pem(made), 0o600)
    key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key_file} has no certificate beside it; put {CERTIFICATE} there")
    _write(folder / CERTIFICATE, _certificate(key, organisation), 0o644)


def _as_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _certificate(key: ec.EllipticCurvePrivateKey, organisation: str) -> bytes:
    now = clock.now()
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation[:48]} training"),
        ]
    )
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(True, content_commitment=True, encipher_only=False, decipher_only=False, **usage), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    )
    builder = x509.CertificateBuilder(name, name, key.public_key(), int.from_bytes(secrets.token_bytes(16)) >> 1)
    builder = builder.not_valid_before(now - dt.timedelta(days=1))
    builder = builder.not_valid_after(now + dt.timedelta(days=366 * VALID_YEARS))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _write(target: Path, content: bytes, mode: int) -> None:
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    beside.replace(target)


@lru_cache(maxsize=4)
def _signer(folder: str, _version: int) -> Any:
    key = pem.unarmor((Path(folder) / KEY).read_bytes())[2]
    certificate = pem.unarmor((Path(folder) / CERTIFICATE).read_bytes())[2]
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key),
        cert_registry=registry.SimpleCertificateStore(),
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
