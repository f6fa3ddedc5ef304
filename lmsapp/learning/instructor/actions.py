"""Ask for time with the instructor, answer, close. Doing any of it twice changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken, cleaned_words
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.instructor import rules
from lmsapp.learning.instructor.events import TimeAnswered, TimeAsked
from lmsapp.learning.instructor.models import InstructorRequest
from lmsapp.learning.instructor.rules import UNDER_WAY, RequestState
from lmsapp.learning.quizzes.missed import Trouble
from lmsapp.people.viewer import Viewer


def ask_for_time(
    enrollment: Enrollment, trouble: Trouble, words: str, times: Sequence[dt.datetime], *, by: Viewer
) -> InstructorRequest:
    """The request under way, or a new one. `trouble`: the quiz that was failed. Raises RuleBroken before two fails."""
    rules.check_may_ask(trouble.failed, passed=trouble.passed)
    asked: dict[str, Any] = {
        "enrollment_id": enrollment.id,
        "cycle": enrollment.cycle,
        "lesson_id": trouble.lesson_id,
        "quiz_title": trouble.title,
        "failed": trouble.failed,
        "words": cleaned_words(words, rules.LONGEST_WORDS, "words"),
        "times": [one.astimezone(dt.UTC).isoformat() for one in rules.check_times(times, clock.now())],
        "asked_at": clock.now(),
    }
    write = insert(InstructorRequest).values(asked).on_conflict_do_nothing().returning(InstructorRequest)
    request = db.session.scalars(write).one_or_none()
    if request is None:
        return _under_way(enrollment)
    request.enrollment = enrollment
    _note("instructor time asked", request, by, None, {"quiz": trouble.title, "failed": trouble.failed})
    emit(TimeAsked(request))
    return request


def answer_request(
    request: InstructorRequest, words: str, meet_at: dt.datetime | None, *, seen: int, by: Viewer
) -> None:
    """Answer, or answer anew. `seen`: how many answers the page showed. Raises RuleBroken, NotAllowed."""
    _hold(request, by)
    said = cleaned_words(words, rules.LONGEST_WORDS, "answer")
    if (request.answer, request.meet_at, request.answered_by_id) == (said, meet_at, by.user_id):
        return
    if request.answers != seen:
        raise RuleBroken(N_("%(name)s answered while you were writing."), name=request.answered_by_name)
    if not said and meet_at is None:
        raise RuleBroken(N_("Write an answer, or give a time."), field="answer")
    if meet_at is not None:
        rules.check_time(meet_at, clock.now(), "meet_at")
    before = {"answer": request.answer, "meet_at": request.meet_at} if request.answers else None
    request.state, request.answer, request.meet_at = RequestState.ANSWERED.value, said, meet_at
    request.answered_at, request.answered_by_id, request.answered_by_name = clock.now(), by.user_id, by.name
    request.answers += 1
    _note("instructor time answered", request, by, before, {"answer": said, "meet_at": meet_at})
    emit(TimeAnswered(request))


def close_request(request: InstructorRequest, *, by: Viewer) -> None:
    """It is dealt with. Raises RuleBroken while nothing was answered."""
    if request.state == RequestState.DONE:
        return
    _hold(request, by)
    if request.state != RequestState.ANSWERED:
        raise RuleBroken(N_("Answer the learner first; then it can be marked as done."))
    _close(request, RequestState.DONE, "instructor time done", by)


def take_back_request(request: InstructorRequest, *, by: Viewer) -> None:
    """The learner needs it no longer."""
    if RequestState(request.state) in UNDER_WAY:
        _close(request, RequestState.TAKEN_BACK, "instructor time taken back", by)


def _close(request: InstructorRequest, state: RequestState, action: str, by: Viewer) -> None:
    before = {"state": request.state}
    request.state, request.closed_at, request.closed_by_name = state.value, clock.now(), by.name
    _note(action, request, by, before, {"quiz": request.quiz_title})


def _hold(request: InstructorRequest, by: Viewer) -> None:
    """Wait for whoever else answers it just now. Raises NotAllowed for one's own, RuleBroken once it is closed."""
    db.session.refresh(request, [one.key for one in inspect(InstructorRequest).column_attrs], with_for_update=True)
    if by.employee_id is not None and request.enrollment.employee_id == by.employee_id:
        raise NotAllowed(N_("Your own request is answered by somebody else."))
    if RequestState(request.state) not in UNDER_WAY:
        raise RuleBroken(N_("This request is closed. Nothing is left to answer."))


def _under_way(enrollment: Enrollment) -> InstructorRequest:
    under_way = [one.value for one in UNDER_WAY]
    return db.session.scalars(
        select(InstructorRequest).where(
            InstructorRequest.enrollment_id == enrollment.id,
            InstructorRequest.cycle == enrollment.cycle,
            InstructorRequest.state.in_(under_way),
        )
    ).one()


def _note(
    action: str, request: InstructorRequest, by: Viewer, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    record_change(action, ("enrollment", request.enrollment_id), by=by, before=before, after=after)
