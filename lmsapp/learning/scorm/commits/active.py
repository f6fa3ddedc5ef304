"""Time in the player as active time of its lesson, credited as any other page's (CRS-1, CRS-3, ENR-8).

The player says how long it was shown in this sitting; `learning.engagement` pays it from the wall clock of the
enrollment, where each second can be spent once, however many pages are open.
"""

from __future__ import annotations

from lmsapp.infra import clock
from lmsapp.infra.words import NotAllowed
from lmsapp.learning.engagement.actions import note_activity
from lmsapp.learning.engagement.rules import Beat
from lmsapp.learning.enrollments.facts import line_of
from lmsapp.learning.scorm.commits.sittings import Times
from lmsapp.learning.scorm.held import Play
from lmsapp.learning.scorm.models import ScormLaunch

LEEWAY = 60  # seconds, for clocks that differ


def possible(launch: ScormLaunch, shown: float) -> float:
    """Of the seconds a player claims, what can be true: scripts in the content could claim anything."""
    return min(shown, (clock.now() - launch.created_at).total_seconds() + LEEWAY)


def credit_shown(play: Play) -> None:
    """Credit what the present sitting was shown for so far. Nothing for an earlier time round, or where the door is
    closed by now."""
    launch, enrollment = play.launch, play.enrollment
    line = line_of(enrollment, launch.lesson_id)
    sitting = Times.from_json(launch.times).sittings.get(launch.sittings)
    elsewhere = play.attempt.cycle != enrollment.cycle or enrollment.withdrawn_at is not None
    if launch.visit is None or line is None or sitting is None or not sitting.shown or elsewhere:
        return
    try:
        # A beat says what the sitting came to: its number need only grow with time.
        number = int((clock.now() - launch.created_at).total_seconds()) + 1
        note_activity(enrollment, line, launch.visit, Beat(number, sitting.shown))
    except NotAllowed:
        return
