"""Saying what one does not want, and taking it back. One's own choices: they change nothing for others."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.choosing.rules import ChoiceKind
from lmsapp.people.viewer import Viewer


def choose(viewer: Viewer, course_id: int, kind: ChoiceKind) -> None:
    """Not to be suggested, or not to be asked for a review; again changes nothing."""
    row = {"employee_id": viewer.employee_id, "course_id": course_id, "kind": kind.value, "chosen_at": clock.now()}
    db.session.execute(insert(LearnerChoice).values(row).on_conflict_do_nothing())


def take_back(viewer: Viewer, course_id: int, kind: ChoiceKind) -> None:
    """As if it had never been said."""
    db.session.execute(
        delete(LearnerChoice).where(
            LearnerChoice.employee_id == viewer.employee_id,
            LearnerChoice.course_id == course_id,
            LearnerChoice.kind == kind.value,
        )
    )
