"""Whether a lesson is open to its learner: the one question that every address of a lesson asks (CRS-4, ENR-5).

Page, files, video, beats, 'Mark as done', quiz and signature ask here; so do the actions behind them.
"""

from __future__ import annotations

from lmsapp.infra.words import N_, NotAllowed
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.facts import Standing, standing_of
from lmsapp.learning.enrollments.models import Enrollment


def check_lesson_open(enrollment: Enrollment, lesson_id: int, standing: Standing | None = None) -> None:
    """Raises NotAllowed in words while the course is closed, or lessons before this one are still to be done.

    `standing` where it is at hand already. A lesson that is not in the learner's version is refused as well.
    """
    check_open(enrollment)
    standing = standing or standing_of(enrollment)
    line = standing.outline.lesson(lesson_id)
    if line is None:
        raise NotAllowed(N_("This lesson is not part of the course any more."))
    if standing.locked_by(lesson_id):
        raise NotAllowed(N_("‘%(title)s’ opens when the lessons before it are done."), title=line.title)
