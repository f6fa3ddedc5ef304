"""Which courses a rule is about: those that cite it, and those of a compliance type that does (CRS-1, HRD-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select

from lmsapp.compliance.ledger.models import ComplianceType, ComplianceTypeCourse
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock, site
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.reports.fields import PEOPLE
from lmsapp.insight.reports.reading import numbers, texts
from lmsapp.insight.reports.report import Asking, Field, Kind, Rows, Said

NAMED = 8  # courses that a note names; more are counted
COURSES = Field(
    "course",
    Kind.COURSES,
    N_("Courses that count"),
    N_("Choose courses to count these and no others, whatever they cite."),
)
TYPES = Field(
    "type",
    Kind.CHOICES,
    N_("Compliance types"),
    N_("Counts the courses that support one of these."),
    choices=lambda _asking: [(str(row.id), row.name) for row in db.session.execute(_types())],
)
TOPICS = Field(
    "topic",
    Kind.CHOICES,
    N_("Topics"),
    N_("Counts the courses with one of these topics."),
    choices=lambda _asking: [(topic, topic) for topic in db.session.scalars(_topics())],
)


@dataclass(frozen=True, slots=True)
class Subject:
    """`pattern`: a regular expression, for PostgreSQL and Python alike, that a citation or a type's regulator and
    reference contain, in whatever case. `missing`: what to say where no course is about it (N_)."""

    pattern: str
    missing: str

    def courses(self, asking: Asking) -> Sequence[int]:
        """The ids of the courses that count. What is chosen replaces what is cited.

        They are looked up at once: by their ids PostgreSQL knows how few of all completions are meant, and begins with
        those. Inside the reading of a past day.
        """
        terms = asking.terms
        chosen, types, topics = numbers(terms, "course"), numbers(terms, "type"), texts(terms, "topic")
        wanted: list[ColumnElement[bool]] = []
        if chosen:
            wanted.append(Course.id.in_(chosen))
        if types:
            wanted.append(Course.id.in_(_supporting(ComplianceType.id.in_(types))))
        if topics:
            wanted.append(func.jsonb_exists_any(Course.topics, list(topics)))
        if not wanted:
            said = func.concat_ws(" ", ComplianceType.regulator, ComplianceType.reference)
            wanted = [
                Course.citation.regexp_match(self.pattern, "i"),
                Course.id.in_(_supporting(said.regexp_match(self.pattern, "i"))),
            ]
        return db.session.scalars(select(Course.id).where(or_(*wanted)).order_by(Course.id)).all()

    def note(self, asking: Asking) -> Said:
        """What counts, by name, for whoever reads the report."""
        ids = self.courses(asking)
        titles = db.session.scalars(
            select(Course.title).where(Course.id.in_(ids)).order_by(func.lower(Course.title)).limit(NAMED + 1)
        ).all()
        named = ", ".join(titles[:NAMED])
        if len(titles) > NAMED:
            named = _("%(named)s and %(num)s more", named=named, num=len(ids) - NAMED)
        if any(asking.terms.get(name) for name in ("course", "type", "topic")):
            return N_("These courses count, as you chose: %(courses)s."), {"courses": named or "–"}
        return (
            N_("These courses count, because they cite the rule or support a compliance type that does: %(courses)s."),
            {"courses": named or "–"},
        )

    def why_empty(self, asking: Asking, rows: Rows, nobody: str) -> str:
        """In words, with what to do next. `nobody`: what to say where nothing narrows the report (N_)."""
        if not self.courses(asking):
            return self.missing
        narrowing = [field.name for field in PEOPLE if asking.terms.get(field.name)]
        wider = replace(asking, terms={name: value for name, value in asking.terms.items() if name not in narrowing})
        if narrowing and db.session.execute(rows(wider).limit(1)).first() is not None:
            return N_("There are such records, but none fits these filters. Take away a department, location or role.")
        return nobody


def today_of(asking: Asking) -> dt.date:
    """The day of the report where the organisation is."""
    return asking.now.astimezone(clock.zone(site.time_zone())).date()


def _supporting(which: ColumnElement[bool]) -> Select[int]:
    tied = select(ComplianceTypeCourse.course_id).join(
        ComplianceType, ComplianceType.id == ComplianceTypeCourse.type_id
    )
    return tied.where(ComplianceType.archived_at.is_(None), which)


def _types() -> Select[int, str]:
    shown = select(ComplianceType.id, ComplianceType.name).where(ComplianceType.archived_at.is_(None))
    return shown.order_by(func.lower(ComplianceType.name), ComplianceType.id)


def _topics() -> Select[str]:
    topic = func.jsonb_array_elements_text(Course.topics).label("topic")
    each = select(topic).where(Course.status != "draft").distinct().subquery()
    return select(each.c.topic).order_by(func.lower(each.c.topic), each.c.topic)
