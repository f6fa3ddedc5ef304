"""A course as the pages of this wing show it: the learner's facts put into words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.learning.enrollments.queries import LessonState, StudyView
from lmsapp.learning.enrollments.rules import Need
from lmsapp.web.criteria import locked_words, needed_items
from lmsapp.web.student.words import local_time, seconds_words


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson in the outline. `look` as `ui.lesson_link` knows it; `why`: what has to come first."""

    id: int
    title: str
    minutes: int
    look: str
    why: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and its lessons."""

    title: str
    lessons: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """What outline, progress bar and course page need."""

    course_id: int
    title: str
    summary: str
    language: str
    chapters: tuple[Chapter, ...]
    lines: tuple[Line, ...]
    done: int
    total: int
    started: bool
    completed_at: dt.datetime | None
    locked_words: str


def show_study(view: StudyView, current: int | None = None) -> Study:
    """`current` is the lesson the reader is in."""
    lines = {one.line.id: _line(one, current) for one in view.lessons}
    locked = next((one for one in view.lessons if one.state == "locked"), None)
    return Study(
        course_id=view.outline.course_id,
        title=view.outline.title,
        summary=view.outline.summary,
        language=view.outline.language,
        chapters=tuple(
            Chapter(one.title, tuple(lines[line.id] for line in one.lessons))
            for one in view.outline.chapters
            if one.lessons
        ),
        lines=tuple(lines.values()),
        done=view.done,
        total=len(lines),
        started=view.enrollment.started_at is not None,
        completed_at=view.enrollment.completed_at,
        locked_words=_("‘%(title)s’ opens when the lessons before it are done.", title=locked.line.title)
        if locked
        else "",
    )


def _line(state: LessonState, current: int | None) -> Line:
    line, look = state.line, state.state
    if look == "open" and line.id == current:
        look = "half"
    return Line(line.id, line.title, line.minutes, look, locked_words(state.locked_by))


def needs_of(state: LessonState) -> list[dict[str, Any]]:
    """What the lesson asks, for `ui.needs`: measured needs first, then what the learner says."""
    done = state.done_at is not None
    items = [_need(state.line.kind, need, done=done) for need in state.needs]
    last = {
        "quiz": _("Pass the check"),
        "acknowledgement": _("Read it and sign"),
        "assignment": _("Have your work passed"),
        "video": "",
        "scorm": _("Work through it to the end"),
    }.get(state.line.kind, _("Mark it as done"))
    if last:
        note = _("Done at %(time)s", time=local_time(state.done_at)) if state.done_at else ""
        items.append({"label": last, "met": done, "note": note})
    return items


def _need(kind: str, need: Need, *, done: bool) -> dict[str, Any]:
    met, have = need.met or done, min(need.have, need.need)
    if kind == "pdf" and "pages" in need.words:
        label = ngettext("See %(num)s page", "See all %(num)s pages", need.need)
        note = "" if met else _("%(have)s of %(need)s seen", have=have, need=need.need)
    elif kind == "video":
        label = _("Watch %(time)s of the video", time=seconds_words(need.need))
        note = "" if met else _("%(time)s watched", time=seconds_words(have))
    else:
        label = _("Spend at least %(time)s here", time=seconds_words(need.need))
        note = "" if met else _("You have spent %(time)s", time=seconds_words(have))
    return {"label": label, "met": met, "note": note, "value": have, "max": need.need}


def criteria_of(view: StudyView) -> list[dict[str, Any]]:
    """What the course asks, for `ui.needs`."""
    return needed_items(view.judgement)
