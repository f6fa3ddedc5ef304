"""The shape of an Open Badge 3.0 credential and of its status list. Pure: facts in, JSON out.

1EdTech Open Badges 3.0 on the W3C Verifiable Credentials Data Model 2.0, secured as a VC-JWT (its section 8.2): the
payload is the credential itself with the registered claims beside it. Revoking: W3C Bitstring Status List 1.0.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import gzip
import hashlib
import struct
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
NAMESPACE = uuid.UUID("6f0d6c0e-6e1d-5f0a-9a55-3a7b3e0d7c11")
LIST_BITS = 131_072  # the shortest list allowed: small enough to send, large enough to hide in
PNG_END = b"IEND"
SVG_HOME = "https://purl.imsglobal.org/ob/v3p0"


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """What goes into a badge. `score` is a percentage; `until` the last instant it is valid; addresses are whole."""

    site: str
    organisation: str
    certificate_id: int
    token: str
    number: str
    holder_name: str
    email: str | None
    achievement: str  # 'course-12' or 'path-3'
    title: str
    summary: str
    language: str
    score: str | None
    issued_at: dt.datetime
    until: dt.datetime | None


def credential(facts: BadgeFacts) -> dict[str, Any]:
    """The OpenBadgeCredential, unsigned."""
    body: dict[str, Any] = {
        "@context": CONTEXTS,
        "id": f"{facts.site}/badges/{facts.token}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.title,
        "issuer": issuer(facts.site, facts.organisation),
        "validFrom": _instant(facts.issued_at),
        "credentialSubject": _subject(facts),
        "evidence": [
            {
                "id": f"{facts.site}/verify/{facts.token}",
                "type": ["Evidence"],
                "name": facts.number,
                "narrative": "The public page of this certificate says whether it counts today.",
            }
        ],
        "credentialStatus": _status(facts.site, facts.certificate_id),
    }
    if facts.until is not None:
        body["validUntil"] = _instant(facts.until)
    return body


def claims(body: dict[str, Any], since: dt.datetime, until: dt.datetime | None) -> dict[str, Any]:
    """The payload of the token: the credential with the registered claims that repeat it."""
    more: dict[str, Any] = {"iss": body["issuer"]["id"], "jti": body["id"], "nbf": int(since.timestamp())}
    if "id" in body["credentialSubject"]:
        more["sub"] = body["credentialSubject"]["id"]
    if until is not None:
        more["exp"] = int(until.timestamp())
    return {**body, **more}


def issuer(site: str, organisation: str) -> dict[str, Any]:
    """The profile of whoever issues."""
    return {"id": f"{site}/badges/issuer", "type": ["Profile"], "name": organisation, "url": site}


def achievement(site: str, subject: str, title: str, summary: str, language: str) -> dict[str, Any]:
    """What was achieved: a course ('course-12') or a learning path ('path-3')."""
    here = f"{site}/badges/achievements/{subject}"
    what = "learning path" if subject.startswith("path") else "course"
    return {
        "id": here,
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "inLanguage": language,
        "name": title,
        "description": summary or title,
        "criteria": {"narrative": f"Every requirement of the {what} “{title}” is met."},
        "image": {"id": f"{site}/badges/image.png", "type": "Image", "caption": title},
        "resultDescription": [
            {"id": f"{here}#score", "type": ["ResultDescription"], "name": "Score", "resultType": "Percent",
             "valueMin": "0", "valueMax": "100"}
        ],
    }  # fmt: skip


def status_list(
    site: str, organisation: str, number: int, revoked: Iterable[int], now: dt.datetime, until: dt.datetime
) -> dict[str, Any]:
    """The credential that says which of certificates `number * LIST_BITS` onward are revoked. Ids in, bits out."""
    address = f"{site}/badges/status/{number}"
    bits = bytearray(LIST_BITS // 8)
    for one in revoked:
        place = one % LIST_BITS
        bits[place // 8] |= 0x80 >> (place % 8)
    packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()
    return {
        "@context": [CONTEXTS[0]],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer(site, organisation)["id"],
        "validFrom": _instant(now),
        "validUntil": _instant(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{packed}",
        },
    }


def baked_png(picture: bytes, token: str) -> bytes:
    """The picture with the token inside: an iTXt chunk before the last one."""
    data = b"openbadgecredential" + bytes(5) + token.encode()
    chunk = b"iTXt" + data
    whole = struct.pack(">I", len(data)) + chunk + struct.pack(">I", binascii.crc32(chunk))
    end = picture.rindex(PNG_END) - 4
    return picture[:end] + whole + picture[end:]


def baked_svg(picture: str, token: str) -> str:
    """The same for a drawing: an element of its own before the end."""
    element = f'<openbadges:credential xmlns:openbadges="{SVG_HOME}" verify={quoteattr(token)}/>'
    head, end, tail = picture.rpartition("</svg>")
    return f"{head}{element}{end}{tail}"


def _subject(facts: BadgeFacts) -> dict[str, Any]:
    course = achievement(facts.site, facts.achievement, facts.title, facts.summary, facts.language)
    subject: dict[str, Any] = {
        # A name that only this badge has: two badges of one person cannot be joined by it.
        "id": f"urn:uuid:{uuid.uuid5(NAMESPACE, facts.token)}",
        "type": ["AchievementSubject"],
        "achievement": course,
    }
    if facts.email:
        salt = hashlib.sha256(f"badge {facts.token}".encode()).hexdigest()[:24]
        digest = hashlib.sha256(f"{facts.email.strip().lower()}{salt}".encode()).hexdigest()
        subject["identifier"] = [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": f"sha256${digest}",
                "identityType": "emailAddress",
                "salt": salt,
            }
        ]
    if facts.score is None:
        del course["resultDescription"]
    else:
        described = course["resultDescription"][0]["id"]
        subject["result"] = [{"type": ["Result"], "resultDescription": described, "value": facts.score}]
    return subject


def _status(site: str, certificate_id: int) -> dict[str, Any]:
    number, place = divmod(certificate_id, LIST_BITS)
    address = f"{site}/badges/status/{number}"
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def _instant(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
