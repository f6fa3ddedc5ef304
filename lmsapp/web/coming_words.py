"""Messages to come in words (REM-8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as __

from lmsapp.assignments.foresight.rules import Coming
from lmsapp.assignments.policies.rules import Moment, Turn
from lmsapp.web.admin.words import CHANNELS
from lmsapp.web.reminder_words import moment_words

READERS: dict[str, Any] = {
    "learner": __("to the learner"),
    "manager": __("to the manager"),
    "second manager": __("to the manager’s manager"),
    "hr partner": __("to the HR partner"),
}
MOMENTS: dict[str, Any] = {
    "before due": __("Before the due date"),
    "on due": __("On the due date"),
    "after due": __("After the due date"),
    "before expiry": __("Before a certification ends"),
    "stalled": __("Standing still"),
}
OTHERS: dict[str, Any] = {
    "overdue": __("Becomes overdue"),
    "certification": __("Certifications"),
    "signature": __("Texts to sign"),
    "onboarding task": __("Tasks of first weeks"),
}


OTHER_WAYS = {"overdue": ("in_app",), "certification": ("email", "in_app"), "signature": ("email",),
              "onboarding task": ("email", "in_app")}  # fmt: skip


def other_ways(kind: str) -> str:
    """'E-mail, In the product'."""
    return ", ".join(channel_word(one) for one in OTHER_WAYS[kind])


def step_words(turn: Turn) -> str:
    """'7 days before the due date'."""
    if turn.step.moment is Moment.STALLED:
        return str(MOMENTS[turn.step.moment.value])
    return moment_words(replace(turn.step, days=turn.step.days + turn.nth * turn.step.every, every=0))


def ways_words(turn: Turn) -> str:
    """'E-mail, SMS'."""
    return ", ".join(channel_word(one) for one in turn.step.channels)


def channel_word(channel: str) -> str:
    """A channel as people call it."""
    return str(CHANNELS.get(channel, channel))


def reader_words(one: Coming) -> str:
    """'to the manager'."""
    return str(READERS[one.turn.step.to_whom.value])
