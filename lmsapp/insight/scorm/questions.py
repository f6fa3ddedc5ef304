"""How each question of a package was answered, over all learners: what the content reported, added up (SCO-5).

Counted is the latest answer of each learner in the newest attempt of the present time round. A question is what has the
same name in the same part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select

from lmsapp.infra.db import db
from lmsapp.insight.scorm.listing import newest_attempts
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormSco
from lmsapp.learning.scorm.seen.answers import Answer
from lmsapp.learning.scorm.seen.reading import Interaction, Verdict, interactions

MOST = 5000  # learners looked at, those heard of last
ANSWERS_SHOWN = 8


@dataclass(slots=True)
class Given:
    """One answer, how often it was given, and how often it was judged right."""

    answer: Answer
    count: int = 0
    right: int = 0


@dataclass(slots=True)
class Question:
    """One question. `judged`: answers the content called right or wrong; `seconds`: of those that tell how long."""

    item: str
    id: str
    label: str
    kind: str
    asked: int = 0
    right: int = 0
    wrong: int = 0
    seconds: float = 0
    timed: int = 0
    given: dict[str, Given] = field(default_factory=dict)

    @property
    def judged(self) -> int:
        """How many answers were called right or wrong."""
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        """Of those judged, how many were right, 0 to 1."""
        return self.right / self.judged if self.judged else None

    @property
    def pace(self) -> float | None:
        """Seconds an answer took on average."""
        return self.seconds / self.timed if self.timed else None

    @property
    def answers(self) -> list[Given]:
        """The most frequent first."""
        return sorted(self.given.values(), key=lambda one: -one.count)[:ANSWERS_SHOWN]

    def heard(self, one: Interaction) -> None:
        """One more learner's answer."""
        self.asked += 1
        self.right += one.verdict is Verdict.RIGHT
        self.wrong += one.verdict in (Verdict.WRONG, Verdict.UNEXPECTED)
        if one.seconds is not None:
            self.seconds, self.timed = self.seconds + one.seconds, self.timed + 1
        if one.answer is not None:
            kept = self.given.setdefault(one.answer.key, Given(one.answer))
            kept.count += 1
            kept.right += one.verdict is Verdict.RIGHT


def questions_of(lesson: Any) -> tuple[list[Question], int]:
    """(every question in the order it was met, how many learners were looked at); one statement."""
    newest = newest_attempts(lesson.id)
    rows = db.session.execute(
        select(ScormSco.attempt_id, ScormSco.item, ScormSco.cmi)
        .join(newest, newest.c.id == ScormSco.attempt_id)
        .join(Enrollment, and_(Enrollment.id == newest.c.enrollment_id, Enrollment.cycle == newest.c.cycle))
        .where(Enrollment.withdrawn_at.is_(None))
        .order_by(newest.c.last_at.desc(), ScormSco.attempt_id, ScormSco.item)
        .limit(MOST)
    ).all()
    found: dict[tuple[str, str], Question] = {}
    for row in rows:
        for one in latest(interactions(row.cmi)):
            key = (row.item, one.id)
            found.setdefault(key, Question(row.item, one.id, one.label, one.kind)).heard(one)
    return list(found.values()), len({row.attempt_id for row in rows})


def latest(said: Iterable[Interaction]) -> list[Interaction]:
    """The last answer to each question; one without a name cannot be added up."""
    return list({one.id: one for one in said if one.id}.values())
