"""A graduate of years ago, whose records are due, and what is done about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lmsapp.evidence.retention.reviews.actions import approve_review, finish_review, open_review
from lmsapp.evidence.retention.reviews.models import RetentionItem, RetentionReview
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.people.employees.leaving import leave
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.cast import staff
from tests.clock import Clock
from tests.compliance.files import Graduate
from tests.jobs import run_rings
from tests.kept import kept

LONG_AGO = 3600  # days: longer than any rule shipped


@kept
@dataclass
class Past:
    """Priya graduated long ago and left soon after; Hana and Ida keep the records today."""

    clock: Clock
    rings: list[Ring]
    graduate: Graduate = field(init=False)
    hana: Viewer = field(init=False)
    ida: Viewer = field(init=False)

    def __post_init__(self) -> None:
        self.clock.move(days=-LONG_AGO)
        self.graduate = Graduate(self.clock)
        self.graduate.seal()
        self.hana = self.graduate.hana
        run_rings(self.rings)
        leave(self.employee, self.today, self.hana)
        db.session.commit()
        run_rings(self.rings)
        self.clock.move(days=LONG_AGO)
        self.ida = staff("Ida Berg", Role.HR_MANAGER).viewer
        db.session.commit()

    @property
    def today(self) -> dt.date:
        return clock.today("UTC")

    @property
    def employee(self) -> Employee:
        return db.session.get_one(Employee, self.graduate.learner.employee.id)

    def listed(self) -> RetentionReview:
        """A list, made by the worker."""
        review = open_review("by hand", by=self.hana)
        db.session.commit()
        run_rings(self.rings)
        db.session.refresh(review)
        return review

    def dispose(self, review: RetentionReview) -> None:
        """Reviewed by one, approved by the other, done by the worker."""
        finish_review(review, by=self.hana, seen=count(review, "open"))
        if review.status == "reviewed":
            approve_review(review, by=self.ida)
        db.session.commit()
        run_rings(self.rings)
        db.session.refresh(review)


def count(review: RetentionReview, state: str) -> int:
    rows = select(func.count()).where(RetentionItem.review_id == review.id, RetentionItem.state == state)
    return db.session.scalar(rows) or 0


def kinds(review: RetentionReview) -> set[str]:
    return set(db.session.scalars(select(RetentionItem.kind).where(RetentionItem.review_id == review.id)))


def refused(statement: str) -> str:
    """What the database said, as the application's role; it must have refused."""
    with pytest.raises(DBAPIError) as caught, db.session.begin_nested():
        db.session.execute(text(statement))
    return str(caught.value.orig)


def found_in(words: str) -> set[str]:
    """Tables in which any column, as text, holds the words."""
    names = db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    looked = (f"SELECT '{name}' FROM {name} t WHERE strpos(t::text, :words) > 0" for name in names)
    return set(db.session.scalars(text(" UNION ".join(looked)), {"words": words}))
