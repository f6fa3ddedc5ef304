"""What the content of an enrollment reported, for staff: how far each lesson is, why it is open, what was said when.

The same page in the studio and for managers, each through its own gate (SCO-5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.insight.enrollments.attempts import enrollment_seen
from lmsapp.learning.overrides.queries import overrides_of
from lmsapp.learning.scorm.seen.reading import comments, interactions, objectives
from lmsapp.learning.scorm.seen.seeing import AttemptSeen, LessonSeen, cmi_of, packages_of, telling_of
from lmsapp.learning.scorm.seen.telling import told
from lmsapp.people.roles import May
from lmsapp.people.settings.queries import setting
from lmsapp.web import scorm_words
from lmsapp.web.attempts import SCOPES, back_to
from lmsapp.web.dates import moment
from lmsapp.web.forms import Form
from lmsapp.web.lists import page_url
from lmsapp.web.render import get_or_404, page
from lmsapp.web.wing_routes import Route

if TYPE_CHECKING:
    from lmsapp.learning.enrollments.models import Enrollment

REASON = [InputRequired(__("Give a reason; it stays on record.")), Length(max=1000)]
ROWS = 50
EVENTS_SHOWN = 30


class LessonDoneForm(Form):
    """One lesson set done by hand."""

    lesson_id = HiddenField()
    reason = TextAreaField(__("Reason"), REASON)
    proof = FileField(__("What the learner showed"), description=__("PDF, JPG, PNG or DOCX. Kept with the decision."))


class LessonReasonForm(Form):
    """A reason, and the lesson it is about."""

    lesson_id = HiddenField()
    reason = TextAreaField(__("Reason"), REASON)


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a long list, as `ui.pages` takes it."""

    rows: Sequence[Any]
    total: int
    number: int
    size: int = ROWS

    @classmethod
    def of(cls, rows: Sequence[Any], number: int) -> Slice:
        """Page `number` of all rows, or the last one there is."""
        number = min(max(number, 1), max(1, -(-len(rows) // ROWS)))
        return cls(rows[(number - 1) * ROWS : number * ROWS], len(rows), number)


def summary_of(enrollment: Enrollment) -> list[dict[str, Any]]:
    """For the page of the enrollment: each lesson with a package in a few lines."""
    return [lesson_lines(one) for one in packages_of(enrollment)]


def lesson_lines(one: LessonSeen) -> dict[str, Any]:
    """How far one lesson is: its status, the rule, why it is open, and what the newest attempt came to."""
    now = one.current
    return {
        "seen": one,
        "status": status_of(one),
        "terms": scorm_words.terms_words(one.terms),
        "scope": scorm_words.scope_words(now, one.terms) if now else "",
        "open": scorm_words.open_lines(one),
        "came_to": scorm_words.attempt_words(now) if now else "",
        "facts": _facts(now) if now else [],
        "hand": _hand_words(one),
    }


def status_of(one: LessonSeen) -> str:
    """In the words of an enrollment's status."""
    if one.done_at is not None:
        return "Completed"
    return "In Progress" if one.current else "Not Started"


def _hand_words(one: LessonSeen) -> str:
    if not one.by_hand:
        return ""
    return _("Set done by hand by %(name)s. Reason: %(reason)s") % {
        "name": one.by_hand.get("by", ""),
        "reason": one.by_hand.get("reason", ""),
    }


def _facts(one: AttemptSeen) -> list[tuple[str, Any]]:
    return [
        (_("Attempt"), str(one.number)),
        (_("Reported"), scorm_words.attempt_words(one)),
        (_("Begun"), moment(one.started_at)),
        (_("Last heard of"), moment(one.last_at)),
        (_("Time spent"), scorm_words.length(one.seconds)),
        (_("Rule met"), moment(one.done_at) if one.done_at else None),
    ]


def reported_page(wing: str, enrollment_id: int) -> Response:
    """For those who only look: an enrollment that the wing reaches."""
    one = get_or_404(enrollment_seen(g.viewer, SCOPES[wing], enrollment_id))
    return page("enrollments/reported.html", **reported_context(wing, one))


def reported_context(wing: str, one: Enrollment) -> dict[str, Any]:
    """For the page of all that was reported: the lesson, attempt and part asked for, else the first of each."""
    lessons = packages_of(one)
    lesson = _chosen(lessons, "lesson", "lesson_id")
    attempt = _chosen(lesson.attempts, "attempt", "id") if lesson else None
    here = url_for(f"{wing}.reported", enrollment_id=one.id)
    moderates = wing == "studio" and g.viewer.may(May.MODERATE) and lesson is not None and lesson.here
    waiting = any(row.state == "waiting" for row in overrides_of(one.id)) if moderates else False
    allowed = moderates and one.withdrawn_at is None and one.exempted_at is None and not waiting
    return {
        "wing": wing,
        "enrollment": one,
        "back": back_to(wing, one),
        "lessons": _lesson_tabs(here, lessons, lesson),
        "lesson": lesson_lines(lesson) if lesson else None,
        "attempts": _attempt_tabs(here, lesson, attempt) if lesson else [],
        "waiting": waiting,
        "two_people": moderates and bool(setting("override_second_person")),
        "may": {
            "set": allowed and lesson is not None and lesson.done_at is None,
            "take_back": allowed and lesson is not None and bool(lesson.by_hand),
            "anew": moderates and one.withdrawn_at is None and lesson is not None and lesson.current is not None,
        },
        "done_form": LessonDoneForm(formdata=None, prefix="done"),
        "undo_form": LessonReasonForm(formdata=None, prefix="undo"),
        "anew_form": LessonReasonForm(formdata=None, prefix="anew"),
        **(attempt_context(here, lesson, attempt) if lesson and attempt else {"attempt": None}),
    }


def attempt_context(here: str, lesson: LessonSeen, attempt: AttemptSeen) -> dict[str, Any]:
    """One attempt: its parts, what one of them said, and what happened, newest first."""
    part = _chosen(attempt.parts, "part", "item")
    cmi = cmi_of(attempt, part.item) if part else {}
    answers = Slice.of(interactions(cmi), request.args.get("page", 1, type=int))
    titles = {one.item: one.title for one in attempt.parts}
    lines = [event_line(one, titles) for one in reversed(told(*telling_of(attempt)))]
    return {
        "attempt": attempt,
        "facts": _facts(attempt),
        "part_lines": [part_line(here, lesson, attempt, one, part) for one in attempt.parts],
        "part": part,
        "answers": answers,
        "objectives": objectives(cmi)[:500],
        "comments": comments(cmi)[:200],
        "events": lines[:EVENTS_SHOWN],
        "earlier": lines[EVENTS_SHOWN:],
        "page_url": page_url,
        "said": scorm_words,
    }


def event_line(one: Any, titles: dict[str, str]) -> dict[str, str]:
    """As `ui.event` takes it; the part is named where there are several."""
    words, icon, tone = scorm_words.event_words(one)
    part = titles.get(one.item, one.item) if len(titles) > 1 else ""
    return {"title": words, "icon": icon, "tone": tone, "text": " · ".join(filter(None, (moment(one.at), part)))}


def part_line(here: str, lesson: LessonSeen, attempt: AttemptSeen, one: Any, chosen: Any) -> dict[str, Any]:
    """A part in the table of parts."""
    still = next((part for part in attempt.result.open if part.item == one.item), None)
    fact = one.fact
    state = [str(scorm_words.COMPLETIONS[fact.completion]), str(scorm_words.SUCCESSES[fact.success])]
    return {
        "title": one.title,
        "href": f"{here}?{urlencode({'lesson': lesson.lesson_id, 'attempt': attempt.id, 'part': one.item})}#answers",
        "current": chosen is not None and one.item == chosen.item,
        "state": ", ".join(filter(None, state)) if fact.opened else _("not opened"),
        "why": scorm_words.open_words(still, lesson.terms, one.said) if still and lesson.done_at is None else "",
        "met": still is None,
        "score": fact.score,
        "time": scorm_words.length(one.seconds) if one.seconds else "",
        "visits": one.visits,
        "last": moment(one.last_at) if one.last_at else "",
    }


def _chosen(rows: Sequence[Any], asked: str, name: str) -> Any:
    """The one the address asks for, else the first; None of nothing."""
    wanted = request.args.get(asked, "")
    return next((one for one in rows if str(getattr(one, name)) == wanted), rows[0] if rows else None)


def _lesson_tabs(here: str, lessons: Sequence[LessonSeen], chosen: LessonSeen | None) -> list[dict[str, Any]]:
    return [
        {"label": one.title, "href": f"{here}?lesson={one.lesson_id}", "current": one is chosen, "count": None}
        for one in lessons
    ]


def _attempt_tabs(here: str, lesson: LessonSeen, chosen: AttemptSeen | None) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Attempt %(n)s", n=one.number) if one.cycle == lesson.attempts[0].cycle
            else _("Attempt %(n)s, time %(cycle)s round", n=one.number, cycle=one.cycle),
            "href": f"{here}?lesson={lesson.lesson_id}&attempt={one.id}",
            "current": one is chosen,
        }
        for one in lesson.attempts[:20]
    ]  # fmt: skip


REPORTED = Route("/enrollments/<int:enrollment_id>/reported", "reported", reported_page)
