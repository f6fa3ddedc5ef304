"""Signed PDFs as an ordinary reader checks them, and a key that nobody makes twice."""

from __future__ import annotations

import datetime as dt
import io
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    CertificateBuilder,
    KeyUsage,
    Name,
    NameAttribute,
    load_pem_x509_certificate,
    load_pem_x509_certificates,
    random_serial_number,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from bench.proofs._papers import pdfsig
from lmsapp.infra.signature_checks import Finding, check_pdf
from lmsapp.infra.signing import certificate_pem, ensure_key, sign_pdf
from lmsapp.infra.signing_keys import KeySource, known_certificates, trouble_with_key
from tests.courses.authors import pdf_of
from tests.loops import without_a_loop

pytestmark = pytest.mark.pure


def checked(pdf: bytes, root: bytes) -> PdfSignatureStatus:
    """As a reader that trusts the certificate `root` (PEM) sees the one signature."""
    trusted = x509.Certificate.load(pem.unarmor(root)[2])
    reader = PdfFileReader(io.BytesIO(pdf))
    (signature,) = reader.embedded_signatures
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
    return without_a_loop(lambda: validate_pdf_signature(signature, context))


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


def test_no_byte_of_the_signature_itself_can_be_another_one(tmp_path: Path) -> None:
    """CRT-4: what a signature does not cover in its own message is compared with how we write it; nothing crashes."""
    signed = sign(tmp_path)
    known = known_certificates(tmp_path)
    first = signed.index(b"/Contents <") + len(b"/Contents <")
    for place in range(first, first + 2000, 13):
        made = bytearray(signed)
        made[place] = ord("1") if made[place] == ord("0") else ord("0")
        assert check_pdf(bytes(made), known).finding is not Finding.INTACT, place


def authority(folder: Path, key: Any, *, days: int = 30, signer: Any = None) -> bytes:
    """A certificate for the key, signed by another one (a root of its own), and the root: PEM."""
    root_key = signer or ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)

    def made(name: str, public: Any, ca: bool, last: dt.datetime) -> Certificate:
        subject, issuer = (Name([NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "Hospital Root"))
        builder = CertificateBuilder(issuer, subject, public, random_serial_number(), now - dt.timedelta(days=60), last)
        builder = builder.add_extension(BasicConstraints(ca=ca, path_length=None), critical=True)
        usage = KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
        return builder.add_extension(usage, critical=True).sign(root_key, hashes.SHA256())

    own = made("Hospital Training", key.public_key(), False, now + dt.timedelta(days=days))
    root = made("Hospital Root", root_key.public_key(), True, now + dt.timedelta(days=900))
    return own.public_bytes(serialization.Encoding.PEM) + root.public_bytes(serialization.Encoding.PEM)


def kept(folder: Path, key: Any, chain: bytes, password: bytes = b"open sesame") -> tuple[KeySource, KeySource]:
    """The same key as two files and as PKCS#12."""
    hidden = serialization.BestAvailableEncryption(password)
    pem_key = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
    certificates = load_pem_x509_certificates(chain)
    p12 = pkcs12.serialize_key_and_certificates(b"x", key, certificates[0], certificates[1:], hidden)
    for name, data in (("k.pem", pem_key), ("c.pem", chain), ("k.p12", p12)):
        (folder / name).write_bytes(data)
    words = password.decode()
    files = KeySource(key=str(folder / "k.pem"), certificate=str(folder / "c.pem"), passphrase=words)
    return files, KeySource(pkcs12=str(folder / "k.p12"), passphrase=words)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_the_organisations_own_key_signs_and_old_ones_stay_checkable(tmp_path: Path, kind: str) -> None:
    """CRT-4: RSA or EC, two files or PKCS#12, with its chain; pyHanko and Poppler say valid; a new key forgets nothing."""
    key: Any = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())
    chain = authority(tmp_path, key)
    before = sign(tmp_path)
    root = pem.unarmor(b"-----BEGIN" + chain.split(b"-----BEGIN")[2])[2]
    for source in kept(tmp_path, key, chain):
        made = sign_pdf(pdf_of("x"), data_dir=tmp_path, organisation="Northgate Hospital", reason="x", source=source)
        (signature,) = PdfFileReader(io.BytesIO(made)).embedded_signatures
        trusted = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)
        assert without_a_loop(partial(validate_pdf_signature, signature, trusted)).bottom_line
        said = pdfsig(made, tmp_path)
        assert "Signature is Valid" in said, said or "pdfsig is missing: apt-get install poppler-utils"
        assert "Total document signed" in said
        assert "ETSI.CAdES.detached" in said
    known = known_certificates(tmp_path)
    assert [check_pdf(one, known).finding for one in (before, made)] == [Finding.INTACT] * 2
    assert len(known) == 2


def test_a_key_that_cannot_sign_says_why(tmp_path: Path) -> None:
    """CRT-4: expired, not its certificate, wrong passphrase, no file, too short: in words, and nothing is made anew."""
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    good, p12 = kept(tmp_path, key, authority(tmp_path, key))
    assert trouble_with_key(tmp_path, "N", good) is None
    cases = {
        "expired": kept(tmp_path, key, authority(tmp_path, key, days=-1))[0],
        "do not belong": replace(good, certificate=str(written(tmp_path / "o.pem", authority(tmp_path, other)))),
        "cannot be opened": replace(p12, passphrase="wrong"),
        "cannot be read": replace(good, key=str(tmp_path / "gone.pem")),
    }
    for words, source in cases.items():
        trouble = trouble_with_key(tmp_path, "N", source)
        assert trouble is not None, words
        assert words in trouble.message
    short = rsa.generate_private_key(65537, 1024)
    trouble = trouble_with_key(tmp_path, "N", kept(tmp_path, short, authority(tmp_path, short))[0])
    assert trouble is not None
    assert "too short" in trouble.message


def written(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file
