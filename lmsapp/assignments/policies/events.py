"""What others may hear of reminder policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class CoursePolicyReset(Event):
    """The course gave up its own choice: what a compliance type says for it holds again. `by`: the viewer."""

    course_id: int
    by: Any
