"""Telling whoever asked for a signed PDF that it is there, or that it could not be made (EVD-7, REP-1).

Those that come by themselves, as certificates do, are told elsewhere or belong to a page that says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.seals.events import FileGivenUp, FileSealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.gonogo import actions as gonogo
from lmsapp.insight.gonogo.models import GoNoGoPrint
from lmsapp.insight.printed import queries as reports
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.learning.quizpapers.actions import ANALYSIS
from lmsapp.learning.quizpapers.models import QuizPaper
from lmsapp.learning.transcripts import actions as transcripts
from lmsapp.learning.transcripts.models import Transcript
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May

READY, FAILED = "pdf_ready", "report_failed"
QUICK = dt.timedelta(minutes=1)  # whoever waited no longer saw it at the page: no letter besides
STAFF_SEE_WHY = N_("Your administrator sees why, and can start it again.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asked, when, and where they find it."""

    user_id: int
    asked_at: dt.datetime
    link: str


def tell_of_pdf(event: FileSealed) -> None:
    """In the product, by letter where it took longer."""
    wish = _wish(event.sealed)
    if wish is not None:
        slow = clock.now() - wish.asked_at > QUICK
        _tell(event.sealed, READY, wish, {}, ("email", "in_app") if slow else ("in_app",))


def tell_of_failed_pdf(event: FileGivenUp) -> None:
    """They need not wait for it. What went wrong is for staff."""
    wish = _wish(event.sealed)
    if wish is not None:
        _tell(event.sealed, FAILED, wish, {"why": STAFF_SEE_WHY, "values": {}}, ("email", "in_app"))


def _tell(sealed: SealedFile, template: str, wish: Wish, values: dict[str, Any], channels: tuple[str, ...]) -> None:
    user = db.session.get_one(User, wish.user_id)
    if not user.active:
        return
    letters = [
        notice_row(
            key=f"{template}/{sealed.kind}/{sealed.subject_id}/{clock.now().isoformat()}/{channel}",
            channel=channel,
            template=template,
            to=recipient_for(user),
            values={"title": sealed.title, **values},
            link=wish.link,
            about=(sealed.kind, sealed.subject_id),
        )
        for channel in channels
    ]
    write_letters(letters)


def _wish(sealed: SealedFile) -> Wish | None:
    find = FINDERS.get(sealed.kind)
    return find(sealed.subject_id) if find else None


def _of_report(request_id: int) -> Wish:
    asked = db.session.get_one(ReportRequest, request_id)
    return Wish(asked.asked_by_id, asked.asked_at, f"/account/reports/{asked.id}")


def _of_checklist(print_id: int) -> Wish:
    asked = db.session.get_one(GoNoGoPrint, print_id)
    return Wish(asked.asked_by_id, asked.asked_at, f"/go-no-go/{asked.checklist_id}/prints/{asked.id}")


def _of_transcript(transcript_id: int) -> Wish:
    asked = db.session.get_one(Transcript, transcript_id)
    viewer = viewer_now(asked.asked_by_id)
    if viewer is None or viewer.employee_id == asked.employee_id:
        link = f"/learn/papers/{transcripts.KIND}/{asked.id}"
    elif viewer.may(May.KEEP_RECORDS):
        link = f"/hr/employees/{asked.employee_id}/training#transcripts"
    else:
        link = f"/team/people/{asked.employee_id}#transcripts"
    return Wish(asked.asked_by_id, asked.asked_at, link)


def _of_analysis(paper_id: int) -> Wish | None:
    """Only who asked first: while nothing changes, the others get the PDF that is there."""
    asked = db.session.get_one(QuizPaper, paper_id)
    if asked.asked_by_id is None or asked.quiz_id is None:
        return None
    quiz = db.session.get_one(Quiz, asked.quiz_id)
    return Wish(asked.asked_by_id, asked.asked_at, f"/studio/lessons/{quiz.lesson_id}/analysis/papers/{asked.id}")


FINDERS: dict[str, Callable[[int], Wish | None]] = {
    reports.KIND: _of_report,
    gonogo.KIND: _of_checklist,
    transcripts.KIND: _of_transcript,
    ANALYSIS: _of_analysis,
}
