"""Files so far, and the lines of one; for moderators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lmsapp.assignments.bulk.models import EnrollmentRun, EnrollmentRunLine
from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50
LATEST = 8
LINE = ("line", "kind", "who", "name", "course", "due_on", "note", "words", "values", "outcome")


@dataclass(frozen=True, slots=True)
class LinePage:
    """Rows: line, kind, who, name, course, due_on, note, words, values, outcome."""

    rows: Sequence[Any]
    number: int
    total: int
    size: int = PAGE


def run_for(viewer: Viewer, run_id: int) -> EnrollmentRun | None:
    """One file."""
    return db.session.get(EnrollmentRun, run_id) if viewer.may(May.MODERATE) else None


def latest_runs(viewer: Viewer) -> Sequence[EnrollmentRun]:
    """The newest few."""
    if not viewer.may(May.MODERATE):
        return []
    return db.session.scalars(select(EnrollmentRun).order_by(EnrollmentRun.id.desc()).limit(LATEST)).all()


def lines_of(run: EnrollmentRun, kind: str, number: int = 1) -> LinePage:
    """One page of a kind ('' for all), in the order of the file."""
    wanted = [EnrollmentRunLine.run_id == run.id, *([EnrollmentRunLine.kind == kind] if kind else [])]
    total = db.session.scalar(select(func.count()).select_from(EnrollmentRunLine).where(*wanted)) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    columns = [getattr(EnrollmentRunLine, name) for name in LINE]
    page = select(*columns).where(*wanted).order_by(EnrollmentRunLine.line).limit(PAGE).offset((number - 1) * PAGE)
    return LinePage(db.session.execute(page).all(), number, total)


def all_lines(run: EnrollmentRun) -> Iterator[Any]:
    """Every line, for a download."""
    columns = [getattr(EnrollmentRunLine, name) for name in LINE]
    statement = select(*columns).where(EnrollmentRunLine.run_id == run.id).order_by(EnrollmentRunLine.line)
    yield from db.session.execute(statement)
