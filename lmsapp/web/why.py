"""'Why not complete?' as the pages of every wing show it: one function of words for learner and staff (ENR-8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.courses.catalogue.rules import CourseStatus, CriterionState, LessonKind, Mode
from lmsapp.learning.enrollments.door import lock_words
from lmsapp.learning.enrollments.queries import LessonState
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.learning.enrollments.why import Why, visits_of
from lmsapp.learning.scorm.seen.seeing import packages_of
from lmsapp.web.criteria import evidence_lines, have_words, locked_words, sentence
from lmsapp.web.dates import day, moment
from lmsapp.web.scorm_words import open_lines

MOST_STEPS = 8
NOTHING_REPORTED: Mapping[int, str] = {}


def why_context(why: Why, *, staff: bool) -> dict[str, Any]:
    """Headline, what stands in the way of the whole course, criteria with evidence; for staff the raw events too."""
    judgement = why.judgement
    reported = packages_open(why)
    return {
        "headline": headline(why),
        "complete": why.complete,
        "hurdles": list(hurdles(why, staff=staff)),
        "groups": [
            {
                "either": len(part.states) > 1,
                "met": part.met,
                "rows": [criterion_row(why, one, reported, staff=staff) for one in part.states],
            }
            for part in judgement.parts
        ],
        "one_is_enough": judgement.mode is Mode.ANY and len(judgement.parts) > 1,
        "versions": versions(why),
        "events": events(why) if staff else [],
        "packages": any(state.line.kind == LessonKind.SCORM for state in why.view.lessons),
        "lessons": why.view.lessons,
        "done": why.view.done,
    }


def headline(why: Why) -> tuple[str, str]:
    """(what is so, what follows)."""
    states = why.judgement.criteria
    if why.complete:
        completed = moment(why.view.enrollment.completed_at)
        if why.kept is not None and why.kept.by:
            by = {"when": completed, "name": why.kept.by, "reason": why.kept.reason or "–"}
            return _("The course is complete"), _("Set by hand %(when)s by %(name)s. Reason: %(reason)s") % by
        return _("The course is complete"), _("Completed %(when)s. This is what it was completed by.", when=completed)
    if not states:
        return _("No rule is in force yet."), _("Opening a page completes nothing.")
    if why.judgement.mode is Mode.ANY and len(states) > 1:
        return _("One of these is enough"), _("The course completes by itself the moment one is met.")
    met = sum(part.met for part in why.judgement.parts)
    return (
        _("%(met)s of %(all)s met", met=met, all=len(why.judgement.parts)),
        _("The course completes by itself the moment the last one is met."),
    )


def hurdles(why: Why, *, staff: bool) -> Iterator[str]:
    """What concerns the course as a whole: closed, paused, withdrawn, failed, expired, being renewed, retired."""
    enrollment = why.view.enrollment
    if enrollment.withdrawn_at:
        yield _("Withdrawn %(when)s: the course is hidden from the learner until they are enrolled again.") % {
            "when": moment(enrollment.withdrawn_at)
        }
    for lock in enrollment.locks:
        words, values = lock_words(lock)
        yield _(words, **values)
    if enrollment.failed_at and not why.complete:
        yield _("All attempts were used up %(when)s. The training team can grant another.") % {
            "when": moment(enrollment.failed_at)
        }
    if enrollment.paused_until and why.status is EnrollmentStatus.PAUSED:
        yield _(
            "Paused until %(day)s. Nobody reminds you; you can go on at any time.", day=day(enrollment.paused_until)
        )
    yield from _validity(why)
    if why.view.outline.status == CourseStatus.RETIRED and not why.complete:
        yield _("The course takes nobody new. Whoever has begun can finish it.")


def _validity(why: Why) -> Iterator[str]:
    enrollment = why.view.enrollment
    values = {"day": day(enrollment.valid_until), "n": enrollment.cycle}
    if why.status is EnrollmentStatus.EXPIRED:
        yield _("It was valid until %(day)s. Completing the course again renews it.") % values
    elif why.status is EnrollmentStatus.RENEWAL_REQUIRED:
        yield _("It is to be renewed. It stays valid until %(day)s.") % values
    if enrollment.renewal_started_at and enrollment.completed_at:
        values |= {"when": moment(enrollment.renewal_started_at), "completed": moment(enrollment.completed_at)}
        yield _("Being renewed since %(when)s, time %(n)s round. Completed before: %(completed)s.") % values


def packages_open(why: Why) -> dict[int, str]:
    """Of each lesson with a package that was begun and is open: what its content reported, and what is asked for."""
    if why.complete or all(state.line.kind != LessonKind.SCORM for state in why.view.lessons):
        return {}
    found = packages_of(why.view.enrollment)
    return {one.lesson_id: " · ".join(open_lines(one, 3)) for one in found if one.current}


def criterion_row(
    why: Why, one: CriterionState, reported: Mapping[int, str] = NOTHING_REPORTED, *, staff: bool
) -> dict[str, Any]:
    """One criterion: met or not, since when, by what, and what to do next. `reported`: by lesson with a package."""
    return {
        "label": sentence(one),
        "met": one.met,
        "since": _("since %(when)s", when=moment(one.since)) if one.met and one.since else "",
        "note": _("Nothing more to do here.") if one.met else have_words(one),
        "value": min(float(one.have), one.need),
        "max": one.need,
        "evidence": evidence_lines(one.evidence),
        "todo": [] if one.met or why.complete else list(_steps(why, one, reported, staff=staff)),
    }


def _steps(why: Why, one: CriterionState, reported: Mapping[int, str], *, staff: bool) -> Iterator[dict[str, str]]:
    """The lessons that are still to do; a locked one says what comes first and leads there."""
    states = [state for key in one.open_lessons if (state := why.view.state_of(key)) is not None]
    for state in states[:MOST_STEPS]:
        locked = state.state == "locked"
        target = next((s for s in why.view.lessons if s.state == "open"), state) if locked else state
        yield {
            "label": state.line.title,
            "why": locked_words(state.locked_by) if locked else reported.get(state.line.id, ""),
            "href": "" if staff or why.view.enrollment.locks else _lesson_address(why, target),
        }


def _lesson_address(why: Why, state: LessonState) -> str:
    return url_for("student.lesson", course_id=why.view.outline.course_id, lesson_id=state.line.id)


def versions(why: Why) -> str:
    """By which rule and which content it is judged."""
    if why.complete and why.kept is not None:
        return _("Rule version %(rule)s, content version %(content)s, completion record %(record)s") % {
            "rule": why.kept.rule_version,
            "content": why.kept.content_version,
            "record": why.kept.record_id,
        }
    values = {"rule": why.rule_version, "content": why.content_version}
    return _("Rule version %(rule)s, content version %(content)s") % values


def events(why: Why) -> list[dict[str, Any]]:
    """What was measured, visit by visit."""
    titles = {state.line.id: state.line.title for state in why.view.lessons}
    kinds = {state.line.id: state.line.kind for state in why.view.lessons}
    return [
        {
            "lesson": titles.get(row.lesson_id, _("A lesson of another version")),
            "opened": moment(row.opened_at),
            "until": moment(row.last_at) if row.last_at else "–",
            "beats": row.beats,
            "claimed": row.claimed,
            "credited": row.credited + row.earlier,
            "seen": _gained(kinds.get(row.lesson_id, ""), row.gained),
            "note": _("%(n)s visits together", n=row.visits) if row.visits > 1 else _not_measured(row.beats),
        }
        for row in visits_of(why.view.enrollment)
    ]


def _not_measured(beats: int) -> str:
    return "" if beats else _("The page measured nothing; time since opening counts.")


def _gained(kind: str, gained: float) -> str:
    if kind == "video":
        return _("%(n)s s watched", n=round(gained))
    return ngettext("%(num)s page", "%(num)s pages", round(gained)) if kind == "pdf" else "–"
