"""Where a hand-in stands, whether another may be given, and what a grading may say. Pure (QIZ-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from urllib.parse import urlsplit

from lmsapp.courses.tasks.rules import Gives, RubricRow, Task, plain
from lmsapp.infra.words import N_, RuleBroken

LONGEST_TEXT = 50_000
LONGEST_LINK = 2_000
LONGEST_FEEDBACK = 20_000
CLAIM = dt.timedelta(minutes=30)
MOST_UPLOADS = 60  # files sent between two hand-ins; whoever needs more is filling the disk


class HandInState(StrEnum):
    """Where a hand-in stands."""

    WAITING = "waiting"
    PASSED = "passed"
    REWORK = "rework"
    FAILED = "failed"
    REPLACED = "replaced"  # a newer one was given before anybody graded it


class Decision(StrEnum):
    """What a grader decides."""

    PASS = "pass"  # noqa: S105 - no password
    REWORK = "rework"
    FAIL = "fail"


AFTER = {
    Decision.PASS: HandInState.PASSED,
    Decision.REWORK: HandInState.REWORK,
    Decision.FAIL: HandInState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Scored:
    """Points by criterion, in all, and per cent of what the rubric gives (cut, never rounded up); None without one."""

    points: dict[str, str]
    total: Decimal | None
    max_points: Decimal | None
    percent: Decimal | None


def state_of(decisions: Sequence[str], *, replaced: bool = False) -> HandInState:
    """By the newest decision; `decisions` oldest first. `replaced`: a newer hand-in of the same cycle is there."""
    if decisions:
        return AFTER[Decision(decisions[-1])]
    return HandInState.REPLACED if replaced else HandInState.WAITING


def tries_used(states: Sequence[HandInState]) -> int:
    """How many tries a cycle has used: one that was replaced before it was graded costs nothing."""
    return sum(state is not HandInState.REPLACED for state in states)


def tries_left(tries: int | None, states: Sequence[HandInState]) -> int | None:
    """How many more may be given; None without a limit. Replacing what waits needs none."""
    return None if tries is None else max(0, tries - tries_used(states))


def check_may_give(states: Sequence[HandInState]) -> None:
    """A first one, one in place of what nobody has graded, or one after 'rework'. Raises RuleBroken."""
    newest = states[-1] if states else None
    if newest is HandInState.PASSED:
        raise RuleBroken(N_("Your work is passed. There is nothing left to hand in here."))
    if newest is HandInState.FAILED:
        raise RuleBroken(N_("Your work was not passed. Your training team can help you with the next step."))


def check_given(task: Task, text: str, link: str, files: int) -> None:
    """What is handed in is something, in a form the task takes. Raises RuleBroken."""
    checked_text(task, text)
    checked_link(task, link)
    if files and Gives.FILE not in task.gives:
        raise RuleBroken(N_("No files are asked for here."), field="files")
    if files > task.max_files:
        raise RuleBroken(N_("At most %(most)s files can be handed in."), field="files", most=task.max_files)
    if not (text.strip() or link.strip() or files):
        raise RuleBroken(N_("There is nothing to hand in yet. Give your work below first."), field="text")


def checked_text(task: Task, text: str) -> str:
    """As typed, with one kind of line end. Raises RuleBroken."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if text.strip() and Gives.TEXT not in task.gives:
        raise RuleBroken(N_("No text is asked for here."), field="text")
    if len(text) > LONGEST_TEXT:
        raise RuleBroken(
            N_("The text is too long: %(n)s characters, at most %(most)s."),
            field="text",
            n=len(text),
            most=LONGEST_TEXT,
        )
    return text


def checked_link(task: Task, link: str) -> str:
    """An address of the web, without spaces around it. Raises RuleBroken."""
    link = link.strip()
    if not link:
        return ""
    if Gives.LINK not in task.gives:
        raise RuleBroken(N_("No link is asked for here."), field="link")
    try:
        parts = urlsplit(link)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        fits = False
    if not fits or len(link) > LONGEST_LINK or not link.isprintable() or " " in link:
        raise RuleBroken(N_("Give the whole address, beginning with https://"), field="link")
    return link


def scored(task: Task, given: Mapping[str, Decimal | None], *, complete: bool) -> Scored:
    """Points held against the rubric. Raises RuleBroken for a criterion without points, too many, or one not in it.

    `complete`: every criterion needs points; sending work back does without.
    """
    if set(given) - {row.key for row in task.rubric}:
        raise RuleBroken(N_("These points do not belong to this rubric. Load the page again."))
    if not task.rubric:
        return Scored({}, None, None, None)
    held = {row.key: _points(row, given.get(row.key), needed=complete) for row in task.rubric}
    points = {key: value for key, value in held.items() if value is not None}
    kept = {key: str(value) for key, value in points.items()}
    if len(points) < len(task.rubric):
        return Scored(kept, None, task.max_points, None)
    total = sum(points.values(), Decimal(0))
    percent = (total * 100 / task.max_points).quantize(Decimal("0.01"), ROUND_DOWN)
    return Scored(kept, total, task.max_points, percent)


def _points(row: RubricRow, value: Decimal | None, *, needed: bool) -> Decimal | None:
    if value is None and needed:
        raise RuleBroken(N_("Give points for “%(title)s”."), field=f"points-{row.key}", title=row.title)
    if value is not None and not 0 <= value <= row.points:
        raise RuleBroken(
            N_("“%(title)s” takes between 0 and %(most)s points."),
            field=f"points-{row.key}",
            title=row.title,
            most=plain(row.points),
        )
    return value


def check_decision(task: Task, decision: Decision, result: Scored, feedback: str, *, left: int | None) -> None:
    """A decision the points bear out, with words where the learner needs them. `left`: tries left.

    Raises RuleBroken.
    """
    if len(feedback) > LONGEST_FEEDBACK:
        raise RuleBroken(
            N_("The text is too long: at most %(most)s characters."), field="feedback", most=LONGEST_FEEDBACK
        )
    if decision is not Decision.PASS and not feedback.strip():
        raise RuleBroken(N_("Say what is missing: the learner reads it."), field="feedback")
    if decision is Decision.REWORK and left == 0:
        raise RuleBroken(N_("This was the last try: it can be passed or not passed."), field="decision")
    need = task.passing_percent
    if need is None or result.percent is None:
        return
    if decision is Decision.PASS and result.percent < need:
        raise RuleBroken(
            N_("%(have)s %% of the points do not pass: %(need)s %% are asked."),
            field="decision",
            have=plain(result.percent),
            need=need,
        )
    if decision is not Decision.PASS and result.percent >= need:
        raise RuleBroken(
            N_("%(have)s %% of the points pass: %(need)s %% are asked. Give fewer points, or pass it."),
            field="decision",
            have=plain(result.percent),
            need=need,
        )
