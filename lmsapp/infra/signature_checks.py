"""Whether a PDF is one of ours and unchanged, told from its bytes alone (CRT-3, CRT-4).

Nothing in the file is parsed as a PDF, so that nothing hidden in one can hurt or mislead: ours have exactly one
signature, and it covers the file from the first byte to the last. So the place of the signature is looked for, what
it says is compared with the digest of everything around it, and its key with the keys we have signed with. Linear
in the size.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from lmsapp.infra.later import Later
from lmsapp.infra.signing_keys import DER, fingerprint

cms = Later("asn1crypto.cms")
HEAD = 1024  # a PDF says what it is among its first bytes
LONGEST_SIGNATURE = 1 << 20
MOST_SIGNATURES = 20
RANGE = re.compile(rb"/ByteRange\s{0,20}\[\s{0,20}(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s{0,200}\]")
HEX = re.compile(rb"<([0-9a-fA-F]*)>")
RSA_NAMES = {name: {"rsassa_pkcs1v15", f"{name}_rsa"} for name in ("sha256", "sha384", "sha512")}
DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


class Finding(StrEnum):
    """What the bytes say. `APPENDED`: ours, with something added after it. `BROKEN`: no signature that can be read."""

    NOT_PDF = "not a pdf"
    UNSIGNED = "unsigned"
    INTACT = "intact"
    APPENDED = "appended"
    ALTERED = "altered"
    FOREIGN = "foreign"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Checked:
    """`sha256` of the whole file; `original_sha256` of the part that was ours, where more follows it.

    `signer`: the name in the certificate that signed, whoever made it up; `certificate`: its fingerprint.
    """

    finding: Finding
    sha256: str
    original_sha256: str = ""
    signer: str = ""
    certificate: str = ""


def check_pdf(pdf: bytes, known: Mapping[str, x509.Certificate]) -> Checked:
    """`known`: certificates of ours by fingerprint."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    if b"%PDF-" not in pdf[:HEAD]:
        return Checked(Finding.NOT_PDF, sha256)
    places = [place for place in islice(RANGE.finditer(pdf), MOST_SIGNATURES) if place[1] == b"0"]
    if not places:
        return Checked(Finding.UNSIGNED, sha256)
    found = [_look(pdf, [int(number) for number in place.groups()], known, sha256) for place in places]
    worst = next((one for one in found if one.finding in (Finding.ALTERED, Finding.APPENDED)), found[0])
    if len(places) > 1 and worst.finding is Finding.INTACT:  # ours have one
        return Checked(Finding.ALTERED, sha256, signer=worst.signer, certificate=worst.certificate)
    return worst


def _look(pdf: bytes, numbers: list[int], known: Mapping[str, x509.Certificate], sha256: str) -> Checked:
    """One signature. What cannot be read as one is nobody's."""
    _zero, first, second, rest = numbers
    end, gap = second + rest, pdf[first:second] if first < second else b""
    read = _read(gap)
    if read is None or end > len(pdf):
        return Checked(Finding.ALTERED if _names_ours(pdf, known) else Finding.BROKEN, sha256)
    message, certificate = read
    mark, name = fingerprint(certificate), _name(certificate)
    if mark not in known:
        return Checked(Finding.FOREIGN, sha256, signer=name, certificate=mark)
    if not (_fits(message, known[mark], pdf[:first] + pdf[second:end]) and _is_exact(gap)):
        finding, original = Finding.ALTERED, ""
    elif end < len(pdf):
        finding, original = Finding.APPENDED, hashlib.sha256(pdf[:end]).hexdigest()
    else:
        finding, original = Finding.INTACT, sha256
    return Checked(finding, sha256, original, name, mark)


def _read(gap: bytes) -> tuple[Any, x509.Certificate] | None:
    """The signed message and its signer's certificate."""
    data = _bytes_in(gap)
    if data is None:
        return None
    try:
        message = cms.ContentInfo.load(data)["content"]
        signer = message["signer_infos"][0]
        serial = signer["sid"].chosen["serial_number"].native
        certificates = [x509.load_der_x509_certificate(one.chosen.dump()) for one in message["certificates"]]
        certificate = next(one for one in certificates if one.serial_number == serial)
    except Exception:  # made up by a stranger: however a parser stumbles over it, it is no signature of ours
        return None
    return message, certificate


def _bytes_in(gap: bytes) -> bytes | None:
    """What the hexadecimal digits between the two halves of the file say."""
    whole = HEX.fullmatch(gap)
    if whole is None or len(gap) > LONGEST_SIGNATURE or len(whole[1]) % 2:
        return None
    return bytes.fromhex(whole[1].decode())


def _is_exact(gap: bytes) -> bool:
    """Whether the place holds its message as we write it. Asked last: it takes as long as all the rest together."""
    data = _bytes_in(gap)
    try:
        again = cms.ContentInfo.load(data).dump(force=True)  # as DER has it, whatever stood there
    except Exception:  # as above
        return False
    return data is not None and again + bytes(len(data) - len(again)) == data and gap == gap.upper()


def _fits(message: Any, certificate: x509.Certificate, covered: bytes) -> bool:
    """Whether the certificate's key signed exactly these bytes, and what is not signed beside it is as we write it."""
    try:
        if len(message["signer_infos"]) != 1 or not _as_we_write(message, certificate):
            return False
        signer = message["signer_infos"][0]
        algorithm = signer["digest_algorithm"]["algorithm"].native
        said = [one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "message_digest"]
        signed = signer["signed_attrs"].untag().dump()
        if said != [DIGESTS[algorithm](covered).digest()] or len(signer["unsigned_attrs"]):
            return False
        _verify(certificate.public_key(), signer["signature"].native, signed, algorithm)
    except Exception:  # as above
        return False
    return True


def _as_we_write(message: Any, certificate: x509.Certificate) -> bool:
    """The parts of a message that its signature does not cover: versions, names of algorithms, who is said to sign."""
    signer = message["signer_infos"][0]
    digest, sid = signer["digest_algorithm"].native["algorithm"], signer["sid"].chosen
    kinds = (
        {f"{digest}_ecdsa"} if isinstance(certificate.public_key(), ec.EllipticCurvePublicKey) else RSA_NAMES[digest]
    )
    held = (
        (message["version"].native, signer["version"].native) == ("v1", "v1"),
        [one.native for one in message["digest_algorithms"]] == [{"algorithm": digest, "parameters": None}],
        signer["digest_algorithm"].native["parameters"] is None,
        message["encap_content_info"]["content_type"].native == "data",
        message["encap_content_info"]["content"].native is None,
        sid["issuer"].dump() == certificate.issuer.public_bytes(),
        sid["serial_number"].native == certificate.serial_number,
        signer["signature_algorithm"]["algorithm"].native in kinds,
        signer["signature_algorithm"]["parameters"].native is None,
        message["crls"].native is None,
    )
    return all(held)


def _verify(key: Any, signature: bytes, signed: bytes, algorithm: str) -> None:
    digest = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[algorithm]
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), digest)
    else:
        raise TypeError("no key of ours is of that kind")


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME) or list(certificate.subject)
    return str(names[0].value)[:200] if names else ""


def _names_ours(pdf: bytes, known: Mapping[str, x509.Certificate]) -> bool:
    """Whether a broken signature holds a certificate of ours all the same."""
    return any(one.public_bytes(DER).hex().upper().encode() in pdf for one in known.values())
