"""A package on its lesson's page, in words: what it is, how far one is, and what the button does (SCO-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.courses.packages.rules import DoneWhen, Of, PackageTerms
from lmsapp.learning.enrollments.queries import StudyView
from lmsapp.learning.scorm.outcome.facts import PartFact, finished
from lmsapp.learning.scorm.seen.playing import AttemptLine, Intro, PartLine, intro_for
from lmsapp.web.dates import moment, percent
from lmsapp.web.student.package_results import results_beside


def package_beside(view: StudyView, body: LessonView, done_at: dt.datetime | None) -> dict[str, Any]:
    """What `student/lesson/_scorm.html` shows."""
    intro = intro_for(view.enrollment, body)
    return {"scorm": shown(intro, body, done_at), **results_beside(view.enrollment, body.id)}


def shown(intro: Intro, body: LessonView, done_at: dt.datetime | None) -> dict[str, Any]:
    """`done_at`: of the lesson, whichever way it came to be done."""
    if intro.manifest is None or not intro.on:
        return {"on": intro.on, "package": intro.manifest is not None}
    parts = [part_shown(one) for one in intro.parts]
    played = [one for one in intro.parts if one.item.href is not None]
    attempt = intro.attempt
    return {
        "on": True,
        "package": True,
        "title": intro.manifest.title or body.title,
        "facts": [*facts(attempt, len(played)), (_("Done when"), terms_words(body, len(played)))],
        "done": done_at is not None,
        "done_words": done_words(done_at),
        **state_of(attempt, done_at),
        **going_on(attempt, done_at),
        "start": start_words(attempt, done_at),
        "again": attempt is not None and not attempt.anew,
        "again_words": again_words(attempt),
        "launches": url_for("student.create_launch", course_id=body.course_id, lesson_id=body.id),
        "parts": parts if len(played) > 1 else [],
        "parts_words": parts_words(played),
    }


def facts(attempt: AttemptLine | None, parts: int) -> list[tuple[str, Any]]:
    """The figures under the title."""
    found: list[tuple[str, Any]] = [(_("Kind"), _("Interactive training"))]
    if parts > 1:
        found.append((_("Parts"), parts))
    if attempt is not None:
        if attempt.number > 1:
            found.append((_("Attempt"), attempt.number))
        found.append((_("Last opened"), moment(attempt.last_at)))
        if attempt.score is not None:
            found.append((_("Score"), percent(float(attempt.score))))
    return found


def terms_words(body: LessonView, parts: int) -> str:
    """When the lesson is done, by its author's terms."""
    terms = PackageTerms.from_json(body.detail.get("scorm") or {})
    score = _("you reach %(percent)s", percent=percent(terms.percent))
    said = {
        DoneWhen.COMPLETED: _("you have gone through it"),
        DoneWhen.PASSED: _("you have passed it"),
        DoneWhen.SCORE: score,
    }[terms.done_when]
    if parts < 2:
        return said
    if terms.of is Of.ANY:
        return _("%(what)s, in any one part", what=said)
    return _("%(what)s, in every part", what=said)


def state_of(attempt: AttemptLine | None, done_at: dt.datetime | None) -> dict[str, str]:
    """The badge beside the title."""
    if done_at is not None:
        return {"look": "good", "look_icon": "done", "state_words": _("Done")}
    if attempt is None:
        return {"look": "", "look_icon": "", "state_words": ""}
    if attempt.success == "failed":
        return {"look": "bad", "look_icon": "stop", "state_words": _("Not passed yet")}
    return {"look": "info", "look_icon": "half", "state_words": _("Begun")}


def going_on(attempt: AttemptLine | None, done_at: dt.datetime | None) -> dict[str, str]:
    """What opening it does, where that needs a word."""
    if attempt is None or done_at is not None:
        return {"open_title": "", "open_words": ""}
    if attempt.success == "failed":
        again = _("Your last attempt is kept. Opening the lesson begins a new one.")
        on = _("You can go on where you were, or begin a new attempt.")
        return {"open_title": _("Not passed yet"), "open_words": again if attempt.anew else on}
    if attempt.anew:
        return {
            "open_title": _("Ready for another attempt"),
            "open_words": _("Opening the lesson begins a new attempt."),
        }
    return {"open_title": _("You have begun"), "open_words": _("You go on where you were.")}


def done_words(done_at: dt.datetime | None) -> str:
    """When, and that looking again does no harm."""
    if done_at is None:
        return ""
    return _("Done on %(when)s. Looking at it again changes nothing of that.", when=moment(done_at))


def start_words(attempt: AttemptLine | None, done_at: dt.datetime | None) -> str:
    """On the button."""
    if attempt is None:
        return _("Start")
    if done_at is not None and attempt.done_at is not None:
        return _("Look again")
    return _("Start a new attempt") if attempt.anew else _("Continue")


def again_words(attempt: AttemptLine | None) -> str:
    """Before a new attempt is begun beside one that is there."""
    if attempt is not None and attempt.done_at is not None:
        return _(
            "You start from the beginning. What you have reached stays yours, whatever happens in the new attempt."
        )
    return _("You start from the beginning, and cannot go back to where you are now. What you have reached is kept.")


def part_shown(line: PartLine) -> dict[str, Any]:
    """One row of the list."""
    item, fact = line.item, line.fact
    if item.href is None:
        return {"group": True, "title": item.title or item.id}
    return {
        "group": False,
        "id": item.id,
        "title": item.title or item.id,
        "words": part_words(fact),
        "score": _("Score: %(score)s", score=percent(float(fact.score))) if fact.score is not None else "",
        "why": why_words(line.waits),
    }


def part_words(fact: PartFact) -> str:
    """How a part stands."""
    if fact.success == "passed":
        return _("Passed")
    if fact.success == "failed":
        return _("Not passed")
    if finished(fact):
        return _("Finished")
    if fact.completion == "browsed":
        return _("Looked at")
    return _("Begun") if fact.opened else _("Not begun")


def why_words(waits: tuple[str, ...] | None) -> str:
    """What has to come first."""
    if waits is None:
        return ""
    return _("First finish: %(titles)s", titles=", ".join(waits)) if waits else _("Not open yet")


def parts_words(played: list[PartLine]) -> str:
    """'3 of 18 parts done'."""
    done = sum(finished(one.fact) for one in played)
    return ngettext("%(done)s of %(num)s part done", "%(done)s of %(num)s parts done", len(played), done=done)
