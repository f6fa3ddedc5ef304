"""A single-use link in the place of the address in a reminder, where the organisation wants that (REM-5)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.learning.links.making import link_for
from lmsapp.outreach.notices.models import Notice


def link_for_assignment(notice: Notice) -> str | None:
    """For a reminder of training that is still open; None where its reader gets none."""
    about = select(TrainingAssignment.enrollment_id).where(TrainingAssignment.id == notice.about_id, is_open())
    return link_for(db.session.scalar(about), notice)
