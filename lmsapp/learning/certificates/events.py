"""What others may hear of certificates."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.learning.certificates.models import Certificate


@dataclass(frozen=True, slots=True)
class CertificateIssued(Event):
    """The certificate exists; its PDF does not yet. `language` is the holder's."""

    certificate: Certificate
    language: str


@dataclass(frozen=True, slots=True)
class CertificateRevoked(Event):
    """It no longer counts; the verification page says so from now on."""

    certificate: Certificate
