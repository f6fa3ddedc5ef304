"""What content reported, in words, for learners and staff (SCO-5)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.courses.packages.rules import DoneWhen, Of, PackageTerms
from lmsapp.learning.scorm.outcome.rollup import Lacks, OpenPart
from lmsapp.learning.scorm.seen.answers import Answer
from lmsapp.learning.scorm.seen.reading import Interaction, Verdict
from lmsapp.learning.scorm.seen.seeing import AttemptSeen, LessonSeen, Outcome
from lmsapp.learning.scorm.seen.telling import Event, Told
from lmsapp.web.dates import minutes, percent, time_of_day

COMPLETIONS: dict[str, Any] = {
    "unknown": __("says nothing yet"),
    "incomplete": __("incomplete"),
    "completed": __("completed"),
    "browsed": __("only browsed"),
}
SUCCESSES: dict[str, Any] = {"unknown": "", "passed": __("passed"), "failed": __("failed")}
SAID: dict[str, Any] = {
    "passed": __("passed"),
    "failed": __("failed"),
    "completed": __("completed"),
    "incomplete": __("incomplete"),
    "browsed": __("browsed"),
}
VERDICTS: dict[Verdict, tuple[Any, str, str]] = {
    Verdict.RIGHT: (__("Answered right"), "good", "done"),
    Verdict.WRONG: (__("Answered wrong"), "bad", "ban"),
    Verdict.UNEXPECTED: (__("An answer nobody expected"), "warn", "alert"),
    Verdict.NEUTRAL: (__("Neither right nor wrong"), "mute", "minus"),
    Verdict.NONE: (__("Not judged"), "mute", "circle"),
}
KINDS: dict[str, Any] = {
    "true-false": __("True or false"),
    "choice": __("Choice"),
    "fill-in": __("Fill in"),
    "long-fill-in": __("Answer in words"),
    "matching": __("Matching"),
    "performance": __("Steps carried out"),
    "sequencing": __("Putting in order"),
    "likert": __("Opinion"),
    "numeric": __("Number"),
    "other": __("Other"),
}
WANTED: dict[DoneWhen, Any] = {
    DoneWhen.COMPLETED: __("the rule asks for ‘completed’ or ‘passed’"),
    DoneWhen.PASSED: __("the rule asks for ‘passed’"),
}


def said_words(word: str) -> str:
    """A status as content says it, in the reader's language; one of its own making as it is."""
    return str(SAID.get(word, word))


def length(seconds: float) -> str:
    """'12 seconds', '3 min 5 s', '1 h 15 min'."""
    whole = round(seconds)
    if whole < 60:
        return ngettext("%(num)s second", "%(num)s seconds", whole)
    if whole < 600:
        return _("%(m)s min %(s)s s", m=whole // 60, s=whole % 60) if whole % 60 else minutes(whole // 60)
    return minutes(round(whole / 60))


def attempt_words(one: AttemptSeen) -> str:
    """'completed, passed, 85 %': what an attempt came to."""
    score = percent(float(one.score)) if one.score is not None else ""
    parts = [str(COMPLETIONS[one.completion]), str(SUCCESSES[one.success]), score]
    return ", ".join(part for part in parts if part)


def terms_words(terms: PackageTerms) -> str:
    """What a lesson asks of its package, as one sentence."""
    said = {
        DoneWhen.COMPLETED: _("The content has to report ‘completed’ or ‘passed’."),
        DoneWhen.PASSED: _("The content has to report ‘passed’."),
        DoneWhen.SCORE: _("The content has to report a score of at least %(percent)s.", percent=percent(terms.percent)),
    }
    return said[terms.done_when]


def scope_words(one: AttemptSeen, terms: PackageTerms) -> str:
    """How many of several parts, and how many have it."""
    if one.result.asked < 2:
        return ""
    if one.result.by_rules:
        words = _("The package’s own rules say how its parts come together; %(done)s of %(all)s are done.")
    elif terms.of is Of.ANY:
        words = _("Any one of the %(all)s parts is enough; %(done)s are done.")
    else:
        words = _("Each of the %(all)s parts has to; %(done)s are done.")
    return words % {"done": one.result.finished, "all": one.result.asked}


def open_words(part: OpenPart, terms: PackageTerms, said: Sequence[str] = ()) -> str:
    """Why it is open: what it reported, and what is asked for."""
    if part.why is Lacks.NOT_OPENED:
        return _("It was not opened yet.")
    if part.why is Lacks.RULES:
        return _("The package’s own rules are not met yet.")
    if terms.done_when is DoneWhen.SCORE:
        return _score_words(part, terms)
    reported = _and([said_words(one) for one in said]) or _reported(part.why)
    if not reported:
        return _("It was opened, but reported nothing; %(wanted)s.", wanted=WANTED[terms.done_when])
    return _("It reported %(said)s; %(wanted)s.", said=reported, wanted=WANTED[terms.done_when])


def _score_words(part: OpenPart, terms: PackageTerms) -> str:
    need = percent(terms.percent)
    if part.score is None:
        return _("It reported no score; the rule asks for %(need)s.", need=need)
    return _("Its score is %(have)s; the rule asks for %(need)s.", have=percent(float(part.score)), need=need)


def _reported(why: Lacks) -> str:
    word = {Lacks.INCOMPLETE: "incomplete", Lacks.BROWSED: "browsed", Lacks.FAILED: "failed"}.get(why)
    word = "completed" if why is Lacks.NOT_PASSED else word
    return _("‘%(word)s’", word=said_words(word)) if word else ""


def _and(words: list[str]) -> str:
    quoted = [_("‘%(word)s’", word=one) for one in words]
    return _("%(a)s and %(b)s", a=quoted[0], b=quoted[1]) if len(quoted) == 2 else ", ".join(quoted)


def open_lines(lesson: LessonSeen, most: int = 8) -> list[str]:
    """Each part of the newest attempt that keeps the lesson open, and why; nothing where it is done."""
    one = lesson.current
    if lesson.done_at is not None:
        return []
    if one is None:
        return [_("It was not opened yet.")]
    said = {part.item: part.said for part in one.parts}
    return open_parts(Outcome(one.result, said, len(one.parts)), lesson.terms, most)


def open_parts(outcome: Outcome, terms: PackageTerms, most: int) -> list[str]:
    """Each part that is open, at most so many, and how many more there are."""
    lines = [_open_line(part, terms, outcome) for part in outcome.result.open[:most]]
    left = len(outcome.result.open) - most
    return [*lines, ngettext("and %(num)s more part", "and %(num)s more parts", left)] if left > 0 else lines


def _open_line(part: OpenPart, terms: PackageTerms, outcome: Outcome) -> str:
    words = open_words(part, terms, outcome.said.get(part.item, ()))
    return _("%(title)s: %(why)s", title=part.title, why=words) if outcome.parts > 1 and part.item else words


def answer_words(answer: Answer | None, kind: str = "") -> str:
    """One answer as people read it; pairs and order with arrows."""
    if answer is None:
        return ""
    if answer.truth is not None:
        return _("true") if answer.truth else _("false")
    if answer.least is not None or answer.most is not None:
        return _range(answer.least or "", answer.most or "")
    if answer.pairs:
        return "; ".join(f"{left} → {right}" if right else left for left, right in answer.pairs)
    return (" → " if kind == "sequencing" else ", ").join(answer.parts)


def _range(least: str, most: str) -> str:
    if least and most:
        return least if least == most else _("%(least)s to %(most)s", least=least, most=most)
    return _("at least %(n)s", n=least) if least else _("at most %(n)s", n=most) if most else _("any number")


def right_words(one: Interaction) -> str:
    """Every answer that would have been right."""
    return _(" or ").join(filter(None, (answer_words(pattern, one.kind) for pattern in one.right)))


def verdict_words(one: Interaction) -> tuple[str, str, str]:
    """(words, tone, icon)."""
    if one.verdict is Verdict.POINTS and one.points is not None:
        return _("%(n)s points", n=f"{one.points.normalize():f}"), "mute", "circle"
    words, tone, icon = VERDICTS[one.verdict]
    return str(words), tone, icon


def took_words(one: Interaction) -> str:
    """'took 12 seconds', or nothing."""
    return _("took %(time)s", time=length(one.seconds)) if one.seconds is not None else ""


def when_words(one: Interaction) -> str:
    """The time of day; of older content as it came."""
    return time_of_day(one.at) if one.at else one.clock[:8]


IGNORED: dict[str, Any] = {
    "older": __("arrived late; something newer had been said"),
    "superseded": __("came from a window that is not the newest; place and notes of the newest were kept"),
    "late": __("arrived too late to count"),
    "review": __("was only looked at: nothing counts"),
    "browse": __("was only looked at: nothing counts"),
}


def event_words(one: Told) -> tuple[str, str, str]:
    """(what happened, icon, tone) of one line of the timeline."""
    took = _(" after %(time)s", time=length(one.seconds)) if one.seconds else ""
    plain: dict[Event, tuple[str, str, str]] = {
        Event.OPENED: (_("Opened"), "play", ""),
        Event.OPENED_AGAIN: (_("Opened again"), "play", ""),
        Event.LOOKED_AT: (_("Opened to look at only"), "eye", ""),
        Event.SECOND_WINDOW: (_("Opened in a second window; the newer one goes on"), "alert", ""),
        Event.DONE: (_("The lesson’s rule was met"), "done", "good"),
        Event.FINISHED: (_("Closed by the content itself%(took)s", took=took), "check", ""),
        Event.LEFT: (_("Left without pressing exit%(took)s: saved all the same", took=took), "check", ""),
        Event.SILENT: (_("Nothing more was heard%(took)s: saved all the same", took=took), "clock", ""),
        Event.MOVED_ON: (_("Went on to another part%(took)s", took=took), "right", ""),
        Event.REVOKED: (_("Access ended%(took)s", took=took), "ban", ""),
    }
    return plain.get(one.event) or _spoken(one)


def _spoken(one: Told) -> tuple[str, str, str]:
    if one.event is Event.SCORE:
        return _("Score: %(score)s", score=percent(float(Decimal(one.value)))), "target", ""
    if one.event is Event.RELOADED:
        return ngettext("Loaded again %(num)s time", "Loaded again %(num)s times", int(one.value)), "renew", ""
    if one.event is Event.IGNORED:
        return _("Something that %(why)s", why=IGNORED.get(one.value, one.value)), "minus", ""
    words = _("Reported: %(word)s", word=said_words(one.value))
    if one.kept:
        words = _("%(said)s; ‘%(kept)s’ from before counts", said=words, kept=said_words(one.kept))
    tone = {"completed": "good", "passed": "good", "failed": "bad"}.get(one.value, "")
    return words, "done" if tone == "good" else "ban" if tone == "bad" else "half", tone
