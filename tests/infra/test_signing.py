"""Signed PDFs as an ordinary reader checks them, and a key that nobody makes twice."""

from __future__ import annotations

import io
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asn1crypto import pem, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from lmsapp.infra.signing import certificate_pem, ensure_key, sign_pdf
from tests.courses.authors import pdf_of

pytestmark = pytest.mark.pure


def checked(pdf: bytes, root: bytes) -> PdfSignatureStatus:
    """As a reader that trusts the certificate `root` (PEM) sees the one signature."""
    trusted = x509.Certificate.load(pem.unarmor(root)[2])
    reader = PdfFileReader(io.BytesIO(pdf))
    (signature,) = reader.embedded_signatures
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[trusted], allow_fetching=False))


def sign(folder: Path, text: str = "Certificate of Completion") -> bytes:
    return sign_pdf(pdf_of(text), data_dir=folder, organisation="Northgate Hospital", reason="Hand hygiene")


def test_it_is_intact_and_ours_for_whoever_trusts_our_certificate(tmp_path: Path) -> None:
    """CRT-4: intact, trusted, covers the whole file, and allows no later change."""
    status = checked(sign(tmp_path), certificate_pem(tmp_path, "Northgate Hospital"))
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"


def test_somebody_elses_certificate_does_not_vouch_for_it(tmp_path: Path) -> None:
    """CRT-4: the same name on another key is not trusted."""
    other = certificate_pem(tmp_path / "other", "Northgate Hospital")
    status = checked(sign(tmp_path / "ours"), other)
    assert status.intact
    assert not status.trusted


def test_one_flipped_byte_breaks_it(tmp_path: Path) -> None:
    """CRT-4: any later change breaks the signature."""
    signed = bytearray(sign(tmp_path))
    place = signed.index(b"/MediaBox") + len(b"/MediaBox [ 0 0 5")
    signed[place] ^= 1
    status = checked(bytes(signed), certificate_pem(tmp_path, "Northgate Hospital"))
    assert not status.intact
    assert not status.bottom_line


def test_workers_starting_together_share_one_key(tmp_path: Path) -> None:
    """CRT-4: made once, whole, readable by nobody else; the certificate belongs to the key."""
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda _n: ensure_key(tmp_path, "Northgate Hospital"), range(16)))
    folder = tmp_path / "keys"
    key = serialization.load_pem_private_key((folder / "signing.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert load_pem_x509_certificate((folder / "signing.crt").read_bytes()).public_key() == key.public_key()
    assert stat.S_IMODE((folder / "signing.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(one.name for one in folder.iterdir()) == [".lock", "signing.crt", "signing.key"]
