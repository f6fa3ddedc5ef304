"""The key PDFs are signed with, and every certificate they were ever signed with (CRT-4).

In this order: a PKCS#12 file or a key and a certificate file named by settings; `signing.key` and `signing.crt` put
into DATA_DIR/keys; a P-256 key made there once. Each certificate that has signed is kept in DATA_DIR/keys/known, so
that a file stays checkable whatever key comes after. A key never leaves its file.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lmsapp.infra import clock
from lmsapp.infra.keyfiles import write_whole
from lmsapp.infra.words import N_, RuleBroken

KEY, CERTIFICATE, KNOWN = "signing.key", "signing.crt", "known"
VALID_YEARS = 20  # evidence is kept longer than people stay
SLACK = dt.timedelta(days=366 * VALID_YEARS)  # a clock that is set back must not stop every PDF
SHORTEST_RSA = 2048
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


class KeyTrouble(RuleBroken):
    """Nothing can be signed, and why, in words for whoever looks after the system."""


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the organisation's own key lies, as the settings say; all empty: in DATA_DIR/keys."""

    pkcs12: str = ""
    key: str = ""
    certificate: str = ""
    passphrase: str = ""


OWN = KeySource()  # the one made here


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key with its certificate and those above it. `origin` says in which file it lies."""

    key: Any
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    origin: str
    made_here: bool = False

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, lower-case hex."""
        return fingerprint(self.certificate)


def fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(DER)).hexdigest()


def ensure_key(data_dir: Path, organisation: str) -> Path:
    """The folder with key and certificate, made by whoever comes first."""
    folder = data_dir / "keys"
    if not (folder / CERTIFICATE).exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            if not (folder / CERTIFICATE).exists():
                _make(folder, organisation)
    return folder


def load_key(data_dir: Path, organisation: str, source: KeySource = OWN) -> SigningKey:
    """The key in use, checked against its certificate and today. Raises KeyTrouble."""
    if not (source.pkcs12 or source.key):
        folder = ensure_key(data_dir, organisation)
        source = KeySource(key=str(folder / KEY), certificate=str(folder / CERTIFICATE), passphrase=source.passphrase)
    files = [name for name in (source.pkcs12, source.key, source.certificate) if name]
    try:
        versions = tuple(Path(name).stat().st_mtime_ns for name in files)
        found = _loaded(source, versions)
    except OSError as problem:
        name = str(problem.filename or files[0])
        raise KeyTrouble(N_("The signing key cannot be read: %(file)s"), file=name) from problem
    _check_dates(found, clock.now())
    return found


def trouble_with_key(data_dir: Path, organisation: str, source: KeySource = OWN) -> KeyTrouble | None:
    """Why nothing can be signed just now; None when all is well."""
    try:
        load_key(data_dir, organisation, source)
    except KeyTrouble as trouble:
        return trouble
    return None


def remember(data_dir: Path, signing: SigningKey) -> None:
    """Keep the certificate for whoever checks a file later. Written before anything is signed with its key."""
    folder = data_dir / "keys" / KNOWN
    target = folder / f"{signing.fingerprint}.crt"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(target, b"".join(one.public_bytes(PEM) for one in (signing.certificate, *signing.chain)), 0o644)


def known_certificates(data_dir: Path) -> dict[str, x509.Certificate]:
    """Every certificate that has ever signed here, by fingerprint."""
    folder = data_dir / "keys"
    files = [*sorted((folder / KNOWN).glob("*.crt")), folder / CERTIFICATE]
    found = [x509.load_pem_x509_certificates(file.read_bytes())[0] for file in files if file.exists()]
    return {fingerprint(one): one for one in found}


@lru_cache(maxsize=4)
def _loaded(source: KeySource, _versions: tuple[int, ...]) -> SigningKey:
    password = source.passphrase.encode() or None
    try:
        if source.pkcs12:
            key, certificate, above = pkcs12.load_key_and_certificates(Path(source.pkcs12).read_bytes(), password)
            chain = [one for one in (certificate, *above) if one is not None]
        else:
            data = Path(source.key).read_bytes()
            key = serialization.load_pem_private_key(data, password if b"ENCRYPTED" in data else None)
            chain = x509.load_pem_x509_certificates(Path(source.certificate or source.key).read_bytes())
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        words = N_("The signing key cannot be opened: wrong passphrase, or not a key file. File: %(file)s")
        raise KeyTrouble(words, file=source.pkcs12 or source.key) from problem
    return _matched(key, chain, source.pkcs12 or source.key)


def _matched(key: Any, chain: list[x509.Certificate], origin: str) -> SigningKey:
    """The key with the one certificate of the chain that is its own."""
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyTrouble(N_("The signing key must be RSA or elliptic curve: %(file)s"), file=origin)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < SHORTEST_RSA:
        raise KeyTrouble(N_("The signing key is too short: RSA needs 2048 bits or more. File: %(file)s"), file=origin)
    own = next((one for one in chain if one.public_key() == key.public_key()), None)
    if own is None:
        raise KeyTrouble(N_("The signing key and the certificate do not belong together: %(file)s"), file=origin)
    above = tuple(one for one in chain if one is not own)
    return SigningKey(key, own, above, origin, made_here=own.issuer == own.subject and not above)


def _check_dates(signing: SigningKey, now: dt.datetime) -> None:
    first, last = signing.certificate.not_valid_before_utc, signing.certificate.not_valid_after_utc
    if now < first:
        words = N_("The certificate of the signing key is not valid before %(day)s: %(file)s")
        raise KeyTrouble(words, day=f"{first:%Y-%m-%d}", file=signing.origin)
    if now > last:
        words = N_("The certificate of the signing key expired on %(day)s: %(file)s")
        raise KeyTrouble(words, day=f"{last:%Y-%m-%d}", file=signing.origin)


def _make(folder: Path, organisation: str) -> None:
    """A P-256 key (eight times faster to sign with than RSA-3072) and a certificate that vouches for itself."""
    key_file = folder / KEY
    if not key_file.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PrivateFormat.PKCS8
        write_whole(key_file, made.private_bytes(PEM, form, serialization.NoEncryption()), 0o600)
    key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyTrouble(N_("The signing key and the certificate do not belong together: %(file)s"), file=str(key_file))
    write_whole(folder / CERTIFICATE, _certificate(key, organisation), 0o644)


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
    builder = builder.not_valid_before(now - SLACK)
    builder = builder.not_valid_after(now + dt.timedelta(days=366 * VALID_YEARS))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(PEM)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
