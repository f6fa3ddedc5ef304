"""The sales path of the second story, with two cohorts at different places of it (CRS-4)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.paths.actions import add_item, create_path, edit_item, publish_path
from lmsapp.courses.paths.models import LearningPath
from lmsapp.demo.authoring import courses
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import employees
from lmsapp.demo.people import people
from lmsapp.demo.waves import CORE, LIVE, PATH_DUE, RIVALS, SKILLS
from lmsapp.infra.db import db
from lmsapp.learning.paths.actions import enroll_many_in_path
from lmsapp.people.viewer import Viewer

TITLE = "Sales Readiness"
SUMMARY = "From knowing the product to showing it alone: two courses first, then the demo itself."
MADE_ON = -2  # the day, when the year had been played: who was further by then keeps what they had begun


def is_there() -> bool:
    """Whether the path was added before."""
    return db.session.scalar(select(LearningPath.id).where(LearningPath.title == TITLE)) is not None


def add_paths(days: Days, author: Viewer, moderator: Viewer) -> int:
    """The path, and everybody of the cohorts on it. How many people."""
    known, hired = courses(), employees()
    with moment(days.at(MADE_ON, 10 * 60)):
        path = create_path(TITLE, by=author, summary=SUMMARY, due_days=60)
        basics = [add_item(path, known[slug], by=author) for slug in (CORE, RIVALS)]
        for slug in (SKILLS, LIVE):
            edit_item(
                add_item(path, known[slug], by=author),
                by=author,
                role="required",
                section="Show it",
                needs=[one.id for one in basics],
                needed=None,
            )
        publish_path(path, by=author)
    count = 0
    for minute, (cohort, due) in enumerate(PATH_DUE.items()):
        last = max(day for _course, day in due)
        who = [hired[one.name] for one in people() if one.cohort == cohort]
        with moment(days.at(MADE_ON, 10 * 60 + 15 + minute)):
            due_on = days.day(last) if last > 0 else None
            enroll_many_in_path(who, path, by=moderator, source="demo", due_on=due_on)
        count += len(who)
    return count
