"""What content reports to an enrollment: the same door for packages that `handed_in.py` is for work (CRS-3, ENR-3).

`LessonProgress.detail["reported"]` is {'attempt': id, 'number', 'said', 'scores': {number: per cent}}: which attempt
met the terms with which word, and what each came to. The best of the scores is the lesson's, for rules and records.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lmsapp.learning.enrollments.actions import refresh_progress
from lmsapp.learning.enrollments.handed_in import progress_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment


@dataclass(frozen=True, slots=True)
class Reported:
    """What one attempt comes to. `percent` only where it is final; `done_at`: when the lesson's terms were met.

    `said`: what its content says of itself, as 'passed' or 'completed'.
    """

    attempt_id: int
    number: int
    percent: Decimal | None
    done_at: dt.datetime | None
    said: str = ""


def content_reported(enrollment: Enrollment, lesson_id: int, said: Reported) -> bool:
    """The lesson is done or its score noted, and the course where its rule is met by that: in this transaction.

    True when anything changed. Nothing is taken back: neither the lesson, nor a score, nor by a failed attempt.
    """
    lock_enrollment(enrollment)
    row = progress_of(enrollment, lesson_id)
    detail = _with_score(row.detail, said)
    finishes = said.done_at is not None and row.done_at is None
    if finishes:
        known = detail.get("reported", {})
        met = {"attempt": said.attempt_id, "number": said.number, "said": said.said}
        detail |= {"reported": {**known, **met}, "attempt": said.number}
        row.done_at = said.done_at
    if not finishes and detail == row.detail:
        return False
    row.detail = detail
    refresh_progress(enrollment)
    return True


def _with_score(detail: dict[str, Any], said: Reported) -> dict[str, Any]:
    if said.percent is None:
        return dict(detail)
    known = detail.get("reported", {})
    scores = {**known.get("scores", {}), str(said.number): str(said.percent)}
    number, best = max(scores.items(), key=lambda one: (Decimal(one[1]), -int(one[0])))
    return {**detail, "reported": {**known, "scores": scores}, "percent": best, "attempt": int(number)}
