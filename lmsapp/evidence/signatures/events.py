"""What others may hear of signatures."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.evidence.signatures.models import Signature, SignatureRequest
from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class TextSigned(Event):
    """A person signed; `requests` are those this signature fulfilled just now."""

    signature: Signature
    requests: tuple[SignatureRequest, ...]
