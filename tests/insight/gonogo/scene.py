"""A crowd under Mark, a checklist of two courses, a path and a compliance type, and standings to set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.courses.paths.actions import add_item, create_path, publish_path
from lmsapp.courses.paths.models import LearningPath
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.actions import ListFacts, keep_checklist
from lmsapp.insight.gonogo.models import GoNoGo
from lmsapp.insight.gonogo.rules import Group, Thing
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer
from tests.insight.crowd import Crowd
from tests.kept import kept

SPRINT = dt.date(2026, 11, 20)  # the clock stands at 2 November 2026


@kept
class Scene:
    """Everybody of `crowd` is enrolled in both courses; the first is Alpha."""

    def __init__(self, people: int = 4) -> None:
        self.crowd = Crowd(people)
        self.cast = self.crowd.cast
        self.alpha, self.beta = self.crowd.courses
        self.people = self.crowd.employees

    def keep(self, by: Viewer | None = None, who: Group = Group.PEOPLE, **more: Any) -> GoNoGo:
        """Of Alpha, and whatever else `more` says."""
        facts: dict[str, Any] = {
            "name": "Sprint 12",
            "day": SPRINT,
            "who": who,
            "things": [(Thing.COURSE, self.alpha.id)],
        }
        if who is Group.PEOPLE:
            facts["people"] = [one.id for one in self.people]
        kept = keep_checklist(ListFacts(**facts | more), by=by or self.cast.hana.viewer)
        db.session.commit()
        return kept

    def stand(self, person: Employee, **columns: Any) -> Enrollment:
        """Set the columns of the enrollment in Alpha."""
        mine = (Enrollment.employee_id == person.id, Enrollment.course_id == self.alpha.id)
        found = db.session.scalars(select(Enrollment).where(*mine)).one()
        for name, value in columns.items():
            setattr(found, name, value)
        db.session.flush()
        return found

    def everybody_done(self, people: Sequence[Employee] | None = None) -> None:
        for one in people or self.people:
            self.stand(one, completed_at=clock.now(), progress=100, started_at=clock.now())
        db.session.commit()

    def path(self) -> LearningPath:
        """Of both courses, published."""
        path = create_path("First month", by=self.cast.milo.viewer)
        for course in (self.alpha, self.beta):
            add_item(path, course, by=self.cast.milo.viewer)
        publish_path(path, by=self.cast.milo.viewer)
        return path
