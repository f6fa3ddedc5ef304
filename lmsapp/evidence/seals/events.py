"""What others may hear of sealed files."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class FileSealed(Event):
    """The PDF is drawn, signed and stored; `sealed.file` is loaded."""

    sealed: SealedFile


@dataclass(frozen=True, slots=True)
class FileGivenUp(Event):
    """After the last try there is none; `sealed.error` says why, in words for staff."""

    sealed: SealedFile
