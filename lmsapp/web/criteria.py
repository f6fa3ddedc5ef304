"""Criteria in words, for learners, authors and staff: what is asked, how far it is, by what it is shown (CRS-3, ENR-8).

A kind of criterion that has words of its own for how far it is stands in HAVE; a kind of evidence in EVIDENCE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.courses.catalogue.rules import (
    CriterionKind,
    CriterionState,
    Evidence,
    Facts,
    Judgement,
    Mode,
    Part,
    Rule,
    judge,
)
from lmsapp.web.dates import minutes, moment, percent


def sentence(state: CriterionState) -> str:
    """What the criterion asks, as the learner reads it."""
    return _(state.words, **state.values)


def rule_parts(rule: Rule | None, course: Facts) -> list[dict[str, Any]]:
    """The rule as it is read: what is always needed, then that of which one is enough. `course`: nothing done yet."""
    return [
        {"either": either, "sentences": [sentence(state) for part in parts for state in part.states]}
        for either, parts in _split(judge(rule, course) if rule else None)
    ]


def rule_words(rule: Rule, course: Facts) -> list[str]:
    """The rule as a flat list of sentences; that of which one is enough is one of them."""
    said: list[str] = []
    for part in rule_parts(rule, course):
        together: list[str] = part["sentences"]
        said += [_("; or: ").join(together)] if part["either"] else together
    return said


def needed_items(judgement: Judgement) -> list[dict[str, Any]]:
    """What the course asks, for `ui.needs`; that of which one is enough is one line."""
    items = []
    for either, parts in _split(judgement):
        states = [state for part in parts for state in part.states]
        if not either or len(states) == 1:
            items += [_item(state) for state in states]
            continue
        met = any(part.met for part in parts)
        asked = _("; or: ").join(sentence(state) for state in states)
        note = "" if met else ngettext("%(num)s way", "Any of these %(num)s ways is enough", len(states))
        items.append({"label": asked, "met": met, "note": note})
    return items


def _item(state: CriterionState) -> dict[str, Any]:
    return {"label": sentence(state), "met": state.met, "note": "" if state.met else have_words(state)}


def _split(judgement: Judgement | None) -> list[tuple[bool, list[Part]]]:
    """(whether one is enough, the parts)."""
    if judgement is None or not judgement.criteria:
        return []
    if judgement.mode is Mode.ANY:
        return [(True, list(judgement.parts))]
    alone = [part for part in judgement.parts if not part.states[0].group]
    groups = [(True, [part]) for part in judgement.parts if part.states[0].group]
    return [*([(False, alone)] if alone else []), *groups]


def locked_words(titles: Sequence[str]) -> str:
    """'finish ‘A’ and ‘B’ first', or how many there are."""
    if not titles:
        return ""
    if len(titles) == 1:
        return _("finish ‘%(title)s’ first", title=titles[0])
    if len(titles) == 2:
        return _("finish ‘%(a)s’ and ‘%(b)s’ first", a=titles[0], b=titles[1])
    return ngettext(
        "finish the %(num)s lesson before it first", "finish the %(num)s lessons before it first", len(titles)
    )


def have_words(state: CriterionState) -> str:
    """How far a criterion is, in its own unit."""
    return HAVE.get(state.kind, _lessons_words)(state)


def _lessons_words(state: CriterionState) -> str:
    return _("%(have)s of %(need)s done", have=int(state.have), need=state.need)


def _done_words(state: CriterionState) -> str:
    return ngettext("%(num)s done", "%(num)s done", int(state.have))


def _score_words(state: CriterionState) -> str:
    return _("Best so far: %(percent)s", percent=percent(float(state.have))) if state.have else _("Not passed yet")


def _reported_words(state: CriterionState) -> str:
    return _("Best so far: %(percent)s", percent=percent(float(state.have))) if state.have else _("No score yet")


def _time_words(state: CriterionState) -> str:
    return _("%(have)s of %(need)s", have=minutes(int(state.have)), need=minutes(state.need))


def _signed_words(state: CriterionState) -> str:
    if state.need == 1:
        return _("Not signed yet")
    return _("%(have)s of %(need)s signed", have=int(state.have), need=state.need)


def _passed_words(state: CriterionState) -> str:
    return _("%(have)s of %(need)s passed", have=int(state.have), need=state.need)


def _attended_words(state: CriterionState) -> str:
    return _("%(have)s of %(need)s", have=int(state.have), need=state.need)


HAVE: dict[CriterionKind, Callable[[CriterionState], str]] = {
    CriterionKind.LESSONS: _done_words,
    CriterionKind.QUIZ_PASSED: _score_words,
    CriterionKind.ACKNOWLEDGED: _signed_words,
    CriterionKind.ACTIVE_MINUTES: _time_words,
    CriterionKind.ASSIGNMENT_PASSED: _passed_words,
    CriterionKind.ATTENDED: _attended_words,
    CriterionKind.PACKAGE_SCORE: _reported_words,
}


def evidence_words(one: Evidence) -> str:
    """One fact, as a sentence."""
    return EVIDENCE.get(one.kind, _lesson_evidence)(one)


def evidence_lines(evidence: Iterable[Evidence], most: int = 12) -> list[str]:
    """The facts as sentences; of very many the first ones and how many more there are."""
    lines = [evidence_words(one) for one in evidence]
    if len(lines) <= most:
        return lines
    left = len(lines) - most
    return [*lines[:most], ngettext("and %(num)s more", "and %(num)s more", left)]


def _lesson_evidence(one: Evidence) -> str:
    if one.at is None:
        return _("“%(title)s” is done", title=one.title)
    words = (
        _("“%(title)s” done %(when)s")
        if one.measured
        else _("“%(title)s” done %(when)s; time counted from opening, not measured")
    )
    return words % {"title": one.title, "when": moment(one.at)}


def _attempt_evidence(one: Evidence) -> str:
    values = {"title": one.title, "percent": percent(float(one.percent or 0)), "n": one.number, "when": moment(one.at)}
    if one.number is None or one.at is None:
        return _("Best score in “%(title)s”: %(percent)s") % values
    return _("“%(title)s”: %(percent)s in attempt %(n)s, %(when)s") % values


def _signature_evidence(one: Evidence) -> str:
    values = {"title": one.title, "n": one.number, "when": moment(one.at)}
    if one.number is None:
        return _("“%(title)s” signed %(when)s") % values
    return _("“%(title)s” signed %(when)s, signature no. %(n)s") % values


def _time_evidence(one: Evidence) -> str:
    whole, rest = divmod(one.seconds or 0, 60)
    values = {"title": one.title, "minutes": whole, "seconds": rest}
    if one.measured:
        return _("“%(title)s”: %(minutes)s min %(seconds)s s of active time measured") % values
    return _("“%(title)s”: %(minutes)s min %(seconds)s s counted from opening, not measured") % values


def _work_evidence(one: Evidence) -> str:
    return _("Your work for “%(title)s” was passed %(when)s") % {"title": one.title, "when": moment(one.at)}


def _session_evidence(one: Evidence) -> str:
    if one.at is None:
        return _("At “%(title)s”", title=one.title)
    return _("At “%(title)s”, recorded %(when)s", title=one.title, when=moment(one.at))


def _package_evidence(one: Evidence) -> str:
    """What content reported, in which attempt and when."""
    said = _REPORTED.get(one.said, one.said)
    values = {"title": one.title, "said": said, "n": one.number, "when": moment(one.at)}
    if one.percent is not None:
        said = _("%(said)s, %(percent)s", said=said, percent=percent(float(one.percent))) if said else ""
        values["said"] = said or percent(float(one.percent))
    if not values["said"]:
        return _("“%(title)s” done %(when)s") % values
    if one.number is None:
        return _("“%(title)s” reported %(said)s %(when)s") % values
    return _("“%(title)s” reported %(said)s in attempt %(n)s, %(when)s") % values


_REPORTED: dict[str, Any] = {"completed": __("‘completed’"), "passed": __("‘passed’"), "failed": __("‘failed’")}


def _hand_evidence(one: Evidence) -> str:
    return _("“%(title)s” set done by hand by %(name)s, %(when)s", title=one.title, name=one.by, when=moment(one.at))


def _score_evidence(one: Evidence) -> str:
    values = {"title": one.title, "percent": percent(float(one.percent or 0)), "when": moment(one.at)}
    if one.at is None:
        return _("Best score reported by “%(title)s”: %(percent)s") % values
    return _("Best score reported by “%(title)s”: %(percent)s; done %(when)s") % values


EVIDENCE: dict[str, Callable[[Evidence], str]] = {
    "package": _package_evidence,
    "hand": _hand_evidence,
    "attempt": _attempt_evidence,
    "signature": _signature_evidence,
    "time": _time_evidence,
    "work": _work_evidence,
    "session": _session_evidence,
    "score": _score_evidence,
}
