"""The task of a lesson, and who grades."""

from __future__ import annotations

from sqlalchemy import or_, select

from lmsapp.courses.tasks.models import CourseEvaluator
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.roles import Role


def evaluators_named(course_id: int) -> list[int]:
    """User ids of the evaluators named for a course; empty: every evaluator grades it."""
    return list(db.session.scalars(select(CourseEvaluator.user_id).where(CourseEvaluator.course_id == course_id)))


def evaluators_to_choose(course_id: int) -> list[tuple[int, str]]:
    """(user id, name) of everybody who can be named, by name; who is named already stays in the list."""
    holds = select(UserRole.user_id).where(UserRole.role == Role.BATCH_EVALUATOR.value)
    named = select(CourseEvaluator.user_id).where(CourseEvaluator.course_id == course_id)
    chosen = select(User.id, User.name).where(or_(User.id.in_(holds) & User.active, User.id.in_(named)))
    return [(row.id, row.name) for row in db.session.execute(chosen.order_by(User.name, User.id))]
