"""What a grader finds: the one condition, for the queue, the page, its files and its actions."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.tasks.models import CourseEvaluator
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


def gradable_by(viewer: Viewer) -> ColumnElement[bool]:
    """On HandIn, Enrollment and Course joined: theirs to grade, and not their own."""
    return and_(in_scope(viewer), not_own(viewer))


def answers_gradable_by(viewer: Viewer) -> ColumnElement[bool]:
    """On Enrollment and Course joined: attempts that are theirs to grade, and not their own."""
    return and_(in_scope(viewer), _not_own_learning(viewer))


def in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """On Enrollment and Course joined: whose work this viewer judges, their own not yet left out."""
    if viewer.may(May.GRADE) and viewer.employee_id is not None:
        return or_(whole_course(viewer), Enrollment.employee_id.in_(line_of(viewer)))
    return whole_course(viewer)


def whole_course(viewer: Viewer) -> ColumnElement[bool]:
    """On Course: everybody's work in it is this viewer's to judge."""
    theirs = [written_by(viewer)]
    if viewer.may(May.GRADE):
        named = select(CourseEvaluator.user_id).where(CourseEvaluator.course_id == Course.id).correlate(Course)
        theirs += [~exists(named), exists(named.where(CourseEvaluator.user_id == viewer.user_id))]
    return or_(false(), *theirs)


def not_own(viewer: Viewer) -> ColumnElement[bool]:
    """Neither by the employee they are nor by the account they use."""
    return and_(HandIn.handed_in_by_id.is_distinct_from(viewer.user_id), _not_own_learning(viewer))


def _not_own_learning(viewer: Viewer) -> ColumnElement[bool]:
    """Neither by the employee they are nor by one their account belongs to."""
    account = select(Employee.id).where(Employee.user_id == viewer.user_id)
    others = Enrollment.employee_id.not_in(account)
    return others if viewer.employee_id is None else and_(others, Enrollment.employee_id != viewer.employee_id)


def is_newest() -> ColumnElement[bool]:
    """No newer hand-in of the same lesson is there, and no later cycle began."""
    later = aliased(HandIn)
    newer = exists().where(
        later.enrollment_id == HandIn.enrollment_id, later.lesson_id == HandIn.lesson_id, later.number > HandIn.number
    )
    return and_(~newer, this_cycle())


def this_cycle() -> ColumnElement[bool]:
    """Of the time round that the enrollment is in."""
    return HandIn.cycle == Enrollment.cycle


def is_waiting() -> ColumnElement[bool]:
    """The twin of `handins.rules.state_of` for WAITING: newest, ungraded, and somebody who still learns here."""
    graded = exists(select(Grading.id).where(Grading.hand_in_id == HandIn.id).correlate(HandIn))
    return and_(is_newest(), ~graded, _still_learns())


def answers_wait() -> ColumnElement[bool]:
    """Handed in with open answers that nobody has graded, and not given back: of somebody who still learns here."""
    return and_(
        QuizSubmission.submitted_at.is_not(None),
        QuizSubmission.graded_at.is_(None),
        QuizSubmission.returned.is_(None),
        QuizSubmission.practice.is_(False),
        QuizSubmission.cycle == Enrollment.cycle,
        _still_learns(),
    )


def _still_learns() -> ColumnElement[bool]:
    there = select(Employee.id).where(Employee.id == Enrollment.employee_id, Employee.status == "active")
    return and_(Enrollment.withdrawn_at.is_(None), exists(there.correlate(Enrollment)))
