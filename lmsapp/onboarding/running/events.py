"""What others may hear of onboardings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class OnboardingsStarted(Event):
    """New onboardings, one or, by a roster, hundreds; their employees loaded, their tasks written."""

    onboardings: tuple[Any, ...]
    by: Viewer | None = None


@dataclass(frozen=True, slots=True)
class TaskHandedIn(Event):
    """A document waits for HR, just now; onboarding and employee loaded."""

    task: Any
    by: Viewer


@dataclass(frozen=True, slots=True)
class TaskSentBack(Event):
    """HR sent back the file `file_id` that somebody had handed in; onboarding and employee loaded."""

    task: Any
    file_id: int
    by: Viewer


@dataclass(frozen=True, slots=True)
class OnboardingCompleted(Event):
    """Everything required is done, just now; the employee is loaded."""

    onboarding: Any
