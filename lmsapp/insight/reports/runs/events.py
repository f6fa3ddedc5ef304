"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.insight.reports.runs.models import ReportRun


@dataclass(frozen=True)
class RunReady(Event):
    """The file is there, or there is a word why there is none."""

    run: ReportRun


@dataclass(frozen=True)
class RunFailed(Event):
    """Given up; `run.error` says why."""

    run: ReportRun
