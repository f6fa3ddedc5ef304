"""Lessons, attempts, pauses and decisions by hand on a timeline, in words (ENR-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.web.dates import day, percent
from lmsapp.web.enrolled_words import PAUSE_KINDS, SOURCES
from lmsapp.web.timeline_people import Title

LEARNING = ("lesson", "attempt", "package")


def of_learning(kind: str, what: str, detail: dict[str, Any]) -> Title:
    """What the learner did: `detail` as `insight.enrollments.one` keeps it."""
    title = str(detail.get("title") or "")
    if kind == "lesson":
        if what == "begun":
            return _("Began “%(title)s”", title=title), "half", ""
        return f"{_('Finished “%(title)s”', title=title)}{_time(int(detail.get('seconds') or 0))}", "done", "good"
    if kind == "package" and what == "done":
        return _reported(title, detail), "done", "good"
    if what == "begun":
        return _("Attempt %(n)s at “%(title)s” begun", n=detail["number"], title=title), "quiz", ""
    if detail.get("practice"):
        return _("Practised with “%(title)s”", title=title), "quiz", ""
    if detail.get("passed") is None:
        return (
            _("Attempt %(n)s at “%(title)s” handed in; it waits for grading", n=detail["number"], title=title),
            "quiz",
            "",
        )
    score, passed = percent(float(detail["percent"])), bool(detail.get("passed"))
    words = (
        _("Attempt %(n)s at “%(title)s” passed with %(score)s")
        if passed
        else _("Attempt %(n)s at “%(title)s” not passed: %(score)s")
    )
    said = words % {"n": detail["number"], "title": title, "score": score}
    return said, "quiz", "good" if passed else "bad"


def _reported(title: str, detail: dict[str, Any]) -> str:
    """'“On the ladder” reported passed in attempt 1, 85 %': what met the lesson's rule."""
    word = _("passed") if detail.get("success") == "passed" else _("completed")
    said = _("“%(title)s” reported %(word)s in attempt %(n)s", title=title, word=word, n=detail["number"])
    return f"{said}, {percent(float(detail['score']))}" if detail.get("score") is not None else said


def of_completion(title: str, detail: dict[str, Any]) -> Title:
    """A completion record: by the rule, by hand (said each time), or taken back."""
    how, second = detail.get("how", "rule"), detail.get("approved_by")
    if how == "taken back":
        words = _("Completion of %(title)s taken back", title=title)
    else:
        score = detail.get("score")
        words = _("Completed %(title)s", title=title)
        words = _("%(done)s with %(score)s", done=words, score=percent(float(score))) if score else words
        if how == "by hand":
            words = _("%(done)s, set by hand", done=words)
    if second:
        words = _("%(done)s, approved by %(name)s", done=words, name=second)
    return words, "ban" if how == "taken back" else "done", "bad" if how == "taken back" else "good"


def of_enrollment(action: str, detail: dict[str, Any]) -> Title | None:
    """What the trail says of an enrollment; None for an action without a sentence of its own."""
    known: dict[str, Callable[[], Title]] = {
        "enrolled": lambda: (_enrolled(detail), "plus", ""),
        "access revoked": lambda: (_("Access taken away"), "ban", "bad"),
        "access given back": lambda: (_("Access given back"), "renew", ""),
        "attempt granted": lambda: (_("Another attempt at “%(title)s” granted", title=detail.get("title")), "quiz", ""),
        "instructor time asked": lambda: (
            _("Asked for time with the instructor: %(quiz)s", quiz=detail.get("quiz")),
            "comment",
            "",
        ),
        "instructor time answered": lambda: (_("The instructor answered"), "comment", "good"),
        "instructor time done": lambda: (_("Time with the instructor: done"), "check", "good"),
        "instructor time taken back": lambda: (_("No time with the instructor needed any more"), "undo", ""),
        "attempt graded": lambda: (_scored(_("Attempt %(n)s graded"), detail), "quiz", _tone(detail)),
        "attempt regraded": lambda: (_scored(_("Attempt %(n)s scored anew"), detail), "renew", _tone(detail)),
        "answers given back": lambda: (
            _("Answers of attempt %(n)s given back for rework", n=detail.get("number")),
            "undo",
            "",
        ),
        "attended": lambda: (_("Attended “%(title)s”", title=detail.get("title")), "users", "good"),
        "attendance taken back": lambda: (_("Attendance taken back"), "ban", ""),
        "paused": lambda: (_paused(detail), "pause", ""),
        "resumed": lambda: (_("Pause ended early"), "play", ""),
        "pause over": lambda: (_("Pause over"), "play", ""),
        "lesson by hand": lambda: (_("“%(title)s” set done by hand", title=detail.get("lesson", "")), "edit", ""),
        "package attempt begun": lambda: (
            _("Attempt %(n)s at “%(title)s” begun by staff", n=detail.get("attempt"), title=detail.get("lesson", "")),
            "renew",
            "",
        ),
        "exemption by hand": lambda: (_("Exempted by hand"), "minus", ""),
        "link made": lambda: (_("Single-use link sent to %(where)s", where=detail.get("sent_to")), "key", ""),
        "link opened": lambda: (_("Came by the link sent to %(where)s", where=detail.get("sent_to")), "key", ""),
        "link refused": lambda: (_("A single-use link was tried and refused"), "ban", "bad"),
        "link revoked": lambda: (_("Link sent to %(where)s revoked", where=detail.get("sent_to")), "ban", ""),
        "completion by hand": lambda: (_("Completion set by hand"), "edit", ""),
        "revocation by hand": lambda: (_taken_back(detail), "renew", ""),
    }
    made = known.get(action)
    return made() if made else None


def _enrolled(detail: dict[str, Any]) -> str:
    source = str(detail.get("source") or "")
    return _("Enrolled: %(how)s", how=SOURCES[source]) if source in SOURCES else _("Enrolled in a course")


def _taken_back(detail: dict[str, Any]) -> str:
    if detail.get("lesson"):
        return _("“%(title)s” not done by hand after all", title=detail["lesson"])
    return _("Decision by hand taken back")


def _scored(words: str, detail: dict[str, Any]) -> str:
    """'Attempt 2 graded: 70 %, passed'."""
    said = words % {"n": detail.get("number")}
    result = _("passed") if detail.get("passed") else _("not passed")
    share = percent(float(detail.get("percent") or 0))
    if detail.get("passed") is None:
        return _("%(said)s; it waits for grading", said=said)
    return _("%(said)s: %(score)s, %(result)s", said=said, score=share, result=result)


def _tone(detail: dict[str, Any]) -> str:
    return "" if detail.get("passed") is None else "good" if detail["passed"] else "bad"


def _paused(detail: dict[str, Any]) -> str:
    kind = str(detail.get("pause") or "")
    try:
        until = day(dt.date.fromisoformat(str(detail.get("until_on"))))
    except ValueError:
        until = ""
    return _("Paused to %(day)s: %(kind)s", day=until, kind=PAUSE_KINDS.get(kind, kind))


def _time(seconds: int) -> str:
    if not seconds:
        return ""
    if seconds < 60:
        return ngettext(", %(num)s second active", ", %(num)s seconds active", seconds)
    return ngettext(", %(num)s minute active", ", %(num)s minutes active", round(seconds / 60))
