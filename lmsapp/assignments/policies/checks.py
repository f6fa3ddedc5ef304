"""Whether a policy makes sense, and in which order its steps stand. Pure; says no in words (REM-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lmsapp.assignments.policies.rules import Moment, Policy, Step, ToWhom
from lmsapp.infra.words import N_, RuleBroken

MOST_STEPS = 30
MOST_DAYS = 365
MOST_TIMES = 52
MOST_HOURS = 24 * 60
LONGEST_NAME = 100
CHANNELS = ("email", "in_app", "sms", "slack")
ORDER = {moment: place for place, moment in enumerate(Moment)}
READERS = {whom: place for place, whom in enumerate(ToWhom)}


def checked(policy: Policy) -> Policy:
    """The policy with a tidy name and its steps in the order of time. Raises RuleBroken (fields 'name', 'steps')."""
    name = " ".join(policy.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RuleBroken(N_("Give it a name of at most %(n)s characters."), field="name", n=LONGEST_NAME)
    if not policy.steps:
        raise RuleBroken(N_("Add at least one step: a policy without steps tells nobody anything."), field="steps")
    if len(policy.steps) > MOST_STEPS:
        raise RuleBroken(N_("A policy has at most %(n)s steps."), field="steps", n=MOST_STEPS)
    steps = tuple(_checked(step, number) for number, step in enumerate(policy.steps, 1))
    _no_doubles(steps)
    return replace(policy, name=name, steps=in_order(steps))


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """As they come: long before, before, on the day, after; the learner's first."""

    def place(step: Step) -> tuple[int, int, int]:
        ahead = step.moment in (Moment.BEFORE_DUE, Moment.BEFORE_EXPIRY)
        return ORDER[step.moment], -step.days if ahead else step.days, READERS[step.to_whom]

    return tuple(sorted(steps, key=place))


def _checked(step: Step, number: int) -> Step:
    channels = tuple(one for one in CHANNELS if one in step.channels)
    if not channels:
        raise RuleBroken(N_("Step %(n)s: choose at least one way to tell."), field="steps", n=number)
    kept = replace(step, channels=channels)
    match step.moment:
        case Moment.ON_DUE:
            return replace(kept, days=0, every=0, most=1, hours=0)
        case Moment.STALLED:
            if not 1 <= step.hours <= MOST_HOURS:
                words = N_("Step %(n)s: give between 1 and %(most)s hours.")
                raise RuleBroken(words, field="steps", n=number, most=MOST_HOURS)
            return replace(kept, days=0, every=0, most=1)
    if not 1 <= step.days <= MOST_DAYS:
        raise RuleBroken(N_("Step %(n)s: give between 1 and 365 days."), field="steps", n=number)
    return _again(kept, number) if step.moment is Moment.AFTER_DUE else replace(kept, every=0, most=1, hours=0)


def _again(step: Step, number: int) -> Step:
    if not step.every:
        return replace(step, every=0, most=1, hours=0)
    if not 1 <= step.every <= MOST_DAYS or not 2 <= step.most <= MOST_TIMES:
        words = N_("Step %(n)s: to repeat it, give the days in between and how many times in all, from 2 to 52.")
        raise RuleBroken(words, field="steps", n=number)
    return replace(step, hours=0)


def _no_doubles(steps: tuple[Step, ...]) -> None:
    seen: dict[object, int] = {}
    for number, step in enumerate(steps, 1):
        for channel in step.channels:
            what = (step.moment, step.days, step.hours, step.to_whom, channel)
            if what in seen:
                words = N_("Steps %(one)s and %(other)s tell the same person the same day by the same way.")
                raise RuleBroken(words, field="steps", one=seen[what], other=number)
            seen[what] = number
