"""What others may hear of certification periods."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.learning.validity.rules import Stage


@dataclass(frozen=True, slots=True)
class RenewalDue(Event):
    """A turn of a period has come (`stage`), and its renewal is to be taken; heard once, at the first turn seen.

    The period's employee, course and enrollment are loaded.
    """

    period: CertificationPeriod
    stage: Stage
