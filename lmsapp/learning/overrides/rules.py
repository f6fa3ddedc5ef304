"""Who may decide what by hand. Pure (ENR-9)."""

from __future__ import annotations

from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

LONGEST_REASON = 1000


class OverrideKind(StrEnum):
    """What is set by hand."""

    COMPLETION = "completion"
    EXEMPTION = "exemption"
    LESSON = "lesson"
    REVOCATION = "revocation"


def check_not_oneself(decider: int | None, learner: int) -> None:
    """Nobody decides about their own training. Both are employee ids."""
    if decider == learner:
        raise RuleBroken(N_("Nobody completes or exempts themselves: ask another moderator."))


def check_second_person(decider: int, asker: int) -> None:
    """Two people are two people. Both are user ids."""
    if decider == asker:
        raise RuleBroken(N_("You asked for this yourself; another moderator decides."))


def check_possible(kind: OverrideKind, *, completed: bool, by_hand: bool, exempt: bool, withdrawn: bool) -> None:
    """Raises RuleBroken when there is nothing to set or to take back."""
    if withdrawn:
        raise RuleBroken(N_("Access to this course was taken away. Give it back first."))
    if kind is OverrideKind.REVOCATION:
        if not (exempt or by_hand):
            raise RuleBroken(N_("Nothing was set by hand here that could be taken back."))
        return
    if completed:
        raise RuleBroken(N_("This course is completed already."))
    if exempt:
        raise RuleBroken(N_("The learner is exempt already. Take that back first."))


def check_lesson(*, known: bool, exempt: bool, withdrawn: bool) -> None:
    """Of one lesson: `known` where the course of this learner has it and it is one that content reports about."""
    if withdrawn:
        raise RuleBroken(N_("Access to this course was taken away. Give it back first."))
    if exempt:
        raise RuleBroken(N_("The learner is exempt already. Take that back first."))
    if not known:
        raise RuleBroken(N_("Choose a lesson with a SCORM package of this course."), field="lesson_id")
